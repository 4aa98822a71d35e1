"""What every task adds to the sums that metrics are made of: one array a sum, one entry a task."""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from math import lcm
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from tasks.domain.metrics import FAILURE_CLASSES, FUNNEL
from tasks.domain.money import round_cents
from tasks.domain.scored import ScoredAttempt, ScoredTask, funnel_place
from tasks.scoring.passing import pass_at

Numbers = NDArray[np.float64]
Counts = NDArray[np.int64]
Rows = NDArray[np.intp]
Cents = NDArray[Any]
"""Whole numbers: of 64 bits where all sums fit in, else Python's own."""

_NO_CENTS: Final = -1
_MOST: Final = 2**62


@dataclass(frozen=True)
class Columns:
    """`counts` are whole, `exact` are cents times `scale`, `plain` are fractions; the entry of a
    task is what it adds to the sum of every slice it is in. `clusters` numbers them by name."""

    counts: dict[str, Counts]
    exact: dict[str, Cents]
    plain: dict[str, Numbers]
    prices: Cents
    clusters: Counts
    scale: int
    attempts: int

    @cached_property
    def numbers(self) -> dict[str, Numbers]:
        """All of them as floats, money in cents: what resampling works on."""
        counts = {name: column.astype(np.float64) for name, column in self.counts.items()}
        exact = {
            name: column.astype(np.float64) / self.scale for name, column in self.exact.items()
        }
        saved = exact["earned"] - self.plain["answer_cost"]
        return counts | exact | self.plain | {"saved": saved}

    def sums(self, rows: Rows) -> dict[str, int]:
        """What is counted, over these tasks."""
        return dict(zip(self.counts, self._counted[rows].sum(axis=0).tolist(), strict=True))

    def cents(self, rows: Rows) -> dict[str, int]:
        """Money over these tasks, rounded once."""
        exact = self._exact[rows].sum(axis=0).tolist()
        rounded = (round_cents(Fraction(int(amount), self.scale)) for amount in exact)
        return dict(zip(self.exact, rounded, strict=True))

    @cached_property
    def _counted(self) -> Counts:
        return np.stack(list(self.counts.values()), axis=1)

    @cached_property
    def _exact(self) -> Cents:
        return np.stack(list(self.exact.values()), axis=1)

    @property
    def priced(self) -> NDArray[np.bool_]:
        found: NDArray[np.bool_] = (self.prices != _NO_CENTS) & (self.counts["attempted"] > 0)
        return found


def columns_of(tasks: Sequence[ScoredTask], attempts: Sequence[ScoredAttempt]) -> Columns:
    """The columns of a run. `attempts` name their task by its place in `tasks`."""
    size = len(tasks)
    counts = _counts(size, attempts)
    valid = counts["resolved"] + counts["unresolved"]
    most = int(counts["attempted"].max(initial=0))
    divisors = {int(n) for n in (*np.unique(counts["attempted"]), *np.unique(valid)) if n}
    scale = lcm(*divisors)
    highest = max((max(t.price_cents or 0, *t.rungs, 0) for t in tasks), default=0)
    dtype = np.int64 if highest * scale * most * size < _MOST else object
    prices = _cents([task.price_cents for task in tasks], dtype)
    ladders = [task.rungs if _has_ladder(task) else () for task in tasks]
    exact = _money(counts, valid, prices, scale)
    exact |= _ladder_money(tasks, ladders, counts, scale, prices.dtype)
    plain = _plain(tasks, attempts, counts, valid, prices)
    for k in range(1, most + 1):
        plain[f"pass@{k}"] = pass_at(valid, counts["resolved"], k)
        counts[f"pass@{k}_tasks"] = _flags(valid >= k)
        counts[f"pass@{k}_left_out"] = _flags((valid < k) & (counts["attempted"] > 0))
    for k in range(1, max(map(len, ladders), default=0) + 1):
        counts[f"rung_{k}_instances"] = _flags(
            np.array([len(rungs) >= k for rungs in ladders]) & (counts["attempted"] > 0)
        )
    names = [task.cluster for task in tasks]
    _, numbered = np.unique(np.array(names, dtype=np.str_), return_inverse=True)
    return Columns(
        counts=counts,
        exact=exact,
        plain=plain,
        prices=prices,
        clusters=numbered.astype(np.int64).ravel(),
        scale=scale,
        attempts=most,
    )


def _counts(size: int, attempts: Sequence[ScoredAttempt]) -> dict[str, Counts]:
    """Numbers of attempts by what they came to."""
    task = np.array([a.task for a in attempts], dtype=np.intp)
    states = np.array([a.state for a in attempts], dtype=np.str_)
    failures = np.array([a.failure or "" for a in attempts], dtype=np.str_)
    places = np.array([funnel_place(a.stage) for a in attempts], dtype=np.int64)
    costs = np.array([a.cost_cents is not None for a in attempts], dtype=np.bool_)

    def count(chosen: NDArray[np.bool_]) -> Counts:
        return np.bincount(task[chosen], minlength=size)

    found = {state: count(states == state) for state in ("resolved", "unresolved", "invalid")}
    attempted = states != "excluded"
    verdict = (states == "resolved") | (states == "unresolved")
    found["attempted"] = count(attempted)
    found["excluded"] = count(~attempted)
    found["instances"] = _flags(found["attempted"] > 0)
    for name in FAILURE_CLASSES:
        found[f"failed_{name}"] = count((states == "unresolved") & (failures == name))
    found["cost_known"] = count(attempted & costs)
    found["cost_unknown"] = count(verdict & ~costs)
    for place, name in enumerate(FUNNEL):
        found[f"funnel_{name}"] = count(attempted & (places >= place))
    return found


def _money(counts: dict[str, Counts], valid: Counts, prices: Cents, scale: int) -> dict[str, Cents]:
    """Cents times the scale, by which every number of attempts divides."""
    attempted, resolved = counts["attempted"], counts["resolved"]
    counts["unpriced"] = _flags((prices == _NO_CENTS) & (attempted > 0))
    price = np.where((prices == _NO_CENTS) | (attempted == 0), 0, prices)
    share = price * _over(scale, attempted, prices.dtype)
    found = {
        "available": price * scale,
        "gradable": share * valid,
        "earned": share * resolved,
        "earned_in_all": price * resolved * scale,
        "available_valid": np.where(valid > 0, price, 0) * scale,
        "earned_valid": price * _over(scale, valid, prices.dtype) * resolved,
    }
    return found | {f"funnel_{name}_cents": share * counts[f"funnel_{name}"] for name in FUNNEL}


def _has_ladder(task: ScoredTask) -> bool:
    return task.initial_cents is not None and task.final_cents is not None and bool(task.rungs)


def _ladder_money(
    tasks: Sequence[ScoredTask],
    ladders: Sequence[tuple[int, ...]],
    counts: dict[str, Counts],
    scale: int,
    dtype: Any,
) -> dict[str, Cents]:
    """The same of the ladder's prices, in tasks that have one."""
    laddered = np.array([bool(rungs) for rungs in ladders], dtype=np.bool_)
    laddered &= counts["attempted"] > 0
    counts["ladder_instances"] = _flags(laddered)
    share = np.where(laddered, _over(scale, counts["attempted"], dtype), 0) * counts["resolved"]
    whole = np.array([scale if has else 0 for has in laddered.tolist()], dtype=dtype)
    prices = {
        "initial": _cents([task.initial_cents for task in tasks], dtype),
        "final": _cents([task.final_cents for task in tasks], dtype),
    }
    for k in range(max(map(len, ladders), default=0)):
        amounts = [rungs[min(k, len(rungs) - 1)] if rungs else None for rungs in ladders]
        prices[f"rung_{k + 1}"] = _cents(amounts, dtype)
    found = {}
    for name, cents in prices.items():
        found[f"{name}_available"], found[f"{name}_earned"] = cents * whole, cents * share
    for kind in ("available", "earned"):
        found[f"premium_{kind}"] = found[f"final_{kind}"] - found[f"initial_{kind}"]
    return found


def _plain(
    tasks: Sequence[ScoredTask],
    attempts: Sequence[ScoredAttempt],
    counts: dict[str, Counts],
    valid: Counts,
    prices: Cents,
) -> dict[str, Numbers]:
    """Test cases and costs; it adds the counts that belong to them."""
    size = len(tasks)
    sums = {name: np.zeros(size) for name in ("cases_share", "answer_cost", "paid_cost")}
    for name in ("cases_passed", "cases_total", "cases_attempts", "paid_known"):
        counts[name] = np.zeros(size, dtype=np.int64)
    for one in attempts:
        if one.state == "excluded":
            continue
        if one.cost_cents is not None:
            sums["answer_cost"][one.task] += one.cost_cents
        if one.paid_cents is not None:
            sums["paid_cost"][one.task] += one.paid_cents
            counts["paid_known"][one.task] += 1
        if one.state == "invalid":
            continue
        passed, total = one.cases_passed or 0, one.cases_total or 0
        if total or tasks[one.task].asks_cases:
            counts["cases_attempts"][one.task] += 1
            counts["cases_passed"][one.task] += passed
            counts["cases_total"][one.task] += total
            sums["cases_share"][one.task] += passed / total if total else 0.0
    attempted = np.maximum(counts["attempted"], 1)
    priced = (prices != _NO_CENTS) & (valid + counts["invalid"] > 0)
    sums["answer_cost"] = np.where(priced, sums["answer_cost"] / attempted, 0.0)
    return sums


def _over(scale: int, counts: Counts, dtype: Any) -> Cents:
    """scale / counts, 0 where there are none."""
    return np.array([scale // n if n else 0 for n in counts.tolist()], dtype=dtype)


def _flags(given: NDArray[np.bool_]) -> Counts:
    return given.astype(np.int64)


def _cents(amounts: Sequence[int | None], dtype: Any) -> Cents:
    return np.array([_NO_CENTS if c is None else c for c in amounts], dtype=dtype)
