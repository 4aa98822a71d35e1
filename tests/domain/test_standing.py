"""Statements of payment against each other: one payment stands once, with all its evidence."""

import time
from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

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


def test_what_is_stated_over_and_over_is_superseded_by_the_last() -> None:
    texts = [f"## Payments\nContributor: @ann ${dollars}" for dollars in (250, 500, 750, 800)]
    *earlier, last = ledger(*texts).events[1:]
    assert [e.superseded_by for e in earlier] == [last.event_id] * 3
    assert last.superseded_by is None


@pytest.mark.parametrize("written", ["zoe", "Zoe"])
def test_the_fixs_author_is_its_contributor_however_the_name_is_written(written: str) -> None:
    fix = pull(author="zoe")
    comment = said(1, 1, f"Paid @{written} $500")
    titles = (title(0, "[$500] Boats leak", at_creation=True),)
    found = read_ledger("github", issue(titles=titles, comments=(comment,)), fix)
    assert paid_cents(found.events) == 500_00


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


PAID = "Paid @ann $500"
BONUS = "Paid @ann $250 bonus"
WHOLE = "Paid @ann $750 including the $250 bonus"
TERMS = "## Payments\nContributor: @ann $500"
SUM = "## Payments\nContributor: @ann $500 + $250 (bonus) = $750"


@pytest.mark.parametrize("fixed", [False, True])
@pytest.mark.parametrize(
    ("texts", "dollars"),
    [
        ((PAID, BONUS), [500, 250]),
        ((BONUS, PAID), [250, 500]),
        ((PAID, BONUS, BONUS), [500, 250]),
        ((PAID, BONUS, "Urgency bonus: @ann $250 paid"), [500, 250]),
        ((PAID, BONUS, PAID), [250, 500]),
        # The last statement of the bonus wins, as that of the pay does.
        ((PAID, BONUS, "Paid @ann a bonus of $100"), [500, 100]),
        # The whole, told in any words and order, holds the bonus.
        ((PAID, BONUS, WHOLE), [750]),
        ((PAID, BONUS, "Paid @ann $750"), [750]),
        ((PAID, WHOLE, BONUS), [750]),
        ((BONUS, WHOLE), [750]),
        ((BONUS, WHOLE, "Paid @ann $750, of which $250 is a bonus", BONUS), [750]),
        (("Paid @ann $750 (50% bonus)", BONUS), [750]),
        ((BONUS, "Paid @ann $750 (bonus included)"), [750]),
        # Another pay than the one that the bonus stood beside overrules both.
        ((PAID, BONUS, "Paid @ann $1,000"), [1000]),
        # Nothing tells two payments of one sum apart, if only one is called a bonus.
        ((BONUS, "Paid @ann $250, closing"), [250]),
        # A pay that speaks of its bonus is no bonus, unless it is the share of what was paid.
        ((PAID, "Paid @ann $250 (50% bonus)"), [500, 250]),
        ((PAID, "Paid @ann $250 (bonus)"), [500, 250]),
        (("Paid @ann $1,000", "Paid @ann $750 (50% bonus)"), [750]),
        ((PAID, "Paid @ann $250 (no bonus)"), [250]),
        ((PAID, "Paid @ann $250 before bonus"), [250]),
    ],
)
def test_a_bonus_stands_beside_the_pay_and_counts_once(
    texts: tuple[str, ...], dollars: list[int], *, fixed: bool
) -> None:
    role = "contributor" if fixed else "other"
    assert live(*texts, fixed=fixed) == [(role, "ann", each) for each in dollars]


@pytest.mark.parametrize("texts", list(permutations([TERMS, PAID, BONUS])))
def test_a_bonus_belongs_to_the_role_that_any_summary_gives_its_person(
    texts: tuple[str, ...],
) -> None:
    assert sorted(live(*texts)) == [("contributor", "ann", 250), ("contributor", "ann", 500)]
    assert live(*texts, SUM) == [("contributor", "ann", 750)]


def test_a_bonus_without_its_person_or_its_role_is_that_of_the_only_one() -> None:
    for bonus in ("## Payments\nContributor bonus: $250 paid", "Contributor bonus: @ann $250 paid"):
        assert live(SUMMARY, bonus)[-1] == ("contributor", "ann", 250)
        assert paid_cents(ledger(SUM, bonus).events) == 750_00
    assert live(SUMMARY, "Paid @bob $250 bonus")[-1] == ("reviewer", "bob", 250)
    reported = f"{SUMMARY}\nReporter: @ann $50"
    assert live(reported, "Paid @ann $50 bonus") == [*live(reported)[:2], ("reporter", "ann", 50)]


def test_a_payment_told_many_times_points_at_what_stands_in_the_end() -> None:
    texts = [
        "Paid @ann $500",
        "Paid @ann $250 bonus",
        WHOLE,
        BONUS,
        "Paid @ann $800",
        "Paid @ann $900",
    ]
    events = [e for e in ledger(*texts).events if e.kind == "paid"]
    assert [e.amount_cents // 100 for e in events] == [500, 250, 750, 250, 800, 900]
    assert {e.superseded_by for e in events} == {None, events[-1].event_id}


def test_a_held_bonus_is_evidence_for_what_holds_it() -> None:
    whole, held = (e for e in ledger(WHOLE, BONUS).events if e.kind == "paid")
    assert held.superseded_by == whole.event_id
    assert held.reason == "a bonus that is part of what is stated"


@given(st.lists(st.sampled_from([PAID, BONUS, WHOLE, TERMS, SUM]), min_size=1, max_size=5))
def test_saying_the_last_thing_again_pays_nothing_more(texts: list[str]) -> None:
    assert sorted(live(*texts, texts[-1])) == sorted(live(*texts))
    assert sum(dollars for _, _, dollars in live(*texts, SUM, fixed=True)) == 750


@pytest.mark.parametrize(
    "line",
    [
        "- Contributor: @ann $500\n",
        "- Contributor: @ann $500 + $250 = $750\n",
        "- Contributor: $500\n",
        "- @ann $500\n",
        "- @ann $250 bonus\n",
        "- Contributor: @ann $500 + $250 (bonus)\n- @ann $500 bonus\n",
    ],
)
def test_a_long_summary_is_folded_in_linear_time(line: str) -> None:
    assert _seconds(line * 1200) < 8 * _seconds(line * 300) + 0.5


def _seconds(lines: str) -> float:
    start = time.process_time()
    ledger(f"Payment summary\n{lines}", f"Payment summary once more\n{lines}")
    return time.process_time() - start
