"""Grade: evidence for every finished rollout, then a verdict on every piece of evidence."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from prefect import task
from prefect.cache_policies import NO_CACHE

from tasks.domain.digests import digest
from tasks.domain.rollouts import Run
from tasks.domain.verdicts import GRADER_VERSION, Judgement
from tasks.fanout import (
    POOLED_BATCH,
    batches,
    engine_of,
    is_interrupted,
    run_batches,
    spare_cores,
)
from tasks.gathering import GradeOrder, gather
from tasks.machines import at_a_time, machines, one_ahead
from tasks.runs import count_items, load_instances
from tasks.stages import StageOutcome, now, open_warehouse, summarise
from tasks.trials import by_rollout, cost_of, judge_take
from tasks.turnstile import running_at_most
from tasks.warehouse import Row, Warehouse


def _verdict_row(run_id: str, row: Row, judgement: Judgement) -> Row:
    key = [row["rollout_id"], row["take"], GRADER_VERSION]
    return {
        "verdict_id": digest(key),
        "rollout_id": row["rollout_id"],
        "evidence_take": row["take"],
        "grader_version": GRADER_VERSION,
        "run_id": run_id,
        "judged_at": now(),
        **judgement.model_dump(),
    }


@task(name="grade", task_run_name="grade {label}", cache_policy=NO_CACHE)
def grade_batch(
    home: str,
    run_id: str,
    items: list[Row],
    label: str,
    prune: bool = False,
) -> list[str]:
    """Collect evidence of these rollouts, judge it and commit both; the faults that remain."""
    warehouse = Warehouse(Path(home))
    with warehouse.read("core") as session:
        loaded = load_instances(session, (item["instance_digest"] for item in items))
    single = any(cost_of(item) == "sandboxed" for item in items[:1])
    evidence: list[list[Row]] = []
    verdicts: list[Row] = []
    try:
        for some in [[one] for one in items] if single else [items]:
            if is_interrupted():
                break
            order = GradeOrder(f"grade {run_id} {label}", run_id, tuple(some), loaded, prune)
            gather(machines(Path(home)), order, evidence, is_interrupted)
        for item, rows in zip(items, evidence, strict=False):
            take = [item | row for row in rows if row["take"] == rows[-1]["take"]]
            judgement = judge_take(take, loaded[item["instance_digest"]])
            verdicts.append(_verdict_row(run_id, rows[-1], judgement))
    finally:
        # Evidence may have taken minutes to collect: it is kept even where a judge breaks.
        with warehouse.write("eval") as session:
            together = [row for rows in evidence for row in rows]
            session.insert("eval.evidence", together, on_conflict="keep")
            session.insert("eval.verdicts", verdicts, on_conflict="keep")
    last = ((item, rows[-1]) for item, rows in zip(items, evidence, strict=False))
    return [f"{i['instance_id']}: {row['fault']}" for i, row in last if row["status"] == "fault"]


@task(name="judge", task_run_name="judge {label}", cache_policy=NO_CACHE)
def judge_batch(home: str, run_id: str, items: list[list[Row]], label: str) -> list[str]:  # noqa: ARG001
    """A verdict of the present grader version on evidence that is there already; no faults.

    An item is a rollout: the rows of its current take, a row a trial.
    """
    warehouse = Warehouse(Path(home))
    with warehouse.read("core") as session:
        loaded = load_instances(session, (take[0]["instance_digest"] for take in items))
    rows = [
        _verdict_row(run_id, take[0], judge_take(take, loaded[take[0]["instance_digest"]]))
        for take in items
    ]
    with warehouse.write("eval") as session:
        session.insert("eval.verdicts", rows, on_conflict="keep")
    return []


def reuse_evidence(warehouse: Warehouse, items: Sequence[Row]) -> list[Row]:
    """Copy the evidence that reused rollouts have of the same environment; the items that are
    left to be graded."""
    reused = [item["reused_from"] for item in items if item["reused_from"]]
    if not reused:
        return list(items)
    with (
        warehouse.read("core", "eval") as session,
        session.values("wanted_rollouts", "rollout_id", reused),
    ):
        found = session.query("reusable_evidence")
    trials: dict[tuple[str, str], list[Row]] = {}
    for row in found:
        trials.setdefault((row["rollout_id"], row["recipe_digest"]), []).append(row)
    copies, left = [], []
    for item in items:
        sources = trials.get((item["reused_from"], item["recipe_digest"]), [])
        own = {key: item[key] for key in ("rollout_id", "run_id", "take")}
        copies += [row | own | {"reused_from": item["reused_from"]} for row in sources]
        if not sources:
            left.append(item)
    with warehouse.write("eval") as session:
        session.insert("eval.evidence", copies, on_conflict="keep")
    return left


async def grade_run(
    home: Path,
    run: Run,
    instances: Sequence[str],
    *,
    redo: bool,
    workers: int | None = None,
    prune: bool = False,
) -> StageOutcome:
    """Grade what lacks evidence of the environment that the run uses (all of it anew with `redo`),
    then judge what lacks a verdict."""
    warehouse = open_warehouse(home)
    wanted_of = {"run_id": run.run_id, "instances": list(instances)}
    with warehouse.read("core", "eval") as session:
        wanted = session.query("pending_evidence", **wanted_of, redo=redo)
        total = count_items(session, run, instances)
    left = wanted if redo else reuse_evidence(warehouse, wanted)
    by_cost: dict[str, list[Row]] = {"cheap": [], "pooled": [], "sandboxed": []}
    for item in left:
        by_cost[cost_of(item)].append(item)
    shared = {"home": str(home), "run_id": run.run_id}

    def to_grade(batch: Sequence[Row], label: str) -> dict[str, Any]:
        return {**shared, "items": list(batch), "label": label, "prune": prune}

    def to_judge(batch: Sequence[list[Row]], label: str) -> dict[str, Any]:
        return {**shared, "items": list(batch), "label": label}

    work = [
        *batches(by_cost["cheap"], single=False),
        *batches(by_cost["pooled"], single=False, size=POOLED_BATCH),
        *batches(by_cost["sandboxed"], single=True),
    ]
    limit = at_a_time(workers, spare_cores())
    with running_at_most(limit):
        faults = await run_batches(
            "grade",
            grade_batch,
            work,
            to_grade,
            workers=one_ahead(limit, by_cost["sandboxed"]),
            uses=engine_of,
        )
    with warehouse.read("core", "eval") as session:
        stored = by_rollout(
            session.query("pending_verdicts", **wanted_of, grader_version=GRADER_VERSION)
        )
    await run_batches("judge", judge_batch, list(batches(stored, single=False)), to_judge)
    written = len(left) + len(stored)
    return summarise("grade", written, faults, tried=len(wanted), total=total)
