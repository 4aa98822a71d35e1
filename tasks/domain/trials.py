"""How often a submission is graded, and what several trials come to."""

from collections.abc import Sequence
from typing import Final

from tasks.domain.instances import Environment
from tasks.domain.verdicts import Judgement

# The published harness runs each task's tests up to three times and counts any pass.
PUBLISHED_TRIALS: Final = 3


def trials_of(environment: Environment) -> int:
    """How many trials a submission has at most; one, but for the published contract."""
    return PUBLISHED_TRIALS if environment.kind == "swelancer" else 1


def settles(judgement: Judgement) -> bool:
    """Whether no further trial can change what the submission comes to."""
    return judgement.outcome == "resolved" or judgement.reason == "tampering"


def judge_trials(judgements: Sequence[Judgement]) -> Judgement:
    """What the trials of one take, in order and at least one, come to.

    Any pass counts, but none beside tampering. A trial that the machine spoiled might have passed,
    so that the rest of them cannot count against the solver.
    """
    ranks = ("tampering", "resolved", "invalid", "unresolved")

    def rank(judgement: Judgement) -> int:
        return ranks.index("tampering" if judgement.reason == "tampering" else judgement.outcome)

    decisive = min(judgements, key=rank)
    if len(judgements) == 1:
        return decisive
    told = f"trial {judgements.index(decisive) + 1} of {len(judgements)}"
    detail = f"{told}: {decisive.detail}" if decisive.detail else told
    return decisive.model_copy(update={"detail": detail})
