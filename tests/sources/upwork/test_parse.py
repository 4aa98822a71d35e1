"""Nodes of the API become jobs; what several documents say of one is put together."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tasks.domain.documents import Document
from tasks.domain.job_links import JobName
from tasks.domain.jobs import MarketJob
from tasks.domain.postings import Posting
from tasks.sources.upwork import SOURCE
from tasks.sources.upwork.parse import parse_jobs
from tests.upwork_server.jobs import Job

START = datetime(2025, 1, 1, tzinfo=UTC)
JOB = Job(7)
PUBLISHED = datetime(2024, 3, 2, 9, tzinfo=UTC)


def doc(kind: str, payload: dict[str, Any], minute: float = 0, name: str = JOB.id) -> Document:
    at = START + timedelta(minutes=minute)
    return Document("upwork", f"upwork.{kind}", name, at, payload)


def posting(job: Job = JOB, minute: float = 0, **fields: Any) -> Document:
    return doc("job", job.posting() | fields, minute, job.id)


def contents(job: Job = JOB, minute: float = 0, **fields: Any) -> Document:
    return doc("job_contents", job.contents() | fields, minute, job.id)


def found(job: Job = JOB, minute: float = 0, **fields: Any) -> Document:
    return doc("job_found", job.result() | fields, minute, job.id)


def gone(minute: float, reason: str = "not_found") -> Document:
    return doc("gone", {"id": JOB.id, "reason": reason, "error": None}, minute)


def hourly(lowest: Any) -> dict[str, Any]:
    terms = {"hourlyBudgetMin": lowest, "hourlyBudgetMax": 30}
    return {"contractType": "HOURLY", "hourlyContractTerms": terms}


WHOLE = MarketJob(
    job=JobName(number=JOB.id, ciphertext=JOB.cipher),
    title="Boats leak",
    description="Boats leak. Please stop it.",
    rate_type="fixed",
    amount_cents=25_000,
    published_at=PUBLISHED,
    status="ACTIVE",
    document_id=f"upwork.job/{JOB.id}",
)


def test_a_posting_and_its_contents_are_one_job_in_any_order() -> None:
    assert parse_jobs([posting(), contents()]) == ([WHOLE], [])
    assert parse_jobs([contents(), posting(), contents()]) == ([WHOLE], [])


def test_a_search_result_alone_is_a_whole_job() -> None:
    ((job,), broken) = parse_jobs([found()])
    assert broken == []
    assert job == WHOLE.model_copy(
        update={
            "tags": ("React Native", "Web, Mobile & Software Dev"),
            "created_at": PUBLISHED,
        }
    )


def test_the_posting_wins_over_an_older_search_result() -> None:
    ((job,), _) = parse_jobs([found(), posting(JOB.changed(budget=500.0))])
    assert job.amount_cents == 50_000
    assert job.tags == ("React Native", "Web, Mobile & Software Dev")


def test_the_newest_copy_counts() -> None:
    older, newer = posting(minute=1), posting(JOB.changed(budget=500.0), minute=2)
    for order in ([older, newer], [newer, older]):
        ((job,), _) = parse_jobs(order)
        assert job.amount_cents == 50_000


@pytest.mark.parametrize("make", [posting, found])
def test_an_hourly_job_has_a_band_and_no_amount(make: Any) -> None:
    ((job,), _) = parse_jobs([make(JOB.changed(budget=None, rate=(20.0, 40.5)))])
    assert (job.rate_type, job.amount_cents, job.most_cents) == ("hourly", 2_000, 4_050)
    assert job.budget() == "$20–$40.50 an hour"


def test_a_result_that_does_not_say_how_it_pays_tells_by_its_amount() -> None:
    fixed, hourly = JOB.result() | {"job": None}, Job(8, budget=None).result() | {"job": None}
    jobs, _ = parse_jobs([doc("job_found", fixed), doc("job_found", hourly, name=Job(8).id)])
    assert [(j.rate_type, j.amount_cents) for j in jobs] == [("fixed", 25_000), ("hourly", None)]


def test_a_close_result_is_told_in_words() -> None:
    ((job,), _) = parse_jobs([posting(JOB.changed(status="CLOSED", close_result="0"))])
    assert (job.status, job.close_result) == ("CLOSED", "at least one contract")


def test_a_job_that_went_is_gone_until_it_is_read_again() -> None:
    ((job,), _) = parse_jobs([posting(minute=1), gone(2)])
    assert job.gone == "Upwork has no such job (any more)"
    ((job,), _) = parse_jobs([posting(minute=3), gone(2, "private")])
    assert job.gone is None


@pytest.mark.parametrize(
    ("broken", "reason"),
    [
        (posting(id="8"), "ValueError: the payload is of job 8"),
        (posting(contractTerms={"contractType": "BARTER"}), "KeyError: 'BARTER'"),
        (contents(publishedDateTime="soon"), "ValueError: Invalid isoformat string: 'soon'"),
        (contents(ciphertext="what"), "ValueError: 'what' is no ciphertext"),
        (contents(title="\ud800"), "UnicodeEncodeError: 'utf-8' codec can't encode"),
        (found(amount={"rawValue": "250.001", "currency": "USD"}), "ValueError: '250.001' is not"),
        (found(amount={"rawValue": "1e30", "currency": "USD"}), "ValueError: '1e30' is beyond any"),
        (
            contents(publishedDateTime="9999-12-31T23:59:59-14:00"),
            "OverflowError: date value out of range",
        ),
        (posting(contractTerms=hourly("about ten")), "ValueError: 'about ten' is not an amount"),
        (posting(contractTerms=hourly(float("inf"))), "ValueError: 'inf' is not a non-negative"),
        (found(skills=[{}]), "KeyError: 'name'"),
        (gone(1, "bored"), "KeyError: 'bored'"),
    ],
)
def test_a_document_that_cannot_be_read_is_named_and_costs_nothing_else(
    broken: Document, reason: str
) -> None:
    whole = Job(9)
    jobs, malformed = parse_jobs([broken, posting(whole)])
    assert [job.job.number for job in jobs] == [whole.id]
    (seen,) = malformed
    assert (seen.document_id, seen.file) == (JOB.id, broken.kind)
    assert seen.reason.startswith(reason)


def test_the_source_parses_jobs_as_postings() -> None:
    market = SOURCE.parse([found()])
    assert market.malformed == ()
    assert market.postings == (
        Posting(
            market="upwork",
            key=JOB.id,
            title="Boats leak",
            description="Boats leak. Please stop it.",
            tags=("React Native", "Web, Mobile & Software Dev"),
            currency="USD",
            band_min_cents=25_000,
            band_max_cents=25_000,
            rate_type="fixed",
            posted_at=PUBLISHED,
            document_id=f"upwork.job/{JOB.id}",
        ),
    )


def test_a_time_without_a_zone_is_utc() -> None:
    ((job,), _) = parse_jobs([contents(publishedDateTime="2024-03-02T09:00:00")])
    assert job.published_at == PUBLISHED
