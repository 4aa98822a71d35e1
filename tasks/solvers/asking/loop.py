"""One event loop for all requests of a process: clients and their connections belong to a loop."""

import asyncio
import atexit
import threading
from collections.abc import Callable, Coroutine
from concurrent.futures import CancelledError, Future
from contextlib import suppress
from typing import Any, Final, TypeVar

from tasks.domain.rollouts import RolloutStopped

Result = TypeVar("Result")
Closer = Callable[[], Coroutine[Any, Any, None]]

_CLOSING_S: Final = 2.0


class _Loop:
    """A loop that runs in a thread of its own, and what has to be closed before it ends."""

    def __init__(self) -> None:
        self.loop = asyncio.new_event_loop()
        self.closers: list[Closer] = []
        self.asked: set[Future[Any]] = set()
        self._thread = threading.Thread(target=self.loop.run_forever, name="models", daemon=True)
        self._thread.start()

    def end(self) -> None:
        for closer in self.closers:
            with suppress(Exception):  # what cannot be closed is gone at the end of the process
                asyncio.run_coroutine_threadsafe(closer(), self.loop).result(_CLOSING_S)
        self.loop.call_soon_threadsafe(self.loop.stop)
        self._thread.join(_CLOSING_S)
        if not self._thread.is_alive():
            self.loop.close()


_guard: Final = threading.RLock()
_running: list[_Loop] = []


def _current() -> _Loop:
    with _guard:
        if not _running:
            _running.append(_Loop())
        return _running[0]


def run(coroutine: Coroutine[Any, Any, Result]) -> Result:
    """What the coroutine brings, run beside those of other threads.

    Raises RolloutStopped where `stop` ended it.
    """
    with _guard:
        current = _current()
        future = asyncio.run_coroutine_threadsafe(coroutine, current.loop)
        current.asked.add(future)
    try:
        return future.result()
    except CancelledError:
        raise RolloutStopped("the rollout was ended before its answer came") from None
    finally:
        with _guard:
            current.asked.discard(future)


def at_close(closer: Closer) -> None:
    """Have this run in the loop before it ends."""
    _current().closers.append(closer)


def stop() -> None:
    """End everything that runs: each caller gets a RolloutStopped."""
    with _guard:
        asked = [future for current in _running for future in current.asked]
    for future in asked:
        future.cancel()


@atexit.register
def close() -> None:
    """End the loop and close what was opened for it; the next request begins anew."""
    stop()
    with _guard:
        ended = _running[:]
        _running.clear()
    for one in ended:
        one.end()
