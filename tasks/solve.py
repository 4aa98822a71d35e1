"""Solve: one rollout for every item of a run that has no finished one for its current take."""

from collections.abc import Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any

from prefect import task
from prefect.cache_policies import NO_CACHE

from tasks.allowances import Allowance, allowance_of, allowing, end_asking
from tasks.domain.comparisons import model_of
from tasks.domain.rollouts import Pending, Run, solve_digest
from tasks.domain.solver_options import NO_USE, SolverUse
from tasks.fanout import batches, engine_of, is_interrupted, run_batches
from tasks.machines import Here, at_a_time, machines
from tasks.one_spender import spending
from tasks.runs import count_items, find_run, load_instances
from tasks.solvers import wants_of
from tasks.solving import SolveOrder, ask, reads_home
from tasks.stages import StageOutcome, now, open_warehouse, summarise
from tasks.strategies import MODEL_WORKERS, Strategy, strategy_of
from tasks.threads import threads_of
from tasks.warehouse import Row, Warehouse


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
        item.model_dump(exclude={"variant", "sandbox"})
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
def solve_batch(
    home: str,
    run_id: str,
    items: list[Row],
    label: str,
    use: dict[str, Any] | None = None,
    workers: int | None = None,
) -> list[str]:
    """Solve these items and commit them, each by itself where asking is expensive; the faults
    that remain. What the run's allowance does not let start stays pending."""
    warehouse = Warehouse(Path(home))
    pending = [Pending.model_validate(item) for item in items]
    with warehouse.read("core", "eval") as session:
        run = find_run(session, run_id)
        loaded = load_instances(session, (item.instance_digest for item in pending))
        # A client is asked seldom, and a thread may be long: it is read where it is wanted.
        threads = threads_of(session, loaded.values()) if run.parameters.get("ask_client") else {}
    used = SolverUse.model_validate(use or {})
    strategy = strategy_of(Path(home), run, used, workers)
    where = Here(Path(home)) if reads_home(Path(home), run) else machines(Path(home))

    def keep(rows: list[Row]) -> None:
        if rows:
            with warehouse.write("eval") as session:
                session.insert("eval.rollouts", rows, on_conflict="keep")

    faults: list[str] = []
    single = strategy.solver.cost == "expensive"
    for some in [[one] for one in pending] if single else [pending]:
        wanted = {item.instance_digest for item in some}
        order = SolveOrder(
            label=f"solve {run.run_id} {label}",
            run=run,
            items=tuple(some),
            instances={name: loaded[name] for name in wanted},
            remarks={name: threads[name] for name in wanted & set(threads)},
            prompts=strategy.prompts,
            use=used,
            workers=workers,
            strategy=strategy,
        )
        faults += ask(where, order, allowance_of(Path(home), run_id), is_interrupted, keep)
    return faults


async def solve_run(
    home: Path,
    run: Run,
    instances: Sequence[str],
    *,
    redo: bool,
    use: SolverUse = NO_USE,
    workers: int | None = None,
) -> StageOutcome:
    """Solve what is pending of a run, or, with `redo`, everything selected once more.

    Ends without a fault, and with a note, where the budget of `use` does not reach further. Raises
    SystemFault where another process asks for answers of the run.
    """
    strategy = strategy_of(home, run, use, workers)
    if strategy.solver.cost == "cheap":
        return await _solve(home, run, instances, strategy, redo=redo, use=use, workers=workers)
    with spending(home, run.run_id):
        return await _solve(home, run, instances, strategy, redo=redo, use=use, workers=workers)


async def _solve(
    home: Path,
    run: Run,
    instances: Sequence[str],
    strategy: Strategy,
    *,
    redo: bool,
    use: SolverUse,
    workers: int | None,
) -> StageOutcome:
    warehouse = open_warehouse(home)
    with warehouse.read("core", "eval") as session:
        wanted = session.query(
            "pending_solve", run_id=run.run_id, instances=list(instances), redo=redo
        )
        total = count_items(session, run, instances)
        spent = session.query("run_spending", run_id=run.run_id)[0]["paid_cents"]
    # A redo asks again; that is its point.
    left = wanted if redo else reuse(warehouse, run, wanted)
    single = strategy.solver.cost == "expensive"

    def arguments(batch: Sequence[Row], label: str) -> dict[str, Any]:
        return {
            "home": str(home),
            "run_id": run.run_id,
            "items": list(batch),
            "label": label,
            "use": use.model_dump(mode="json"),
            "workers": workers,
        }

    in_box, model = wants_of(run.solver).in_box, model_of(run.parameters)

    def uses(batch: Sequence[Row]) -> list[str]:
        return [*([model] if model else []), *(engine_of(batch) if in_box else [])]

    work = list(batches(left, single=single))
    allowance = Allowance(use, Decimal(repr(spent)))
    side_by_side = at_a_time(workers, MODEL_WORKERS) if single else None
    with allowing(home, run.run_id, allowance):
        try:
            faults = await run_batches(
                "solve", solve_batch, work, arguments, workers=side_by_side, uses=uses
            )
        except BaseException:
            end_asking(allowance)
            raise
        note = allowance.note()
    outcome = summarise("solve", len(wanted) - allowance.left_out, faults, total=total)
    return outcome.model_copy(update={"note": note})
