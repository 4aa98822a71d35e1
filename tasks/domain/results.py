"""What published results say: what became of each task, in whose words, and by which file."""

from typing import Final, Literal

from pydantic import BaseModel

from tasks.domain.rollouts import NOT_DELIVERED, NOTHING, Submission
from tasks.domain.verdicts import Outcome

Form = Literal["swebench", "swelancer"]
"""Whose results: reports of the SWE-bench harness, or a SWE-Lancer run's results.csv."""


ANSWERED: Final = ("reported_resolved", "reported_unresolved", "reported_correct")
"""The reasons that say that something was handed in."""


def was_delivered(submission: str, outcome: str | None, reason: str | None) -> bool:
    """Whether something was handed in, by the first twenty characters of what is stored of it, and
    by what became of it: published results may tell that without the answer."""
    if submission != NOT_DELIVERED[0]:
        return submission not in NOT_DELIVERED
    return outcome == "resolved" or reason in ANSWERED


class Reported(BaseModel, frozen=True, extra="forbid"):
    """What became of one attempt at one task. `name` is what the results call the task.

    `reason` is a short code, `tests` maps tests to passed / failed where the results list them.
    `earned_cents` is what they say it earned.
    """

    name: str
    attempt: int = 1
    outcome: Outcome
    reason: str
    detail: str = ""
    submission: Submission = NOTHING
    tests: dict[str, str] | None = None
    tokens_in: int | None = None
    tokens_out: int | None = None
    tokens_reasoning: int | None = None
    earned_cents: int | None = None


class ReportedRun(BaseModel, frozen=True, extra="forbid"):
    """The results of one run. `results_id` is the digest of their files, names included.

    `unanswered` are tasks that the results name and that nothing was handed in for; `notes` are
    sentences on what the results do not tell.
    """

    results_id: str
    form: Form
    model: str
    reported: tuple[Reported, ...]
    unanswered: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
