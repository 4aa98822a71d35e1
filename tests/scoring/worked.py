"""The run worked out by hand: its tasks, its attempts, and what a spreadsheet makes of them."""

import ast
import csv
from collections.abc import Callable
from datetime import UTC, datetime
from fractions import Fraction
from math import comb
from pathlib import Path
from typing import Any, Final

from tasks.domain.scored import Reach, ScoredAttempt, ScoredTask

FOLDER: Final = Path(__file__).parent / "hand_checked"
RUNS: Final = ("alpha", "beta", "first")
REACH: Final = Reach(
    model="openai:gpt-4o-2024-08-06", unseen_from=datetime(2023, 11, 1, tzinfo=UTC)
)
_FUNCTIONS: Final[dict[str, Callable[..., Fraction]]] = {
    "ROUND": lambda x: Fraction(round(x)),
    "MIN": min,
    "MAX": max,
    "C": lambda n, k: Fraction(comb(int(n), int(k))),
}


def rows(name: str) -> list[dict[str, str]]:
    with (FOLDER / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def tasks() -> list[ScoredTask]:
    return [_task(row) for row in rows("tasks.csv")]


def attempts(run: str) -> list[ScoredAttempt]:
    places = {task.instance_id: number for number, task in enumerate(tasks())}
    return [
        ScoredAttempt(
            task=places[row["task"]],
            attempt=int(row["attempt"]),
            state=row["state"],  # type: ignore[arg-type]
            failure=row["failure"] or None,  # type: ignore[arg-type]
            cost_cents=_number(row["cost_cents"], float),
            paid_cents=_number(row["paid_cents"], float),
            cases_passed=_number(row["cases_passed"], int),
            cases_total=_number(row["cases_total"], int),
            stage=row["stage"] or None,  # type: ignore[arg-type]
        )
        for row in rows("attempts.csv")
        if row["run"] == run
    ]


def evaluate(formula: str) -> Fraction:
    """What a formula comes to, exactly."""
    return _value(ast.parse(formula, mode="eval").body)


def _value(node: ast.expr) -> Fraction:
    if isinstance(node, ast.Constant):
        return Fraction(str(node.value))
    if isinstance(node, ast.UnaryOp):
        return -_value(node.operand)
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
        return _FUNCTIONS[node.func.id](*map(_value, node.args))
    if not isinstance(node, ast.BinOp):
        raise ValueError(ast.dump(node))
    left, right = _value(node.left), _value(node.right)
    if isinstance(node.op, ast.Pow):
        return Fraction(left**right)
    operations: dict[type[ast.operator], Callable[[Fraction, Fraction], Fraction]] = {
        ast.Add: Fraction.__add__,
        ast.Sub: Fraction.__sub__,
        ast.Mult: Fraction.__mul__,
        ast.Div: Fraction.__truediv__,
    }
    return operations[type(node.op)](left, right)


def _task(row: dict[str, str]) -> ScoredTask:
    labels = row["labels"]
    return ScoredTask(
        instance_id=row["task"],
        instance_digest=f"digest of {row['task']}",
        variant=row["variant"],
        repository=row["repository"],
        cluster=row["cluster"],
        family=row["family"] or None,
        labels=None if labels == "(no issue)" else tuple(filter(None, labels.split(";"))),
        price_cents=_number(row["price_cents"], int),
        initial_cents=_number(row["initial_cents"], int),
        final_cents=_number(row["final_cents"], int),
        rungs=tuple(map(int, filter(None, row["rungs"].split(";")))),
        raises=_number(row["raises"], int),
        days_to_first_raise=_number(row["days_to_first_raise"], float),
        first_posted_at=_date(row["first_posted_on"]),
        patch_lines=_number(row["patch_lines"], int),
        merged_at=_date(row["merged_on"]),
        asks_cases=row["asks_cases"] == "1",
    )


def _number(text: str, kind: Callable[[str], Any]) -> Any:
    return kind(text) if text else None


def _date(text: str) -> datetime | None:
    return datetime.fromisoformat(text).replace(tzinfo=UTC) if text else None
