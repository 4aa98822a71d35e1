"""A solver that takes its time, as one that asks a model does, and burns no processor over it."""

import os
import time
from collections.abc import Mapping
from typing import Any, ClassVar, Literal

from tasks.domain.rollouts import Job, Solution, Submission

SECONDS = float(os.environ.get("PAYDAG_TEST_SLEEP_S", "0.5"))


class Slow:
    """Half a second, then the right decision."""

    name: ClassVar[str] = "slow"
    cost: ClassVar[Literal["cheap", "expensive"]] = "expensive"
    sees_reference: ClassVar[bool] = True

    def parameters(self) -> Mapping[str, Any]:
        return {}

    def solve(self, job: Job) -> Solution:
        time.sleep(SECONDS)
        assert job.reference is not None
        return Solution(
            submission=Submission(selected_proposal_id=job.reference.accepted_proposal_id)
        )


SOLVERS = {"slow": lambda _: Slow()}
