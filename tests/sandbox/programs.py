"""Small programs for the tests of the pool, and a look into the pool's containers."""

import os
import textwrap
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import Any

from docker.errors import APIError

from tasks.domain.programs import Case, CaseResult, Program, ProgramLimits
from tasks.sandbox.pool import Pool

QUICK = ProgramLimits(cpu_s=5, wall_s=10, memory_mb=128)


def python(
    source: str, limits: ProgramLimits = QUICK, files: Mapping[str, bytes] | None = None
) -> Program:
    """A program of one Python file."""
    main = textwrap.dedent(source).encode()
    return Program(
        command=("python3", "main.py"), files={"main.py": main, **(files or {})}, limits=limits
    )


def run_one(pool: Pool, program: Program, case: Case | None = None) -> CaseResult:
    return pool.run(program, [case or Case()])[0]


def containers(engine: Any, label: str) -> list[str]:
    """The ids of all containers, running or not, of the pool with this label."""
    found = engine.api.containers(all=True, filters={"label": f"paydag.label={label}"})
    return sorted(str(container["Id"]) for container in found)


def unique(name: str) -> str:
    return f"{name}-{os.getpid()}-{time.monotonic_ns()}"


def eventually(holds: Callable[[], bool], within_s: float = 15) -> bool:
    deadline = time.monotonic() + within_s
    while not holds() and time.monotonic() < deadline:
        time.sleep(0.05)
    return holds()


def kill_at_work(engine: Any, label: str, known: set[str]) -> str:
    """Kill the first container of the pool that is not known and runs a program; its id."""
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        for container in set(containers(engine, label)) - known:
            with suppress(APIError):  # it is not up yet, or not any more
                if len(engine.api.top(container)["Processes"]) > 1:
                    engine.api.kill(container)
                    return container
        time.sleep(0.05)
    raise TimeoutError("no worker runs a program")
