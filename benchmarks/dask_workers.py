"""Schedulers and workers of Dask on loopback, for the benchmarks that measure them."""

import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Final

_ADDRESS: Final = "Scheduler at:"
_PATIENCE_S: Final = 120.0


@contextmanager
def dask_workers(folder: Path, workers: int, preload: str | None = None) -> Iterator[str]:
    """The address of a scheduler with so many worker processes of one thread; they are there."""
    folder.mkdir(parents=True, exist_ok=True)
    with ExitStack() as running:
        log = folder / "scheduler.log"
        scheduler = ["scheduler", "--host", "127.0.0.1", "--port", "0", "--no-dashboard"]
        _start(running, scheduler, log)
        address = _found(log, _ADDRESS).partition(_ADDRESS)[2].split()[0]
        for number in range(workers):
            worker = ["worker", address, "--nthreads", "1", "--no-nanny", "--no-dashboard"]
            worker += ["--local-directory", str(folder)]
            worker += ["--preload", preload] if preload else []
            _start(running, worker, folder / f"worker-{number}.log")
        for number in range(workers):
            _found(folder / f"worker-{number}.log", "Registered to:")
        yield address


def _start(running: ExitStack, command: list[str], log: Path) -> None:
    with log.open("wb") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", "dask", *command],
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
        )
    running.callback(process.wait)
    running.callback(process.kill)


def _found(log: Path, words: str) -> str:
    """The first line of a log with these words, once it is there."""
    deadline = time.monotonic() + _PATIENCE_S
    while time.monotonic() < deadline:
        for line in log.read_text(errors="replace").splitlines():
            if words in line:
                return line
        time.sleep(0.1)
    raise SystemExit(log.read_text(errors="replace"))
