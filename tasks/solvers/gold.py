"""The reference itself: earns everything that can be graded, or the benchmark is broken."""

from collections.abc import Mapping
from typing import Any, ClassVar, Literal

from tasks.domain.errors import UsageError
from tasks.domain.rollouts import NOTHING, Job, Solution, Submission


class Gold:
    name: ClassVar[str] = "gold"
    cost: ClassVar[Literal["cheap", "expensive"]] = "cheap"
    sees_reference: ClassVar[bool] = True

    def parameters(self) -> Mapping[str, Any]:
        return {}

    def solve(self, job: Job) -> Solution:
        if job.reference is None:
            raise ValueError("the gold solver was not given the reference")
        if job.offer.variant == "swe_manager":
            answer = Submission(selected_proposal_id=job.reference.accepted_proposal_id)
        elif job.reference.coding is not None:
            answer = Submission(program=job.reference.coding.solution)
        elif job.reference.gold_patch is not None:
            answer = Submission(model_patch=job.reference.gold_patch)
        else:
            answer = NOTHING
        return Solution(submission=answer)


def _gold(options: Mapping[str, Any]) -> Gold:
    if options:
        raise UsageError(f"the gold solver takes no option, but was given {', '.join(options)}")
    return Gold()


SOLVERS = {"gold": _gold}
