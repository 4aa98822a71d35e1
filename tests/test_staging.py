"""Staging rows are what was parsed, in the place of what was parsed before."""

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest

from tasks.domain.documents import Document
from tasks.domain.links import fixed_issues, reverted_pulls
from tasks.sources.github.parse import parse_documents
from tasks.staging import pull_of, replace_issues
from tasks.warehouse import Row, Warehouse, run_checks
from tests.sources.parse_nodes import (
    DOCUMENTS,
    ISSUE,
    NAME,
    PULL,
    URL,
    at,
    bare_issue,
    comment,
    doc,
    event,
    nodes,
    pull_link,
    stamp,
)
from tests.warehouse.homes import fresh


def stage(warehouse: Warehouse, documents: Iterable[Document]) -> None:
    found = parse_documents(documents)
    assert found.malformed == ()
    with warehouse.write("core") as session:
        replace_issues(session, found.issues, found.pulls)


def staged(warehouse: Warehouse, sql: str) -> list[tuple[Any, ...]]:
    with warehouse.read("core") as session:
        assert run_checks(session) == {}
        return session.tuples(sql)


def rows(warehouse: Warehouse, table: str) -> list[Row]:
    with warehouse.read("core") as session:
        return session.rows(f"FROM staging.{table} ORDER BY ALL")


@pytest.fixture
def warehouse(tmp_path: Path) -> Warehouse:
    return fresh(tmp_path)


def test_every_event_is_a_row_with_its_actor_and_its_evidence(warehouse: Warehouse) -> None:
    timeline = nodes(
        event("LabeledEvent", 1, label={"name": "External"}, actor={"login": "mel"}),
        event("ConnectedEvent", 2, subject=pull_link(9), actor=None),
        event("ClosedEvent", 3, closer=None),
        event("PinnedEvent", 4),
    )
    stage(warehouse, [doc("issue", NAME, bare_issue(timelineItems=timeline))])
    columns = "event_type, occurred_at, actor, detail, document_id"
    assert staged(
        warehouse, f"SELECT issue, {columns} FROM staging.issue_events ORDER BY occurred_at"
    ) == [
        (NAME, "title_at_creation", at(0), "rae", "Boats leak", NAME),
        (NAME, "labeled", at(1), "mel", "External", f"{NAME}/EV1"),
        (NAME, "connected", at(2), None, "ours/app#9", f"{NAME}/EV2"),
        (NAME, "closed", at(3), None, "", f"{NAME}/EV3"),
        (NAME, "pinned", at(4), None, "", f"{NAME}/EV4"),
    ]


def test_every_known_version_of_a_comment_is_a_row(warehouse: Warehouse) -> None:
    stage(warehouse, DOCUMENTS)
    assert staged(
        warehouse,
        "SELECT comment_id, version_since, body FROM staging.comments ORDER BY ALL",
    ) == [
        (51, at(4), "## Proposal\nfirst"),
        (51, at(6), "## Proposal\nbetter"),
        (52, at(5), ""),
    ]


def test_a_pull_request_is_a_row_with_its_size_and_both_kinds_of_links(
    warehouse: Warehouse,
) -> None:
    sizes = {"changedFiles": 3, "additions": 40, "deletions": 2}
    closing = {"closingIssuesReferences": nodes({"number": 8, "url": URL[:-1] + "8"})}
    names = {"baseRefName": "main", "headRefOid": "c" * 40, "closedAt": stamp(30)}
    names |= {"headRefName": "caulk"}
    fixed = {"body": f"### Fixed Issues\n$ {URL}\n"}
    stage(warehouse, [doc("pull", "ours/app#9", PULL | sizes | closing | names | fixed)])
    assert rows(warehouse, "pulls") == [
        {
            "pull": "ours/app#9",
            "repository": "ours/app",
            "number": 9,
            "url": PULL["url"],
            "title": "Caulk the boats",
            "author": "ann",
            "state": "MERGED",
            "created_at": at(20),
            "merged_at": at(30),
            "merge_commit": "f" * 40,
            "base_commit": "b" * 40,
            "fixes": [NAME],
            "body": fixed["body"],
            "closed_at": at(30),
            "base_branch": "main",
            "head_commit": "c" * 40,
            "head_branch": "caulk",
            "changed_files": 3,
            "additions": 40,
            "deletions": 2,
            "closes": ["ours/app#8"],
            "parents": ["b" * 40, "a" * 40],
            "reverts": [],
        }
    ]


def test_a_row_of_a_pull_request_says_all_that_the_document_said(warehouse: Warehouse) -> None:
    closing = {"closingIssuesReferences": nodes({"number": 8, "url": URL[:-1] + "8"})}
    found = parse_documents([doc("pull", "ours/app#9", PULL | closing)], {"ours/old": "ours/app"})
    with warehouse.write("core") as session:
        replace_issues(session, (), found.pulls)
    (row,) = rows(warehouse, "pulls")
    (pull,) = found.pulls
    read = {"fixes": fixed_issues(pull), "reverts": reverted_pulls(pull)}
    expected = pull.model_copy(update=read)
    assert pull_of(row, {"ours/old": "ours/app", "ours/past": "ours/web"}) == expected


def test_an_issue_is_gone_until_it_is_read_again(warehouse: Warehouse) -> None:
    left = doc("gone", NAME, {"number": 7, "reason": "unavailable"}, 200)
    seen = []
    for documents in (
        DOCUMENTS,
        [*DOCUMENTS, left],
        [*DOCUMENTS, left, doc("issue", NAME, ISSUE, 300)],
    ):
        stage(warehouse, documents)
        seen += staged(warehouse, "SELECT issue, gone FROM staging.issues")
    assert seen == [(NAME, None), (NAME, "unavailable"), (NAME, None)]


def test_comments_that_went_along_to_another_repository_are_no_duplicates(
    warehouse: Warehouse,
) -> None:
    said = nodes(comment(51, 4, "## Proposal\nfirst"))
    old = doc("issue", NAME, bare_issue(comments=said))
    new = doc("issue", "ours/web#3", bare_issue(number=3, comments=said))
    stage(warehouse, [old, doc("gone", NAME, {"reason": "transferred"}, 200), new])
    assert staged(warehouse, "SELECT issue, comment_id FROM staging.comments ORDER BY ALL") == [
        ("ours/app#7", 51),
        ("ours/web#3", 51),
    ]


def test_staging_again_leaves_one_row_of_each(warehouse: Warehouse) -> None:
    tables = ("issues", "issue_events", "comments", "proposals", "pulls")
    stage(warehouse, DOCUMENTS)
    first = {table: rows(warehouse, table) for table in tables}
    stage(warehouse, DOCUMENTS[::-1] * 2)
    assert {table: rows(warehouse, table) for table in tables} == first
    assert all(first.values())
