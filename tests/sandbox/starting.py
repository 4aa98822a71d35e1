"""Boxes for tests: the containers of this project in the engine, and short ways to run scripts."""

import os
import time
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any, Final

from tasks.domain.boxes import ExecResult, Limits, Role
from tasks.domain.instances import Environment
from tasks.domain.protocols import Box
from tasks.sandbox import sandbox_named
from tasks.sandbox.removals import finish_removals

SMALL: Final = Limits(memory_mb=256, pids=64, disk_mb=64, scratch_mb=32)


def mine(name: str) -> str:
    """A label that no other process that runs these tests in the same engine uses."""
    return f"{name}-{os.getpid()}"


def box_in(
    image: str, name: str, limits: Limits = SMALL, **changes: Any
) -> AbstractContextManager[Box]:
    """A container box that starts when it is entered."""
    environment = environment_in(image, limits).model_copy(update=changes)
    return sandbox_named("docker").start(environment, mine(name))


def environment_in(image: str, limits: Limits = SMALL) -> Environment:
    """An environment that nobody marked as trusted."""
    return Environment(kind="tests", image=image, limits=limits)


def sh(
    box: Box, script: str, timeout_s: float = 30, *, role: Role = "code", stdin: bytes = b""
) -> ExecResult:
    return box.run(["/bin/sh", "-c", script], timeout_s, role=role, stdin=stdin)


def said(box: Box, script: str, *, role: Role = "code") -> str:
    """The output of a script that ends well."""
    result = sh(box, script, role=role)
    assert (result.exit_code, result.timed_out, result.killed) == (0, False, None), result.output
    return result.output


def left_of(engine: Any, name: str) -> list[str]:
    """What carries a label of ours in the engine, once what is to go is gone."""
    finish_removals()
    filters = {"label": f"paydag.label={mine(name)}"}
    found = [c["Id"] for c in engine.api.containers(all=True, filters=filters)]
    found += [n["Id"] for n in engine.api.networks(filters=filters)]
    return found + [v["Name"] for v in engine.api.volumes(filters=filters)["Volumes"] or ()]


def inspected(engine: Any, name: str) -> dict[str, Any]:
    """What the engine says of the one container of that name."""
    (found,) = engine.api.containers(filters={"label": f"paydag.label={mine(name)}"})
    details: dict[str, Any] = engine.api.inspect_container(found["Id"])
    return details


def running(engine: Any, name: str) -> list[str]:
    """The command lines of the processes in a box, but the keeper's."""
    container = inspected(engine, name)
    rows = engine.api.top(container["Id"], ps_args="-eo pid,uid,stat,args")["Processes"]
    return [row[3] for row in rows if row[1] != "10003"]


def soon(is_so: Callable[[], bool], within_s: float = 5) -> bool:
    deadline = time.monotonic() + within_s
    while not is_so() and time.monotonic() < deadline:
        time.sleep(0.05)
    return is_so()
