"""One event loop for all requests of a process: clients and their connections belong to a loop."""

import asyncio
import threading
from collections.abc import Coroutine
from concurrent.futures import CancelledError, Future
from functools import cache
from typing import Any, Final, TypeVar

from tasks.domain.rollouts import RolloutStopped

Result = TypeVar("Result")

_asked: Final[set[Future[Any]]] = set()
_guard: Final = threading.Lock()


@cache
def _loop() -> asyncio.AbstractEventLoop:
    made = asyncio.new_event_loop()
    threading.Thread(target=made.run_forever, name="models", daemon=True).start()
    return made


def run(coroutine: Coroutine[Any, Any, Result]) -> Result:
    """What the coroutine brings, run beside those of other threads.

    Raises RolloutStopped where `stop` ended it.
    """
    with _guard:
        future = asyncio.run_coroutine_threadsafe(coroutine, _loop())
        _asked.add(future)
    try:
        return future.result()
    except CancelledError:
        raise RolloutStopped("the rollout was ended before its answer came") from None
    finally:
        with _guard:
            _asked.discard(future)


def stop() -> None:
    """End everything that runs: each caller gets a RolloutStopped."""
    with _guard:
        asked = list(_asked)
    for future in asked:
        future.cancel()
