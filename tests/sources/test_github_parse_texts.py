"""Versions of comments and bodies: what is known is kept, and nothing else is claimed."""

import itertools
from typing import Any

import pytest

from tasks.domain.issues import IssueEvent, TextVersion
from tests.sources.parse_nodes import (
    NAME,
    URL,
    Node,
    at,
    bare_issue,
    comment,
    doc,
    edit,
    history,
    nodes,
    stamp,
)

COMMENT_URL = f"{URL}#issuecomment-51"


def versions(*known: tuple[float, str]) -> tuple[TextVersion, ...]:
    return tuple(TextVersion(since=at(hours), text=text) for hours, text in known)


def removed(hours: float, deleted: float | None = None) -> Node:
    """An edit whose text somebody took out of the history."""
    return edit(hours, None) | {"deletedAt": None if deleted is None else stamp(deleted)}


def comment_versions(node: Node, edits: list[Node] | None) -> tuple[TextVersion, ...]:
    others = []
    if edits is not None:
        payload = {"id": "IC_51", "userContentEdits": nodes(*edits)}
        others = [doc("comment_edits", "IC_51", payload)]
    (found,) = history(bare_issue(comments=nodes(node)), *others).comments
    return found.versions


def body_versions(node: Node, edits: list[Node] | None) -> tuple[TextVersion, ...]:
    fields = {"createdAt": node["createdAt"], "lastEditedAt": node["lastEditedAt"]}
    listed = {} if edits is None else {"userContentEdits": nodes(*edits)}
    return history(bare_issue(body=node["body"], **fields, **listed)).bodies


TEXTS = [
    pytest.param(None, None, versions((4, "now")), id="never edited"),
    pytest.param(None, [], versions((4, "now")), id="never edited, and its edits looked at"),
    pytest.param(9, None, versions((9, "now")), id="edited, edits never fetched"),
    pytest.param(9, [], versions((9, "now")), id="edited, edits hidden"),
    pytest.param(
        9,
        [edit(9, "now"), edit(6, "second"), edit(4, "first")],
        versions((4, "first"), (6, "second"), (9, "now")),
        id="all edits",
    ),
    pytest.param(
        9,
        [edit(6, "second"), edit(4, "first")],
        versions((4, "first"), (6, "second"), (9, "now")),
        id="edited again after the edits were fetched",
    ),
    pytest.param(
        6,
        [edit(9, "later"), edit(6, "now"), edit(4, "first")],
        versions((4, "first"), (6, "now"), (9, "later")),
        id="edited again before the edits were fetched",
    ),
    pytest.param(
        None,
        [edit(9, "later"), edit(4, "now")],
        versions((4, "now"), (9, "later")),
        id="edited for the first time before the edits were fetched",
    ),
    pytest.param(
        9,
        [edit(9, "now"), removed(6, 20), edit(4, "first")],
        versions((4, "first"), (9, "now")),
        id="an edit taken out",
    ),
    pytest.param(
        9,
        [removed(9, 20), edit(4, "first")],
        versions((4, "first"), (9, "now")),
        id="the newest edit taken out, the body still tells",
    ),
    pytest.param(9, [removed(6), removed(4)], versions((9, "now")), id="all edits taken out"),
    pytest.param(
        9,
        [edit(9, "a moment before"), edit(9, "now"), edit(4, "first")],
        versions((4, "first"), (9, "now")),
        id="two edits in a second, the body tells which was last",
    ),
]


@pytest.mark.parametrize("read", [comment_versions, body_versions])
@pytest.mark.parametrize(("edited", "edits", "expected"), TEXTS)
def test_versions_are_all_that_is_known_and_the_body_since_its_last_edit(
    read: Any, edited: float | None, edits: list[Node] | None, expected: tuple[TextVersion, ...]
) -> None:
    node = comment(51, 4, "now", lastEditedAt=None if edited is None else stamp(edited))
    for order in itertools.permutations(edits) if edits is not None else [None]:
        assert read(node, None if order is None else list(order)) == expected


def test_the_text_before_the_first_known_version_is_the_best_there_is() -> None:
    node = comment(51, 4, "now", lastEditedAt=stamp(9))
    (said,) = history(bare_issue(comments=nodes(node))).comments
    assert (said.created_at, said.versions[0].since) == (at(4), at(9))
    assert said.text_at(at(5)) == "now"


def test_of_edits_in_one_second_the_one_recorded_last_counts_in_any_order() -> None:
    early = edit(6, "zero") | {"createdAt": stamp(6)}
    late = edit(6, "one") | {"createdAt": stamp(7)}
    for order in itertools.permutations([early, late, edit(4, "first"), edit(9, "now")]):
        node = comment(51, 4, "now", lastEditedAt=stamp(9))
        assert comment_versions(node, list(order)) == versions((4, "first"), (6, "one"), (9, "now"))


def test_every_text_that_was_taken_out_of_a_history_leaves_an_event() -> None:
    edits = [edit(9, "now"), removed(6, 20), removed(5), edit(4, "first")]
    node = bare_issue(
        body="now",
        lastEditedAt=stamp(3),
        userContentEdits=nodes(edit(3, "now"), removed(2, 21), edit(0, "first")),
        comments=nodes(comment(51, 4, "now", lastEditedAt=stamp(9))),
    )
    payload = {"id": "IC_51", "userContentEdits": nodes(*edits)}
    events = history(node, doc("comment_edits", "IC_51", payload)).events
    assert [e for e in events if e.event_type != "title_at_creation"] == [
        IssueEvent(
            event_type="edit_deleted",
            occurred_at=at(occurred),
            detail=f"{where} as of {at(saved).isoformat()}",
            document_id=document_id,
        )
        for occurred, where, saved, document_id in (
            (5, COMMENT_URL, 5, "IC_51"),
            (20, COMMENT_URL, 6, "IC_51"),
            (21, "the body", 2, NAME),
        )
    ]


def test_a_text_the_body_still_tells_is_not_lost() -> None:
    payload = {"id": "IC_51", "userContentEdits": nodes(removed(9, 20), edit(4, "first"))}
    node = bare_issue(comments=nodes(comment(51, 4, "now", lastEditedAt=stamp(9))))
    found = history(node, doc("comment_edits", "IC_51", payload))
    assert [e.event_type for e in found.events] == ["title_at_creation"]


def test_the_newest_copy_of_an_edit_history_counts() -> None:
    node = bare_issue(comments=nodes(comment(51, 4, "now", lastEditedAt=stamp(9))))
    copies = [
        doc("comment_edits", "IC_51", {"id": "IC_51", "userContentEdits": nodes(*edits)}, fetched)
        for fetched, edits in (
            (50, [edit(4, "first")]),
            (60, [edit(9, "now"), edit(6, "second"), edit(4, "first")]),
        )
    ]
    for order in (copies, copies[::-1]):
        (said,) = history(node, *order).comments
        assert said.versions == versions((4, "first"), (6, "second"), (9, "now"))
