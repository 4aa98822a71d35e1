"""Reading GitHub's nodes: what is absent is None or empty, what is of a wrong shape raises."""

import re
from collections.abc import Iterable
from datetime import datetime
from typing import Any, Final

from tasks.domain.digests import canonical_json

Node = dict[str, Any]

# What reading a node of a wrong shape raises; a model's validation error is a ValueError.
UNREADABLE: Final = (KeyError, TypeError, ValueError, AttributeError)

# The path ends alike on every server, so that an Enterprise host need not be known.
_APP: Final = "[bot]"
_LINK = re.compile(r"([^/\s]+/[^/\s]+)/(?:issues|pull)/(\d+)\Z")


def nodes(node: Node, connection: str) -> list[Node]:
    """The nodes of a connection; GitHub puts null where the token may not see one."""
    held = node.get(connection)
    listed = None if held is None else held.get("nodes")
    if listed is None:
        return []
    if not isinstance(listed, list):
        raise TypeError(f"{connection}.nodes is no list")
    return [entry for entry in listed if entry is not None]


def distinct(listed: Iterable[Node]) -> list[Node]:
    """One node an id, the one updated last: pages that shift while they are read repeat some."""
    by_id: dict[str, Node] = {}
    for node in listed:
        held = by_id.get(node["id"])
        if held is None or _recency(held) < _recency(node):
            by_id[node["id"]] = node
    return list(by_id.values())


def _recency(node: Node) -> tuple[str, str]:
    return (node.get("updatedAt") or "", canonical_json(node))


def text(value: Any) -> str:
    """`value`, which must be text that UTF-8 can hold: Arrow and DuckDB take no lone surrogate."""
    if type(value) is not str:
        raise TypeError(f"expected text, not {type(value).__name__}")
    if not value.isascii():
        value.encode()
    return value


def maybe_text(value: Any) -> str | None:
    return None if value is None else text(value)


def login(actor: Node | None) -> str | None:
    """None for an account that no longer exists.

    An app is `name[bot]`, as REST and people write it: GraphQL has the bare name, which may also be
    the name of a person.
    """
    name = None if actor is None else maybe_text(actor.get("login"))
    if name is None or actor is None or actor.get("__typename") != "Bot":
        return name
    return name if name.endswith(_APP) else name + _APP


def logins(actors: Iterable[Node | None]) -> list[str | None]:
    """The same of many, most of whom are people."""
    return [
        actor["login"]
        if type(actor) is dict
        and actor.get("__typename") == "User"
        and type(actor.get("login")) is str
        and actor["login"].isascii()
        else login(actor)
        for actor in actors
    ]


def time(text: str) -> datetime:
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        raise ValueError(f"{text!r} lacks a time zone")
    return moment


def maybe_time(text: str | None) -> datetime | None:
    return None if text is None else time(text)


def name_of(node: Node) -> str | None:
    """`owner/name#N` of an issue or a pull request; None for anything else."""
    repository = (node.get("repository") or {}).get("nameWithOwner")
    if repository is not None and node.get("number") is not None:
        return f"{repository}#{node['number']}"
    link = _LINK.search(node.get("url") or "")
    return f"{link[1]}#{link[2]}" if link else None


def checked_name_of(node: Node) -> str:
    name = name_of(node)
    if name is None:
        raise ValueError("a link to an issue or a pull request names none")
    return name
