"""Taking turns between threads and processes of one user: locks that end with their holder.

The kernel frees what a killed process held.
"""

import atexit
import fcntl
import os
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Lock
from typing import IO, Final

from tasks.domain.errors import SystemFault
from tasks.domain.private_folders import is_private

_LOOK_S: Final = 0.1

_held: dict[str, IO[str]] = {}
_held_lock: Final = Lock()


def state_folder() -> Path:
    """Where locks and the logs of setups lie: one folder a user, shared by all homes, as the
    engine is. Raises SystemFault where somebody else made it."""
    folder = Path(tempfile.gettempdir()) / f"paydag-images-{os.getuid()}"
    folder.mkdir(mode=0o700, exist_ok=True)
    if not is_private(folder.lstat(), os.getuid()):
        raise SystemFault(
            f"{folder} belongs to somebody else or others can write to it; remove it",
            retryable=False,
        )
    return folder


@contextmanager
def turn(name: str, wait_s: float) -> Iterator[None]:
    """The only one, of all threads and processes, to hold `name`.

    Raises SystemFault after `wait_s` seconds.
    """
    with slot(name, 1, wait_s):
        yield


@contextmanager
def slot(name: str, places: int, wait_s: float) -> Iterator[None]:
    """One of at most `places` holders of `name`. Raises SystemFault after `wait_s` seconds."""
    folder = state_folder()
    files = [(folder / f"{name}.{number}.lock").open("a") for number in range(places)]
    deadline = time.monotonic() + wait_s
    try:
        while not any(_locked(file) for file in files):
            if time.monotonic() > deadline:
                raise SystemFault(f"others have been busy with {name} for {wait_s:.0f} s")
            time.sleep(_LOOK_S)
        yield
    finally:
        for file in files:
            file.close()


def hold(name: str) -> None:
    """Say that this process needs `name`, until it ends or `let_go`s; many may need it."""
    with _held_lock:
        if name not in _held:
            file = (state_folder() / f"{name}.held").open("a")
            fcntl.flock(file, fcntl.LOCK_SH)
            _held[name] = file


def is_held(name: str) -> bool:
    """Whether this process has said that it needs `name`."""
    with _held_lock:
        return name in _held


@contextmanager
def let_go(name: str) -> Iterator[bool]:
    """Need `name` no more; whether nobody else does. While the block lasts nobody can begin to."""
    with _held_lock:
        mine = _held.pop(name, None)
    if mine is not None:
        mine.close()
    with (state_folder() / f"{name}.held").open("a") as file:
        yield _locked(file)


@atexit.register
def _let_go_of_all() -> None:
    while _held:
        _held.popitem()[1].close()


def _locked(file: IO[str]) -> bool:
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
