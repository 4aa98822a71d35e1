"""Two dataset versions beside each other: the tasks that differ, and totals that add up."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any, Final, Literal, Self

from pydantic import BaseModel, model_validator

from tasks.domain.causes import Cause
from tasks.domain.differences import KINDS, Change, Kind
from tasks.domain.digests import short

Fate = Literal["added", "removed", "changed"]
FATES: Final[tuple[Fate, ...]] = ("added", "removed", "changed")


class Side(BaseModel, frozen=True, extra="forbid"):
    """One of the two versions."""

    dataset: str
    version: str
    price_rule: str
    first_built_at: datetime
    last_built_at: datetime

    @property
    def name(self) -> str:
        return f"{self.dataset}@{short(self.version)}"


class Explained(BaseModel, frozen=True, extra="forbid"):
    """A change and its causes."""

    change: Change
    causes: tuple[Cause, ...] = ()


class DiffRow(BaseModel, frozen=True, extra="forbid"):
    """One task that is not the same in both versions.

    Prices are in cents under each version's own rule, None where unpriced or absent. `reason` is
    why a task that was removed is rejected now, or why one that was added had been. `causes` are
    those of its coming or going, `changes` say what differs in one that is in both.
    """

    instance_id: str
    variant: str
    issue: str
    title: str
    fate: Fate
    before_digest: str | None = None
    after_digest: str | None = None
    before_cents: int | None = None
    after_cents: int | None = None
    reason: str | None = None
    detail: str | None = None
    causes: tuple[Cause, ...] = ()
    changes: tuple[Explained, ...] = ()

    @property
    def is_repriced(self) -> bool:
        return self.fate == "changed" and self.before_cents != self.after_cents


class Totals(BaseModel, frozen=True, extra="forbid"):
    """How many tasks, how many of them without a price, and what the others pay, in cents."""

    instances: int = 0
    unpriced: int = 0
    price_cents: int = 0

    def plus(self, other: "Totals", times: int = 1) -> "Totals":
        return Totals(
            instances=self.instances + times * other.instances,
            unpriced=self.unpriced + times * other.unpriced,
            price_cents=self.price_cents + times * other.price_cents,
        )


class Movement(BaseModel, frozen=True, extra="forbid"):
    """before + added - removed + repriced = after, in tasks, unpriced tasks and cents.

    `repriced` holds the differences that new prices make: no tasks, and signed amounts;
    `repriced_count` says how many tasks they are of.
    """

    before: Totals
    added: Totals
    removed: Totals
    repriced: Totals
    after: Totals
    repriced_count: int = 0

    @model_validator(mode="after")
    def adds_up(self) -> Self:
        sum_ = self.before.plus(self.added).plus(self.removed, -1).plus(self.repriced)
        if sum_ != self.after:
            raise ValueError(f"{sum_!r} by the rows is not {self.after!r} by the version")
        return self


class VersionDiff(BaseModel, frozen=True, extra="forbid"):
    """What changed from one version to another; `rows` are added, removed, changed, by id.

    Of so many rows as `compared` says, from the first on, it is known what changed and why. `notes`
    say what a reader has to know of how causes were found, a sentence each.
    """

    before: Side
    after: Side
    total: Movement
    by_variant: dict[str, Movement]
    rows: tuple[DiffRow, ...]
    compared: int
    notes: tuple[str, ...] = ()

    @property
    def is_empty(self) -> bool:
        return not self.rows

    def of(self, fate: Fate) -> tuple[DiffRow, ...]:
        return tuple(row for row in self.rows if row.fate == fate)

    def counts(self) -> dict[str, int]:
        """How many tasks came, went and changed, and how many of these pay another price."""
        found = {fate: len(self.of(fate)) for fate in FATES}
        return found | {"repriced": self.total.repriced_count}

    def kinds(self) -> dict[Kind, int]:
        """How many tasks have each kind of change, of those that were compared."""
        listed = [each.change.kind for row in self.rows for each in row.changes]
        return {kind: listed.count(kind) for kind in KINDS if kind in listed}

    def summary(self) -> dict[str, Any]:
        """The version before, the counts, and the totals: what a build says of its changes."""
        total = self.total.model_dump(mode="json")
        return {"previous": self.before.version, "counts": self.counts(), "total": total}

    def as_json(self) -> dict[str, Any]:
        counted = {"counts": self.counts(), "kinds": dict(self.kinds())}
        return self.model_dump(mode="json") | counted


def moved(before: Totals, after: Totals, rows: Sequence[DiffRow]) -> Movement:
    """The movement that these rows make. Raises ValueError where they do not add up."""
    return Movement(
        before=before,
        added=_sum(_priced(row.after_cents) for row in rows if row.fate == "added"),
        removed=_sum(_priced(row.before_cents) for row in rows if row.fate == "removed"),
        repriced=_sum(
            _priced(row.after_cents).plus(_priced(row.before_cents), -1)
            for row in rows
            if row.fate == "changed"
        ),
        after=after,
        repriced_count=sum(row.is_repriced for row in rows),
    )


def _priced(cents: int | None) -> Totals:
    return Totals(instances=1, unpriced=int(cents is None), price_cents=cents or 0)


def _sum(totals: Iterable[Totals]) -> Totals:
    found = Totals()
    for one in totals:
        found = found.plus(one)
    return found
