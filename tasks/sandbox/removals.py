"""Boxes that have served are removed beside what comes next.

An engine takes as long to remove a container as small tests take to run, and waits while it does.
What a process still owes is removed before it ends; of one that is killed, by the reaper.
"""

import os
import threading
from concurrent.futures import Future, ThreadPoolExecutor, wait
from typing import Final

from tasks.domain.errors import SystemFault
from tasks.sandbox.client import lent
from tasks.sandbox.reaper import owe, remove

_AT_ONCE: Final = 4
# So many dead containers may wait for their turn: each still holds its memory.
_MOST: Final = 8

_lock: Final = threading.Lock()
_under_way: Final[set[Future[None]]] = set()
_workers: list[ThreadPoolExecutor] = []


def remove_beside(container: str) -> None:
    """Begin to remove a container of this process; one that will not go is for the reaper."""
    with _lock:
        if not _workers:
            _workers.append(ThreadPoolExecutor(_AT_ONCE, thread_name_prefix="removal"))
        begun = _workers[0].submit(_remove, container)
        _under_way.add(begun)
        waiting = len(_under_way) > _MOST
    begun.add_done_callback(_ended)
    if waiting:
        wait([begun])


def finish_removals() -> None:
    """Wait until everything that was to be removed is gone."""
    with _lock:
        left = list(_under_way)
    wait(left)


def _remove(container: str) -> None:
    try:
        with lent() as client:
            remove(client, container)
    except SystemFault:
        owe(container)  # no engine answers


def _ended(removal: Future[None]) -> None:
    with _lock:
        _under_way.discard(removal)


def _forget() -> None:
    """A forked child has none of its parent's threads, and owes nothing."""
    _workers.clear()
    _under_way.clear()


os.register_at_fork(after_in_child=_forget)
