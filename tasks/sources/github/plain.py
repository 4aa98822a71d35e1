"""Comments without a history, column by column: for the millions that nobody looks into."""

import re
from collections.abc import Container
from itertools import chain, filterfalse
from types import NoneType
from typing import Any, Final, NamedTuple

from tasks.sources.github.fields import UNREADABLE, Node, logins, nodes, time
from tasks.sources.github.parse import comment_number

_INTEGERS: Final = {int}
_TEXTS: Final = {str}
_MAYBE_TEXTS: Final = {str, NoneType}
_SAFE: Final = 2**62
# The one spelling of GitHub's API. Days that no month has are looked for where one spoils a batch.
_TIMES: Final = re.compile(r"(?:\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ)*")


class PlainComments(NamedTuple):
    """The plain comments of one issue; `others` are the nodes of those that are not. `moments` are
    dates as GitHub writes them."""

    nodes: list[Node]
    others: list[Node]
    node_ids: list[str]
    numbers: list[int]
    urls: list[str]
    authors: list[str | None]
    associations: list[str | None]
    moments: list[str]
    bodies: list[str]
    minimized: list[bool]


def plain_comments(issue: Node, edited: Container[str]) -> PlainComments | None:
    """The comments of an issue's payload that were never edited, as `parse_documents` reads them.

    `edited` are the ids of comments with a history of edits. None where anything is unusual, such
    as a node that cannot be read or is there twice: then the issue has to be parsed as a whole.
    """
    try:
        return _plain(nodes(issue, "comments"), edited)
    except UNREADABLE:
        return None


def _plain(listed: list[Node], edited: Container[str]) -> PlainComments | None:
    ids = [c["id"] for c in listed]
    numbers = _numbers(listed)
    if len({*ids}) < len(ids) or len({*numbers}) < len(numbers):
        return None
    others = [c for c in listed if c.get("lastEditedAt") is not None or c["id"] in edited]
    if others:
        apart = {c["id"] for c in others}
        listed = [c for c in listed if c["id"] not in apart]
        ids, numbers = [c["id"] for c in listed], _numbers(listed)
    # One comprehension a column: functions called for each comment would cost as much as all.
    found = PlainComments(
        nodes=listed,
        others=others,
        node_ids=ids,
        numbers=numbers,
        urls=[c["url"] for c in listed],
        authors=logins([c.get("author") for c in listed]),
        associations=[c.get("authorAssociation") for c in listed],
        moments=[c["createdAt"] for c in listed],
        bodies=[c.get("body") or "" for c in listed],
        minimized=[bool(c.get("isMinimized")) for c in listed],
    )
    return found if _is_readable(found) else None


def _numbers(listed: list[Node]) -> list[int]:
    numbers: list[Any] = [c.get("databaseId") for c in listed]
    if {*map(type, numbers)} <= _INTEGERS and all(-_SAFE < n < _SAFE for n in numbers):
        return numbers
    return [comment_number(c) for c in listed]


def _is_readable(found: PlainComments) -> bool:
    """What `fields.text` and `fields.time` ask of each value; raises what they may raise."""
    for column in (found.node_ids, found.urls, found.bodies):
        if {*map(type, column)} - _TEXTS:
            return False
    for maybe in (found.authors, found.associations):
        if {*map(type, maybe)} - _MAYBE_TEXTS:
            return False
    named = filter(None, (*found.authors, *found.associations))
    texts = chain(found.node_ids, found.urls, found.bodies, named)
    # A text knows whether it is ASCII; most are, and need no search for lone surrogates.
    "".join(filterfalse(str.isascii, texts)).encode()
    return _TIMES.fullmatch("".join(found.moments)) is not None


def is_dated(found: PlainComments) -> bool:
    """Whether every moment is one of the calendar."""
    try:
        return all(map(time, found.moments))
    except ValueError:
        return False
