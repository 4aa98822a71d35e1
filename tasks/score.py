"""Score: verdicts in dollars, engagements settled, and the run's metrics."""

from pathlib import Path

from prefect import task
from prefect.cache_policies import NO_CACHE

from tasks.domain.engagements import PLAIN
from tasks.domain.rollouts import Run
from tasks.fanout import run_once
from tasks.measures import measure_run, pay_run
from tasks.runs import find_run
from tasks.settling import settle_run
from tasks.stages import StageOutcome, check_warehouse, now, open_warehouse, summarise
from tasks.warehouse import Warehouse


@task(name="payouts", task_run_name="payouts {run_id} {price_rule}", cache_policy=NO_CACHE)
def pay(home: str, run_id: str, price_rule: str) -> int:
    """A payout for every current verdict that lacks one under the rule."""
    return pay_run(Warehouse(Path(home)), run_id, price_rule)


@task(name="metrics", task_run_name="metrics {run_id} {price_rule}", cache_policy=NO_CACHE)
def measure(home: str, run_id: str, price_rule: str) -> int:
    """Every metric of the run in every slice; the run's own rows are replaced."""
    warehouse = Warehouse(Path(home))
    with warehouse.read("eval") as session:
        run = find_run(session, run_id)
    return len(measure_run(warehouse, run, price_rule))


@task(name="settle", task_run_name="settle {run_id} {terms}", cache_policy=NO_CACHE)
def settle_verdicts(home: str, run_id: str, price_rule: str, terms: str) -> int:
    """A settlement of every current verdict that lacks one under the rule and the terms."""
    warehouse = Warehouse(Path(home))
    with warehouse.read("eval") as session:
        run = find_run(session, run_id)
    return settle_run(warehouse, run, price_rule, terms, now())


async def score_run(home: Path, run: Run, price_rule: str, terms: str = PLAIN) -> StageOutcome:
    """Pay, measure, settle by the plain terms and by `terms`, and check that the warehouse still
    holds together."""
    warehouse = open_warehouse(home)
    arguments = {"home": str(home), "run_id": run.run_id, "price_rule": price_rule}
    written = await run_once(pay, **arguments)
    await run_once(measure, **arguments)
    for name in dict.fromkeys((PLAIN, terms)):
        await run_once(settle_verdicts, **arguments, terms=name)
    check_warehouse(warehouse, ("core", "eval"), run.run_id)
    return summarise("score", written)
