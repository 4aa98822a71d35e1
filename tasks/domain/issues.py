"""Issues and pull requests as history: what was said when, and the statement as of a moment."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Literal

from pydantic import BaseModel, Field

from tasks.domain.bounties import TitleAt

# What became of an issue that can no longer be read where it was collected.
Gone = Literal["deleted", "transferred", "unavailable"]
# The warehouse counts in 64 bits; a larger number is a broken document, not a broken build.
Number = Annotated[int, Field(ge=-(2**63), lt=2**63)]


# Comments come in millions: plain classes, which cost a fifth of a validated model. What reads a
# document has checked their values.
@dataclass(frozen=True, slots=True)
class TextVersion:
    """A text from the moment it was saved."""

    since: datetime
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Comment:
    """`versions` is oldest first and never empty. `node_id` is the source's other name for it.

    `unwanted` where it was hidden as spam or abuse; `minimized` whatever it was hidden for.
    """

    comment_id: int
    url: str
    author: str | None
    association: str | None = None
    created_at: datetime
    versions: tuple[TextVersion, ...]
    minimized: bool = False
    unwanted: bool = False
    node_id: str | None = None

    def text_at(self, moment: datetime | None) -> str:
        """The text as it stood at `moment`; the newest one where no moment is given."""
        return text_at(self.versions, moment)


class Assignment(BaseModel, frozen=True, extra="forbid"):
    assigned_at: datetime
    login: str


class IssueEvent(BaseModel, frozen=True, extra="forbid"):
    """A dated item of an issue's history, whatever became of it.

    `event_type` is the item's own name in lower snake case, `detail` what it was about in words
    of the source: a title, a label, a login, `owner/name#N`; empty where nothing is said.
    `document_id` is the issue's document, with the item's id behind a slash where it has one, or
    the document of a comment's edits.
    """

    event_type: str = Field(min_length=1)
    occurred_at: datetime
    actor: str | None = None
    detail: str = ""
    document_id: str


class PullRequest(BaseModel, frozen=True, extra="forbid"):
    """`parents` are those of the merge commit; the first is the base of the fix.

    `closes` are the issues (`owner/name#N`) the source itself linked; `fixed_issues` reads more.
    `also_named`: what else the repository is called. `fixes` and `reverts` are what
    `links.fixed_issues` and `links.reverted_pulls` read of it, where that has been done.
    """

    repository: str
    number: Number
    title: str
    body: str
    url: str
    author: str | None
    state: str
    created_at: datetime
    merged_at: datetime | None = None
    merge_commit: str | None = None
    also_named: tuple[str, ...] = ()
    parents: tuple[str, ...] = ()
    closed_at: datetime | None = None
    base_branch: str | None = None
    head_commit: str | None = None
    head_branch: str | None = None
    changed_files: Number | None = None
    additions: Number | None = None
    deletions: Number | None = None
    closes: tuple[str, ...] = ()
    fixes: frozenset[str] | None = None
    reverts: frozenset[str] | None = None

    @property
    def name(self) -> str:
        return f"{self.repository}#{self.number}"


class IssueHistory(BaseModel, frozen=True, extra="forbid"):
    """All that is known of one issue. Titles, bodies and events are oldest first.

    `events` holds everything dated, what the other fields are read from included. `gone` says
    why the issue can no longer be read at its source; the rest is then as it was last seen.
    `spoken` are the ids of at least all comments that speak of money, where somebody has looked.
    `quiet` are comments that are left out of `comments`, because nothing in them is a proposal,
    about one, a ribbon or about money: their ids, and when they were posted.
    """

    repository: str
    number: Number
    url: str
    author: str | None
    state: str
    state_reason: str | None = None
    created_at: datetime
    closed_at: datetime | None = None
    titles: tuple[TitleAt, ...]
    bodies: tuple[TextVersion, ...]
    comments: tuple[Comment, ...] = ()
    assignments: tuple[Assignment, ...] = ()
    labels: tuple[str, ...] = ()
    linked_pulls: tuple[str, ...] = ()
    events: tuple[IssueEvent, ...] = ()
    gone: Gone | None = None
    document_id: str
    spoken: frozenset[int] | None = None
    quiet: Mapping[int, datetime] = {}

    @property
    def name(self) -> str:
        return f"{self.repository}#{self.number}"

    def title_at(self, moment: datetime | None) -> str:
        versions = [TextVersion(since=t.since, text=t.title) for t in self.titles]
        return text_at(versions, moment)


def text_at(versions: Sequence[TextVersion], moment: datetime | None) -> str:
    """The newest version saved no later than `moment` (all versions count without a moment).

    The first version stands in where even that is later: a thing has always had some text.
    """
    known = [v for v in versions if moment is None or v.since <= moment]
    return (known[-1] if known else versions[0]).text
