"""Clients of the engine, lent for the life of a box and used again.

The SDK's client is one HTTP session, which is not made for several threads: everybody who talks to
the engine has one of their own, and making one anew each time would cost a question a box.
"""

import atexit
import os
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final

import docker

from tasks.sandbox.faults import address, as_faults

# The engine answers most questions in milliseconds; under load, starting a container can take long.
ANSWER_S: Final = 120

# Whose they are, process and engine: a child must not share its parent's connection.
_idle: list[tuple[tuple[int, str], Any]] = []
_lock: Final = threading.Lock()


@contextmanager
def lent() -> Iterator[Any]:
    """A client that nobody else uses meanwhile. Raises SystemFault where no engine answers.

    After a failure it is closed: a reply may be half read.
    """
    key = (os.getpid(), address())
    client = _take(key) or _connect(key[1])
    try:
        yield client
    except BaseException:
        client.close()
        raise
    with _lock:
        _idle.append((key, client))


def _take(key: tuple[int, str]) -> Any | None:
    with _lock:
        found = next((place for place, (of, _) in enumerate(_idle) if of == key), None)
        return None if found is None else _idle.pop(found)[1]


def _connect(where: str) -> Any:
    with as_faults("begin"):
        knock(where)
        return docker.from_env(timeout=ANSWER_S)


def knock(where: str) -> None:
    """Raises OSError where nobody listens: the SDK would say so too, and leave its socket open."""
    if where.startswith("unix://"):
        with socket.socket(socket.AF_UNIX) as knocking:
            knocking.settimeout(ANSWER_S)
            knocking.connect(where.removeprefix("unix://"))


@atexit.register
def close_idle() -> None:
    """Close what nobody uses."""
    with _lock:
        while _idle:
            (process, _), client = _idle.pop()
            if process == os.getpid():
                client.close()
