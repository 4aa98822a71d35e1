"""The metrics of a run, slice by slice (docs/decisions/0012-metrics.md)."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import inf, isfinite
from typing import Final

import numpy as np
from numpy.typing import NDArray

from tasks.domain.metrics import FAILURE_CLASSES, FUNNEL, Metric
from tasks.domain.money import round_cents
from tasks.domain.scored import Reach, ScoredAttempt, ScoredTask
from tasks.domain.slices import has_everything, reading_order, slices_of
from tasks.scoring.columns import Columns, Rows, columns_of
from tasks.scoring.concentration import cap_of, gini, leave_one_out
from tasks.scoring.resampling import intervals, on_one_thread

_COUNTS: Final = (
    *("attempted", "resolved", "unresolved", "invalid", "excluded", "instances", "unpriced"),
    *(f"failed_{name}" for name in FAILURE_CLASSES),
    *("cases_passed", "cases_total", "cases_attempts"),
    *("ladder_instances", "cost_known", "cost_unknown"),
)
_CENTS: Final = {
    **{f"{name}_cents": name for name in ("available", "gradable", "available_valid")},
    **{f"{name}_available_cents": f"{name}_available" for name in ("initial", "final", "premium")},
}


@dataclass(frozen=True)
class Ratio:
    """A headline: the sum `over` by the sum `under`, within `ends`.

    `rate` is the name under which the ratio is stored, `cents` that of the sum `over` itself.
    `everywhere`: it has an interval in every slice; intervals are what scoring takes long for.
    """

    over: str
    under: str
    rate: str | None = None
    cents: str | None = None
    ends: tuple[float, float] = (0.0, 1.0)
    everywhere: bool = False


_RATIOS: Final = (
    Ratio("resolved", "attempted", rate="resolve_rate", everywhere=True),
    Ratio("earned", "available", rate="earn_rate", cents="earned_cents", everywhere=True),
    Ratio("earned_valid", "available_valid", rate="earn_rate_valid", cents="earned_valid_cents"),
    Ratio("cases_share", "cases_attempts", rate="cases_share"),
    Ratio("initial_earned", "initial_available", cents="initial_earned_cents"),
    Ratio("final_earned", "final_available", cents="final_earned_cents"),
    Ratio(
        "premium_earned",
        "premium_available",
        rate="premium_rate",
        cents="premium_captured_cents",
        ends=(-inf, inf),  # a ladder may fall
        everywhere=True,
    ),
)
_COST_RATIOS: Final = (
    Ratio("paid_cost", "earned_in_all", rate="cost_per_earned_dollar", ends=(0.0, inf)),
    Ratio("answer_cost", "earned", rate="model_contribution_ratio", ends=(0.0, inf)),
    Ratio("saved", "available", rate="cost_savings", ends=(-inf, 1.0)),
)


def measure(
    tasks: Sequence[ScoredTask],
    attempts: Sequence[ScoredAttempt],
    reach: Reach | None = None,
) -> list[Metric]:
    """All metrics of a run in the order in which people read slices. Neither the order of tasks
    nor that of attempts matters, and the same run gives the same numbers."""
    order = sorted(range(len(tasks)), key=lambda number: tasks[number].instance_id)
    placed = {number: place for place, number in enumerate(order)}
    tasks = [tasks[number] for number in order]
    attempts = sorted(a._replace(task=placed[a.task]) for a in attempts)
    columns = columns_of(tasks, attempts)
    members: dict[str, list[int]] = {}
    for number, task in enumerate(tasks):
        for slice_ in slices_of(task, reach):
            members.setdefault(slice_, []).append(number)
    members.setdefault("all", [])
    with on_one_thread():
        return [
            metric
            for slice_ in sorted(members, key=reading_order)
            for metric in _of_slice(slice_, columns, np.array(members[slice_], dtype=np.intp))
        ]


def _of_slice(slice_: str, columns: Columns, rows: Rows) -> Iterator[Metric]:
    full = has_everything(slice_)
    sums, cents = columns.sums(rows), columns.cents(rows)
    values: dict[str, float | None] = {name: sums[name] for name in _COUNTS}
    values["clusters"] = len(
        np.unique(columns.clusters[rows][columns.counts["instances"][rows] > 0])
    )
    values |= {name: cents[column] for name, column in _CENTS.items()}
    for k in range(1, columns.attempts + 1):
        for name in (f"pass@{k}_tasks", f"pass@{k}_left_out"):
            values[name] = sums[name]
    if _costs_are_known(sums):
        values["answer_cost_cents"] = float(columns.plain["answer_cost"][rows].sum())
    if full:
        values |= _of_money(columns, rows, sums, cents)
    for name, value in values.items():
        if value is not None:
            yield Metric(slice=slice_, metric=name, value=value)
    yield from _headlines(slice_, columns, rows, sums, cents, full=full)
    if full:
        yield from _leave_one_out(slice_, columns, rows)


def _of_money(
    columns: Columns, rows: Rows, sums: Mapping[str, int], cents: Mapping[str, int]
) -> dict[str, float | None]:
    """What only whole runs and variants have besides headlines."""
    values: dict[str, float | None] = {}
    k = 1
    while f"rung_{k}_instances" in sums:
        values[f"rung_{k}_instances"] = sums[f"rung_{k}_instances"]
        values[f"rung_{k}_available_cents"] = cents[f"rung_{k}_available"]
        values[f"rung_{k}_earned_cents"] = cents[f"rung_{k}_earned"]
        k += 1
    for name in FUNNEL:
        values[f"funnel_{name}"] = sums[f"funnel_{name}"]
        values[f"funnel_{name}_cents"] = cents[f"funnel_{name}_cents"]
    if sums["paid_known"]:
        values["cost_cents"] = float(columns.plain["paid_cost"][rows].sum())
    return values | _concentration(columns, rows)


def _concentration(columns: Columns, rows: Rows) -> dict[str, float | None]:
    priced = rows[columns.priced[rows]]
    earned, prices = columns.numbers["earned"][priced], columns.prices[priced]
    total = float(earned.sum())
    values = {
        "largest_share": float(earned.max()) / total if total > 0 else None,
        "gini": gini(earned[earned > 0]),
        "available_gini": gini(prices.astype(np.float64)),
    }
    if not len(priced):
        return values
    capped = np.minimum(prices, cap_of(prices))
    attempted, resolved = columns.counts["attempted"][priced], columns.counts["resolved"][priced]
    available = int(capped.sum())
    earnings = _rounded(capped * (columns.scale // attempted) * resolved, columns.scale)
    return values | {
        "available_winsorised_cents": available,
        "earned_winsorised_cents": earnings,
        "earn_rate_winsorised": earnings / available if available else None,
    }


def _leave_one_out(slice_: str, columns: Columns, rows: Rows) -> Iterator[Metric]:
    earned, available = (columns.numbers[name][rows] for name in ("earned", "available"))
    found = leave_one_out(earned, available)
    if found is not None:
        rate = float(earned.sum() / available.sum())
        low, high = found
        yield Metric(slice=slice_, metric="earn_rate_leave_one_out", value=rate, low=low, high=high)


def _headlines(
    slice_: str,
    columns: Columns,
    rows: Rows,
    sums: Mapping[str, int],
    cents: Mapping[str, int],
    *,
    full: bool,
) -> Iterator[Metric]:
    """The ratios, each with its interval where one can be told."""
    ratios = [*_RATIOS, *_passes(columns.attempts), *(_cost_ratios(sums) if full else ())]
    told = [ratio for ratio in ratios if full or ratio.everywhere]
    ends = dict(zip(told, _intervals(told, columns, rows), strict=True))
    for ratio in ratios:
        over, under = (columns.numbers[name][rows].sum() for name in (ratio.over, ratio.under))
        found = _clipped(ends[ratio], ratio.ends) if ratio in ends else None
        if ratio.cents is not None:
            dollars = None if found is None else (found[0] * under, found[1] * under)
            yield _metric(slice_, ratio.cents, cents[ratio.over], dollars)
        if ratio.rate is not None and under > 0:
            yield _metric(slice_, ratio.rate, _rate(ratio, cents, over, under), found)


def _intervals(ratios: Sequence[Ratio], columns: Columns, rows: Rows) -> list[tuple[float, float]]:
    attempted = rows[columns.counts["attempted"][rows] > 0]
    clusters = columns.clusters[attempted]
    over = _by_cluster([columns.numbers[r.over][attempted] for r in ratios], clusters)
    under = _by_cluster([columns.numbers[r.under][attempted] for r in ratios], clusters)
    ends = intervals(over, under)
    return list(zip(*(end.tolist() for end in ends), strict=True))


def _passes(attempts: int) -> list[Ratio]:
    names = [f"pass@{k}" for k in range(1, attempts + 1)]
    return [Ratio(name, f"{name}_tasks", rate=name, everywhere=True) for name in names]


def _rate(ratio: Ratio, cents: Mapping[str, int], over: float, under: float) -> float:
    if ratio.over in cents and ratio.under in cents:
        return cents[ratio.over] / cents[ratio.under]
    return over / under


def _cost_ratios(sums: Mapping[str, int]) -> list[Ratio]:
    paid = _COST_RATIOS[:1] if sums["paid_known"] else ()
    return [*paid, *(_COST_RATIOS[1:] if _costs_are_known(sums) else ())]


def _costs_are_known(sums: Mapping[str, int]) -> bool:
    """Whether the cost of every answer that has a verdict is known, and there is one."""
    return sums["cost_known"] > 0 and sums["cost_unknown"] == 0


def _metric(slice_: str, name: str, value: float, ends: tuple[float, float] | None) -> Metric:
    low, high = ends if ends is not None else (None, None)
    return Metric(slice=slice_, metric=name, value=value, low=low, high=high)


def _clipped(found: tuple[float, float], ends: tuple[float, float]) -> tuple[float, float] | None:
    low, high = found
    if not (isfinite(low) and isfinite(high)):
        return None
    return max(low, ends[0]), min(high, ends[1])


def _by_cluster(
    columns: Sequence[NDArray[np.float64]], clusters: NDArray[np.int64]
) -> NDArray[np.float64]:
    """Sums of each column by cluster, in the order of their numbers: (clusters, columns)."""
    found, places = np.unique(clusters, return_inverse=True)
    sums = [np.bincount(places, weights=column, minlength=len(found)) for column in columns]
    return np.stack(sums, axis=1)


def _rounded(amounts: NDArray[np.int64], scale: int) -> int:
    return round_cents(Fraction(int(amounts.sum()), scale))
