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
    the test report, None where none came back. `stage` is the last of the engagement, None where
    the solver was not asked yet.
    """

    task: int
    attempt: int
    state: State
    failure: FailureClass | None = None
    cost_cents: float | None = None
    paid_cents: float | None = None
    cases_passed: int | None = None
    cases_total: int | None = None
    stage: Stage | None = None


class Reach(BaseModel, frozen=True, extra="forbid"):
    """How far the training of the run's model reached: `unseen_from` is the first moment that it
    cannot have seen."""

    model: str
    unseen_from: datetime


def stage_reached(state: State, *, is_declined: bool, has_answer: bool) -> Stage:
    """How far an attempt came by the plain terms: what the client took is invoiced and paid."""
    if state == "resolved":
        return "paid"
    if has_answer:
        return "delivered"
    return "offered" if is_declined else "accepted"


def funnel_place(stage: Stage | None) -> int:
    """The number of the stage; -1 where nothing was offered yet."""
    return -1 if stage is None else FUNNEL.index(stage)


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
