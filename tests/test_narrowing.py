"""Issues without their quiet comments say what the whole ones say, and are staged alike."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tasks.domain.acceptance import accepted_proposal
from tasks.domain.documents import Document
from tasks.domain.issues import IssueHistory, PullRequest
from tasks.domain.leak_facts import later_comments
from tasks.domain.ledger import read_ledger
from tasks.domain.narrowing import EVIDENCE_EXPRESSION
from tasks.domain.payments import read_payments
from tasks.domain.proposals import is_proposal, pointed_comment, proposals_at
from tasks.domain.readings import read_comment
from tasks.domain.ribbons import ribbons_of
from tasks.domain.withdrawals import taken_back_by
from tasks.narrowing import narrowed
from tasks.sources.github.parse import parse_documents
from tasks.staging import comment_columns
from tasks.warehouse.columns import matching, together

START = datetime(2025, 1, 1, tzinfo=UTC)
NAME = "ours/app#7"
URL = "https://github.com/ours/app/issues/7"
_PIECES = st.sampled_from(
    (
        *("## Proposal", "# PROPOSAL\n", "propoſal", "Pro<!-- x -->posal", "**Proposal** v2", "\n"),
        *(
            "[Updated](",
            f"{URL}#issuecomment-1)",
            f"{URL}#issuecomment-2",
            "updated",
            "my solution",
        ),
        *("I withdraw my proposal", "I retract both proposals", "withdrawn", "🎀 👀 🎀", "@ann"),
        *(":ribbon: :eyes: :RIBBON:", "C+ reviewed", "> the boat leaks", "<!--", "-->", "`x`"),
        *(
            "Price raised to $500",
            "2500$",
            "doubled",
            "- Contributor: @ann $500",
            "Payment summary:",
        ),
        *("the boat leaks", "looks good", "thanks", "root cause", "K", "ſ", "İ"),
    )
)
_TEXTS = st.lists(_PIECES | st.text(max_size=5), max_size=7).map(" ".join)
_STATES = st.sampled_from(("plain", "plain", "plain", "edited", "minimized", "ghost", "app"))

_AUTHORS = {"ghost": None, "app": {"__typename": "Bot", "login": "cy"}}


def _node(number: int, author: str, text: str, state: str) -> dict[str, Any]:
    at = (START + timedelta(hours=number)).isoformat().replace("+00:00", "Z")
    return {
        "id": f"IC_{number}",
        "databaseId": None if number == 5 else number,
        "url": f"{URL}#issuecomment-{number}",
        "body": text or None,
        "createdAt": at,
        "lastEditedAt": at if state == "edited" else None,
        "isMinimized": state == "minimized",
        "authorAssociation": "MEMBER" if author == "bob" else "NONE",
        "author": _AUTHORS.get(state, {"__typename": "User", "login": author}),
    }


def _document(listed: Iterable[tuple[str, str, str]]) -> Document:
    found: list[Any] = [_node(number, *given) for number, given in enumerate(listed, start=1)]
    twice = [node | {"updatedAt": "2026-01-01T00:00:00Z"} for node in found if node["id"] == "IC_3"]
    again = [] if not found or found[0]["author"] is None else twice
    payload = {
        "number": 7,
        "title": "[$250] Boats leak",
        "body": "Water comes in.",
        "url": URL,
        "state": "CLOSED",
        "createdAt": "2025-01-01T00:00:00Z",
        "author": {"login": "rae"},
        "comments": {"nodes": [*found, None, *again]},
    }
    return Document("github", "github.issue", NAME, START, payload)


def _edits(number: int, text: str) -> Document:
    edit = {"createdAt": "2025-01-01T00:30:00Z", "editedAt": "2025-01-01T00:30:00Z", "diff": text}
    payload = {"id": f"IC_{number}", "userContentEdits": {"nodes": [edit]}}
    return Document("github", "github.comment_edits", f"IC_{number}", START, payload)


def _fix() -> PullRequest:
    return PullRequest(
        repository="ours/app",
        number=9,
        title="Mend boats",
        body=f"### Fixed Issues\n$ {URL}\nPROPOSAL: {URL}#issuecomment-2\n",
        url="https://github.com/ours/app/pull/9",
        author="ann",
        state="MERGED",
        created_at=START + timedelta(hours=5),
        merged_at=START + timedelta(hours=6),
    )


_THREADS = st.lists(
    st.tuples(st.sampled_from(("ann", "bob", "cy[bot]")), _TEXTS, _STATES), max_size=7
)


def _told(issue: IssueHistory) -> list[object]:
    moments = [None, *(START + timedelta(hours=hours, minutes=1) for hours in range(7))]
    return [
        read_ledger("github", issue, _fix()),
        accepted_proposal(issue, _fix()),
        *(proposals_at(issue.comments, moment) for moment in moments),
        *(later_comments(issue, moment) for moment in moments),
    ]


@given(_THREADS, st.none() | _TEXTS)
def test_an_issue_without_its_quiet_comments_says_what_the_whole_says(
    thread: list[tuple[str, str, str]], edited: str | None
) -> None:
    document = _document(thread)
    others = [_edits(2, edited)] if edited is not None else []
    (whole,) = parse_documents([document, *others], {}).issues
    narrow = narrowed([document], {other.external_id for other in others}, ())
    (kept,) = parse_documents([*narrow.documents, *others], {}).issues
    assert replace_comments(kept) == replace_comments(whole)
    assert {c.comment_id for c in kept.comments}.isdisjoint(narrow.quiet.get(NAME, {}))
    quiet = kept.model_copy(update={"quiet": narrow.quiet.get(NAME, {})})
    assert _told(quiet) == _told(whole)
    rows = together([narrow.rows, comment_columns([kept])])
    assert _sorted(rows) == _sorted(comment_columns([whole]))


def replace_comments(issue: IssueHistory) -> IssueHistory:
    return issue.model_copy(update={"comments": ()})


def _sorted(rows: pa.Table) -> list[dict[str, Any]]:
    return sorted(rows.to_pylist(), key=lambda row: (row["comment_id"], row["version_since"]))


@given(_TEXTS)
def test_a_text_in_which_the_domain_finds_anything_is_not_quiet(text: str) -> None:
    column = pa.table({"text": pa.array([text], pa.string())})
    (heard,) = matching(column, "text", f"(?i){EVIDENCE_EXPRESSION}")
    (comment,) = parse_documents([_document([("ann", text, "plain")])], {}).issues[0].comments
    found = (
        is_proposal(text)
        or pointed_comment(text) is not None
        or bool(taken_back_by(text, [4], 1))
        or bool(ribbons_of([comment]))
        or bool(read_comment(text))
        or bool(read_payments(text))
    )
    assert heard or not found


@pytest.mark.parametrize(
    "broken",
    [
        {"id": None},
        {"body": ["x"]},
        {"body": "\ud800"},
        {"databaseId": True},
        {"databaseId": 2**63},
        {"databaseId": None, "url": "elsewhere"},
        {"databaseId": 2},
        {"databaseId": None, "url": "elsewhere#issuecomment-2"},
        {"createdAt": "2025-01-01T00:00:00"},
        {"createdAt": "2025-02-30T00:00:00Z"},
        {"createdAt": None},
        {"author": "ann"},
        {"author": {"login": 7}},
        {"authorAssociation": 7},
        {"url": 7},
    ],
)
def test_a_comment_that_cannot_be_read_is_reported_as_it_was(broken: dict[str, Any]) -> None:
    document = _document([("ann", "the boat leaks", "plain")] * 2)
    listed = document.payload["comments"]["nodes"]
    spoiled = replace(
        document,
        payload=document.payload | {"comments": {"nodes": [listed[0] | broken, listed[1]]}},
    )
    narrow = narrowed([spoiled], (), ())
    assert parse_documents(narrow.documents, {}) == parse_documents([spoiled], {})
    assert narrow.rows.num_rows == 0


def test_one_day_that_no_month_has_leaves_the_others_of_the_batch_narrow() -> None:
    documents = [_document([("ann", "the boat leaks", "plain")] * 2) for _ in range(2)]
    first, second = documents[0], replace(documents[1], external_id="ours/app#8")
    nodes = first.payload["comments"]["nodes"]
    wrong = nodes[0] | {"createdAt": "2025-02-30T00:00:00Z"}
    odd = replace(first, payload=first.payload | {"comments": {"nodes": [wrong, *nodes[1:]]}})
    narrow = narrowed([odd, second], (), ())
    assert [len(d.payload["comments"]["nodes"]) for d in narrow.documents] == [3, 0]
    assert set(narrow.quiet) == {"ours/app#8"}
    assert dict(narrow.quiet["ours/app#8"]) == {
        number: START + timedelta(hours=number) for number in (1, 2)
    }
