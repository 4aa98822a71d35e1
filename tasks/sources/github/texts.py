"""Texts that were edited: every version that is known, and the moments whose text is not."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from tasks.domain.issues import IssueEvent, TextVersion
from tasks.sources.github.fields import Node, maybe_time, nodes, text, time


@dataclass(frozen=True, slots=True)
class Edits:
    """The edit history of one text. `lost` maps when a text was saved to when it was removed."""

    known: Mapping[datetime, TextVersion] = field(default_factory=dict)
    lost: Mapping[datetime, datetime] = field(default_factory=dict)


def edits_of(node: Node) -> Edits:
    """The edits in any order. GitHub's `diff` of an edit is the whole text it left.

    It is null where somebody took the edit out of the history. Where several edits share a
    second, the one recorded last counts; nothing tells their order apart beyond that.
    """
    known: dict[datetime, TextVersion] = {}
    lost: dict[datetime, datetime] = {}
    for edit in sorted(nodes(node, "userContentEdits"), key=_recorded):
        saved = _saved(edit)
        if edit.get("diff") is None:
            lost[saved] = maybe_time(edit.get("deletedAt")) or saved
        else:
            known[saved] = TextVersion(since=saved, text=text(edit["diff"]))
    return Edits(known, lost)


def _saved(edit: Node) -> datetime:
    return time(edit.get("editedAt") or edit["createdAt"])


def _recorded(edit: Node) -> tuple[datetime, str, str]:
    created = maybe_time(edit.get("createdAt")) or _saved(edit)
    return (created, str(edit.get("diff")), str(edit.get("deletedAt")))


def versions(node: Node, edits: Edits) -> tuple[TextVersion, ...]:
    """All known texts of a body, oldest first and never empty.

    The body is the text since `lastEditedAt`, whatever an older or a pruned history says. What
    stood there before an edit whose history is not at hand stays unknown: nothing claims it.
    """
    body = text(node.get("body") or "")
    edited = maybe_time(node.get("lastEditedAt"))
    if not edits.known:
        return (TextVersion(edited or time(node["createdAt"]), body),)
    known = dict(edits.known)
    if edited is not None:
        known[edited] = TextVersion(edited, body)
    return tuple(known[since] for since in sorted(known))


def lost_edits(
    edits: Edits, known: tuple[TextVersion, ...], where: str, document_id: str
) -> list[IssueEvent]:
    """One event for each text that once stood `where` and can no longer be read.

    Until the next version, `text_at` answers with the one before; these events say so.
    """
    if not edits.lost:
        return []
    held = {version.since for version in known}
    return [
        IssueEvent(
            event_type="edit_deleted",
            occurred_at=removed,
            detail=f"{where} as of {saved.isoformat()}",
            document_id=document_id,
        )
        for saved, removed in edits.lost.items()
        if saved not in held
    ]
