"""Workers of Dask that this process starts for itself, on its own machine."""

import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from tasks.repos import scratch

_ENDING_S: Final = 5.0
_GLANCE_S: Final = 0.5
# A worker that was killed comes back; whatever kills one again and again is no accident.
_LIVES: Final = 4


@contextmanager
def own_workers(address: str, count: int) -> Iterator[None]:
    """So many processes of one thread, as long as the block lasts; one that is lost is replaced,
    three times at most. None outlives the scheduler at `address`, whose process may be killed."""
    with scratch() as folder:
        team = _Team(address, folder, count)
        try:
            yield
        finally:
            team.end()


class _Team:
    """The processes, and a thread that looks after them."""

    def __init__(self, address: str, folder: Path, count: int) -> None:
        self._address, self._folder = address, folder
        self._over = threading.Event()
        self._processes = [self._started(number, life=1) for number in range(count)]
        self._lives = [1] * count
        self._watcher = threading.Thread(target=self._watch, name="own workers", daemon=True)
        self._watcher.start()

    def end(self) -> None:
        self._over.set()
        self._watcher.join()
        for process in self._processes:
            process.terminate()
        for process in self._processes:
            _wait(process)

    def _watch(self) -> None:
        while not self._over.wait(_GLANCE_S):
            for number, process in enumerate(self._processes):
                if process.poll() is not None and self._lives[number] < _LIVES:
                    self._lives[number] += 1
                    self._processes[number] = self._started(number, life=self._lives[number])

    def _started(self, number: int, life: int) -> "subprocess.Popen[bytes]":
        # Without a nanny: one that lost its worker would start another after the flow has ended,
        # too, if the flow's process is killed.
        worker = ["worker", self._address, "--nthreads", "1", "--no-nanny", "--no-dashboard"]
        worker += ["--memory-limit", "0", "--local-directory", str(self._folder)]
        with (self._folder / f"worker-{number}.{life}.log").open("wb") as log:
            return subprocess.Popen(
                [sys.executable, "-P", "-m", "dask", *worker],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                # Ctrl-C is for whoever started them: it ends them, once they are not needed.
                start_new_session=True,
            )


def _wait(process: "subprocess.Popen[bytes]") -> None:
    try:
        process.wait(_ENDING_S)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
