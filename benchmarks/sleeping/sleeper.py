"""A solver that sleeps, as one does that waits for a model."""

import time
from collections.abc import Mapping
from typing import Any, ClassVar, Final, Literal

from tasks.domain.rollouts import NOTHING, Job, Solution

SECONDS: Final = 0.5


class Sleeper:
    """Half a second a rollout, and no processor."""

    name: ClassVar[str] = "sleeper"
    cost: ClassVar[Literal["cheap", "expensive"]] = "expensive"
    sees_reference: ClassVar[bool] = False

    def parameters(self) -> Mapping[str, Any]:
        return {}

    def solve(self, job: Job) -> Solution:  # noqa: ARG002 - whatever is asked
        time.sleep(SECONDS)
        return Solution(submission=NOTHING)


SOLVERS: Final = {"sleeper": lambda _: Sleeper()}
