"""Sums of a line: what is added, what is the result, and what only explains it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tasks.domain.payment_sums import sums_in


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("nothing here", []),
        ("$500 and $250", [(500_00, None), (250_00, None)]),
        ("$500, $250 bonus", [(750_00, 250_00)]),
        ("$500 plus $250 (bonus)", [(750_00, 250_00)]),
        ("$250 (50% bonus) + $500", [(750_00, 250_00)]),
        ("$1000 + bonus of $500 = $1500", [(1500_00, 500_00)]),
        ("$500 total $750", [(750_00, None)]),
        ("($1000 + $500 speed bonus)", [(1500_00, 500_00)]),
        ("$1500 ($1000 and a bonus of $500)", [(1500_00, 500_00)]),
        ("$500 (plus $250 bonus) now $600", [(600_00, 250_00)]),
        ("$500 (was $1000)", [(500_00, None)]),
        ("$500 - $250 due to the regression", [(250_00, None)]),
        ("$500 - $250", [(500_00, None), (250_00, None)]),
        ("$500 - $750 (penalty)", [(0, None)]),
        ("$500 with no bonus", [(500_00, None)]),
        ("$250 bonus", [(250_00, 250_00)]),
        ("$750 including the $250 bonus", [(750_00, 250_00)]),
        ("$750 incl. $250 bonus", [(750_00, 250_00)]),
        ("$750 ($250 bonus included)", [(750_00, 250_00)]),
        ("$750, of which $250 is a bonus", [(750_00, 250_00)]),
        ("$500 bonus: none", [(500_00, None)]),
        ("$500 eligible for the bonus", [(500_00, None)]),
        ("$500 after the bonus", [(500_00, None)]),
    ],
)
def test_a_sum_is_what_the_signs_and_words_make_of_its_amounts(
    text: str, expected: list[tuple[int, int | None]]
) -> None:
    assert [(s.cents, s.bonus) for s in sums_in(text)] == expected


def test_currencies_are_never_added() -> None:
    found = [(s.cents, s.currency) for s in sums_in("$500 + €250")]
    assert found == [(500_00, "USD"), (250_00, "EUR")]


@given(st.lists(st.integers(1, 10**6), min_size=1, max_size=6))
def test_a_stated_result_equals_the_added_parts(dollars: list[int]) -> None:
    parts = " + ".join(f"${n}" for n in dollars)
    cents = 100 * sum(dollars)
    assert [s.cents for s in sums_in(parts)] == [cents]
    assert [s.cents for s in sums_in(f"{parts} = ${sum(dollars):,}")] == [cents]
