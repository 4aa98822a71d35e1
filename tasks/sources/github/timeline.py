"""An issue's timeline: its dated items as events, and what titles and links they tell of."""

import re
from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Final

from tasks.domain.bounties import TitleAt
from tasks.domain.issues import Assignment, IssueEvent
from tasks.sources.github.fields import Node, checked_name_of, login, name_of, time
from tasks.sources.github.renames import in_order

_HUMP = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
_RENAMED: Final = "RenamedTitleEvent"


def event_type(typename: str) -> str:
    """`MarkedAsDuplicateEvent` → `marked_as_duplicate`; a type nobody knows yet likewise.

    A rename is `title_rename`, the name the ledger of bounties gives its evidence.
    """
    if typename == _RENAMED:
        return "title_rename"
    return _snake(typename.removesuffix("Event"))


@lru_cache(maxsize=256)
def _snake(name: str) -> str:
    return _HUMP.sub("_", name).lower()


def event_of(item: Node, issue: str) -> IssueEvent:
    """A timeline item of `issue`, of whatever type. Raises where id, type or time is missing."""
    typename = item["__typename"]
    detail = _DETAILS.get(typename)
    return IssueEvent(
        event_type=event_type(typename),
        occurred_at=time(item["createdAt"]),
        actor=login(item.get("actor")),
        detail=detail(item, issue) if detail else "",
        document_id=f"{issue}/{item['id']}",
    )


def creation(title: TitleAt) -> IssueEvent:
    """The first title: no item of the timeline, but what the ledger begins with."""
    return IssueEvent(
        event_type="title_at_creation",
        occurred_at=title.since,
        actor=title.actor,
        detail=title.title,
        document_id=title.document_id,
    )


def titles_of(issue: Node, timeline: list[Node], document_id: str) -> tuple[TitleAt, ...]:
    """The original title is the first rename's previous one; it is not stored anywhere else."""
    renames = in_order(
        [item for item in timeline if item["__typename"] == _RENAMED], issue["title"]
    )
    original = TitleAt(
        since=time(issue["createdAt"]),
        title=renames[0][0]["previousTitle"] if renames else issue["title"],
        actor=login(issue.get("author")),
        document_id=document_id,
        at_creation=True,
    )
    changed = [
        TitleAt(
            since=time(item["createdAt"]),
            title=item["currentTitle"],
            actor=login(item.get("actor")),
            document_id=f"{document_id}/{item['id']}",
            place=place,
        )
        for item, place in renames
    ]
    return (original, *changed)


def assignments_of(timeline: list[Node]) -> tuple[Assignment, ...]:
    """Who was assigned when, oldest first; accounts that no longer exist are left out."""
    assigned = [
        Assignment(assigned_at=time(item["createdAt"]), login=assignee)
        for item in timeline
        if item["__typename"] == "AssignedEvent" and (assignee := login(item.get("assignee")))
    ]
    return tuple(sorted(assigned, key=lambda a: (a.assigned_at, a.login)))


def linked_pulls(timeline: list[Node]) -> tuple[str, ...]:
    """Merged pull requests that mention the issue."""
    sources = [
        item.get("source") or {}
        for item in timeline
        if item["__typename"] == "CrossReferencedEvent"
    ]
    return tuple(sorted({checked_name_of(source) for source in sources if source.get("merged")}))


def _reference(node: Node | None) -> str:
    """What a node is known by: `owner/name#N`, a commit's id, a link, or at least its type.

    An issue is marked as such, because it stands where a pull request is the rule.
    """
    if node is None:
        return ""
    kind = event_type(node.get("__typename") or "")
    named = name_of(node) or node.get("oid") or node.get("url")
    if named is None:
        return kind
    return f"issue {named}" if kind == "issue" else str(named)


def _title(item: Node, _: str) -> str:
    return str(item["currentTitle"])


def _label(item: Node, _: str) -> str:
    return str(item["label"]["name"])


def _assignee(item: Node, _: str) -> str:
    return login(item.get("assignee")) or ""


def _cross_reference(item: Node, _: str) -> str:
    source = item.get("source")
    merged = " merged" if source is not None and source.get("merged") else ""
    return _reference(source) + merged


def _closing(item: Node, _: str) -> str:
    """The state reason (where it was asked for) and what closed the issue."""
    return " ".join(filter(None, (item.get("stateReason"), _reference(item.get("closer")))))


def _reopening(item: Node, _: str) -> str:
    return item.get("stateReason") or ""


def _other(first: str, second: str) -> Callable[[Node, str], str]:
    """The end of a link that is not the issue itself; which end it is depends on who linked."""

    def other(item: Node, issue: str) -> str:
        ends = [end for end in (item.get(first), item.get(second)) if end is not None]
        return next((_reference(end) for end in ends if name_of(end) != issue), "")

    return other


def _old_home(item: Node, _: str) -> str:
    return (item.get("fromRepository") or {}).get("nameWithOwner") or ""


def _deleted_author(item: Node, _: str) -> str:
    return login(item.get("deletedCommentAuthor")) or ""


_DETAILS: Final[Mapping[str, Callable[[Node, str], str]]] = {
    _RENAMED: _title,
    "CrossReferencedEvent": _cross_reference,
    "LabeledEvent": _label,
    "UnlabeledEvent": _label,
    "AssignedEvent": _assignee,
    "UnassignedEvent": _assignee,
    "ClosedEvent": _closing,
    "ReopenedEvent": _reopening,
    "ConnectedEvent": _other("subject", "source"),
    "DisconnectedEvent": _other("subject", "source"),
    "TransferredEvent": _old_home,
    "MarkedAsDuplicateEvent": _other("canonical", "duplicate"),
    "CommentDeletedEvent": _deleted_author,
}
