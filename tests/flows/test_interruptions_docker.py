"""A run that is killed while containers work for it leaves nothing in the engine."""

import os
import signal
import threading
import time
from pathlib import Path
from typing import Any

import pytest

from tasks.sandbox.owners import MARK, OWNER
from tests.flows.command import Paydag
from tests.flows.tables import assert_sound
from tests.sample_home import SampleHome

pytestmark = [pytest.mark.prefect, pytest.mark.slow]

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


def killed_in(paydag: Paydag, engine: Any, home: Path, host: str, stage: str) -> int:
    """Start the run, kill its process group once a container works for this stage; its pid."""
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
            assert process.poll() is None, "the run ended before it could be killed"
            assert time.monotonic() < deadline
            time.sleep(0.05)
    finally:
        os.killpg(process.pid, signal.SIGKILL)
        reader.join(60)  # the pipe ends with the group
    process.communicate(timeout=60)
    return process.pid


def test_a_killed_run_leaves_no_container_behind_and_ends_as_if_undisturbed(
    own_sample: SampleHome, paydag: Paydag, engine: Any, sample_engine: str
) -> None:
    home = own_sample.home
    dead = [killed_in(paydag, engine, home, sample_engine, stage) for stage in ("prepare", "grade")]
    answer = paydag.json(*COMMAND, home=home, DOCKER_HOST=sample_engine)
    assert [answer[key] for key in ("attempted", "resolved", "unresolved", "invalid")] == [
        *(TASKS, TASKS, 0, 0)
    ]
    assert [owned(engine, pid) for pid in dead] == [[], []]
    assert_sound(home)
