"""What a repository's world is made of. All times are whole seconds in UTC."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

BOT_LOGINS = frozenset({"tally-bot", "nightly-labels"})


@dataclass(frozen=True, slots=True)
class Actor:
    login: str

    @property
    def typename(self) -> str:
        return "Bot" if self.login in BOT_LOGINS else "User"


@dataclass(frozen=True, slots=True)
class Edit:
    """A version of a text: the whole text as it stood after the edit."""

    id: str
    serial: int
    at: datetime
    by: Actor | None
    text: str


@dataclass(slots=True)
class Text:
    """A text with its versions, oldest first; no versions at all if it was never edited."""

    now: str
    versions: list[Edit] = field(default_factory=list)

    @property
    def last_edited_at(self) -> datetime | None:
        return self.versions[-1].at if self.versions else None


@dataclass(slots=True)
class Comment:
    id: str
    serial: int
    by: Actor | None
    at: datetime
    updated_at: datetime
    text: Text
    association: str
    minimized: str | None = None


@dataclass(slots=True)
class Event:
    """An item of a timeline. `kind` is GitHub's item type; `data` is what that type carries:

    RENAMED_TITLE previous, current · CROSS_REFERENCED source (number of an own pull request or a
    Foreign) · CONNECTED, DISCONNECTED subject (likewise) · LABELED, UNLABELED label ·
    ASSIGNED, UNASSIGNED assignee (Actor) · CLOSED reason, closer (number of an own pull request,
    "commit" or None) ·
    TRANSFERRED from_repository · MARKED_AS_DUPLICATE canonical (an own issue's number) ·
    COMMENT_DELETED author.
    """

    id: str
    serial: int
    kind: str
    at: datetime
    by: Actor | None
    data: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Foreign:
    """A pull request, or an issue, of another repository."""

    repository: str
    number: int
    merged: bool
    is_issue: bool = False


@dataclass(slots=True)
class Issue:
    id: str
    serial: int
    number: int
    title: str
    text: Text
    by: Actor | None
    at: datetime
    updated_at: datetime
    state: str = "OPEN"
    state_reason: str | None = None
    closed_at: datetime | None = None
    labels: list[str] = field(default_factory=list)
    assignees: list[Actor] = field(default_factory=list)
    comments: list[Comment] = field(default_factory=list)
    events: list[Event] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Commit:
    oid: str
    at: datetime
    parents: tuple[str, ...]


@dataclass(slots=True)
class Pull:
    id: str
    serial: int
    number: int
    title: str
    body: str
    by: Actor | None
    at: datetime
    updated_at: datetime
    base_ref: str
    base_oid: str
    head_oid: str
    changed_files: int
    additions: int
    deletions: int
    closes: tuple[int, ...] = ()
    state: str = "OPEN"
    ended_at: datetime | None = None
    merge: Commit | None = None

    @property
    def head_ref(self) -> str:
        return f"caulk-{self.number}"
