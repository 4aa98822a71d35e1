"""Telling whoever watches how far a stage has come."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar

# stage, steps done, steps in all (None where nobody knows), and what else there is to say
Observer = Callable[[str, int, int | None, str], None]


def _silent(stage: str, done: int, total: int | None, detail: str) -> None:
    """Nobody watches."""


_observer: ContextVar[Observer] = ContextVar("paydag_observer", default=_silent)


@contextmanager
def watched_by(observer: Observer) -> Iterator[None]:
    """Report the progress of everything started in the block to `observer`."""
    token = _observer.set(observer)
    try:
        yield
    finally:
        _observer.reset(token)


def report(stage: str, done: int, total: int | None, detail: str = "") -> None:
    """`done` of `total` steps of a stage are finished; `detail` stands beside them."""
    _observer.get()(stage, done, total, detail)
