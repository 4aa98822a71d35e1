"""Rollouts and submissions: what a solver was asked and what it handed in."""

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any, Final, Literal

from pydantic import BaseModel, model_validator

from tasks.domain.digests import digest
from tasks.domain.errors import PaydagError, SystemFault
from tasks.domain.instances import Offer, Reference
from tasks.domain.limits import Spent
from tasks.domain.threads import Question, Remark

Status = Literal["done", "fault"]

RESULTS_ID: Final = "results_id"
"""The parameter of a run that was imported: the digest of the files that tell of it."""


class Submission(BaseModel, frozen=True, extra="forbid"):
    """One answer: a patch, a decision or a program; all None means nothing was handed in."""

    model_patch: str | None = None
    selected_proposal_id: int | None = None
    program: str | None = None

    @model_validator(mode="after")
    def at_most_one_answer(self) -> "Submission":
        given = [self.model_patch, self.selected_proposal_id, self.program]
        if sum(value is not None for value in given) > 1:
            raise ValueError("a submission holds one of model_patch, selected_proposal_id, program")
        return self

    @property
    def is_empty(self) -> bool:
        return (
            self.model_patch is None and self.selected_proposal_id is None and self.program is None
        )


NOTHING = Submission()
DECLINED: Final = "declined"
"""The finish reason of a rollout whose offer was declined, and the reason of its verdict."""
NOT_DELIVERED: Final = ("{}", '{"model_patch":""}')
"""Submissions, as they are stored, that deliver nothing: an empty patch is nothing that was done,
however it was handed in. The first twenty characters of a submission tell."""


class Job(BaseModel, frozen=True, extra="forbid"):
    """What a solver is given. `reference` is there for the gold solver alone.

    `prompt` is the offer in words, for solvers that ask for a prompt; `shown` is the number that a
    proposal has in it → its own id. `cap_cents` is what the rollout may still cost, None without a
    cap. `remarks` are what the client answers questions from, for solvers that may ask.
    """

    offer: Offer
    seed: int
    attempt: int
    reference: Reference | None = None
    prompt: str = ""
    shown: Mapping[int, int] = {}
    cap_cents: Decimal | None = None
    remarks: tuple[Remark, ...] = ()


class Solution(BaseModel, frozen=True, extra="forbid"):
    """What came back: the submission and what it took.

    `finish_reason` is why the solver stopped: `stop` where it answered; `declined` where it turned
    the offer down; `length`, `refusal`, `context` (the question is too long for the model),
    `malformed` (no answer could be read), or the limit that was reached (limits.LimitName).
    `price_snapshot` names the prices that `spent.cost_cents` was made from. `declined` is why the
    offer was turned down, `questions` what the client was asked. `worked_s` is how long the
    solver worked, in seconds by the deadline's clock; None where nobody worked.
    """

    submission: Submission
    spent: Spent | None = None
    finish_reason: str | None = None
    price_snapshot: str | None = None
    transcript: str | None = None
    declined: str | None = None
    questions: tuple[Question, ...] = ()
    worked_s: float | None = None


def turned_down(why: str) -> Solution:
    """An offer that is declined: a finished rollout without a submission."""
    return Solution(submission=NOTHING, finish_reason=DECLINED, declined=why)


class RolloutFault(SystemFault):
    """A fault in the middle of a rollout: `partial` is what had been said and spent until then."""

    def __init__(
        self, message: str, *, retryable: bool = True, partial: Solution | None = None
    ) -> None:
        super().__init__(message, retryable=retryable)
        self.partial = partial


class RolloutStopped(PaydagError):  # noqa: N818 - a stop that was asked for
    """The command that asked was ended: nothing is recorded, and the rollout stays pending."""


class HopelessFault(RolloutFault):
    """A fault that every other rollout of the run would meet as well: none is started after it."""


class Pending(BaseModel, frozen=True, extra="forbid"):
    """A rollout to be made: `take` is 1 for the first, higher after a fault or a redo. `sandbox`
    is the one that the run uses for the instance, `none` where nothing runs."""

    run_id: str
    instance_id: str
    attempt: int
    take: int
    instance_digest: str
    variant: str
    sandbox: str = "none"

    @property
    def rollout_id(self) -> str:
        return digest([self.run_id, self.instance_id, self.attempt, self.take])


class Run(BaseModel, frozen=True, extra="forbid"):
    """Solver × dataset version × selection."""

    run_id: str
    dataset: str
    dataset_version: str
    solver: str
    parameters: dict[str, Any]
    selection: dict[str, Any]
    seed: int
    attempts: int
    ordinal: int
    price_rule: str
    opened_at: datetime

    @property
    def is_published(self) -> bool:
        """Whether answers and verdicts were imported, and nothing of it can be done again."""
        return RESULTS_ID in self.parameters


def solve_digest(run: Run, instance_digest: str, attempt: int) -> str:
    """Names a question asked of a solver: runs on other versions may share its answer."""
    return digest([instance_digest, run.solver, run.parameters, run.seed, attempt, run.ordinal])
