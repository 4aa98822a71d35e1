"""A collector that is killed, time and again, collects the world all the same."""

import os
import signal
import subprocess
import sys
import threading
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tasks.domain.collecting import CollectRequest
from tests.github_server import faults
from tests.github_server.faults import Fault
from tests.github_server.server import GithubServer
from tests.sources.github_collection.playing import (
    assert_all_is_there,
    own_home,
    refresh_until_nothing_is_new,
    served,
)
from tests.sources.github_collection.refreshing import Home
from tests.sources.github_collection.schedules import PLAIN, Schedule, schedules

ROOT = Path(__file__).parents[3]


@dataclass(frozen=True)
class Kill:
    """At the `turn`-th call, before or after it is answered, or `wait_ms` after it."""

    moment: Literal["before", "after", "later"]
    turn: int
    wait_ms: int

    def fault(self, victim: "Victim") -> Fault:
        if self.moment == "before":
            return faults.calling(before=victim.kill)
        if self.moment == "after":
            return faults.calling(after=victim.kill)
        timer = threading.Timer(self.wait_ms / 1_000, victim.kill)
        victim.timers.append(timer)
        return faults.calling(after=timer.start)


class Victim:
    """A process that collects until it ends or is killed."""

    def __init__(self) -> None:
        self.timers: list[threading.Timer] = []
        self._process: subprocess.Popen[bytes] | None = None

    def collect(self, home: Home, server: GithubServer, repository: str) -> int:
        """The exit code; minus 9 where it was killed."""
        module = "tests.sources.github_collection.collector_process"
        arguments = [str(home.path), server.url, repository]
        with subprocess.Popen(
            [sys.executable, "-m", module, *arguments], cwd=ROOT, stderr=subprocess.PIPE
        ) as self._process:
            _, said = self._process.communicate(timeout=120)
            code = self._process.returncode
        for timer in self.timers:
            timer.cancel()
            if timer.is_alive():
                timer.join()
        assert code in {0, 1, -signal.SIGKILL}, said.decode()
        return code

    def kill(self) -> None:
        if self._process is not None and self._process.returncode is None:
            os.kill(self._process.pid, signal.SIGKILL)


kills = st.builds(
    Kill,
    moment=st.sampled_from(("before", "after", "later", "later")),
    turn=st.integers(0, 9),
    wait_ms=st.integers(0, 60),
)


@pytest.mark.exhaustive
@settings(max_examples=2, print_blob=True, suppress_health_check=[HealthCheck.too_slow])
@given(
    schedule=schedules(PLAIN, most_acts=3, most_issues=16),
    deaths=st.lists(kills, min_size=2, max_size=3),
)
def test_a_killed_collector_loses_nothing(
    empty_home: Path, schedule: Schedule, deaths: list[Kill]
) -> None:
    with served(schedule) as (world, server), own_home(empty_home, server) as home:
        name = world.repository
        for place, death in enumerate(deaths):
            act = schedule.acts[place % len(schedule.acts)]
            for change in act.earlier:
                change.apply(world)
            victim = Victim()
            server.forget()
            server.faults = act.faults(world) | {death.turn: death.fault(victim)}
            victim.collect(home, server, name)
        server.faults = {}
        assert Victim().collect(home, server, name) == 0
        home.options = {"repositories": [name]}
        refresh_until_nothing_is_new(home, CollectRequest())
        assert_all_is_there(home, world, name)
