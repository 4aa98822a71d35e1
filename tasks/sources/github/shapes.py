"""GraphQL nodes → document payloads: whole lists, without the pages they came in."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from tasks.domain.documents import Document
from tasks.sources.github.queries import ISSUE_CONNECTIONS

Node = dict[str, Any]
SOURCE_NAME = "github"


@dataclass(slots=True)
class Partial:
    """A node some of whose connections have more pages; `open` maps those to the next cursor.

    `moved` is the time of its last change when the first page came: a later page that shows
    another was taken from another state of the thread.
    """

    node: Node
    kind: str
    external_id: str
    moved: str | None
    open: dict[str, str] = field(default_factory=dict)

    @property
    def node_id(self) -> str:
        return str(self.node["id"])

    def add(self, connection: str, page: Node) -> None:
        """Append a page; items that an earlier page brought already are left out."""
        nodes: list[Any] = self.node[connection]["nodes"]
        known = {_identity(item) for item in nodes}
        nodes += [item for item in page.get("nodes") or [] if _identity(item) not in known]
        following = _following(page)
        if following is None:
            self.open.pop(connection, None)
        else:
            self.open[connection] = following


def taken_apart(
    node: Node, connections: Iterable[str], kind: str, external_id: str, moved: str | None
) -> Partial:
    """The payload of a node as far as its first pages go. The node is changed in place."""
    found = Partial(node, kind, external_id, moved)
    node.pop("__typename", None)
    for name in connections:
        page = node.get(name) or {}
        following = _following(page)
        node[name] = {"nodes": list(page.get("nodes") or [])}
        if following is not None:
            found.open[name] = following
    return found


def issue_partial(node: Node, repository: str) -> Partial:
    name = f"{repository}#{node['number']}"
    return taken_apart(node, ISSUE_CONNECTIONS, "github.issue", name, node["updatedAt"])


def edits_partial(node: Node) -> Partial:
    return taken_apart(node, ("userContentEdits",), "github.comment_edits", str(node["id"]), None)


def _following(page: Mapping[str, Any]) -> str | None:
    """The cursor of the page after this one, None where there is none."""
    info = page.get("pageInfo") or {}
    return str(info["endCursor"]) if info.get("hasNextPage") and info.get("endCursor") else None


def _identity(item: Any) -> Any:
    """What tells two items of a list apart: their id, else (labels, edits) all they hold."""
    if isinstance(item, dict):
        return item.get("id") or repr(sorted(item.items(), key=lambda pair: pair[0]))
    return None


def document(kind: str, external_id: str, payload: Node, fetched_at: datetime) -> Document:
    return Document(SOURCE_NAME, kind, external_id, fetched_at, payload)


def titles_of(issue: Mapping[str, Any]) -> Iterator[str]:
    """The present title and all former ones."""
    yield str(issue["title"])
    for event in _items(issue, "timelineItems"):
        if event.get("__typename") == "RenamedTitleEvent":
            yield str(event["previousTitle"])


def comments_of(issue: Mapping[str, Any]) -> list[Node]:
    return _items(issue, "comments")


def pulls_of(issue: Mapping[str, Any], repository: str) -> set[int]:
    """Numbers of the repository's own pull requests that mention the issue or closed it."""
    found = set()
    for event in _items(issue, "timelineItems"):
        for key in ("source", "closer", "subject"):
            other = event.get(key) or {}
            home = (other.get("repository") or {}).get("nameWithOwner")
            if other.get("__typename") == "PullRequest" and home == repository:
                found.add(int(other["number"]))
    return found


def _items(node: Mapping[str, Any], connection: str) -> list[Node]:
    return [n for n in (node.get(connection) or {}).get("nodes") or [] if n is not None]
