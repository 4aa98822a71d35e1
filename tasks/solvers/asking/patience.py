"""How often a request is asked again, and how long is waited before it."""

import random
from typing import Final

from tasks.domain.rollouts import HopelessFault, RolloutFault
from tasks.solvers.asking.failures import Failure

TRIES: Final = 6
"""How often a request goes out in one take where the provider refuses it or is down."""
CUT_TRIES: Final = 2
"""The same where an answer may have been made, and paid, before it was cut off."""
LONGEST_PAUSE_S: Final = 120.0
FIRST_PAUSE_S: Final = 0.5


class RolloutEnded(Exception):  # noqa: N818 - an end, not an error
    """The rollout asks nothing more: `finish_reason` as in rollouts.Solution."""

    def __init__(self, finish_reason: str) -> None:
        super().__init__(finish_reason)
        self.finish_reason = finish_reason


class Patience:
    """Counts the failures of one request. Raises where asking again is wrong."""

    def __init__(self, model: str, seed: str) -> None:
        self._model = model
        self._jitter = random.Random(seed)  # noqa: S311 - no secret
        self._refused = self._cut = 0

    def pause_s(self, failure: Failure) -> float:
        """How long to wait before the request goes out again: what the provider asked for, else
        twice as long each time, a little apart from others'.

        Raises RolloutEnded for what is the model's result, HopelessFault for what any request
        would meet, RolloutFault for an outage.
        """
        if failure.kind in ("context", "refusal"):
            raise RolloutEnded(failure.kind)
        where = f"the model {self._model}"
        if failure.kind == "hopeless":
            raise HopelessFault(
                f"{where} cannot be asked: {failure.says}; check the key, the model's name and the "
                "account",
                retryable=False,
            )
        if failure.kind == "rejected":
            raise RolloutFault(f"{where} rejects the request: {failure.says}", retryable=False)
        if failure.pause_s is not None and failure.pause_s > LONGEST_PAUSE_S:
            raise HopelessFault(
                f"{where} asks to wait {failure.pause_s:.0f} s; the same command goes on later",
                retryable=False,
            )
        self._cut += failure.kind == "cut"
        self._refused += failure.kind != "cut"
        if self._refused >= TRIES or self._cut >= CUT_TRIES:
            raise RolloutFault(f"{where} does not answer: {failure.says}")
        if failure.pause_s is not None:
            return failure.pause_s
        doubled = FIRST_PAUSE_S * float(2 ** (self._refused + self._cut - 1))
        return min(doubled, LONGEST_PAUSE_S) * (0.5 + self._jitter.random() / 2)
