"""What is measured of a run: its names, units and meanings (docs/decisions/0012-metrics.md)."""

import re
from typing import Final, Literal

from pydantic import BaseModel

Unit = Literal["pairs", "tasks", "clusters", "cases", "cents", "share", "ratio"]
VERSUS: Final = "versus="


class Metric(BaseModel, frozen=True, extra="forbid"):
    """One row of eval.metrics: a number of a slice, with its 95 % interval where it has one."""

    slice: str
    metric: str
    value: float
    low: float | None = None
    high: float | None = None


class Meaning(BaseModel, frozen=True, extra="forbid"):
    """What a metric says. `everywhere`: in all slices, else in `all` and `variant=` only."""

    says: str
    unit: Unit
    has_interval: bool = False
    everywhere: bool = True


def _of(says: str, unit: Unit, *, interval: bool = False, everywhere: bool = True) -> Meaning:
    return Meaning(says=says, unit=unit, has_interval=interval, everywhere=everywhere)


def _headline(says: str, unit: Unit, *, everywhere: bool = True) -> Meaning:
    return _of(says, unit, interval=True, everywhere=everywhere)


FAILURE_CLASSES: Final = ("wrong", "crash", "timeout", "no_answer", "tampering", "declined")
FUNNEL: Final = ("offered", "accepted", "delivered", "invoiced", "paid")

# Every name that may stand in eval.metrics; `{k}` stands for a whole number from 1 on.
METRICS: Final[dict[str, Meaning]] = {
    "attempted": _of("attempts that were to be made", "pairs"),
    "resolved": _of("attempts that solved their task", "pairs"),
    "unresolved": _of("attempts that did not", "pairs"),
    "invalid": _of("attempts without a verdict that counts: the machine failed", "pairs"),
    "excluded": _of("attempts at tasks that cannot be graded; not attempted", "pairs"),
    "instances": _of("tasks attempted", "tasks"),
    "clusters": _of("issues, or families of programs: what intervals resample", "clusters"),
    "unpriced": _of("tasks without a price under the rule", "tasks"),
    "resolve_rate": _headline("resolved of attempted", "share"),
    "pass@{k}": _headline("one of k attempts solves the task", "share"),
    "pass@{k}_tasks": _of("tasks with k valid attempts", "tasks"),
    "pass@{k}_left_out": _of("tasks with fewer than k valid attempts", "tasks"),
    "available_cents": _of("prices of all priced tasks", "cents"),
    "gradable_cents": _of("the share of them that is not invalid", "cents"),
    "earned_cents": _headline("earnings; invalid attempts earn nothing", "cents"),
    "earn_rate": _headline("earned of available", "share"),
    "available_valid_cents": _of("prices of priced tasks with a valid attempt", "cents"),
    "earned_valid_cents": _headline("earnings over valid attempts", "cents"),
    "earn_rate_valid": _headline("earned of available, over valid attempts", "share"),
    **{f"failed_{name}": _of(f"unresolved: {name}", "pairs") for name in FAILURE_CLASSES},
    "cases_share": _headline("test cases passed, mean over attempts", "share"),
    "cases_passed": _of("test cases passed", "cases"),
    "cases_total": _of("test cases reported", "cases"),
    "cases_attempts": _of("attempts in the mean of cases_share", "pairs"),
    "ladder_instances": _of("tasks with an initial and a final price", "tasks"),
    "initial_available_cents": _of("their prices at first", "cents"),
    "initial_earned_cents": _headline("earnings at the prices at first", "cents"),
    "final_available_cents": _of("their prices in the end", "cents"),
    "final_earned_cents": _headline("earnings at the prices in the end", "cents"),
    "premium_available_cents": _of("final minus initial prices", "cents"),
    "premium_captured_cents": _headline("final minus initial of what was resolved", "cents"),
    "premium_rate": _headline("premium captured of available", "share"),
    "rung_{k}_instances": _of("tasks whose ladder has k amounts", "tasks", everywhere=False),
    "rung_{k}_available_cents": _of("prices at the k-th amount", "cents", everywhere=False),
    "rung_{k}_earned_cents": _of("earnings at the k-th amount", "cents", everywhere=False),
    "cost_cents": _of("all that the run paid for answers", "cents", everywhere=False),
    "cost_known": _of("attempts whose cost is known", "pairs"),
    "cost_unknown": _of("attempts whose cost is not known", "pairs"),
    "answer_cost_cents": _of("list price of the answers that count, per attempt", "cents"),
    "cost_per_earned_dollar": _headline(
        "dollars paid per dollar earned", "ratio", everywhere=False
    ),
    "model_contribution_ratio": _headline(
        "model cost per dollar of solved work", "ratio", everywhere=False
    ),
    "cost_savings": _headline(
        "saved where people do what the model fails at", "share", everywhere=False
    ),
    **{
        f"funnel_{name}": _of(f"attempts that were {name}", "pairs", everywhere=False)
        for name in FUNNEL
    },
    **{
        f"funnel_{name}_cents": _of(f"price of what was {name}", "cents", everywhere=False)
        for name in FUNNEL
    },
    "largest_share": _of("of earned, what the best paid task earned", "share", everywhere=False),
    "gini": _of("Gini of what tasks earned that earned something", "share", everywhere=False),
    "available_gini": _of("Gini of the prices", "share", everywhere=False),
    "earn_rate_leave_one_out": _headline(
        "earn rate, and its range when any one task is left out", "share", everywhere=False
    ),
    "available_winsorised_cents": _of("available, prices capped", "cents", everywhere=False),
    "earned_winsorised_cents": _of("earned, prices capped", "cents", everywhere=False),
    "earn_rate_winsorised": _of("earn rate, prices capped", "share", everywhere=False),
}

# Those of a slice `versus=RUN_ID`; `this` is the run of the row, `other` the one that is named.
VERSUS_METRICS: Final[dict[str, Meaning]] = {
    "common_instances": _of("tasks that both runs attempted", "tasks"),
    "left_out_instances": _of("of them those without a valid attempt in one run", "tasks"),
    "difference_cents": _headline("earnings of this minus those of the other", "cents"),
    "difference_rate": _headline("the same of available", "share"),
    "both_resolved": _of("first attempts that both resolved", "tasks"),
    "only_this": _of("first attempts that only this run resolved", "tasks"),
    "only_other": _of("first attempts that only the other run resolved", "tasks"),
    "neither": _of("first attempts that neither resolved", "tasks"),
    "mcnemar_p": _of("exact, two-sided, on first attempts", "share"),
}

_NUMBER: Final = re.compile(r"(?<=pass@|rung_)[1-9][0-9]*")


def meaning_of(metric: str) -> Meaning:
    """What a name says, `pass@3` and `rung_2_earned_cents` too. Raises KeyError for no metric."""
    name = _NUMBER.sub("{k}", metric)
    return METRICS[name] if name in METRICS else VERSUS_METRICS[name]
