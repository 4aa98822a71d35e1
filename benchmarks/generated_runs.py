"""Finished runs on generated instances: rollouts, evidence and verdicts, straight into eval.

Runs are of two models, of the baselines and of gold, in turn; a better one resolves more, dear
tasks are harder, and the tasks of one issue fall together.
"""

import json
import random
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from tasks.domain.digests import digest
from tasks.domain.instances import TaskInstance
from tasks.domain.verdicts import GRADER_VERSION
from tasks.warehouse import Row, Warehouse

START: Final = datetime(2023, 1, 2, 9, tzinfo=UTC)
DATASET: Final = "generated"
VERSION: Final = digest("a generated version")
RULE: Final = "final"
_WORDS: Final = ("amber", "birch", "copper", "dune", "elm", "fjord", "gorse", "heath")
_CASES: Final = 8
_SOLVERS: Final = (
    *(("model", "openai:gpt-4o", 0.30), ("model", "openai:o1", 0.36)),
    *((name, None, 0.12) for name in ("first", "last", "random", "longest")),
    *(("null", None, 0.0), ("gold", None, 1.0)),
)


def text(dice: random.Random, words: int) -> str:
    """So many invented words."""
    return " ".join(dice.choices(_WORDS, k=words))


def patch(dice: random.Random) -> str:
    """A patch of one file, 4 to 250 lines."""
    lines = dice.randrange(4, 250)
    body = "".join(f"{'-+'[n % 2]}{text(dice, 8)}\n" for n in range(lines))
    return f"diff --git a/a.py b/a.py\n--- a/a.py\n+++ b/a.py\n@@ -1,{lines} +1,{lines} @@\n{body}"


def store_run(
    warehouse: Warehouse, instances: list[TaskInstance], number: int, attempts: int, seed: int
) -> str:
    """Write the run with this number, with everything but its scores; its id."""
    solver, model, skill = _SOLVERS[number % len(_SOLVERS)]
    run_id = digest([VERSION, solver, number, attempts, seed])[:16]
    opened = START + timedelta(days=1_000, minutes=number)
    rows: dict[str, list[Row]] = {
        name: [] for name in ("run_items", "rollouts", "evidence", "verdicts")
    }
    dice = random.Random(f"{run_id} {seed}")
    keys = [(i, attempt) for attempt in range(1, attempts + 1) for i in instances]
    luck = {i.issue: dice.betavariate(2, 2) for i in instances}
    for position, (instance, attempt) in enumerate(keys):
        key = {"run_id": run_id, "instance_id": instance.instance_id, "attempt": attempt}
        named = {"instance_digest": instance.instance_digest}
        rows["run_items"].append(key | named | {"position": position, "variant": instance.variant})
        chance = (
            skill * (0.5 + luck[instance.issue]) * (1.2 - (instance.prices[RULE] or 0) / 400_000)
        )
        outcome = _outcome(dice, chance if skill < 1 else 1.0)
        for table, row in _rows(key | named, instance, outcome, opened, model, dice).items():
            rows[table].append(row)
    run = {
        "run_id": run_id,
        "base_digest": digest(run_id),
        "ordinal": 0,
        "dataset": DATASET,
        "dataset_version": VERSION,
        "solver": solver,
        "parameters": json.dumps({"model": model} if model else {}),
        "selection": "{}",
        "seed": number,
        "attempts": attempts,
        "price_rule": RULE,
        "code_version": "1",
        "opened_at": opened,
    }
    used = [
        {
            "run_id": run_id,
            "instance_digest": i.instance_digest,
            "recipe_digest": "recipe",
            "sandbox": "none",
            "because": "default",
            "chosen_at": opened,
        }
        for i in instances
    ]
    with warehouse.write("eval") as session:
        session.insert("eval.runs", [run])
        session.insert(
            "eval.environments", [_environment(i) for i in instances], on_conflict="keep"
        )
        session.insert("eval.run_environments", used)
        for table, made in rows.items():
            session.insert(f"eval.{table}", made)
    return run_id


def _environment(instance: TaskInstance) -> Row:
    return {
        "instance_digest": instance.instance_digest,
        "recipe_digest": "recipe",
        "instance_id": instance.instance_id,
        "sandbox": "none",
        "status": "done",
        "gradable": True,
        "reason": "",
        "expectation": "{}",
        "evidence": "{}",
        "takes": 1,
        "prepared_at": START,
    }


def _outcome(dice: random.Random, chance: float) -> tuple[str, str]:
    """(outcome, reason)."""
    if dice.random() < 0.01:
        return "invalid", "fault"
    if dice.random() < chance:
        return "resolved", "tests_passed"
    return "unresolved", dice.choices(
        ("tests_failed", "timeout", "crashed", "no_submission", "tampering"), (80, 8, 6, 5, 1)
    )[0]


def _rows(
    key: Row,
    instance: TaskInstance,
    outcome: tuple[str, str],
    at: datetime,
    model: str | None,
    dice: random.Random,
) -> dict[str, Row]:
    """One rollout with its evidence and verdict."""
    rollout_id = digest([key["run_id"], key["instance_id"], key["attempt"], 1])
    state, reason = outcome
    passed = _CASES if state == "resolved" else dice.randrange(_CASES)
    report = {f"test {n}": "passed" if n < passed else "failed" for n in range(_CASES)}
    has_answer = reason != "no_submission"
    is_code = instance.variant == "ic_swe"
    times: dict[str, Any] = {"started_at": at, "finished_at": at + timedelta(seconds=90)}
    answer = {"model_patch": patch(dice)} if is_code else {"selected_proposal_id": 1}
    paid = {"cost_cents": dice.uniform(1, 40), "finish_reason": "stop"} if model else {}
    return {
        "rollouts": key
        | times
        | paid
        | {
            "rollout_id": rollout_id,
            "take": 1,
            "solve_digest": rollout_id,
            "status": "done",
            "submission": json.dumps(answer if has_answer else {}),
        },
        "evidence": times
        | {
            "rollout_id": rollout_id,
            "take": 1,
            "trial": 1,
            "run_id": key["run_id"],
            "recipe_digest": "recipe",
            "status": "done",
            "report": json.dumps(report) if is_code and has_answer else None,
            "cases_passed": passed if is_code and has_answer else None,
            "cases_total": _CASES if is_code and has_answer else None,
        },
        "verdicts": {
            "verdict_id": digest([rollout_id, 1, GRADER_VERSION]),
            "rollout_id": rollout_id,
            "evidence_take": 1,
            "grader_version": GRADER_VERSION,
            "run_id": key["run_id"],
            "outcome": state,
            "reason": reason,
            "detail": "",
            "judged_at": at,
        },
    }
