"""How much of a sum rests on few tasks."""

from math import ceil

import numpy as np
from numpy.typing import NDArray

Numbers = NDArray[np.float64]
Cents = NDArray[np.int64]


def gini(amounts: Numbers) -> float | None:
    """0 where all amounts are equal, towards 1 where one has everything: the mean difference of
    two amounts over twice their mean. None without a positive sum."""
    if not len(amounts) or amounts.sum() <= 0:
        return None
    ordered = np.sort(amounts)
    places = np.arange(1, len(ordered) + 1)
    weighted = float((places * ordered).sum())
    return 2 * weighted / (len(ordered) * float(ordered.sum())) - (len(ordered) + 1) / len(ordered)


def leave_one_out(earned: Numbers, available: Numbers) -> tuple[float, float] | None:
    """(lowest, highest) rate when any one task is left out; None where that leaves nothing."""
    rest = available.sum() - available
    kept = rest > 0
    if not kept.any():
        return None
    rates = (earned.sum() - earned[kept]) / rest[kept]
    # Differences of floats can miss an end by a last digit.
    return max(0.0, float(rates.min())), min(1.0, float(rates.max()))


def cap_of(prices: Cents, share: float = 0.95) -> int:
    """The price at the nearest rank of a share: at least so many prices are not above it."""
    ordered = np.sort(prices)
    return int(ordered[ceil(share * len(ordered)) - 1])
