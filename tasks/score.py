"""Score: verdicts in dollars, and the run's metrics."""

from pathlib import Path

from prefect import task
from prefect.cache_policies import NO_CACHE

from tasks.domain.engagements import PLAIN
from tasks.domain.payouts import Tally
from tasks.domain.rollouts import Run
from tasks.domain.verdicts import GRADER_VERSION, PUBLISHED
from tasks.fanout import run_once
from tasks.queries import outcomes_of, tallies
from tasks.runs import find_run
from tasks.settling import engagement_rows, settlement_rows
from tasks.stages import StageOutcome, check_warehouse, now, open_warehouse, summarise
from tasks.warehouse import Row, Warehouse


@task(name="payouts", task_run_name="payouts {run_id} {price_rule}", cache_policy=NO_CACHE)
def pay(home: str, run_id: str, price_rule: str) -> int:
    """A payout for every current verdict that lacks one under the rule."""
    warehouse = Warehouse(Path(home))
    with warehouse.read("core", "eval") as session:
        owed = session.query("pending_payouts", run_id=run_id, price_rule=price_rule)
    rows = [
        {
            "verdict_id": row["verdict_id"],
            "price_rule": price_rule,
            "run_id": run_id,
            "price_cents": row["price_cents"],
            "payout_cents": (row["price_cents"] or 0) if row["outcome"] == "resolved" else 0,
        }
        for row in owed
    ]
    with warehouse.write("eval") as session:
        session.insert("eval.payouts", rows, on_conflict="keep")
    return len(rows)


@task(name="metrics", task_run_name="metrics {run_id} {price_rule}", cache_policy=NO_CACHE)
def measure(home: str, run_id: str, price_rule: str) -> int:
    """The counts and sums of the run, in all and per variant; score's own rows are replaced."""
    warehouse = Warehouse(Path(home))
    with warehouse.read("core", "eval") as session:
        total, by_variant = tallies(outcomes_of(session, run_id, price_rule))
        grader = PUBLISHED if find_run(session, run_id).is_published else GRADER_VERSION
    key = {"run_id": run_id, "grader_version": grader, "price_rule": price_rule}
    rows = _metric_rows(key, "all", total)
    for variant, counts in by_variant.items():
        rows += _metric_rows(key, f"variant={variant}", counts)
    with warehouse.write("eval") as session:
        session.execute(
            "DELETE FROM eval.metrics WHERE run_id = $run AND grader_version = $grader "
            "AND price_rule = $rule",
            {"run": run_id, "grader": grader, "rule": price_rule},
        )
        session.insert("eval.metrics", rows)
    return len(rows)


@task(name="settle", task_run_name="settle {run_id} {terms}", cache_policy=NO_CACHE)
def settle_verdicts(home: str, run_id: str, price_rule: str, terms: str) -> int:
    """A settlement of every current verdict that lacks one under the rule and the terms."""
    warehouse = Warehouse(Path(home))
    with warehouse.read("core", "eval") as session:
        run = find_run(session, run_id)
        known = engagement_rows(session, run, price_rule, terms)
    rows = settlement_rows(run, known, price_rule, terms, now())
    with warehouse.write("eval") as session:
        session.insert("eval.settlements", rows, on_conflict="keep")
    return len(rows)


def _metric_rows(key: Row, slice_: str, counts: Tally) -> list[Row]:
    values: dict[str, float | None] = {**counts.model_dump(), "earn_rate": counts.earn_rate}
    return [
        {
            **key,
            "slice": slice_,
            "metric": metric,
            "value": value,
        }
        for metric, value in values.items()
        if value is not None
    ]


async def score_run(home: Path, run: Run, price_rule: str, terms: str = PLAIN) -> StageOutcome:
    """Pay, measure, settle by the plain terms and by `terms`, and check that the warehouse still
    holds together."""
    warehouse = open_warehouse(home)
    arguments = {"home": str(home), "run_id": run.run_id, "price_rule": price_rule}
    written = await run_once(pay, **arguments)
    await run_once(measure, **arguments)
    for name in dict.fromkeys((PLAIN, terms)):
        await run_once(settle_verdicts, **arguments, terms=name)
    check_warehouse(warehouse, ("core", "eval"))
    return summarise("score", written)
