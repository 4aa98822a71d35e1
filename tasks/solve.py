"""Solve: one rollout for every item of a run that has no finished one for its current take."""

import gzip
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from prefect import task
from prefect.cache_policies import NO_CACHE

from tasks.domain.digests import canonical_json
from tasks.domain.errors import SystemFault
from tasks.domain.instances import TaskInstance
from tasks.domain.protocols import Solver
from tasks.domain.rollouts import Job, Pending, Run, Solution, solve_digest
from tasks.fanout import batches, run_batches
from tasks.replays import solver_options
from tasks.runs import count_items, find_run, load_instances
from tasks.solvers import solver_named
from tasks.stages import StageOutcome, now, open_warehouse, summarise, with_retries
from tasks.warehouse import Row, Warehouse


def solve_one(run: Run, item: Pending, instance: TaskInstance, solver: Solver) -> list[Row]:
    """The rows of one item: a fault row for every failed take, then the finished one, if any."""
    rows: list[Row] = []
    job = Job(
        offer=instance.offer(),
        seed=run.seed,
        attempt=item.attempt,
        reference=instance.reference if solver.sees_reference else None,
    )
    started = now()

    def row_of(take: int) -> Row:
        current = item.model_copy(update={"take": take})
        return {
            "rollout_id": current.rollout_id,
            "run_id": item.run_id,
            "instance_id": item.instance_id,
            "attempt": item.attempt,
            "take": take,
            "instance_digest": item.instance_digest,
            "solve_digest": solve_digest(run, item.instance_digest, item.attempt),
            "started_at": started,
            "finished_at": now(),
        }

    def on_fault(number: int, fault: SystemFault) -> None:
        rows.append(row_of(item.take + number) | {"status": "fault", "fault": str(fault)})

    solution = with_retries(lambda _: solver.solve(job), on_fault)
    if solution is not None:
        rows.append(row_of(item.take + len(rows)) | finished_columns(solution))
    return rows


def finished_columns(solution: Solution) -> Row:
    """The columns of eval.rollouts that a finished rollout fills."""
    transcript = solution.transcript
    return {
        "status": "done",
        "submission": canonical_json(
            solution.submission.model_dump(mode="json", exclude_none=True)
        ),
        "tokens_in": solution.tokens_in,
        "tokens_out": solution.tokens_out,
        "cost_cents": solution.cost_cents,
        "transcript": gzip.compress(transcript.encode(), mtime=0) if transcript else None,
    }


def reuse(warehouse: Warehouse, run: Run, items: Sequence[Row]) -> list[Row]:
    """Copy the answers that other runs have had to the same questions; the items left to ask."""
    if not items:
        return []
    pending = [Pending.model_validate(item) for item in items]
    digests = [solve_digest(run, item.instance_digest, item.attempt) for item in pending]
    with (
        warehouse.read("eval") as session,
        session.values("wanted_digests", "solve_digest", digests),
    ):
        found = {
            row["solve_digest"]: row["rollout_id"]
            for row in session.query("reusable_rollouts", run_id=run.run_id)
        }
    copies = [
        item.model_dump(exclude={"variant"})
        | {
            "rollout_id": item.rollout_id,
            "solve_digest": wanted,
            "reused_from": found[wanted],
            "started_at": now(),
            "finished_at": now(),
        }
        for item, wanted in zip(pending, digests, strict=True)
        if wanted in found
    ]
    if copies:
        with warehouse.write("eval") as session:
            fresh = session.rows_as_arrow("eval.rollouts", copies)
            with session.registered("copied_rollouts", fresh):
                session.run("copy_rollouts")
    return [item for item, wanted in zip(items, digests, strict=True) if wanted not in found]


@task(name="solve", task_run_name="solve {label}", cache_policy=NO_CACHE)
def solve_batch(home: str, run_id: str, items: list[Row], label: str) -> list[str]:  # noqa: ARG001
    """Solve these items and commit them at once; the faults that remain."""
    warehouse = Warehouse(Path(home))
    pending = [Pending.model_validate(item) for item in items]
    with warehouse.read("core", "eval") as session:
        run = find_run(session, run_id)
        loaded = load_instances(session, (item.instance_digest for item in pending))
    solver = solver_named(run.solver, solver_options(Path(home), run.solver, run.parameters))
    rows, faults = [], []
    for item in pending:
        solved = solve_one(run, item, loaded[item.instance_digest], solver)
        if solved[-1]["status"] == "fault":
            faults.append(f"{item.instance_id}: {solved[-1]['fault']}")
        rows += solved
    with warehouse.write("eval") as session:
        session.insert("eval.rollouts", rows, on_conflict="keep")
    return faults


async def solve_run(home: Path, run: Run, instances: Sequence[str], *, redo: bool) -> StageOutcome:
    """Solve what is pending of a run, or, with `redo`, everything selected once more."""
    warehouse = open_warehouse(home)
    with warehouse.read("core", "eval") as session:
        wanted = session.query(
            "pending_solve", run_id=run.run_id, instances=list(instances), redo=redo
        )
        total = count_items(session, run, instances)
    # A redo asks again; that is its point.
    left = wanted if redo else reuse(warehouse, run, wanted)
    options = solver_options(home, run.solver, run.parameters)
    single = solver_named(run.solver, options).cost == "expensive"

    def arguments(batch: Sequence[Row], label: str) -> dict[str, Any]:
        return {"home": str(home), "run_id": run.run_id, "items": list(batch), "label": label}

    work = list(batches(left, single=single))
    faults = await run_batches("solve", solve_batch, work, arguments)
    return summarise("solve", len(wanted), faults, total=total)
