"""A run that is killed or interrupted while containers work for it leaves nothing in the engine."""

import os
import signal
from pathlib import Path
from typing import Any

import pytest

from tests.flows.command import Paydag
from tests.flows.containers import COMMAND, TASKS, at_work, owned
from tests.flows.tables import assert_sound
from tests.sample_home import SampleHome
from tests.sandbox.forwarding import Forwarder

pytestmark = [pytest.mark.prefect, pytest.mark.slow]


def killed_in(paydag: Paydag, engine: Any, home: Path, host: str, stage: str) -> int:
    """Start the run, kill its process group once a container works for this stage; its pid."""
    with at_work(paydag, engine, home, host, stage) as process:
        os.killpg(process.pid, signal.SIGKILL)
    return process.pid


def counted(answer: dict[str, Any]) -> list[int]:
    return [answer[key] for key in ("attempted", "resolved", "unresolved", "invalid")]


@pytest.mark.exhaustive
def test_a_killed_run_leaves_no_container_behind_and_ends_as_if_undisturbed(
    own_sample: SampleHome, paydag: Paydag, engine: Any, sample_engine: str
) -> None:
    home = own_sample.home
    dead = [killed_in(paydag, engine, home, sample_engine, stage) for stage in ("prepare", "grade")]
    answer = paydag.json(*COMMAND, home=home, DOCKER_HOST=sample_engine)
    assert counted(answer) == [TASKS, TASKS, 0, 0]
    assert [owned(engine, pid) for pid in dead] == [[], []]
    assert_sound(home)


@pytest.mark.exhaustive
def test_an_interrupted_run_takes_its_containers_along(
    own_sample: SampleHome, paydag: Paydag, engine: Any, sample_engine: str
) -> None:
    home = own_sample.home
    with at_work(paydag, engine, home, sample_engine, "grade") as process:
        process.send_signal(signal.SIGINT)
        assert process.wait(60) == 130
        assert owned(engine, process.pid) == []
    answer = paydag.json(*COMMAND, home=home, DOCKER_HOST=sample_engine)
    assert counted(answer) == [TASKS, TASKS, 0, 0]
    assert_sound(home)


@pytest.mark.exhaustive
def test_an_engine_that_dies_is_a_fault_and_the_run_goes_on_when_it_is_back(
    own_sample: SampleHome, paydag: Paydag, engine: Any, sample_engine: str, tmp_path: Path
) -> None:
    home, socket = own_sample.home, tmp_path / "engine.sock"
    forwarder = Forwarder(socket, sample_engine.removeprefix("unix://"))
    with at_work(paydag, engine, home, f"unix://{socket}", "grade") as process:
        forwarder.cut()
        assert process.wait(120) == 1
    told = paydag(*COMMAND, "--json", home=home, DOCKER_HOST=f"unix://{socket}")
    assert (told.code, told.err.count("\n")) == (1, 1)
    faults = told.answer["faults"]
    assert faults
    assert all(f"the Docker engine at unix://{socket} is not running" in f for f in faults.values())
    assert counted(told.answer) == [TASKS, TASKS - len(faults), 0, len(faults)]

    back = paydag.json(*COMMAND, home=home, DOCKER_HOST=sample_engine)
    assert (counted(back), back["faults"]) == ([TASKS, TASKS, 0, 0], {})
    assert owned(engine, process.pid) == []
    assert_sound(home)
