"""A job confirms the price that titles show, yields to them, and is the price where none does."""

from datetime import datetime
from typing import Any

import pytest

from tasks.domain.bounties import BountyEvent, Observation
from tasks.domain.issues import IssueHistory, TextVersion
from tasks.domain.job_links import JobName
from tasks.domain.jobs import MarketJob, posting_of
from tasks.domain.ledger import Ledger, advertised, read_ledger
from tasks.domain.money import MOST_CENTS
from tests.domain.builders import START, comment, day, issue, title

NUMBER = "1805044099624774803"
URL = f"https://www.upwork.com/jobs/~02{NUMBER}"
BODY = TextVersion(since=day(0.5), text=f"Water comes in.\n\nUpwork Job URL: {URL}")
PLAIN = title(0, "Boats leak", at_creation=True)
PRICED = title(0, "[$250] Boats leak", at_creation=True)


def job(cents: int | None, at: datetime | None = None, **fields: Any) -> MarketJob:
    plain: dict[str, Any] = {
        "job": JobName(number=NUMBER),
        "title": "Boats leak",
        "rate_type": "fixed",
        "amount_cents": cents,
        "published_at": at or day(1),
        "document_id": f"upwork.job/{NUMBER}",
    }
    return MarketJob(**plain | fields)


def told(found: MarketJob, *titles: Any, **fields: Any) -> Ledger:
    history = linking(*titles, **fields)
    return read_ledger("github", history, jobs={NUMBER: found})


def linking(*titles: Any, **fields: Any) -> IssueHistory:
    plain = {"bodies": (TextVersion(since=START, text="Water comes in."), BODY)}
    return issue(titles=titles, **plain | fields)


def rungs(ledger: Ledger) -> list[tuple[str, int, str | None]]:
    return [(e.kind, e.amount_cents, e.superseded_by) for e in ledger.events]


def of_jobs(ledger: Ledger) -> list[Observation]:
    return [o for o in ledger.observations if o.source_kind == "upwork_job"]


def test_the_price_in_force_is_confirmed_with_the_jobs_link() -> None:
    ledger = told(job(25_000), PRICED)
    assert ledger.events == read_ledger("github", issue(titles=(PRICED,))).events
    assert of_jobs(ledger) == [
        Observation(
            source="github",
            issue="ours/app#7",
            occurred_at=day(1),
            source_kind="upwork_job",
            document_id=f"upwork.job/{NUMBER}",
            url=URL,
            words="Boats leak: $250 fixed price",
            confidence=0.8,
            reason="the price in force",
            reading="job_budget",
            amount_cents=25_000,
            event_id=ledger.events[0].event_id,
        )
    ]


def test_a_budget_that_followed_a_later_title_confirms_that() -> None:
    ledger = told(job(50_000), PRICED, title(9, "[$500] Boats leak"))
    assert rungs(ledger) == [("posted", 25_000, None), ("raised", 50_000, None)]
    (seen,) = of_jobs(ledger)
    assert seen.event_id == ledger.events[1].event_id
    assert seen.reason == "the price since 2024-03-10, which the job follows"


def test_where_the_title_says_otherwise_the_job_is_kept_superseded_with_the_reason() -> None:
    ledger = told(job(40_000), PRICED)
    assert ledger.events[1] == BountyEvent(
        source="github",
        issue="ours/app#7",
        occurred_at=day(1),
        source_kind="upwork_job",
        document_id=f"upwork.job/{NUMBER}",
        url=URL,
        words="Boats leak: $400 fixed price",
        confidence=0.8,
        kind="raised",
        amount_cents=40_000,
        previous_cents=25_000,
        superseded_by=ledger.events[0].event_id,
        reason="the title says $250, and none ever showed the job's budget",
    )
    assert of_jobs(ledger) == []


def test_a_job_before_the_first_price_yields_to_it() -> None:
    ledger = told(job(40_000), PLAIN, title(3, "[$250] Boats leak"))
    assert rungs(ledger) == [
        ("posted", 40_000, ledger.events[1].event_id),
        ("posted", 25_000, None),
    ]


def test_without_a_priced_title_the_job_posts_the_bounty() -> None:
    renamed = title(5, "Boats leak badly")
    ledger = told(job(25_000), PLAIN, renamed)
    assert rungs(ledger) == [("posted", 25_000, None)]
    assert ledger.events[0].occurred_at == day(1)


def test_what_people_announce_goes_on_from_the_jobs_budget() -> None:
    doubled = comment(1, 4, "Doubling the price.", author="mel")
    doubled = type(doubled)(**{**_fields(doubled), "association": "MEMBER"})
    ledger = told(job(25_000), PLAIN, comments=(doubled,))
    assert rungs(ledger) == [("posted", 25_000, None), ("raised", 50_000, None)]


def _fields(said: Any) -> dict[str, Any]:
    return {name: getattr(said, name) for name in type(said).__slots__}


@pytest.mark.parametrize(
    ("changed", "reason", "amount"),
    [
        ({"rate_type": "hourly"}, "an hourly budget, which is no bounty", 25_000),
        ({"amount_cents": None}, "names no budget", None),
        ({"amount_cents": 0}, "names no budget", 0),
        ({"currency": "EUR"}, "in EUR, which is not summed", 25_000),
        ({"amount_cents": MOST_CENTS + 1}, "more than any bounty: over $10,000,000", None),
    ],
)
def test_what_is_no_bounty_is_an_observation(
    changed: dict[str, Any], reason: str, amount: int | None
) -> None:
    ledger = told(job(25_000).model_copy(update=changed), PLAIN)
    assert ledger.events == ()
    assert [(o.reason, o.amount_cents) for o in of_jobs(ledger)] == [(reason, amount)]


def test_a_job_that_cannot_be_read_says_why() -> None:
    gone = MarketJob(job=JobName(number=NUMBER), gone="no such job", document_id="upwork.job/1")
    (seen,) = of_jobs(told(gone, PRICED))
    assert (seen.reading, seen.reason, seen.words) == ("job_gone", "no such job", f"job {NUMBER}")
    assert seen.occurred_at == day(0.5)  # when it was linked


def test_the_state_of_a_job_stands_beside_its_budget_and_renames_no_event() -> None:
    active = told(job(25_000, status="ACTIVE"), PLAIN)
    closed = told(job(25_000, status="CLOSED", close_result="at least one contract"), PLAIN)
    assert active.events == closed.events
    assert [o.words for o in of_jobs(active)] == ["ACTIVE"]
    assert [o.words for o in of_jobs(closed)] == ["CLOSED: at least one contract"]


def test_a_job_that_dates_nothing_counts_from_when_it_was_linked() -> None:
    (event,) = told(job(25_000).model_copy(update={"published_at": None}), PLAIN).events
    assert event.occurred_at == day(0.5)


def test_an_as_of_price_never_rests_on_a_job() -> None:
    """What a job shows now may have been changed after any moment of the past."""
    history = linking(PLAIN)
    found = {NUMBER: job(25_000)}
    assert read_ledger("github", history, until=day(9), jobs=found).events == ()
    assert advertised(history, day(9)) == ()


def test_jobs_that_the_issue_does_not_link_are_none_of_its_business() -> None:
    other = {"1700000000000000001": job(99_900)}
    assert read_ledger("github", linking(PRICED), jobs=other) == read_ledger(
        "github", linking(PRICED)
    )


def test_a_job_is_a_posting_with_its_band() -> None:
    ranged = job(25_000, most_cents=50_000, tags=("React",), description="Stop it.")
    posting = posting_of(ranged)
    assert posting is not None
    assert (posting.posting_id, posting.band_min_cents, posting.band_max_cents) == (
        f"upwork#{NUMBER}",
        25_000,
        50_000,
    )
    assert ranged.budget() == "$250–$500 fixed price"
    assert posting_of(ranged.model_copy(update={"gone": "private"})) is None
    assert posting_of(ranged.model_copy(update={"rate_type": None})) is None


@pytest.mark.parametrize(
    ("fields", "is_open"),
    [
        ({}, True),
        ({"status": "ACTIVE"}, True),
        ({"status": "CLOSED"}, False),
        ({"status": "ACTIVE", "close_result": "no contract"}, False),
        ({"gone": "private"}, False),
    ],
)
def test_an_open_job_may_still_change(fields: dict[str, Any], is_open: bool) -> None:
    assert job(25_000, **fields).is_open == is_open
