"""The ledger of titles and renames, and the prices read off it."""

from datetime import datetime, timedelta
from fractions import Fraction
from itertools import pairwise
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tasks.domain.bounties import (
    BountyEvent,
    Rung,
    TitleAt,
    ladder,
    price_at,
    prices,
)
from tests.domain.builders import ISSUE, START, URL, day, ledger, rung, title

PRICE_TAGS = st.sampled_from(["", "[$125] ", "[$250] ", "[$500] ", "[$1,000] ", "[HOLD #3] "])


@st.composite
def histories(draw: st.DrawFn) -> list[TitleAt]:
    """Titles of one issue: one at creation, then renames at distinct moments."""
    days = draw(st.lists(st.integers(1, 400), unique=True, max_size=8))
    first = title(0, draw(PRICE_TAGS) + "Boats leak", at_creation=True)
    return [first, *(title(d, draw(PRICE_TAGS) + "Boats leak") for d in sorted(days))]


def _amounts(events: tuple[BountyEvent, ...]) -> list[tuple[str, int | None, int]]:
    return [(e.kind, e.previous_cents, e.amount_cents) for e in events]


@given(histories(), st.randoms(use_true_random=False))
def test_neither_order_nor_repetition_of_titles_changes_the_ledger(
    history: list[TitleAt], random: Random
) -> None:
    shuffled = [*history, *history[:3]]
    random.shuffle(shuffled)
    assert ledger(*shuffled) == ledger(*history)


@given(histories())
def test_the_first_price_and_all_changes_add_up_to_the_last(history: list[TitleAt]) -> None:
    events = ledger(*history)
    if events:
        changes = sum(e.amount_cents - (e.previous_cents or 0) for e in events[1:])
        assert events[0].kind == "posted"
        assert events[0].amount_cents + changes == events[-1].amount_cents
        assert all((e.amount_cents == 0) == (e.kind == "withdrawn") for e in events)


@given(histories())
def test_every_event_after_the_first_changes_the_amount(history: list[TitleAt]) -> None:
    events = ledger(*history)
    for before, after in pairwise(events):
        assert after.previous_cents == before.amount_cents != after.amount_cents
        higher = after.amount_cents > before.amount_cents
        assert (after.kind in ("raised", "posted")) == higher
        assert (after.kind == "posted") == (before.amount_cents == 0)


@given(histories(), st.integers(-1, 500))
def test_the_price_of_a_moment_never_knows_later_rungs(history: list[TitleAt], moment: int) -> None:
    until_then = [t for t in history if t.since <= day(moment)]
    now = price_at(ladder(ledger(*history)), day(moment))
    assert now == price_at(ladder(ledger(*until_then)), day(moment))
    assert now == price_at(ladder(ledger(*until_then)), day(1000))


def test_a_price_that_goes_up_and_back_is_three_events() -> None:
    events = ledger(
        title(0, "[$250] Boats leak", at_creation=True),
        title(1, "[$500] Boats leak"),
        title(2, "[$250] Boats leak"),
    )
    assert _amounts(events) == [
        ("posted", None, 25000),
        ("raised", 25000, 50000),
        ("lowered", 50000, 25000),
    ]
    assert len({e.event_id for e in events}) == 3


def test_a_tag_that_keeps_the_amount_is_no_event() -> None:
    events = ledger(
        title(0, "Boats leak", at_creation=True),
        title(1, "[$250] Boats leak"),
        title(2, "[HOLD for payment 2024-05-02] [$250] Boats leak"),
        title(3, "[Awaiting Payment] Boats leak"),
        title(4, "[$250.00] Boats leak badly"),
    )
    assert events == (
        BountyEvent(
            source="github",
            issue=ISSUE,
            occurred_at=day(1),
            kind="posted",
            amount_cents=25000,
            source_kind="title_rename",
            document_id="title-1",
            url=URL,
            words="[$250] Boats leak",
        ),
    )


def test_no_price_tag_is_an_empty_ledger_and_unpriced() -> None:
    assert ledger(title(0, "Boats leak for $80.60", at_creation=True)) == ()
    assert set(prices((), as_of=day(1)).values()) == {None}


def test_the_original_title_comes_before_a_rename_of_the_same_moment() -> None:
    original = title(0, "[$250] Boats leak", at_creation=True)
    renamed = TitleAt(since=START, title="[$500] Boats leak", document_id="a")
    assert _amounts(ledger(renamed, original)) == [
        ("posted", None, 25000),
        ("raised", 25000, 50000),
    ]


def test_the_ladder_leaves_out_what_lost_and_what_is_no_offer() -> None:
    (first,) = ledger(title(0, "[$250] Boats leak", at_creation=True))
    lost = first.model_copy(update={"superseded_by": "x", "amount_cents": 1})
    paid = first.model_copy(update={"kind": "paid", "amount_cents": 2})
    restated = first.model_copy(update={"kind": "restated", "amount_cents": 3})
    assert ladder([lost, first, paid, restated]) == (rung(0, 25000),)


@pytest.mark.parametrize(
    ("moment", "cents"), [(-1, None), (0, 25000), (4.9, 25000), (5, 50000), (10, 12500)]
)
def test_a_rung_holds_from_its_own_second_to_the_next(moment: float, cents: int | None) -> None:
    rungs = (rung(0, 25000), rung(5, 50000), rung(10, 12500))
    assert price_at(rungs, day(moment)) == cents


def test_without_a_moment_there_is_no_price_of_it() -> None:
    assert price_at((rung(0, 25000),), None) is None


def test_every_rule_reads_its_own_price() -> None:
    rungs = (rung(0, 25000), rung(4, 100000), rung(6, 50000), rung(20, 75000))
    found = prices(rungs, as_of=day(3), assigned_at=day(5), merged_at=day(10))
    assert found == {
        "initial": 25000,
        "final": 75000,
        "peak": 100000,
        "at_assignment": 100000,
        "at_merge": 50000,
        "as_of": 25000,
        # 4 days of $250, 2 of $1,000 and 4 of $500: $5,000 over 10 days.
        "time_weighted": 50000,
        "paid": None,
    }


def test_the_weighted_mean_is_rounded_half_to_even_once() -> None:
    two_seconds = START + timedelta(seconds=2)
    rungs = (
        rung(0, 100),
        Rung(occurred_at=START + timedelta(seconds=1), kind="raised", amount_cents=101),
    )
    assert prices(rungs, merged_at=two_seconds)["time_weighted"] == 100
    assert prices((rung(0, 7),), merged_at=START)["time_weighted"] is None


@given(
    st.lists(st.tuples(st.integers(1, 10**5), st.integers(1, 9)), min_size=1, max_size=6),
)
def test_the_weighted_mean_equals_the_sum_over_seconds(steps: list[tuple[int, int]]) -> None:
    rungs, at, total = [], START, 0
    for cents, seconds in steps:
        rungs.append(Rung(occurred_at=at, kind="raised", amount_cents=cents))
        at, total = at + timedelta(seconds=seconds), total + cents * seconds
    mean = Fraction(total, sum(seconds for _, seconds in steps))
    assert prices(rungs, merged_at=at)["time_weighted"] == round(mean)


def test_an_undated_ladder_has_a_final_price_and_no_other() -> None:
    moment: datetime = day(1)
    found = prices((rung(None, 25000),), as_of=moment, assigned_at=moment, merged_at=moment)
    assert {rule: cents for rule, cents in found.items() if cents is not None} == {"final": 25000}


def test_an_event_is_named_by_what_was_observed() -> None:
    (event,) = ledger(title(0, "[$250] Boats leak", at_creation=True))
    again = event.model_copy(update={"confidence": 0.5, "reason": "why", "source": "archive"})
    assert again.event_id == event.event_id
    for key, value in {
        "issue": "ours/app#8",
        "occurred_at": None,
        "kind": "raised",
        "amount_cents": 1,
        "source_kind": "comment",
        "document_id": "z",
        "words": "z",
    }.items():
        assert event.model_copy(update={key: value}).event_id != event.event_id
