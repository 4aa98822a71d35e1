"""How many tests run side by side while the next box is being made.

Making a box is mostly waiting. So a stage has one order more on its way than tests may run: when
tests end, the next box stands ready with its files, and nobody's tests share a core with others.
"""

import threading
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from contextvars import ContextVar
from typing import Final

_gate: Final[ContextVar[threading.Semaphore | None]] = ContextVar("paydag_turnstile", default=None)


@contextmanager
def running_at_most(tests: int) -> Iterator[None]:
    """Of what is started in the block, at most so many run tests at a time."""
    token = _gate.set(threading.Semaphore(tests))
    try:
        yield
    finally:
        _gate.reset(token)


def turn() -> AbstractContextManager[object]:
    """To be held while tests run; at once where there is no such limit."""
    return _gate.get() or nullcontext()
