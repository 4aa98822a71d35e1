"""One process at a time asks for a run's answers: what it has asked for and what it has set aside,
no other process can see."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tasks.domain.errors import SystemFault


@contextmanager
def spending(home: Path, run_id: str, *, what: str | None = None) -> Iterator[None]:
    """Hold a run's right to spend for the length of the block: of two, both would pay for the same
    answers, and neither would see what the other has left of a budget.

    The system gives the right back when the process ends, however it ends. Raises SystemFault,
    naming the holder where that is known, for whoever comes second; `what` says what is being done.
    """
    file = home / "locks" / f"solve-{run_id}"
    file.parent.mkdir(parents=True, exist_ok=True)
    with file.open("a+", encoding="utf-8") as held:
        try:
            fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise _taken(what or f"run {run_id} is being solved", file) from None
        held.truncate(0)
        held.write(str(os.getpid()))
        held.flush()
        try:
            yield
        finally:
            held.truncate(0)


def _taken(what: str, file: Path) -> SystemFault:
    pid = file.read_text(encoding="utf-8").strip()
    who = f"process {pid}" if pid else "another process"
    return SystemFault(
        f"{what} by {who}, and what it asks and may still spend is known there only; "
        "wait until it has ended, or end it, and run the command again",
        retryable=False,
    )
