"""Why a task differs between two versions: what, had it stayed as it was, would have left it."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any, Final, Literal, TypeVar

from pydantic import BaseModel

What = Literal[
    "document",
    "documents",
    "override",
    "specification",
    "rules",
    "hidden_tests",
    "mirror",
    "selection",
    "unknown",
]

# Words of evidence are shown, not kept: the documents have them in full.
_MOST_WORDS: Final = 200
T = TypeVar("T")


class Evidence(BaseModel, frozen=True, extra="forbid"):
    """An item within a document: a title, a comment, an assignment, a proposal's acceptance.

    `document_id` is as the ledger names it: the issue, with the item's id behind a slash, the
    comment's own name, or the pull request.
    """

    what: str
    document_id: str
    url: str | None = None
    occurred_at: datetime | None = None
    actor: str | None = None
    words: str = ""


class Cause(BaseModel, frozen=True, extra="forbid"):
    """One thing that made a difference.

    document        the copy (`source`, `kind`, `external_id`, `fetched_at`) that came, and the
                    items within it that decided; `fetched_at` is None where only the older
                    version read it
    documents       more than are worth a list: `detail` counts them
    override        a correction by hand; `detail` is its reason
    specification   keys of dataset.yaml that were set otherwise
    rules           other code; `detail` has the digests of the code before and after
    hidden_tests    tests that a person supplied
    mirror          the repository's mirror got commits that it lacked
    selection       a filter or the sample leaves the task out now, or left it out before
    unknown         nothing on record says

    `certain` where building with everything else new and only this as it was gives the older
    task; otherwise it is what changed besides.
    """

    what: What
    detail: str
    certain: bool = False
    source: str | None = None
    kind: str | None = None
    external_id: str | None = None
    fetched_at: datetime | None = None
    items: tuple[Evidence, ...] = ()

    def sentence(self) -> str:
        """For people: what it was, and the first item that decided."""
        text = self.detail
        if self.what == "document":
            when = f" of {self.fetched_at:%Y-%m-%d %H:%M}" if self.fetched_at else " (not read)"
            text = f"{self.kind} {self.external_id}{when}"
        elif self.what != "documents":
            text = f"{self.what.replace('_', ' ')}: {self.detail}"
        if self.items:
            first = self.items[0]
            said = f"{first.what} {first.url or first.document_id}"
            more = f" and {len(self.items) - 1} more" if len(self.items) > 1 else ""
            text += f", {said}{more}"
        return text if self.certain or self.what == "unknown" else f"{text} (changed besides)"


def cut(words: str) -> str:
    """As much of a text as evidence shows, on one line."""
    flat = " ".join(words.split())
    return flat if len(flat) <= _MOST_WORDS else f"{flat[: _MOST_WORDS - 1]}…"


def decisive(factors: Sequence[T], matters: Callable[[frozenset[int]], bool]) -> list[int]:
    """The places of the factors that made the difference, in order.

    `matters(places)` says whether the result would differ, had the factors at these places stayed
    as they were. A factor counts that matters alone; where several matter only together, all of
    them do. For k of n factors it is asked about 2·k·log n times.
    """

    def among(places: Sequence[int]) -> list[int]:
        if not places or not matters(frozenset(places)):
            return []
        if len(places) == 1:
            return list(places)
        half = len(places) // 2
        return (among(places[:half]) + among(places[half:])) or list(places)

    return among(range(len(factors)))


def changed_keys(before: dict[str, Any], after: dict[str, Any]) -> tuple[str, ...]:
    """The top keys of two canonical specifications that differ; the name is none of them."""
    return tuple(
        key
        for key in sorted({*before, *after})
        if key != "name" and before.get(key) != after.get(key)
    )
