"""A real scheduler and real workers on loopback, each a process of its own."""

import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from tests.flows.command import clean_environment
from tests.flows.worker import ROOT

_STARTED_S = 60
_ADDRESS = "Scheduler at:"


@dataclass
class Dask:
    """A scheduler and its workers. `folder` is where they run and leave their logs."""

    address: str
    folder: Path
    scheduler: subprocess.Popen[bytes]
    workers: list[subprocess.Popen[bytes]] = field(default_factory=list)

    def add_worker(self, root: Path = ROOT) -> subprocess.Popen[bytes]:
        """One thread, one process, and nobody who starts it again."""
        command = ["worker", self.address, "--nthreads", "1", "--no-nanny", "--no-dashboard"]
        command += ["--preload", "tests.flows.dask_preload"]
        command += ["--local-directory", str(self.folder)]
        log = self.folder / f"worker-{len(self.workers)}.log"
        self.workers.append(_start(command, log, root))
        _said(log, "Registered to:", self.workers[-1])
        return self.workers[-1]

    def logs(self) -> str:
        return "".join(log.read_text(errors="replace") for log in self.folder.glob("*.log"))


@contextmanager
def dask(folder: Path, workers: int = 0) -> Iterator[Dask]:
    folder.mkdir(parents=True, exist_ok=True)
    command = ["scheduler", "--host", "127.0.0.1", "--port", "0", "--no-dashboard"]
    scheduler = _start(command, folder / "scheduler.log", ROOT)
    running = Dask("", folder, scheduler)
    try:
        said = _said(folder / "scheduler.log", _ADDRESS, scheduler)
        running.address = said.partition(_ADDRESS)[2].strip()
        for _ in range(workers):
            running.add_worker()
        yield running
    finally:
        for process in (*running.workers, scheduler):
            process.kill()
            process.wait()


def _said(log: Path, words: str, process: subprocess.Popen[bytes]) -> str:
    """The first line of a log with these words, once it is there."""
    deadline = time.monotonic() + _STARTED_S
    while time.monotonic() < deadline:
        for line in log.read_text(errors="replace").splitlines():
            if words in line:
                return line
        assert process.poll() is None, log.read_text()
        time.sleep(0.05)
    raise AssertionError(log.read_text())


def _start(command: list[str], log: Path, root: Path) -> subprocess.Popen[bytes]:
    with log.open("wb") as output:
        return subprocess.Popen(
            [sys.executable, "-m", "dask", *command],
            env=clean_environment(PYTHONPATH=str(root)),
            cwd=log.parent,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
        )
