"""The bounty ledger of an issue: what was advertised when, and the prices read off it."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from fractions import Fraction
from functools import lru_cache
from typing import Final, Literal

from pydantic import BaseModel

from tasks.domain.digests import digest_of_parts
from tasks.domain.money import round_cents

EventKind = Literal["posted", "raised", "lowered", "restated", "withdrawn", "paid"]
SourceKind = Literal[
    "title_at_creation",
    "title_rename",
    "body_edit",
    "comment",
    "payment_summary",
    "upwork_job",
    "published_dataset",
    "override",
]

POSTING_RULES: Final = (
    *("band_min", "band_mid", "band_max", "predicted", "median_bid", "awarded_bid"),
)
PRICE_RULES: Final = (
    "initial",
    "final",
    "peak",
    "at_assignment",
    "at_merge",
    "as_of",
    "time_weighted",
    "paid",
    *POSTING_RULES,
)


# What confirms an event, supersedes it or stores it asks for its name, one after the other.
@lru_cache(maxsize=256)
def _digest(*parts: str | int | None) -> str:
    return digest_of_parts(parts)


class _Evidence(BaseModel, frozen=True, extra="forbid"):
    """What every piece of evidence says of itself.

    `issue` is `owner/name#N`. `source` names the documents' source. `occurred_at` is None for
    published datasets, which date nothing. `dataset` names the dataset whose overrides made this
    ledger, None where nothing did.
    """

    source: str
    issue: str
    occurred_at: datetime | None
    currency: str = "USD"
    source_kind: SourceKind
    actor: str | None = None
    document_id: str
    url: str | None = None
    words: str
    confidence: float = 1.0
    reason: str | None = None
    dataset: str | None = None

    def _named(self, kind: str, amount_cents: int | None, *more: str | None) -> str:
        """Digest of what was observed and where; what is None of `more` leaves it alone."""
        return _digest(
            self.issue,
            self.occurred_at.isoformat() if self.occurred_at else None,
            kind,
            amount_cents,
            self.source_kind,
            self.document_id,
            self.words,
            *(part for part in more if part),
        )


class BountyEvent(_Evidence, frozen=True):
    """One observed change of a bounty, with the evidence it rests on.

    `superseded_by` names the event that won where evidence conflicts, with `reason` saying why; a
    payment's `reason` is the rule that explains how it differs from the bounty. `role` and
    `person` say whom a payment went to.
    """

    kind: EventKind
    amount_cents: int
    previous_cents: int | None = None
    superseded_by: str | None = None
    role: str | None = None
    person: str | None = None

    @property
    def event_id(self) -> str:
        """The same observation is the same event."""
        return self._named(self.kind, self.amount_cents, self.role, self.person)


class Observation(_Evidence, frozen=True):
    """A piece of evidence that changed no price, and how it was read.

    `reading` is the grammar's own word: `request`, `denial`, `review_fee`, ... `event_id` names
    the bounty event that it confirms.
    """

    reading: str
    amount_cents: int | None = None
    event_id: str | None = None

    @property
    def observation_id(self) -> str:
        return self._named(self.reading, self.amount_cents)


def change_kind(previous: int | None, amount: int) -> EventKind:
    """What it is when the price becomes `amount` cents, 0 for none."""
    if amount == 0:
        return "withdrawn"
    if not previous:
        return "posted"
    return "raised" if amount > previous else "lowered"


class TitleAt(BaseModel, frozen=True, extra="forbid"):
    """A title from the moment it came into force.

    `place` orders the titles of one moment, where the source tells: times are whole seconds.
    """

    since: datetime
    title: str
    actor: str | None = None
    document_id: str
    at_creation: bool = False
    place: int = 0

    @property
    def order(self) -> tuple[datetime, bool, int, str]:
        """What titles of an issue are sorted by, oldest first."""
        return (self.since, not self.at_creation, self.place, self.document_id)


class Rung(BaseModel, frozen=True, extra="forbid"):
    """A step of the ladder an instance freezes."""

    occurred_at: datetime | None
    kind: EventKind
    amount_cents: int


def ladder(events: Sequence[BountyEvent]) -> tuple[Rung, ...]:
    """The rungs an instance keeps: everything in USD that won, oldest first, no payments."""
    return tuple(
        Rung(occurred_at=e.occurred_at, kind=e.kind, amount_cents=e.amount_cents)
        for e in events
        if e.superseded_by is None and e.kind not in ("paid", "restated") and e.currency == "USD"
    )


def last_price(rungs: Sequence[Rung]) -> int | None:
    """The price on offer in the end, in cents; None where there never was one, or none is left."""
    return (rungs[-1].amount_cents or None) if rungs else None


def paid_cents(events: Sequence[BountyEvent]) -> int | None:
    """What the contributors were paid together, in cents of USD; None where nothing says."""
    amounts = [
        e.amount_cents
        for e in events
        if e.kind == "paid" and e.role == "contributor" and e.currency == "USD"
        if e.superseded_by is None
    ]
    return sum(amounts) if amounts else None


def price_at(rungs: Sequence[Rung], moment: datetime | None) -> int | None:
    """The bounty in force at `moment`, in cents; None before the first rung, without a moment, and
    while the bounty was withdrawn."""
    if moment is None:
        return None
    known = [r for r in rungs if r.occurred_at is not None and r.occurred_at <= moment]
    return (known[-1].amount_cents or None) if known else None


def prices(
    rungs: Sequence[Rung],
    *,
    known: Sequence[Rung] | None = None,
    as_of: datetime | None = None,
    assigned_at: datetime | None = None,
    merged_at: datetime | None = None,
    paid: int | None = None,
) -> dict[str, int | None]:
    """Every bounty rule's price in cents; None where the ladder cannot tell (unpriced).

    `known` is the ladder as it was known at `as_of`, where that differs: later evidence must not
    reach an as-of price. `time_weighted` is the mean bounty between the first rung and
    `merged_at`, weighted by the seconds each rung was in force, rounded half to even. `paid` is
    what the contributors got, in cents.
    """
    amounts = [r.amount_cents for r in rungs]
    dated = all(r.occurred_at is not None for r in rungs)
    return {
        "initial": amounts[0] if amounts and dated else None,
        "final": (amounts[-1] or None) if amounts else None,
        "peak": max(amounts) if amounts and dated else None,
        "at_assignment": price_at(rungs, assigned_at),
        "at_merge": price_at(rungs, merged_at),
        "as_of": price_at(rungs if known is None else known, as_of),
        "time_weighted": _time_weighted(rungs, merged_at) if dated else None,
        "paid": paid,
    }


def _time_weighted(rungs: Sequence[Rung], end: datetime | None) -> int | None:
    starts = [r for r in rungs if r.occurred_at is not None and end and r.occurred_at < end]
    if not starts or end is None:
        return None
    stops = [r.occurred_at for r in starts[1:]] + [end]
    weighted, total = 0, 0
    for rung, stop in zip(starts, stops, strict=True):
        if rung.occurred_at is None or stop is None:
            continue
        seconds = (stop - rung.occurred_at) // timedelta(seconds=1)
        weighted += rung.amount_cents * seconds
        total += seconds
    return round_cents(Fraction(weighted, total)) if total else None
