"""Statements of payment against each other: one payment stands once, with all its evidence."""

import time

import pytest

from tasks.domain.bounties import paid_cents
from tasks.domain.ledger import Ledger, read_ledger
from tests.domain.builders import issue, pull, title
from tests.domain.test_ledger import said

SUMMARY = "## Payments\nContributor: @ann $500 due\nC+: @bob $500 due"


def ledger(*texts: str, fixed: bool = False) -> Ledger:
    comments = tuple(said(n, n, text) for n, text in enumerate(texts, start=1))
    titles = (title(0, "[$500] Boats leak", at_creation=True),)
    return read_ledger("github", issue(titles=titles, comments=comments), pull() if fixed else None)


def live(*texts: str, fixed: bool = False) -> list[tuple[str | None, str | None, int]]:
    """(role, person, dollars) of what stands."""
    return [
        (e.role, e.person, e.amount_cents // 100)
        for e in ledger(*texts, fixed=fixed).events
        if e.kind == "paid" and e.superseded_by is None
    ]


@pytest.mark.parametrize("fixed", [False, True])
@pytest.mark.parametrize("again", ["Paid @ann $500", "Paid @ann $500, closing.", "@Ann $500 paid"])
def test_a_payment_that_is_made_is_the_one_that_was_due(again: str, *, fixed: bool) -> None:
    for texts in ((SUMMARY, again), (again, SUMMARY)):
        found = ledger(*texts, fixed=fixed)
        assert paid_cents(found.events) == 500_00
        paid = [e for e in found.events if e.kind == "paid"]
        assert len(paid) == 3
        stands = {e.event_id for e in paid if e.superseded_by is None}
        assert len(stands) == 2
        assert {e.superseded_by for e in paid} <= {None, *stands}
        roles = [e.role for e in paid if e.superseded_by is None]
        assert sorted(map(str, roles)) == ["contributor", "reviewer"]


def test_a_payment_without_its_person_is_the_one_of_that_role_and_sum() -> None:
    nameless = "## Payments\nContributor: $500"
    for texts in ((SUMMARY, nameless), (nameless, SUMMARY)):
        assert sorted(live(*texts)) == [("contributor", "ann", 500), ("reviewer", "bob", 500)]
    two = "## Payments\nContributor: @ann $500\nContributor: @zoe $500"
    assert len(live(two, nameless)) == 3  # whose of the two is not said


@pytest.mark.parametrize(
    ("texts", "expected"),
    [
        # Another sum may be another payment, and so may another person's.
        ((SUMMARY, "Paid @ann $50"), [("contributor", 500), ("reviewer", 500), ("other", 50)]),
        ((SUMMARY, "Paid @zoe $500"), [("contributor", 500), ("reviewer", 500), ("other", 500)]),
        # One line of two, and both together.
        (
            ("## Payments\nContributor: @ann $500\nContributor: @ann $250", "Paid @ann $250"),
            [("contributor", 500), ("contributor", 250)],
        ),
        (
            ("## Payments\nContributor: @ann $500\nContributor: @ann $250", "Paid @ann $750"),
            [("contributor", 750)],
        ),
        (
            ("## Payments\nContributor: @ann $500\nReporter: @ann $50", "Paid @ann $550"),
            [("contributor", 500), ("reporter", 50)],
        ),
        (
            ("## Payments\nContributor: @ann $500\nReporter: @ann $50", "Paid @ann $50"),
            [("contributor", 500), ("reporter", 50)],
        ),
        (("Paid @ann $500", "@ann paid $750"), [("other", 750)]),
    ],
)
def test_only_the_same_sum_is_the_same_payment(
    texts: tuple[str, ...], expected: list[tuple[str, int]]
) -> None:
    assert [(role, dollars) for role, _, dollars in live(*texts)] == expected


def test_the_fixs_author_paid_a_reporters_bonus_is_not_paid_the_fix_with_it() -> None:
    summary = "## Payments\nContributor: @ann $500\nReporter: @ann $50"
    for again in ("Paid @ann $50", "Paid @ann $550", "Paid @ann $500"):
        assert sorted(live(summary, again, fixed=True)) == [
            ("contributor", "ann", 500),
            ("reporter", "ann", 50),
        ]


def test_lines_that_repeat_are_payments_of_their_own() -> None:
    text = "## Payments\nContributor: @ann $500\nContributor: @ann $500"
    found = [e for e in ledger(text).events if e.kind == "paid"]
    assert paid_cents(found) == 1000_00
    assert len({e.event_id for e in found}) == 2


@pytest.mark.parametrize(
    "line",
    [
        "- Contributor: @ann $500\n",
        "- Contributor: @ann $500 + $250 = $750\n",
        "- Contributor: $500\n",
        "- @ann $500\n",
    ],
)
def test_a_long_summary_is_folded_in_linear_time(line: str) -> None:
    assert _seconds(line * 1200) < 8 * _seconds(line * 300) + 0.5


def _seconds(lines: str) -> float:
    start = time.process_time()
    ledger(f"Payment summary\n{lines}", f"Payment summary once more\n{lines}")
    return time.process_time() - start
