"""Workers that a process starts for itself: as many as were asked for, and none after it."""

import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tasks import own_workers as module
from tasks.own_workers import own_workers
from tasks.tidying import tidy

pytest.importorskip("distributed", reason="the extra dask is not installed")

_HOLDING = """
import sys
from distributed import LocalCluster
from tasks.own_workers import own_workers
if __name__ == "__main__":
    with LocalCluster(n_workers=0, dashboard_address=None) as scheduler:
        with own_workers(scheduler.scheduler_address, 1):
            print("started", flush=True)
            sys.stdin.read()
"""


@pytest.fixture
def scheduler() -> Iterator[Any]:
    from distributed import LocalCluster

    with LocalCluster(n_workers=0, dashboard_address=None) as running:  # type: ignore[no-untyped-call]
        yield running


def workers_of(parent: int) -> list[int]:
    """The processes of a worker that this process has started."""
    children = Path(f"/proc/{parent}/task").glob("*/children")
    found = [int(child) for file in children for child in file.read_text().split()]
    return [pid for pid in found if "--no-nanny" in words_of(pid)]


def words_of(pid: int) -> list[str]:
    try:
        # A process that has ended and is not waited for yet has no words.
        return Path(f"/proc/{pid}/cmdline").read_text().split("\0")[:-1]
    except OSError:
        return []


def eventually(holds: Callable[[], bool], within_s: float = 60) -> bool:
    deadline = time.monotonic() + within_s
    while not holds() and time.monotonic() < deadline:
        time.sleep(0.1)
    return holds()


def test_a_worker_that_is_lost_is_replaced_and_all_end_with_the_block(scheduler: Any) -> None:
    with own_workers(scheduler.scheduler_address, 2):
        assert eventually(lambda: len(scheduler.scheduler.workers) == 2)
        before = workers_of(os.getpid())
        os.kill(before[0], signal.SIGKILL)
        assert eventually(lambda: len(set(workers_of(os.getpid())) - set(before)) == 1)
        assert eventually(lambda: len(scheduler.scheduler.workers) == 2)
        ours = workers_of(os.getpid())
    assert not any(words_of(pid) for pid in [*before, *ours])


def test_a_worker_that_never_stays_is_given_up(
    scheduler: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "_GLANCE_S", 0.02)
    started: list[list[str]] = []

    class Ending(subprocess.Popen[bytes]):
        def __init__(self, command: list[str], **given: Any) -> None:
            started.append(command)
            super().__init__([sys.executable, "-c", ""], **given)

    monkeypatch.setattr(subprocess, "Popen", Ending)
    with own_workers(scheduler.scheduler_address, 1):
        assert eventually(lambda: len(started) == module._LIVES)
        time.sleep(0.3)
    assert len(started) == module._LIVES


@pytest.mark.exhaustive
def test_workers_of_a_killed_process_end_and_their_folder_goes() -> None:
    with subprocess.Popen(
        [sys.executable, "-c", _HOLDING], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == b"started\n"
        assert eventually(lambda: len(workers_of(holder.pid)) == 1)
        ours = workers_of(holder.pid)
        time.sleep(4)  # it has met its scheduler
        os.kill(holder.pid, signal.SIGKILL)
    assert eventually(lambda: not any(words_of(pid) for pid in ours))
    folders = f"paydag-*-{holder.pid}-*"

    def gone() -> bool:
        tidy()
        return not list(Path(tempfile.gettempdir()).glob(folders))

    assert eventually(gone)
