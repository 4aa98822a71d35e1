"""Jobs of the market place in a build: evidence of the issues that link them, else postings."""

from collections.abc import Iterable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from tasks.build import build_version
from tasks.domain.documents import Document
from tasks.domain.errors import UsageError
from tasks.specs import DatasetSpec
from tasks.warehouse import Warehouse
from tasks.warehouse.documents import land
from tests.build_homes import SPEC, build, home_with, issue, land_also, of_issue, stored
from tests.upwork_server.jobs import Job
from tests.warehouse.homes import START

JOB, OTHER, LOOSE = Job(1), Job(2, budget=500.0), Job(3, title="Paint boats")
JOBS_ONLY = DatasetSpec.model_validate(
    {"name": "jobs", "sources": {"upwork": {"search": ["boats"]}}, "variants": ["swe_manager"]}
)


def linking(number: int, job: Job, title: str = "Boats leak") -> dict[str, Any]:
    return issue(number, title, body=f"Water comes in.\n\nUpwork Job URL: {job.url}")


def nodes(job: Job, minute: float) -> list[Document]:
    at = START + timedelta(minutes=minute)
    return [
        Document("upwork", "upwork.job", job.id, at, job.posting()),
        Document("upwork", "upwork.job_contents", job.id, at, job.contents()),
    ]


def search_result(job: Job, minute: float) -> Document:
    at = START + timedelta(minutes=minute)
    return Document("upwork", "upwork.job_found", job.id, at, job.result())


def land_jobs(home: Path, documents: Iterable[Document]) -> None:
    land(
        Warehouse(home),
        documents,
        source="upwork",
        dataset="d",
        query="",
        started_at=START,
        finished_at=START,
    )


def events(home: Path) -> list[tuple[Any, ...]]:
    with Warehouse(home).read("core") as session:
        return session.tuples(
            "SELECT issue, kind, amount_cents, source_kind, url FROM core.bounty_events "
            "ORDER BY issue, occurred_at"
        )


def postings(home: Path) -> list[tuple[Any, ...]]:
    with Warehouse(home).read("core") as session:
        return session.tuples(
            "SELECT posting_id, source, title, tags, band_min_cents, rate_type "
            "FROM staging.postings ORDER BY posting_id"
        )


def jobs_of(home: Path) -> list[tuple[Any, ...]]:
    with Warehouse(home).read("core") as session:
        return [
            *session.tuples("SELECT * FROM staging.jobs ORDER BY ALL"),
            *session.tuples("SELECT * FROM staging.job_links ORDER BY ALL"),
            *session.tuples("SELECT * FROM staging.postings ORDER BY ALL"),
        ]


ISSUES = [
    of_issue(linking(7, JOB), 1),
    of_issue(linking(8, OTHER), 1),
    of_issue(issue(9), 1),
]


def test_a_linked_job_prices_its_issue_and_another_is_a_posting(tmp_path: Path) -> None:
    home = home_with(tmp_path, ISSUES)
    land_jobs(home, [*nodes(JOB, 2), search_result(LOOSE, 2)])
    build(home)
    assert events(home) == [
        ("ours/app#7", "posted", 25_000, "upwork_job", JOB.url),
        ("ours/app#9", "posted", 25_000, "title_at_creation", issue(9)["url"]),
    ]
    assert postings(home) == [
        (
            f"upwork#{LOOSE.id}",
            "upwork",
            "Paint boats",
            ["React Native", "Web, Mobile & Software Dev"],
            25_000,
            "fixed",
        )
    ]


def test_a_job_that_lands_or_changes_has_its_issues_read_anew_and_no_others(
    tmp_path: Path, read_issues: list[tuple[str, ...]]
) -> None:
    home = home_with(tmp_path, ISSUES)
    build(home)
    read_issues.clear()
    land_jobs(home, nodes(JOB, 2))
    build(home)
    assert read_issues == [("ours/app#7",)]
    read_issues.clear()
    land_jobs(home, nodes(JOB.changed(budget=300.0), 3))
    build(home)
    assert read_issues == [("ours/app#7",)]
    assert events(home)[0] == ("ours/app#7", "posted", 30_000, "upwork_job", JOB.url)
    read_issues.clear()
    land_jobs(home, nodes(JOB.changed(budget=300.0), 4))
    land_jobs(home, [search_result(LOOSE, 4)])
    build(home)
    assert read_issues == []


@pytest.mark.exhaustive
def test_builds_after_each_landing_store_what_one_build_of_all_does(tmp_path: Path) -> None:
    gone_at = START + timedelta(minutes=6)
    gone = {"id": OTHER.id, "reason": "private", "error": None}
    turns: list[tuple[list[Document], list[Document]]] = [
        (ISSUES, []),
        ([], nodes(JOB, 2)),
        ([], [search_result(LOOSE, 3), search_result(OTHER, 3)]),
        ([], nodes(OTHER, 4)),
        ([of_issue(linking(9, LOOSE), 5)], []),
        ([], [Document("upwork", "upwork.gone", OTHER.id, gone_at, gone)]),
        ([of_issue(linking(7, LOOSE), 7)], []),
        ([], [Document("upwork", "upwork.job", "7", gone_at, {"id": "8"})]),
    ]
    home, landed = home_with(tmp_path / "home"), ([], [])  # type: ignore[var-annotated]
    for place, (issues, jobs) in enumerate(turns):
        land_also(home, issues)
        land_jobs(home, jobs)
        landed[0].extend(issues)
        landed[1].extend(jobs)
        version = build(home)
        whole = home_with(tmp_path / f"whole{place}", landed[0])
        land_jobs(whole, landed[1])
        once = build(whole)
        assert once == version
        assert stored(whole, once) == stored(home, version)
        assert jobs_of(whole) == jobs_of(home)


def test_a_ciphertext_is_the_job_that_another_document_gives_the_number_of(tmp_path: Path) -> None:
    """The issue knows the address alone; the posting knows the number alone."""
    home = home_with(tmp_path, ISSUES)
    posting, contents = nodes(JOB, 2)
    land_jobs(home, [posting])
    build(home)
    assert [row[0] for row in events(home)] == ["ours/app#9"]
    land_jobs(home, [contents])
    build(home)
    assert events(home)[0][:3] == ("ours/app#7", "posted", 25_000)
    assert postings(home) == []


def test_jobs_are_read_beside_issues_in_processes_of_their_own(tmp_path: Path) -> None:
    issues = [of_issue(linking(number, Job(number)), 1) for number in range(1, 9)]
    home, other = home_with(tmp_path / "a", issues), home_with(tmp_path / "b", issues)
    for place in (home, other):
        land_jobs(place, [node for number in range(1, 9) for node in nodes(Job(number), 2)])
    assert build(home, workers=2, batch=2) == build(other)
    assert events(home) == events(other)
    assert len(events(home)) == 8


def test_a_dataset_of_searches_alone_has_postings_and_wants_something_landed(
    tmp_path: Path,
) -> None:
    home = home_with(tmp_path)
    with pytest.raises(UsageError, match="nothing of upwork has landed; run `paydag refresh jobs`"):
        build_version(home, JOBS_ONLY)
    land_jobs(home, [search_result(LOOSE, 1)])
    assert build_version(home, JOBS_ONLY).candidates == 0
    assert [row[0] for row in postings(home)] == [f"upwork#{LOOSE.id}"]


def test_a_dataset_of_issues_needs_no_jobs(tmp_path: Path) -> None:
    linked = SPEC.model_dump(exclude_unset=True)
    linked["sources"]["upwork"] = {"linked": True}
    home = home_with(tmp_path, ISSUES)
    assert build_version(home, DatasetSpec.model_validate(linked), workers=1).candidates == 6
