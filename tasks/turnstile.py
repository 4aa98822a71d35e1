"""How many tests run side by side while the next box is being made.

Making a box is mostly waiting. So a stage has one order more on its way than tests may run: when
tests end, the next box stands ready with its files, and nobody's tests share a core with others.
"""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Final

from tasks.domain.rollouts import RolloutStopped

_GLANCE_S: Final = 0.2

_gate: Final[ContextVar[threading.Semaphore | None]] = ContextVar("paydag_turnstile", default=None)


@contextmanager
def running_at_most(tests: int) -> Iterator[None]:
    """Of what is started in the block, at most so many run tests at a time."""
    token = _gate.set(threading.Semaphore(tests))
    try:
        yield
    finally:
        _gate.reset(token)


@contextmanager
def turn(is_ended: Callable[[], bool]) -> Iterator[None]:
    """To be held while tests run; at once where there is no such limit.

    Raises RolloutStopped where nobody waits for the tests any more: an interrupt lets those end
    that run, and no others begin.
    """
    gate = _gate.get()
    if gate is None:
        yield
        return
    while not gate.acquire(timeout=_GLANCE_S):
        if is_ended():
            raise RolloutStopped("the stage ended before these tests began")
    try:
        yield
    finally:
        gate.release()
