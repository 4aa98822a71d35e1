"""An invented issue and its pull request as GitHub's nodes, for all tests of the parser."""

from datetime import UTC, datetime, timedelta
from typing import Any

from tasks.domain.documents import Document
from tasks.domain.issues import IssueHistory
from tasks.domain.protocols import Market
from tasks.sources.github.parse import parse_documents

NAME = "ours/app#7"
START = datetime(2025, 1, 1, tzinfo=UTC)
URL = "https://github.com/ours/app/issues/7"
Node = dict[str, Any]


def at(hours: float) -> datetime:
    return START + timedelta(hours=hours)


def stamp(hours: float) -> str:
    return at(hours).strftime("%Y-%m-%dT%H:%M:%SZ")


def nodes(*listed: Node | None) -> Node:
    return {"nodes": list(listed)}


def event(kind: str, hours: float, **fields: Any) -> Node:
    return {"__typename": kind, "id": f"EV{hours}", "createdAt": stamp(hours), **fields}


def edit(hours: float, text: str | None) -> Node:
    return {"createdAt": stamp(hours), "editedAt": stamp(hours), "diff": text}


def comment(number: int, hours: float, text: str | None, **fields: Any) -> Node:
    plain: Node = {
        "id": f"IC_{number}",
        "databaseId": number,
        "url": f"{URL}#issuecomment-{number}",
        "body": text,
        "createdAt": stamp(hours),
        "lastEditedAt": None,
        "author": {"login": "ann"},
    }
    return plain | fields


def pull_link(number: int, repository: str = "ours/app", **fields: Any) -> Node:
    """A pull request as another node links to it."""
    home = {"repository": {"nameWithOwner": repository}}
    return {"__typename": "PullRequest", "number": number, **home, **fields}


def bare_issue(**fields: Any) -> Node:
    """An issue in which nothing has happened yet."""
    plain: Node = {
        "number": 7,
        "url": URL,
        "title": "Boats leak",
        "body": "Water comes in.",
        "state": "OPEN",
        "createdAt": stamp(0),
        "author": {"login": "rae"},
    }
    return plain | fields


def doc(kind: str, name: str, payload: Node, fetched: float = 100) -> Document:
    return Document("github", f"github.{kind}", name, at(fetched), payload)


def market(*documents: Document) -> Market:
    """What the documents say; all of them can be read."""
    found = parse_documents(documents)
    assert found.malformed == ()
    return found


def history(node: Node, *others: Document) -> IssueHistory:
    (found,) = market(doc("issue", NAME, node), *others).issues
    return found


ISSUE: Node = {
    "number": 7,
    "url": URL,
    "title": "[$500] Boats leak",
    "body": "Water comes in fast.",
    "state": "CLOSED",
    "stateReason": "COMPLETED",
    "createdAt": stamp(0),
    "closedAt": stamp(50),
    "author": {"login": "rae"},
    "labels": nodes({"name": "External"}, {"name": "Bug"}),
    "userContentEdits": nodes(
        edit(3, "Water comes in fast."), edit(2, None), edit(0, "Water comes in.")
    ),
    "comments": nodes(
        {
            "id": "IC_1",
            "databaseId": 51,
            "url": f"{URL}#issuecomment-51",
            "body": "## Proposal\nbetter",
            "createdAt": stamp(4),
            "author": {"login": "ann"},
            "authorAssociation": "NONE",
            "isMinimized": True,
        },
        {
            "id": "IC_2",
            "databaseId": 52,
            "url": f"{URL}#issuecomment-52",
            "body": None,
            "createdAt": stamp(5),
            "author": None,
        },
    ),
    "timelineItems": nodes(
        event(
            "RenamedTitleEvent",
            8,
            previousTitle="[$250] Boats leak",
            currentTitle="[$500] Boats leak",
            actor={"login": "mel"},
        ),
        event(
            "RenamedTitleEvent",
            1,
            previousTitle="Boats leak",
            currentTitle="[$250] Boats leak",
            actor=None,
        ),
        event("AssignedEvent", 9, assignee={"login": "ann"}),
        event("AssignedEvent", 10, assignee=None),
        event(
            "CrossReferencedEvent",
            11,
            source={"merged": True, "number": 9, "repository": {"nameWithOwner": "ours/web"}},
        ),
        event(
            "CrossReferencedEvent",
            12,
            source={"merged": False, "number": 8, "repository": {"nameWithOwner": "ours/web"}},
        ),
        event("CrossReferencedEvent", 13, source={"__typename": "Issue"}),
        event("SomethingNew", 14),
    ),
}
EDITS: Node = {
    "id": "IC_1",
    "userContentEdits": nodes(edit(6, "## Proposal\nbetter"), edit(4, "## Proposal\nfirst")),
}
PULL: Node = {
    "number": 9,
    "title": "Caulk the boats",
    "body": None,
    "url": "https://github.com/ours/app/pull/9",
    "state": "MERGED",
    "createdAt": stamp(20),
    "mergedAt": stamp(30),
    "author": {"login": "ann"},
    "mergeCommit": {"oid": "f" * 40, "parents": nodes({"oid": "b" * 40}, {"oid": "a" * 40})},
}
DOCUMENTS = [
    doc("issue", NAME, ISSUE),
    doc("comment_edits", "IC_1", EDITS),
    doc("pull", "ours/app#9", PULL),
]
