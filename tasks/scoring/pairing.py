"""Two runs on the tasks that both attempted."""

from collections.abc import Sequence
from fractions import Fraction
from math import isfinite

import numpy as np
from numpy.typing import NDArray

from tasks.domain.metrics import VERSUS, Metric
from tasks.domain.money import round_cents
from tasks.domain.scored import Results, TaskResult
from tasks.scoring.passing import mcnemar_p
from tasks.scoring.resampling import intervals, on_one_thread

Pair = tuple[TaskResult, TaskResult]


def compare(this: Results, other: Results, other_run: str) -> dict[str, Metric]:
    """Metrics of the slice `versus=<other_run>` by name (domain/metrics.VERSUS_METRICS).

    Results are by instance digest, of attempted tasks only. Money is the mean over valid
    attempts, so that a machine's failure is held against neither run: tasks without a valid
    attempt in one of them are left out of the difference, and counted. The same clusters are
    drawn for both runs: an interval of the difference, not a difference of intervals.
    """
    common = [(this[key], other[key]) for key in sorted(this.keys() & other.keys())]
    graded = [(a, b) for a, b in common if a.valid and b.valid]
    values: dict[str, float] = {
        "common_instances": len(common),
        "left_out_instances": len(common) - len(graded),
        **_first_attempts(common),
    }
    slice_ = f"{VERSUS}{other_run}"
    found = {name: Metric(slice=slice_, metric=name, value=value) for name, value in values.items()}
    return found | _difference(slice_, graded)


def _first_attempts(common: list[Pair]) -> dict[str, float]:
    """How the tasks split by who resolved them first time, where both have a verdict on it."""
    firsts = [(a.first, b.first) for a, b in common if a.first is not None and b.first is not None]
    counts = {
        "both_resolved": firsts.count((True, True)),
        "only_this": firsts.count((True, False)),
        "only_other": firsts.count((False, True)),
        "neither": firsts.count((False, False)),
    }
    if not firsts:
        return dict(counts)
    return {**counts, "mcnemar_p": mcnemar_p(counts["only_this"], counts["only_other"])}


def _difference(slice_: str, graded: list[Pair]) -> dict[str, Metric]:
    """Dollars of this run minus those of the other; nothing where no common task has a price."""
    priced = [(a, b, a.price_cents) for a, b in graded if a.price_cents is not None]
    available = sum(price for _, _, price in priced)
    if not available:
        return {}
    exact = [
        price * (Fraction(a.resolved, a.valid) - Fraction(b.resolved, b.valid))
        for a, b, price in priced
    ]
    cents = round_cents(sum(exact, Fraction(0)))
    clusters = [a.cluster for a, _, _ in priced]
    over, under = _sums(clusters, exact), _sums(clusters, [price for _, _, price in priced])
    with on_one_thread():
        low, high = (float(end[0]) for end in intervals(over, under))
    ends: tuple[float, float] | None = None
    if isfinite(low) and isfinite(high):
        ends = max(low, -1.0), min(high, 1.0)
    rows = (("difference_rate", cents / available, 1), ("difference_cents", cents, available))
    return {
        name: Metric(
            slice=slice_,
            metric=name,
            value=value,
            low=ends[0] * factor if ends else None,
            high=ends[1] * factor if ends else None,
        )
        for name, value, factor in rows
    }


def _sums(clusters: Sequence[str], values: Sequence[Fraction | int]) -> NDArray[np.float64]:
    """Of each cluster, by name: (clusters, 1)."""
    found, places = np.unique(np.array(clusters, dtype=np.str_), return_inverse=True)
    weights = np.array([float(value) for value in values])
    sums = np.bincount(places, weights=weights, minlength=len(found)).astype(np.float64)
    return sums[:, None]
