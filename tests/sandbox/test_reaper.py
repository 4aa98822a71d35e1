"""What a killed process left in the engine is removed; what belongs to the living stays."""

import os
import signal
import subprocess
import sys
from typing import Any

import pytest

from tasks.sandbox import owners, reaper
from tasks.sandbox.owners import is_gone, owner
from tests.sandbox.starting import box_in, inspected, left_of, mine

HOLDING = """
import sys
from tasks.sandbox import sandbox_named
from tasks.domain.instances import Environment
environment = Environment(kind="tests", image=sys.argv[1])
with sandbox_named("docker").start(environment, sys.argv[2]) as box:
    box.serve(["sleep", "600"])
    print("started", flush=True)
    sys.stdin.read()
"""


@pytest.fixture
def killed(engine: Any, base_image: str) -> None:
    """A process was killed while it held a box and a network."""
    command = [sys.executable, "-c", HOLDING, base_image, mine("killed")]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == b"started\n"
        labels = inspected(engine, "killed")["Config"]["Labels"]
        engine.api.create_network(mine("paydag-test"), labels=labels, internal=True)
        assert len(left_of(engine, "killed")) == 3
        assert not any("killed" in name for name in reaper.clean())  # it lives
        assert len(left_of(engine, "killed")) == 3
        os.kill(holder.pid, signal.SIGKILL)


@pytest.mark.usefixtures("killed")
def test_the_next_start_removes_what_a_killed_process_left(engine: Any, base_image: str) -> None:
    reaper._done.clear()  # as in a process of its own
    with box_in(base_image, "next"):
        assert left_of(engine, "killed") == []
        assert len(left_of(engine, "next")) == 2


@pytest.mark.usefixtures("killed")
def test_cleaning_says_what_went(engine: Any, base_image: str) -> None:
    with box_in(base_image, "living"):
        removed = reaper.clean()
        assert len(left_of(engine, "living")) == 2
    assert left_of(engine, "killed") == []
    assert f"network {mine('paydag-test')}" in removed
    assert sum(name.startswith("container ") for name in removed) >= 1


def test_a_volume_that_lost_its_container_goes_too(engine: Any) -> None:
    labels = {
        **owners.labels(mine("lost")),
        "paydag.owner": owner().replace(f"{os.getpid()}:", "1:", 1),
    }
    engine.api.create_volume(mine("paydag-test"), labels=labels)
    assert f"volume {mine('paydag-test')}" in reaper.clean()
    assert left_of(engine, "lost") == []


def test_an_owner_is_gone_when_its_process_or_its_boot_is() -> None:
    pid, ticks, host = owner().split(":", 2)
    machine, boot, space = host.split("/")
    assert {
        said: is_gone(said)
        for said in (
            f"{pid}:{ticks}:{host}",
            f"{pid}:{int(ticks) + 1}:{host}",
            f"999999999:{ticks}:{host}",
            f"{pid}:{ticks}:{machine}/an-earlier-boot/{space}",
            f"999999999:1:{machine}/{boot}/another-space",
            f"999999999:1:another-machine/{boot}/{space}",
            "",
            "nonsense",
            "a:b:c/d/e",
        )
    } == {
        f"{pid}:{ticks}:{host}": False,
        f"{pid}:{int(ticks) + 1}:{host}": True,
        f"999999999:{ticks}:{host}": True,
        f"{pid}:{ticks}:{machine}/an-earlier-boot/{space}": True,
        f"999999999:1:{machine}/{boot}/another-space": False,
        f"999999999:1:another-machine/{boot}/{space}": False,
        "": False,
        "nonsense": False,
        "a:b:c/d/e": False,
    }
