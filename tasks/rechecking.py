"""`paydag score --check`: payouts and metrics again from verdicts, beside what is stored."""

from collections.abc import Iterable, Mapping
from math import isclose
from typing import Any, Final

from pydantic import BaseModel

from tasks.domain.digests import short
from tasks.domain.errors import UsageError
from tasks.domain.metrics import VERSUS, Metric
from tasks.domain.rollouts import Run
from tasks.measures import (
    Scored,
    grader_of,
    is_paid_right,
    measured,
    payout,
    read_scored,
    stored_metrics,
    stored_pairs,
)
from tasks.scoring import compare
from tasks.warehouse import Session, Warehouse

# Sums of floats differ in their last digits from one machine to another.
_CLOSE: Final = 1e-9


class ScoreCheck(BaseModel, frozen=True, extra="forbid"):
    """What recomputing found: how much was compared, and every row that differs, in words."""

    run_id: str
    price_rule: str
    grader_version: str
    payouts: int
    metrics: int
    differences: tuple[str, ...]

    def as_json(self) -> dict[str, Any]:
        return self.model_dump(mode="json")


def check_scores(warehouse: Warehouse, run: Run, price_rule: str) -> ScoreCheck:
    """Recompute a run's payouts and metrics. Raises UsageError where it has no scores under the
    rule that the present grader's verdicts gave."""
    with warehouse.read("core", "eval") as session:
        stored = stored_metrics(session, run, price_rule)
        scored = read_scored(session, run.run_id, price_rule)
        paid, wrong = _payouts(session, run.run_id, price_rule)
        pairs, pairs_again = _pairs(session, run, price_rule, scored)
    if not stored:
        raise UsageError(
            f"run {run.run_id} has no scores under {price_rule!r} by grader {grader_of(run)}; "
            f"run `paydag score {short(run.run_id)} --price-rule {price_rule}` first"
        )
    again = [*measured(scored, run), *pairs_again]
    stored = [*stored, *pairs]
    return ScoreCheck(
        run_id=run.run_id,
        price_rule=price_rule,
        grader_version=grader_of(run),
        payouts=paid,
        metrics=len(stored),
        differences=(*wrong, *differences(stored, again)),
    )


def _pairs(
    session: Session, run: Run, price_rule: str, scored: Scored
) -> tuple[list[Metric], list[Metric]]:
    """The run's comparisons with others as they are stored, and as they are now."""
    stored = stored_pairs(session, run, price_rule)
    again: list[Metric] = []
    for slice_ in dict.fromkeys(metric.slice for metric in stored):
        other = slice_.removeprefix(VERSUS)
        beside = read_scored(session, other, price_rule)
        again += compare(scored.results(), beside.results(), other).values()
    return stored, again


def _payouts(session: Session, run_id: str, price_rule: str) -> tuple[int, list[str]]:
    """(how many were compared, those that differ)."""
    rows = session.query("current_payouts", run_id=run_id, price_rule=price_rule)
    wrong = []
    for row in rows:
        if is_paid_right(row):
            continue
        stored = f"{row['stored_payout_cents']} of {row['stored_price_cents']} cents"
        wrong.append(
            f"payout of {row['instance_id']} attempt {row['attempt']}: stored "
            f"{stored if row['is_paid'] else 'nothing'}, recomputed "
            f"{payout(row['outcome'], row['price_cents'])} of {row['price_cents']} cents"
        )
    return len(rows), wrong


def differences(stored: Iterable[Metric], again: Iterable[Metric]) -> list[str]:
    """Every metric that is not stored as it is measured now, named with both values."""
    kept, fresh = _by_name(stored), _by_name(again)
    found = []
    for name in dict.fromkeys((*fresh, *kept)):
        one, other = kept.get(name), fresh.get(name)
        if one is None or other is None or not _same(one, other):
            found.append(f"{name[0]} {name[1]}: stored {_told(one)}, recomputed {_told(other)}")
    return found


def _by_name(metrics: Iterable[Metric]) -> Mapping[tuple[str, str], Metric]:
    return {(metric.slice, metric.metric): metric for metric in metrics}


def _same(one: Metric, other: Metric) -> bool:
    pairs = ((one.value, other.value), (one.low, other.low), (one.high, other.high))
    return all(
        a == b
        or (a is not None and b is not None and isclose(a, b, rel_tol=_CLOSE, abs_tol=_CLOSE))
        for a, b in pairs
    )


def _told(metric: Metric | None) -> str:
    if metric is None:
        return "nothing"
    ends = "" if metric.low is None else f" ({metric.low:.12g} to {metric.high:.12g})"
    return f"{metric.value:.12g}{ends}"
