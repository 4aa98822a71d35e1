"""The funnel of a dataset: from all candidates to its instances, in counts and dollars."""

from collections.abc import Iterable, Sequence
from typing import Final

from pydantic import BaseModel

from tasks.domain.instances import REASONS
from tasks.specs.filters import Filters
from tasks.warehouse import Row, Session

_FILTERED: Final = "filtered"
_SAMPLING: Final = "not_sampled"
_FILTERS: Final = (*Filters.model_fields, "contamination")


class Step(BaseModel, frozen=True, extra="forbid"):
    """What one reason takes away, and what is left after it. A candidate without a price counts
    as $0."""

    reason: str
    filter: str | None = None
    candidates: int
    price_cents: int
    left: int
    left_cents: int

    @property
    def name(self) -> str:
        return f"filter {self.filter}" if self.filter else self.reason


class Funnel(BaseModel, frozen=True, extra="forbid"):
    """candidates - those of all steps = instances; the dollars likewise. Rejections come first,
    then filters in the order in which they are applied, then the sample."""

    candidates: int
    price_cents: int
    steps: tuple[Step, ...]
    instances: int
    instance_cents: int


def funnel_of_fates(session: Session) -> Funnel:
    """The funnel of the build that is going on."""
    return funnel(session.query("funnel"))


def funnel_of_version(session: Session, version: str, price_rule: str) -> Funnel:
    """The funnel of a stored version, as its newest build left it. Reads core."""
    return funnel(session.query("funnel_of_version", version=version, price_rule=price_rule))


def funnel(rows: Iterable[Row]) -> Funnel:
    """The funnel that counts by reason and filter come to, whatever their order."""
    listed = list(rows)
    left = sum(row["candidates"] for row in listed)
    cents = sum(row["price_cents"] for row in listed)
    total, total_cents = left, cents
    steps = []
    for row in sorted((row for row in listed if row["reason"] is not None), key=_order):
        left, cents = left - row["candidates"], cents - row["price_cents"]
        steps.append(Step(**row, left=left, left_cents=cents))
    return Funnel(
        candidates=total,
        price_cents=total_cents,
        steps=tuple(steps),
        instances=left,
        instance_cents=cents,
    )


def _order(row: Row) -> tuple[int, int, str]:
    reason, name = row["reason"], row["filter"] or ""
    stage = {_FILTERED: 1, _SAMPLING: 2}.get(reason, 0)
    known = _FILTERS if name else tuple(REASONS)
    return stage, _place(known, name or reason), reason


def _place(known: Sequence[str], name: str) -> int:
    return known.index(name) if name in known else len(known)
