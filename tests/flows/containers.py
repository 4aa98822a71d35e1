"""Runs that work in containers, looked at from outside: when one does, and what it leaves."""

import os
import signal
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tasks.sandbox.owners import MARK, OWNER
from tests.flows.command import Paydag

TASKS = 3
COMMAND = (
    *("evaluate", "sample", "--solver", "gold", "--variant", "ic_swe", "--limit", str(TASKS)),
    *("--sandbox", "docker"),
)


def owned(engine: Any, pid: int) -> list[str]:
    """The containers, networks and volumes that a process made and that are still there."""
    marked = {"filters": {"label": f"{MARK}=1"}}
    api = engine.api
    found = [(c["Id"], c["Labels"]) for c in api.containers(all=True, **marked)]
    found += [(n["Id"], n["Labels"]) for n in api.networks(**marked)]
    found += [(v["Name"], v["Labels"]) for v in api.volumes(**marked)["Volumes"] or ()]
    return [name for name, labels in found if (labels or {}).get(OWNER, "").startswith(f"{pid}:")]


@contextmanager
def at_work(
    paydag: Paydag, engine: Any, home: Path, host: str, stage: str
) -> Iterator["subprocess.Popen[str]"]:
    """The run of COMMAND, once a container works for this stage of it. What is left of it at the
    end of the block is killed."""
    process = paydag.start(*COMMAND, "--debug", home=home, DOCKER_HOST=host)
    begun = threading.Event()

    def read() -> None:
        for line in process.stderr or ():
            if f"Beginning subflow run '{stage}" in line:
                begun.set()

    reader = threading.Thread(target=read)
    reader.start()
    try:
        assert begun.wait(120), f"{stage} never began"
        deadline = time.monotonic() + 60
        while not owned(engine, process.pid):
            assert process.poll() is None, "the run ended before anybody could look"
            assert time.monotonic() < deadline
            time.sleep(0.05)
        yield process
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
        reader.join(60)  # the pipe ends with the group
        process.communicate(timeout=60)
