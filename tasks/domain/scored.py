"""What scoring knows of a run's tasks and attempts: all that metrics are made from."""

from collections.abc import Mapping
from datetime import datetime
from typing import Literal, NamedTuple

from pydantic import BaseModel

from tasks.domain.failures import FailureClass
from tasks.domain.metrics import FUNNEL
from tasks.domain.payouts import State

Stage = Literal["offered", "accepted", "delivered", "invoiced", "paid"]


class ScoredTask(BaseModel, frozen=True, extra="forbid"):
    """A task of a run, priced under one rule. Money in cents.

    `cluster` names what is resampled with it: its issue, or its family of programs. `rungs` are
    the amounts of the frozen ladder, without withdrawals. `raises` is None where the ladder is
    undated, `patch_lines` what the gold patch adds and removes. `asks_cases`: an answer meets
    test cases that are reported one by one.
    """

    instance_id: str
    instance_digest: str
    variant: str
    repository: str
    cluster: str
    family: str | None = None
    labels: tuple[str, ...] | None = None
    price_cents: int | None
    initial_cents: int | None = None
    final_cents: int | None = None
    rungs: tuple[int, ...] = ()
    raises: int | None = None
    days_to_first_raise: float | None = None
    first_posted_at: datetime | None = None
    patch_lines: int | None = None
    merged_at: datetime | None = None
    asks_cases: bool = False


class ScoredAttempt(NamedTuple):
    """One attempt at the task with the number `task`; `state` as in payouts.Outcome.

    `failure` is the class of what is unresolved. `cost_cents` is the list price of the answer that
    counts, `paid_cents` what all takes together have paid; None where unknown. Cases are those of
    the test report, None where none came back. `stage` is the last of the engagement.
    """

    task: int
    attempt: int
    state: State
    failure: FailureClass | None = None
    cost_cents: float | None = None
    paid_cents: float | None = None
    cases_passed: int | None = None
    cases_total: int | None = None
    stage: Stage = "offered"


class Cutoff(BaseModel, frozen=True, extra="forbid"):
    """The end of the last day that the training of the run's model reached."""

    model: str
    ends_at: datetime


def stage_reached(state: State, failure: FailureClass | None, has_answer: bool) -> Stage:
    """How far an attempt came that no engagement was recorded of: what was handed in is
    delivered and billed, what was resolved is paid."""
    if state == "resolved":
        return "paid"
    if has_answer:
        return "invoiced"
    return "offered" if failure == "declined" else "accepted"


def funnel_place(stage: Stage) -> int:
    return FUNNEL.index(stage)


class TaskResult(NamedTuple):
    """What one run came to on a task, for comparing it with another run's.

    `valid` attempts have a verdict that counts, `resolved` of them solved the task; `first` is
    that of the first attempt, None where it is invalid.
    """

    cluster: str
    price_cents: int | None
    valid: int
    resolved: int
    first: bool | None


Results = Mapping[str, TaskResult]
