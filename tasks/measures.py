"""Payouts and metrics of a run: read from verdicts, measured, stored, and checked. No Prefect."""

from collections.abc import Iterable, Sequence
from typing import Final

from pydantic import BaseModel, TypeAdapter

from tasks.domain.comparisons import model_of
from tasks.domain.cutoffs import reach_of_model
from tasks.domain.failures import failure_class
from tasks.domain.metrics import VERSUS, Metric
from tasks.domain.results import was_delivered
from tasks.domain.rollouts import DECLINED, Run
from tasks.domain.scored import (
    Reach,
    Results,
    ScoredAttempt,
    ScoredTask,
    Stage,
    TaskResult,
    stage_reached,
)
from tasks.domain.verdicts import GRADER_VERSION, PUBLISHED
from tasks.scoring import measure
from tasks.settings import dataset_folders
from tasks.specs.cutoffs import load_cutoffs, seen_until
from tasks.warehouse import Row, Session, Warehouse

_TASKS: Final = TypeAdapter(list[ScoredTask])


class Scored(BaseModel, frozen=True, extra="forbid"):
    """The tasks and attempts of a run, priced under one rule."""

    tasks: list[ScoredTask]
    attempts: list[ScoredAttempt]

    def results(self) -> Results:
        """What every attempted task came to, by instance digest."""
        tried: dict[int, list[ScoredAttempt]] = {}
        for one in self.attempts:
            if one.state != "excluded":
                tried.setdefault(one.task, []).append(one)
        return {
            self.tasks[number].instance_digest: _result(self.tasks[number], own)
            for number, own in tried.items()
        }


def _result(task: ScoredTask, attempts: Sequence[ScoredAttempt]) -> TaskResult:
    states = [one.state for one in attempts]
    first = min(attempts, key=lambda one: one.attempt).state
    return TaskResult(
        cluster=task.cluster,
        price_cents=task.price_cents,
        valid=len(states) - states.count("invalid"),
        resolved=states.count("resolved"),
        first=None if first == "invalid" else first == "resolved",
    )


def read_scored(session: Session, run_id: str, price_rule: str) -> Scored:
    """All that the metrics of a run are made from. Reads core and eval."""
    tasks = _TASKS.validate_python(
        session.query("score_tasks", run_id=run_id, price_rule=price_rule)
    )
    places = {task.instance_digest: number for number, task in enumerate(tasks)}
    rows = session.query("score_attempts", run_id=run_id)
    return Scored.model_construct(
        tasks=tasks, attempts=[_attempt(row, places[row["instance_digest"]]) for row in rows]
    )


def _attempt(row: Row, task: int) -> ScoredAttempt:
    state = row["state"]
    failure = None
    if state == "unresolved":
        failure = failure_class(row["reason"], row["failure"], row["finish_reason"])
    return ScoredAttempt(
        task=task,
        attempt=row["attempt"],
        state=state,
        failure=failure,
        cost_cents=row["cost_cents"],
        paid_cents=row["paid_cents"],
        cases_passed=row["cases_passed"],
        cases_total=row["cases_total"],
        stage=_stage(row) if row["rollout_status"] == "done" else None,
    )


def _stage(row: Row) -> Stage:
    return stage_reached(
        row["state"],
        is_declined=row["finish_reason"] == DECLINED,
        has_answer=was_delivered(row["submission"], row["state"], row["reason"]),
    )


def reach_of(run: Run) -> Reach | None:
    """How far the training of the run's model reached, where that is known."""
    model = model_of(run.parameters)
    if model is None:
        return None
    known = load_cutoffs(dataset_folders())
    return reach_of_model(model, {name: seen_until(cutoff) for name, cutoff in known.items()})


def measured(scored: Scored, run: Run) -> list[Metric]:
    return measure(scored.tasks, scored.attempts, reach_of(run))


def pay_run(warehouse: Warehouse, run_id: str, price_rule: str) -> int:
    """A payout for every current verdict that lacks one under the rule, or has another than it
    justifies; how many. Reads core, in the transaction that writes: opening files costs more."""
    with warehouse.write("eval", also_read=("core",)) as session:
        found = session.query("current_payouts", run_id=run_id, price_rule=price_rule)
        rows = [_payout_row(row, run_id, price_rule) for row in found if not is_paid_right(row)]
        wrong = [row["verdict_id"] for row in found if row["is_paid"] and not is_paid_right(row)]
        if wrong:
            session.execute(
                "DELETE FROM eval.payouts WHERE price_rule = $rule "
                "AND verdict_id IN (SELECT unnest($ids))",
                {"rule": price_rule, "ids": wrong},
            )
        session.insert("eval.payouts", rows, on_conflict="keep")
    return len(rows)


def _payout_row(row: Row, run_id: str, price_rule: str) -> Row:
    return {
        "verdict_id": row["verdict_id"],
        "price_rule": price_rule,
        "run_id": run_id,
        "price_cents": row["price_cents"],
        "payout_cents": payout(row["outcome"], row["price_cents"]),
    }


def is_paid_right(row: Row) -> bool:
    """Whether a row of `current_payouts` has the price and payout that its verdict justifies."""
    right = (row["price_cents"], payout(row["outcome"], row["price_cents"]))
    stored = (row["stored_price_cents"], row["stored_payout_cents"])
    return bool(row["is_paid"]) and stored == right


def payout(outcome: str, price_cents: int | None) -> int:
    """What a verdict pays, in cents: all or nothing."""
    return (price_cents or 0) if outcome == "resolved" else 0


def measure_run(warehouse: Warehouse, run: Run, price_rule: str) -> list[Metric]:
    """Measure the run and put its metrics in the place of those it had.

    Comparisons with it rest on verdicts that may be old now: they go as well.
    """
    with warehouse.read("core", "eval") as session:
        scored = read_scored(session, run.run_id, price_rule)
    metrics = measured(scored, run)
    key = {"run": run.run_id, "grader": grader_of(run), "rule": price_rule}
    with warehouse.write("eval") as session:
        session.execute(
            "DELETE FROM eval.metrics WHERE price_rule = $rule "
            "AND ((run_id = $run AND grader_version = $grader) OR slice = $versus)",
            key | {"versus": f"{VERSUS}{run.run_id}"},
        )
        session.insert("eval.metrics", metric_rows(run, price_rule, metrics))
    return metrics


def grader_of(run: Run) -> str:
    """Whose verdicts the run's metrics rest on: the present grader's, or published ones."""
    return PUBLISHED if run.is_published else GRADER_VERSION


def metric_rows(run: Run, price_rule: str, metrics: Iterable[Metric]) -> list[Row]:
    key = {"run_id": run.run_id, "grader_version": grader_of(run), "price_rule": price_rule}
    # Twice as fast as model_dump: the fields are the columns, and nothing is nested.
    return [key | dict(metric) for metric in metrics]


def stored_metrics(session: Session, run: Run, price_rule: str) -> list[Metric]:
    """The metrics of a run as they are stored, comparisons left out. Reads eval."""
    every = _stored(session, run, price_rule)
    return [metric for metric in every if not metric.slice.startswith(VERSUS)]


def stored_pairs(session: Session, run: Run, price_rule: str) -> list[Metric]:
    """The comparisons of a run with others as they are stored. Reads eval."""
    return [m for m in _stored(session, run, price_rule) if m.slice.startswith(VERSUS)]


def _stored(session: Session, run: Run, price_rule: str) -> list[Metric]:
    rows = session.rows(
        "SELECT slice, metric, value, low, high FROM eval.metrics WHERE run_id = $run "
        "AND grader_version = $grader AND price_rule = $rule",
        {"run": run.run_id, "grader": grader_of(run), "rule": price_rule},
    )
    return [Metric(**row) for row in rows]
