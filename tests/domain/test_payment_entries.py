"""One line of a summary, and the one beside it: to whom each sum belongs."""

import pytest

from tasks.domain.payments import read_payments
from tests.domain.payment_shapes import Row
from tests.domain.test_payments import rows

THREE = [
    ("contributor", "ann", 500, "due"),
    ("reviewer", "bob", 500, "due"),
    ("reporter", "eve", 50, "due"),
]


@pytest.mark.parametrize("between", [" / ", ", ", "; ", ". ", " - ", " — ", "—", " • ", " | ", " "])
def test_each_role_on_one_line_gets_its_own_sum(between: str) -> None:
    line = between.join(["Contributor: @ann $500", "C+: @bob $500", "Issue reporter: @eve $50"])
    assert rows(f"## Payments\n{line}") == THREE


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("@ann $500 + @bob $250", [("ann", 500), ("bob", 250)]),
        ("@ann $500 / @bob $250", [("ann", 500), ("bob", 250)]),
        ("$500 @ann + $250 @bob", [("ann", 500), ("bob", 250)]),
        ("@ann $500 and $250 bonus / @bob $250", [("ann", 750), ("bob", 250)]),
        ("@ann (Contributor) - $500 - @bob (C+) - $250", [("ann", 500), ("bob", 250)]),
        ("Contributor: @ann - $500 - C+ - @bob - $250", [("ann", 500), ("bob", 250)]),
        ("Contributor: @ann $500 / C+: N/A / Reporter: @eve $50", [("ann", 500), ("eve", 50)]),
        ("Contributor: $500 / C+: $250", [(None, 500), (None, 250)]),
        # One person's sum, however it is set.
        ("$500 to @ann + $250 bonus", [("ann", 750)]),
        ("Contributor: @ann $500 / $250 bonus", [("ann", 750)]),
        ("Contributor + C+: @ann $500 + $500", [("ann", 1000)]),
        ("Contributor: @ann - $500 - paid - via Upwork/NewDot", [("ann", 500)]),
        ("@ann - $500 - Contributor - paid", [("ann", 500)]),
        ("C+: @bob - $250 - $125 (regression penalty)", [("bob", 125)]),
        # One sum for several people.
        ("Contributor / C+: @ann / @bob $500 each", [("ann", 500), ("bob", 500)]),
        ("@ann / @bob: $500 / $250", [("ann", 500), ("bob", 250)]),
    ],
)
def test_a_sum_belongs_to_whom_it_stands_beside(
    line: str, expected: list[tuple[str | None, float]]
) -> None:
    found = read_payments(f"## Payments\n{line}")
    assert [(p.person, p.amount_cents / 100) for p in found] == expected


@pytest.mark.parametrize(
    ("second", "expected"),
    [
        ("- @bob 500$ via manual request", [("other", "bob", 500, "due")]),
        ("- @bob $500", [("other", "bob", 500, "due")]),
        ("- @bob $500, right?", []),
        ("- @bob asks for $500", []),
        ("- @bob the budget is $500", []),
        ("- @bob $500 was the old price", []),
        ("Thanks!\n- @bob $500", []),
    ],
)
def test_the_next_line_of_a_list_may_leave_out_what_the_first_said(
    second: str, expected: list[Row]
) -> None:
    first = "- @ann $500 USD paid via upwork ✅"
    assert rows(f"{first}\n{second}") == [("other", "ann", 500, "paid"), *expected]
    assert rows(second) == []
