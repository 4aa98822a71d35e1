"""GitHub nodes become histories: the newest copy counts, and order counts for nothing."""

import random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tasks.domain.bounties import TitleAt
from tasks.domain.documents import Document
from tasks.domain.issues import (
    IssueHistory,
    TextVersion,
)
from tasks.domain.protocols import Market
from tasks.sources.github.archive import read_archive
from tasks.sources.github.parse import parse_documents
from tests.sample_home import SAMPLE
from tests.sources.parse_histories import HISTORY, MERGED, said
from tests.sources.parse_nodes import (
    DOCUMENTS,
    ISSUE,
    PULL,
    URL,
    Node,
    at,
    bare_issue,
    comment,
    doc,
    history,
    market,
    nodes,
    stamp,
)


@pytest.mark.parametrize("documents", [DOCUMENTS, DOCUMENTS[::-1], DOCUMENTS * 2])
def test_documents_in_any_order_and_number_are_one_history(documents: list[Document]) -> None:
    assert parse_documents(documents) == Market(issues=(HISTORY,), pulls=(MERGED,))


def test_the_newest_copy_counts() -> None:
    older = doc("issue", "ours/app#7", ISSUE | {"state": "OPEN"}, fetched=99)
    newer = doc("issue", "ours/app#7", ISSUE | {"state": "REOPENED"}, fetched=101)
    for documents in ([older, newer, *DOCUMENTS], [*DOCUMENTS, newer, older]):
        assert parse_documents(documents).issues[0].state == "REOPENED"


def test_a_plain_issue_has_its_present_title_and_body_since_the_start() -> None:
    assert history(bare_issue(author=None)) == IssueHistory(
        repository="ours/app",
        number=7,
        url=URL,
        author=None,
        state="OPEN",
        created_at=at(0),
        titles=(
            TitleAt(since=at(0), title="Boats leak", document_id="ours/app#7", at_creation=True),
        ),
        bodies=(TextVersion(since=at(0), text="Water comes in."),),
        events=(said("title_at_creation", 0, "Boats leak", item=None),),
        document_id="ours/app#7",
    )


def test_a_pull_request_keeps_its_size_and_the_issues_github_linked() -> None:
    node = PULL | {
        "closedAt": stamp(30),
        "baseRefName": "main",
        "headRefOid": "c" * 40,
        "headRefName": "caulk",
        "changedFiles": 3,
        "additions": 40,
        "deletions": 2,
        "closingIssuesReferences": nodes(
            {"number": 7, "url": URL},
            None,
            {"number": 3, "url": URL.replace("app/issues/7", "web/issues/3")},
        ),
    }
    assert market(doc("pull", "ours/app#9", node)).pulls == (
        MERGED.model_copy(
            update={
                "closed_at": at(30),
                "base_branch": "main",
                "head_commit": "c" * 40,
                "head_branch": "caulk",
                "changed_files": 3,
                "additions": 40,
                "deletions": 2,
                "closes": ("ours/app#7", "ours/web#3"),
            }
        ),
    )


def test_an_unmerged_pull_request_has_no_merge() -> None:
    node = PULL | {"state": "CLOSED", "mergedAt": None, "mergeCommit": None}
    (found,) = parse_documents([doc("pull", "ours/app#9", node)]).pulls
    assert found == MERGED.model_copy(
        update={"state": "CLOSED", "merged_at": None, "merge_commit": None, "parents": ()}
    )


def test_null_entries_of_a_list_are_skipped() -> None:
    holey: Node = {
        key: {"nodes": [None, *value["nodes"], None]}
        if isinstance(value, dict) and "nodes" in value
        else value
        for key, value in ISSUE.items()
    }
    assert sum(value != ISSUE[key] for key, value in holey.items()) == 4
    assert history(holey, *DOCUMENTS[1:]) == HISTORY


def test_nothing_depends_on_the_order_of_a_list_or_on_entries_that_come_twice() -> None:
    repeated = ISSUE["comments"]["nodes"][0] | {"body": "an older page", "updatedAt": stamp(1)}
    newer = ISSUE["comments"]["nodes"][0] | {"updatedAt": stamp(2)}
    listed = ISSUE | {"comments": nodes(repeated, newer, ISSUE["comments"]["nodes"][1])}
    listed["timelineItems"] = nodes(*ISSUE["timelineItems"]["nodes"] * 2)
    for seed in range(20):
        mixed = {k: _shuffled(v, random.Random(seed)) for k, v in listed.items()}
        assert history(mixed, DOCUMENTS[1]) == HISTORY


def _shuffled(value: Any, order: random.Random) -> Any:
    if not (isinstance(value, dict) and "nodes" in value):
        return value
    return {"nodes": order.sample(value["nodes"], len(value["nodes"]))}


SAMPLE_DOCUMENTS = list(read_archive(SAMPLE / "documents", "github"))
SAMPLE_MARKET = parse_documents(SAMPLE_DOCUMENTS)


@given(
    st.permutations(SAMPLE_DOCUMENTS),
    st.lists(st.tuples(st.sampled_from(SAMPLE_DOCUMENTS), st.integers(0)), max_size=30),
)
def test_the_market_of_the_sample_is_the_same_in_any_order_and_with_any_duplicates(
    documents: list[Document], again: list[tuple[Document, int]]
) -> None:
    for document, place in again:
        documents.insert(place % (len(documents) + 1), document)
    assert parse_documents(iter(documents)) == SAMPLE_MARKET


def test_an_app_is_told_from_a_person_of_the_same_name() -> None:
    talk = [
        comment(1, 1, "from the app", author={"__typename": "Bot", "login": "ours"}),
        comment(2, 2, "from REST", author={"__typename": "Bot", "login": "ours[bot]"}),
        comment(3, 3, "from a person", author={"__typename": "User", "login": "ours"}),
    ]
    found = history(bare_issue(comments=nodes(*talk)))
    assert [c.author for c in found.comments] == ["ours[bot]", "ours[bot]", "ours"]


@pytest.mark.parametrize(
    ("said", "unwanted"),
    [("spam", True), ("ABUSE", True), ("off-topic", False), ("resolved", False), (None, False)],
)
def test_what_a_comment_was_hidden_for_tells_spam_from_what_is_over(
    said: str | None, unwanted: bool
) -> None:
    hidden = comment(1, 1, "## Proposal\nBuy.", isMinimized=True, minimizedReason=said)
    (found,) = history(bare_issue(comments=nodes(hidden))).comments
    assert (found.minimized, found.unwanted) == (True, unwanted)
