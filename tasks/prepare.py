"""Prepare: for every instance of a run, find out whether it can be graded, once per recipe."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from prefect import task
from prefect.cache_policies import NO_CACHE

from tasks.choosing import Wanted, unfinished, use_environments, wanted_environments
from tasks.domain.rollouts import Run
from tasks.domain.sandboxes import Choice
from tasks.fanout import (
    POOLED_BATCH,
    batches,
    engine_of,
    is_interrupted,
    run_batches,
    spare_cores,
)
from tasks.machines import MachineLost, at_a_time, machines, one_ahead, worked_off
from tasks.preparing import PrepareOrder, fault_row
from tasks.runs import load_instances
from tasks.stages import StageOutcome, now, open_warehouse, summarise
from tasks.turnstile import running_at_most
from tasks.warehouse import Row, Session, Warehouse


def store(session: Session, rows: Sequence[Row]) -> None:
    """Prepare's own rows: a newer check of the same recipe takes the place of the older one."""
    with session.registered("fresh_environments", session.rows_as_arrow("eval.environments", rows)):
        session.execute(
            "DELETE FROM eval.environments e USING fresh_environments f "
            "WHERE e.instance_digest = f.instance_digest AND e.recipe_digest = f.recipe_digest"
        )
        session.execute("INSERT INTO eval.environments BY NAME SELECT * FROM fresh_environments")


@task(name="prepare", task_run_name="prepare {label}", cache_policy=NO_CACHE)
def prepare_batch(home: str, items: list[Row], label: str, prune: bool = False) -> list[str]:
    """Prepare these instances (rows of Wanted) and store the result; the faults that remain."""
    warehouse = Warehouse(Path(home))
    wanted = [Wanted.model_validate(item) for item in items]
    with warehouse.read("core") as session:
        loaded = load_instances(session, (one.instance_digest for one in wanted))
    order = PrepareOrder(f"prepare {label}", tuple(wanted), loaded, prune)
    lost: list[MachineLost] = []

    def on_lost(_: int, fault: MachineLost) -> None:
        lost.append(fault)

    def again(number: int) -> PrepareOrder:
        return replace(order, lost=number)

    rows = worked_off(machines(Path(home)), again, on_lost, is_interrupted)
    if rows is None:
        rows = [fault_row(one, len(lost), str(lost[-1])) for one in wanted]
    with warehouse.write("eval") as session:
        store(session, rows)
    return [row["reason"] for row in rows if row["status"] == "fault"]


async def prepare_all(
    stage: str, home: Path, wanted: Sequence[Wanted], *, workers: int | None, prune: bool
) -> list[str]:
    """Prepare all of these, one task run each where tests run; the faults that remain."""
    cheap = [one.model_dump() for one in wanted if not one.runs_code]
    pooled = [one.model_dump() for one in wanted if one.runs_code and one.pooled]
    single = [one.model_dump() for one in wanted if one.runs_code and not one.pooled]

    def arguments(batch: Sequence[Row], label: str) -> dict[str, Any]:
        return {"home": str(home), "items": list(batch), "label": label, "prune": prune}

    work = [
        *batches(cheap, single=False),
        *batches(pooled, single=False, size=POOLED_BATCH),
        *batches(single, single=True),
    ]
    limit = at_a_time(workers, spare_cores())
    with running_at_most(limit):
        ahead = one_ahead(limit, single)
        return await run_batches(
            stage, prepare_batch, work, arguments, workers=ahead, uses=engine_of
        )


def plan_run(
    warehouse: Warehouse, run: Run, sandbox: str | None, instances: Sequence[str]
) -> list[Wanted]:
    """The environments that the run is to use from now on, noted, in the order of its items."""
    with warehouse.read("core", "eval") as session:
        rows = session.query("pending_prepare", run_id=run.run_id, instances=list(instances))
        loaded = load_instances(session, (row["instance_digest"] for row in rows))
    kept = {
        row["instance_digest"]: Choice(sandbox=row["kept"], because=row["kept_because"])
        for row in rows
        if row["kept"] is not None
    }
    items = [loaded[row["instance_digest"]] for row in rows]
    wanted = wanted_environments(items, sandbox, kept=kept)
    with warehouse.write("eval") as session:
        use_environments(session, run.run_id, wanted, now())
    return wanted


async def prepare_run(
    home: Path,
    run: Run,
    sandbox: str | None,
    instances: Sequence[str],
    *,
    redo: bool,
    workers: int | None = None,
    prune: bool = False,
) -> StageOutcome:
    """Prepare what is pending of a run, in the named sandbox or in the one that fits."""
    warehouse = open_warehouse(home)
    wanted = plan_run(warehouse, run, sandbox, instances)
    pending = wanted
    if not redo:
        with warehouse.read("eval") as session:
            pending = unfinished(session, wanted)
    faults = await prepare_all("prepare", home, pending, workers=workers, prune=prune)
    return summarise("prepare", len(pending), faults, total=len(wanted))
