"""Every dated item of a timeline becomes an event, of the types known and of any other."""

from typing import Any

import pytest

from tasks.domain.ledger import read_ledger
from tests.sources.parse_nodes import (
    NAME,
    URL,
    Node,
    at,
    bare_issue,
    comment,
    doc,
    event,
    history,
    nodes,
    pull_link,
)

ISSUE_LINK = {"__typename": "Issue", "number": 4, "url": "https://git.test/ours/web/issues/4"}
OWN_LINK = {"__typename": "Issue", "number": 7, "url": URL}


@pytest.mark.parametrize(
    ("typename", "fields", "event_type", "detail"),
    [
        ("LabeledEvent", {"label": {"name": "Help Wanted"}}, "labeled", "Help Wanted"),
        ("UnlabeledEvent", {"label": {"name": "Daily"}}, "unlabeled", "Daily"),
        ("AssignedEvent", {"assignee": {"login": "ann"}}, "assigned", "ann"),
        ("AssignedEvent", {"assignee": None}, "assigned", ""),
        ("UnassignedEvent", {"assignee": {"login": "ann"}}, "unassigned", "ann"),
        (
            "RenamedTitleEvent",
            {"previousTitle": "Boats leak", "currentTitle": "[$250] Boats leak"},
            "title_rename",
            "[$250] Boats leak",
        ),
        ("CrossReferencedEvent", {"source": pull_link(9)}, "cross_referenced", "ours/app#9"),
        (
            "CrossReferencedEvent",
            {"source": pull_link(9, "ours/web", merged=True)},
            "cross_referenced",
            "ours/web#9 merged",
        ),
        (
            "CrossReferencedEvent",
            {"source": pull_link(9, merged=False)},
            "cross_referenced",
            "ours/app#9",
        ),
        ("CrossReferencedEvent", {"source": ISSUE_LINK}, "cross_referenced", "issue ours/web#4"),
        (
            "CrossReferencedEvent",
            {"source": {"__typename": "Issue"}},
            "cross_referenced",
            "issue",
        ),
        ("CrossReferencedEvent", {"source": None}, "cross_referenced", ""),
        ("ClosedEvent", {"closer": None}, "closed", ""),
        ("ClosedEvent", {"closer": None, "stateReason": "NOT_PLANNED"}, "closed", "NOT_PLANNED"),
        (
            "ClosedEvent",
            {"closer": pull_link(9), "stateReason": "COMPLETED"},
            "closed",
            "COMPLETED ours/app#9",
        ),
        (
            "ClosedEvent",
            {"closer": {"number": 9, "url": "https://git.test/ours/app/pull/9"}},
            "closed",
            "ours/app#9",
        ),
        ("ClosedEvent", {"closer": {"__typename": "Commit", "oid": "f" * 40}}, "closed", "f" * 40),
        (
            "ClosedEvent",
            {"closer": {"__typename": "ProjectV2", "number": 3, "url": "https://git.test/p/3"}},
            "closed",
            "https://git.test/p/3",
        ),
        ("ClosedEvent", {"closer": {"__typename": "ProjectV2"}}, "closed", "project_v2"),
        ("ReopenedEvent", {}, "reopened", ""),
        ("ReopenedEvent", {"stateReason": "REOPENED"}, "reopened", "REOPENED"),
        ("ConnectedEvent", {"subject": pull_link(9)}, "connected", "ours/app#9"),
        (
            "ConnectedEvent",
            {"subject": OWN_LINK, "source": pull_link(9)},
            "connected",
            "ours/app#9",
        ),
        ("DisconnectedEvent", {"subject": pull_link(9)}, "disconnected", "ours/app#9"),
        ("DisconnectedEvent", {"subject": None}, "disconnected", ""),
        (
            "TransferredEvent",
            {"fromRepository": {"nameWithOwner": "ours/old"}},
            "transferred",
            "ours/old",
        ),
        ("TransferredEvent", {"fromRepository": None}, "transferred", ""),
        (
            "MarkedAsDuplicateEvent",
            {"canonical": ISSUE_LINK},
            "marked_as_duplicate",
            "issue ours/web#4",
        ),
        (
            "MarkedAsDuplicateEvent",
            {"canonical": OWN_LINK, "duplicate": ISSUE_LINK},
            "marked_as_duplicate",
            "issue ours/web#4",
        ),
        (
            "CommentDeletedEvent",
            {"deletedCommentAuthor": {"login": "ann"}},
            "comment_deleted",
            "ann",
        ),
        ("CommentDeletedEvent", {"deletedCommentAuthor": None}, "comment_deleted", ""),
        ("ConvertedToDiscussionEvent", {"discussion": {}}, "converted_to_discussion", ""),
        ("ProjectV2ItemStatusChangedEvent", {}, "project_v2_item_status_changed", ""),
        ("SomethingNew", {"any": 1}, "something_new", ""),
    ],
)
@pytest.mark.parametrize("actor", ["mel", None])
def test_an_item_is_an_event_under_its_own_name_with_what_it_was_about(
    typename: str, fields: Node, event_type: str, detail: str, actor: str | None
) -> None:
    who = {"login": actor} if actor else None
    item = event(typename, 5, actor=who, **fields)
    created, found = history(bare_issue(timelineItems=nodes(item))).events
    assert created.event_type == "title_at_creation"
    assert found.model_dump() == {
        "event_type": event_type,
        "occurred_at": at(5),
        "actor": actor,
        "detail": detail,
        "document_id": "ours/app#7/EV5",
    }


def test_the_first_title_comes_before_what_happened_in_the_same_second() -> None:
    rename = event("RenamedTitleEvent", 0, previousTitle="Boats", currentTitle="[$250] Boats")
    found = history(bare_issue(timelineItems=nodes(rename)))
    assert [(e.event_type, e.detail, e.document_id) for e in found.events] == [
        ("title_at_creation", "Boats", "ours/app#7"),
        ("title_rename", "[$250] Boats", "ours/app#7/EV0"),
    ]


def test_the_ledger_rests_on_events_that_are_there() -> None:
    renames = [
        event(
            "RenamedTitleEvent",
            hours,
            previousTitle="[$250] Boats",
            currentTitle=f"[${price}] Boats",
        )
        for hours, price in ((3, 500), (6, 1000))
    ]
    found = history(bare_issue(title="[$1000] Boats", timelineItems=nodes(*renames)))
    ledger = read_ledger("github", found).events
    evidence = {(e.source_kind, e.document_id, e.words) for e in ledger}
    assert len(ledger) == 3
    assert evidence == {(e.event_type, e.document_id, e.detail) for e in found.events}


def test_events_assignments_and_links_are_in_the_order_of_time() -> None:
    items = [
        event("AssignedEvent", hours, assignee={"login": login})
        for hours, login in ((9, "bea"), (2, "cam"), (5, "ann"))
    ]
    found = history(bare_issue(timelineItems=nodes(*items)))
    assert [e.detail for e in found.events[1:]] == ["cam", "ann", "bea"]
    assert [(a.assigned_at, a.login) for a in found.assignments] == [
        (at(2), "cam"),
        (at(5), "ann"),
        (at(9), "bea"),
    ]


@pytest.mark.parametrize(
    ("fields", "number"),
    [({}, 51), ({"databaseId": None}, 51), ({"databaseId": 3 * 10**9}, 3 * 10**9)],
)
def test_a_comment_whose_number_is_beyond_32_bits_has_it_from_its_link(
    fields: dict[str, Any], number: int
) -> None:
    found = history(bare_issue(comments=nodes(comment(51, 1, "x", **fields))))
    assert [c.comment_id for c in found.comments] == [number]


def test_copies_that_go_back_and_forth_leave_the_newest() -> None:
    first, second = bare_issue(state="OPEN"), bare_issue(state="CLOSED")
    copies = [doc("issue", NAME, n, hours) for hours, n in ((1, first), (2, second), (3, first))]
    assert history(second, *[doc("issue", NAME, second, 2), doc("issue", NAME, first, 300)]) == (
        history(first, *copies)
    )
