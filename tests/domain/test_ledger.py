"""All evidence of a bounty, folded: what changed it, what confirms a change, and what does not."""

from datetime import timedelta
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tasks.domain.bounties import BountyEvent, ladder, price_at
from tasks.domain.issues import Comment, IssueHistory, TextVersion
from tasks.domain.ledger import Ledger, read_ledger
from tests.domain.builders import URL, day, issue, title


def said(number: int, at: float, text: str, *, by: str = "MEMBER", author: str = "moss") -> Comment:
    return Comment(
        comment_id=number,
        url=f"{URL}#issuecomment-{number}",
        author=author,
        association=by,
        created_at=day(at),
        versions=(TextVersion(day(at), text),),
        node_id=f"c{number}",
    )


def history(*titles: Any, comments: tuple[Comment, ...] = (), **kept: Any) -> IssueHistory:
    return issue(titles=titles, comments=comments, **kept)


def rows(ledger: Ledger) -> list[tuple[float, str, int, str]]:
    """(day, kind, dollars, source kind) of what won."""
    return [
        (_day(e), e.kind, e.amount_cents // 100, e.source_kind)
        for e in ledger.events
        if e.superseded_by is None
    ]


def _day(event: BountyEvent) -> float:
    assert event.occurred_at is not None
    return (event.occurred_at - day(0)) / timedelta(days=1)


def seen(ledger: Ledger) -> list[tuple[str, int | None, bool, str | None]]:
    """(reading, dollars, whether it confirms an event, why it changed nothing)."""
    return [
        (
            o.reading,
            None if o.amount_cents is None else o.amount_cents // 100,
            o.event_id is not None,
            o.reason,
        )
        for o in ledger.observations
    ]


FIRST = title(0, "[$250] Boats leak", at_creation=True)
SECOND = title(10, "[$500] Boats leak")


def test_titles_alone_give_the_ladder() -> None:
    ledger = read_ledger("github", history(FIRST, SECOND, title(20, "[HOLD] [$250] Boats leak")))
    assert rows(ledger) == [
        (0, "posted", 250, "title_at_creation"),
        (10, "raised", 500, "title_rename"),
        (20, "lowered", 250, "title_rename"),
    ]
    assert ledger.observations == ()


def test_a_lost_tag_withdraws_the_bounty_and_its_return_posts_it() -> None:
    ledger = read_ledger("github", history(FIRST, title(3, "Boats leak"), title(5, "[$250] Boats")))
    assert rows(ledger) == [
        (0, "posted", 250, "title_at_creation"),
        (3, "withdrawn", 0, "title_rename"),
        (5, "posted", 250, "title_rename"),
    ]


def test_a_title_of_the_payment_says_nothing_by_what_it_leaves_out() -> None:
    paid = title(3, "[HOLD for payment 2024-05-02] Boats leak")
    ledger = read_ledger("github", history(FIRST, paid))
    assert rows(ledger) == [(0, "posted", 250, "title_at_creation")]


@pytest.mark.parametrize("at", [8, 12], ids=["before", "after"])
@pytest.mark.parametrize("text", ["Raised the price to $500.", "Price doubled."])
def test_an_announcement_and_the_titles_change_are_one_event(at: float, text: str) -> None:
    ledger = read_ledger("github", history(FIRST, SECOND, comments=(said(1, at, text),)))
    assert rows(ledger)[1:] == [(10, "raised", 500, "title_rename")]
    (observation,) = ledger.observations
    assert observation.event_id == ledger.events[1].event_id
    assert observation.reason == "announces the title's change"


def test_what_only_a_comment_announces_is_an_event_of_less_confidence() -> None:
    ledger = read_ledger("github", history(FIRST, comments=(said(1, 4, "Raised to $500."),)))
    assert rows(ledger)[1:] == [(4, "raised", 500, "comment")]
    assert ledger.events[1].confidence < 1


def test_a_later_title_that_shows_another_price_wins_over_a_comment() -> None:
    held = title(9, "[HOLD for payment 2024-05-02] [$250] Boats leak")
    ledger = read_ledger("github", history(FIRST, held, comments=(said(1, 4, "Raised to $500."),)))
    assert rows(ledger) == [(0, "posted", 250, "title_at_creation")]
    (lost,) = [e for e in ledger.events if e.superseded_by]
    assert lost.superseded_by == ledger.events[0].event_id
    assert lost.reason == (
        "the title of 2024-03-10 shows another price, and none ever showed this one"
    )


@pytest.mark.parametrize(
    "text", ["Lowered by 200%.", "Lowered by $1000.", "Reduced the price by $600."]
)
def test_a_cut_by_more_than_the_price_is_no_price(text: str) -> None:
    ledger = read_ledger("github", history(FIRST, comments=(said(1, 4, text),)))
    assert rows(ledger) == [(0, "posted", 250, "title_at_creation")]
    assert seen(ledger) == [("lowered", None, False, "a cut by more than the price in force")]


@pytest.mark.parametrize("text", ["Lowered by 100%.", "Lowered the price by $250."])
def test_a_cut_by_the_whole_price_withdraws_the_bounty(text: str) -> None:
    ledger = read_ledger("github", history(FIRST, comments=(said(1, 4, text),)))
    assert rows(ledger)[1:] == [(4, "withdrawn", 0, "comment")]


@pytest.mark.parametrize("text", ["Raised to $10,000,001.", "Raised to $999999999999 million."])
def test_an_amount_beyond_all_bounties_is_no_price(text: str) -> None:
    ledger = read_ledger("github", history(FIRST, comments=(said(1, 4, text),)))
    assert rows(ledger) == [(0, "posted", 250, "title_at_creation")]
    (observation,) = ledger.observations
    assert observation.reason == "more than any bounty: over $10,000,000"


@pytest.mark.parametrize(
    ("text", "dollars"),
    [
        ("Raised to $500 then to $1000", 1000),
        ("The price has been doubled to $500, and doubled again to $1000", 1000),
        ("Doubled, doubled again", 1000),
        ("Raising to $500. No, sorry, $1000.", 1000),
        ("Price doubled. To be clear: the price was doubled.", 500),
    ],
)
def test_the_last_of_several_steps_is_the_price(text: str, dollars: int) -> None:
    ledger = read_ledger("github", history(FIRST, comments=(said(1, 1, text),)))
    assert rows(ledger)[-1] == (1, "raised", dollars, "comment")


def test_a_freelancer_sets_no_price() -> None:
    talk = said(1, 4, "Raised to $500.", by="CONTRIBUTOR")
    ledger = read_ledger("github", history(FIRST, comments=(talk,)))
    assert rows(ledger) == [(0, "posted", 250, "title_at_creation")]
    assert seen(ledger) == [("raised", 500, False, "said by someone who sets no prices")]


def test_requests_and_denials_are_kept_apart() -> None:
    comments = (
        said(1, 2, "Could this be raised to $500?"),
        said(2, 3, "We won't raise the price."),
    )
    ledger = read_ledger("github", history(FIRST, comments=comments))
    assert rows(ledger) == [(0, "posted", 250, "title_at_creation")]
    assert [o.reading for o in ledger.observations] == ["request", "denial"]


def test_what_was_announced_but_later_denied_by_the_title_still_counted_at_its_time() -> None:
    held = title(9, "[HOLD for payment 2024-05-02] [$250] Boats leak")
    told = history(FIRST, held, comments=(said(1, 4, "Raised to $500."),))
    known = read_ledger("github", told, until=day(5))
    assert price_at(ladder(known.events), day(5)) == 50_000


def test_the_automations_date_confirms_the_change_it_dates() -> None:
    block = (
        "<details><summary>Upwork Automation - Do Not Edit</summary><ul>"
        "<li>Upwork Job URL: https://www.upwork.com/jobs/~01ab</li>"
        "<li>Upwork Job ID: 77</li><li>Last Price Increase: 2024-03-11</li></ul></details>"
    )
    bodies = (TextVersion(day(0), "Wet."), TextVersion(day(10), f"Wet.\n{block}"))
    ledger = read_ledger("github", history(FIRST, SECOND, bodies=bodies))
    (observation,) = ledger.observations
    assert (observation.reading, observation.event_id) == (
        "last_price_increase",
        ledger.events[1].event_id,
    )


_TITLES = (
    "Boats leak",
    "[$250] Boats",
    "[$500] Boats",
    "[HOLD #4] [$1,000] Boats",
    "[$250]Wet",
    "[€90] Wet",
    "[$0] Wet",
)
_WORDS = (
    "Raised to $500.",
    "Price doubled.",
    "Lowered the price to $125.",
    "Back to $250.",
    "Price set back to $250.",
    "Title and job updated to $1k.",
    "Could this be raised to $2,000?",
    "The bounty is withdrawn.",
    "Increased by 50 %.",
    "Lowered by 200 %.",
    "Lowered by $300.",
    "Upped to 500 EUR.",
    "A plan follows.",
    "Raising to 1k",
    "Paid @ann $500",
    "Paid @ann $250 bonus",
    "Contributor: @ann paid $750 including the $250 bonus",
)
_MOMENTS = st.integers(0, 60).map(lambda half: half / 2)


@st.composite
def histories(draw: st.DrawFn) -> IssueHistory:
    first = title(0, draw(st.sampled_from(_TITLES)), at_creation=True)
    moments = draw(st.lists(_MOMENTS.filter(bool), unique=True, max_size=5))
    renames = [title(at, draw(st.sampled_from(_TITLES))) for at in moments]
    comments = [
        said(
            number,
            draw(_MOMENTS),
            draw(st.sampled_from(_WORDS)),
            by=draw(st.sampled_from(("MEMBER", "CONTRIBUTOR"))),
        )
        for number in range(draw(st.integers(0, 5)))
    ]
    return history(first, *renames, comments=tuple(comments))


@given(histories(), st.randoms())
def test_order_and_repetition_of_the_evidence_do_not_matter(told: IssueHistory, rng: Any) -> None:
    titles, comments = list(told.titles * 2), list(told.comments * 2)
    rng.shuffle(titles)
    rng.shuffle(comments)
    mixed = told.model_copy(update={"titles": tuple(titles), "comments": tuple(comments)})
    assert read_ledger("github", mixed) == read_ledger("github", told)


@given(histories())
def test_the_first_price_and_all_changes_sum_up_to_the_last(told: IssueHistory) -> None:
    won = [e for e in read_ledger("github", told).events if e.superseded_by is None]
    steps = [e for e in won if e.kind != "paid"]
    changes = [e.amount_cents - (e.previous_cents or 0) for e in steps[1:]]
    assert all(e.previous_cents == before.amount_cents for before, e in pairwise(steps))
    if steps:
        assert steps[0].amount_cents + sum(changes) == steps[-1].amount_cents
    assert all(e.amount_cents == 0 for e in steps if e.kind == "withdrawn")


@given(histories(), _MOMENTS)
def test_what_comes_later_changes_nothing_for_a_fixed_moment(
    told: IssueHistory, moment: float
) -> None:
    until = day(moment)
    earlier = told.model_copy(
        update={
            "titles": tuple(t for t in told.titles if t.since <= until),
            "comments": tuple(c for c in told.comments if c.created_at <= until),
        }
    )
    assert read_ledger("github", told, until=until) == read_ledger("github", earlier, until=until)


def test_a_title_that_only_repeats_itself_beside_a_comment_still_overrules_another() -> None:
    ledger = read_ledger(
        "github",
        history(
            title(0, "[$250] Boats", at_creation=True),
            title(3, "[$250] Boats leak"),
            title(20, "[$500] Boats leak"),
            comments=(said(1, 1, "Raised to $500."), said(2, 2, "Price doubled.")),
        ),
    )
    assert rows(ledger) == [
        (0, "posted", 250, "title_at_creation"),
        (1, "raised", 500, "comment"),
    ]
    (overruled,) = (e for e in ledger.events if e.superseded_by is not None)
    assert overruled.amount_cents == 1_000_00
    assert overruled.superseded_by == ledger.events[1].event_id


@given(histories())
def test_every_pointer_names_a_winning_event(told: IssueHistory) -> None:
    ledger = read_ledger("github", told)
    won = {e.event_id for e in ledger.events if e.superseded_by is None}
    named = {e.superseded_by for e in ledger.events} | {o.event_id for o in ledger.observations}
    assert named - {None} <= won
