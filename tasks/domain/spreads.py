"""How prices are spread: the figures that a dataset's card shows."""

from collections.abc import Iterable
from fractions import Fraction
from statistics import median

from pydantic import BaseModel

from tasks.domain.money import round_cents


class Spread(BaseModel, frozen=True, extra="forbid"):
    """Cents, all but `n`. total is the exact sum; mean and median are rounded half to even, and
    None where there is nothing. `trimmed_mean_cents` leaves out what lies above the 95th
    percentile (the value that 95 of 100 do not exceed)."""

    n: int
    total_cents: int
    mean_cents: int | None
    median_cents: int | None
    trimmed_mean_cents: int | None


def spread(prices: Iterable[int]) -> Spread:
    """The figures of a list of prices in cents."""
    ordered = sorted(prices)
    kept = [price for price in ordered if price <= ordered[-(-95 * len(ordered) // 100) - 1]]
    return Spread(
        n=len(ordered),
        total_cents=sum(ordered),
        mean_cents=_mean(ordered),
        median_cents=round_cents(Fraction(median(map(Fraction, ordered)))) if ordered else None,
        trimmed_mean_cents=_mean(kept),
    )


def _mean(prices: list[int]) -> int | None:
    return round_cents(Fraction(sum(prices), len(prices))) if prices else None
