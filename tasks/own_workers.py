"""Workers of Dask that this process starts for itself, on its own machine."""

import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Final

_ENDING_S: Final = 5.0


@contextmanager
def own_workers(address: str, count: int) -> Iterator[None]:
    """So many processes of one thread, as long as the block lasts; none outlives the scheduler at
    `address`, whose process may be killed."""
    with tempfile.TemporaryDirectory(prefix="paydag-dask-") as folder, ExitStack() as running:
        for number in range(count):
            process = _started(address, Path(folder), number)
            running.callback(_end, process)
        yield


def _started(address: str, folder: Path, number: int) -> "subprocess.Popen[bytes]":
    # Without a nanny: one that lost its worker would start another, after the flow has ended, too.
    worker = ["worker", address, "--nthreads", "1", "--no-nanny", "--no-dashboard"]
    worker += ["--memory-limit", "0", "--local-directory", str(folder)]
    with (folder / f"worker-{number}.log").open("wb") as log:
        return subprocess.Popen(
            [sys.executable, "-P", "-m", "dask", *worker],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            # Ctrl-C is for whoever started them: it ends them, once they are no longer needed.
            start_new_session=True,
        )


def _end(process: "subprocess.Popen[bytes]") -> None:
    process.terminate()
    try:
        process.wait(_ENDING_S)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
