"""What cannot be read is listed, and costs nothing but itself."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tasks.domain.documents import Document
from tasks.domain.issues import TextVersion
from tasks.domain.protocols import Malformed, Market
from tasks.sources.github.parse import parse_documents
from tests.sources.parse_histories import HISTORY, MERGED
from tests.sources.parse_nodes import (
    DOCUMENTS,
    EDITS,
    ISSUE,
    NAME,
    PULL,
    URL,
    Node,
    at,
    bare_issue,
    comment,
    doc,
    edit,
    event,
    nodes,
    stamp,
)

BIG = 2**63
BROKEN_EDITS = EDITS | {"userContentEdits": nodes(edit(6, "\ud800"), {"diff": "when?"})}


@pytest.mark.parametrize(
    ("kind", "node", "reason"),
    [
        ("issue", {k: v for k, v in ISSUE.items() if k != "number"}, "KeyError: 'number'"),
        ("issue", ISSUE | {"createdAt": "then"}, "ValueError: Invalid isoformat string: 'then'"),
        (
            "issue",
            ISSUE | {"createdAt": "2025-01-01"},
            "ValueError: '2025-01-01' lacks a time zone",
        ),
        ("issue", ISSUE | {"number": "x"}, "ValidationError: 1 validation error for IssueHistory"),
        ("issue", ISSUE | {"number": BIG}, "ValidationError: 1 validation error for IssueHistory"),
        ("issue", ISSUE, "ValueError: the payload is numbered 7"),
        ("issue", ISSUE | {"comments": nodes({"id": "IC_9"})}, "KeyError: 'url'"),
        (
            "issue",
            ISSUE | {"comments": nodes(comment(9, 1, "x", databaseId=None, url=URL))},
            "ValueError: a comment without a number",
        ),
        (
            "issue",
            ISSUE | {"comments": nodes(comment(BIG, 1, "x"))},
            f"ValueError: {BIG} is no comment's number",
        ),
        (
            "issue",
            ISSUE | {"comments": nodes(comment(9, 1, "x", databaseId="9"))},
            "ValueError: '9' is no comment's number",
        ),
        (
            "issue",
            ISSUE | {"comments": nodes(comment(9, 1, "x"), comment(8, 2, "y", databaseId=9))},
            "ValueError: the comments IC_8 and IC_9 are both numbered 9",
        ),
        (
            "issue",
            ISSUE | {"comments": nodes(comment(9, 1, "x") | {"body": 5})},
            "TypeError: expected text, not int",
        ),
        (
            "issue",
            ISSUE | {"comments": nodes(comment(9, 1, "x", author={"login": 5}))},
            "TypeError: expected text, not int",
        ),
        ("issue", ISSUE | {"comments": {"nodes": {}}}, "TypeError: comments.nodes is no list"),
        (
            "issue",
            ISSUE | {"labels": "none"},
            "AttributeError: 'str' object has no attribute 'get'",
        ),
        ("issue", ISSUE | {"timelineItems": nodes({"id": "E"})}, "KeyError: '__typename'"),
        (
            "issue",
            ISSUE | {"timelineItems": nodes({"id": "E", "__typename": "NewEvent"})},
            "KeyError: 'createdAt'",
        ),
        (
            "issue",
            ISSUE | {"timelineItems": nodes(event("Event", 1))},
            "ValidationError: 1 validation error for IssueEvent",
        ),
        (
            "issue",
            ISSUE | {"timelineItems": nodes(event("LabeledEvent", 1, label=None))},
            "TypeError: 'NoneType' object is not subscriptable",
        ),
        (
            "issue",
            ISSUE
            | {"timelineItems": nodes(event("CrossReferencedEvent", 1, source={"merged": True}))},
            "ValueError: a link to an issue or a pull request names none",
        ),
        ("pull", PULL | {"createdAt": None}, "TypeError: fromisoformat: argument must be str"),
        ("pull", PULL, "ValueError: the payload is numbered 9"),
        ("comment_edits", BROKEN_EDITS, "KeyError: 'createdAt'"),
    ],
)
def test_a_broken_document_is_listed_and_the_rest_is_read(
    kind: str, node: Node, reason: str
) -> None:
    broken = doc(kind, "ours/app#6", node)
    expected = Malformed(document_id="ours/app#6", file=f"github.{kind}", row=None, reason=reason)
    assert parse_documents([*DOCUMENTS, broken]) == Market(
        issues=(HISTORY,), pulls=(MERGED,), malformed=(expected,)
    )


@pytest.mark.parametrize(
    ("kind", "name", "node"),
    [
        ("issue", "ours/app#6", bare_issue(number=6, title="\ud800")),
        ("issue", "ours/app#6", bare_issue(number=6, comments=nodes(comment(9, 1, "\udfff")))),
        ("pull", "ours/app#6", PULL | {"number": 6, "body": "\ud800"}),
    ],
)
def test_text_that_is_no_unicode_is_malformed_and_not_staged(
    kind: str, name: str, node: Node
) -> None:
    found = parse_documents([*DOCUMENTS, doc(kind, name, node)])
    assert (found.issues, found.pulls) == ((HISTORY,), (MERGED,))
    (listed,) = found.malformed
    assert (listed.document_id, listed.file) == (name, f"github.{kind}")
    listed.model_dump_json()


def test_an_edit_history_that_cannot_be_read_costs_the_comment_only_its_history() -> None:
    broken = doc("comment_edits", "IC_1", BROKEN_EDITS)
    node = bare_issue(comments=nodes(comment(1, 4, "now", lastEditedAt=stamp(6))))
    found = parse_documents([doc("issue", NAME, node), broken])
    assert [m.document_id for m in found.malformed] == ["IC_1"]
    assert found.issues[0].comments[0].versions == (TextVersion(since=at(6), text="now"),)


def _places(node: Any, path: tuple[str | int, ...] = ()) -> list[tuple[str | int, ...]]:
    """The way to every value inside a node."""
    inside = node.items() if isinstance(node, dict) else enumerate(node)
    found = []
    for key, value in inside:
        found.append((*path, key))
        if isinstance(value, dict | list):
            found += _places(value, (*path, key))
    return found


def _replaced(node: Any, path: tuple[str | int, ...], value: Any) -> Any:
    if not path:
        return value
    changed: Any = dict(node) if isinstance(node, dict) else list(node)
    changed[path[0]] = _replaced(node[path[0]], path[1:], value)
    return changed


RUBBISH = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(allow_nan=False),
    st.text(st.characters()),
    st.sampled_from(["2025-01-01T00:00:00+99:99", "\ud800", "9999-12-31T23:59:59-14:00"]),
    st.just([]),
    st.just({}),
    st.just([[]]),
    st.just({"nodes": [{}]}),
    st.just({"nodes": ["x"]}),
)


@given(st.sampled_from(DOCUMENTS), st.data())
def test_whatever_a_payload_holds_costs_no_other_document(
    document: Document, data: st.DataObject
) -> None:
    place = data.draw(st.sampled_from(_places(document.payload)))
    payload = _replaced(document.payload, place, data.draw(RUBBISH))
    broken = Document("github", document.kind, document.external_id, document.fetched_at, payload)
    other = doc("issue", "ours/web#3", bare_issue(number=3))
    found = parse_documents([other, *(broken if d is document else d for d in DOCUMENTS)])
    assert found.issues[-1] == parse_documents([other]).issues[0]
    assert len(found.issues) + len(found.pulls) + len(found.malformed) in (3, 4)
    found.model_dump_json()
