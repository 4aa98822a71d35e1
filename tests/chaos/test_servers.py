"""Servers that die and come back under a run: Prefect's, and those of two schedulers at once."""

import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from tasks import server
from tasks.server import read_record, stop_server
from tasks.settings import without_secrets
from tests.chaos.conftest import Trials
from tests.chaos.sizes import FULL
from tests.chaos.soundness import assert_holds, came_to
from tests.chaos.test_commands_killed import without_files
from tests.flows.command import Paydag, clean_environment
from tests.flows.conftest import start_server

pytestmark = pytest.mark.prefect
_AWAY_S = 2.0


def environment_of(record: server.ServerRecord, home: Path) -> dict[str, str]:
    return clean_environment(
        PREFECT_API_URL=record.api_url,
        PREFECT_API_AUTH_STRING=record.auth,
        PREFECT_HOME=str(home / "client"),
        PREFECT_SERVER_ANALYTICS_ENABLED="false",
    )


def come_back(home: Path, record: server.ServerRecord) -> "subprocess.Popen[bytes]":
    """Start the server that was killed once more: its database, its port and its password."""
    environment = without_secrets(home) | {"PREFECT_SERVER_API_AUTH_STRING": record.auth}
    command = [sys.executable, "-m", "prefect", "server", "start"]
    return subprocess.Popen(
        [*command, "--host", "127.0.0.1", "--port", str(record.port)],
        env=environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )


@pytest.mark.parametrize("stage", ["solve", "grade"] if FULL else ["grade"])
def test_a_prefect_server_that_dies_and_returns_costs_no_row(
    stage: str, trials: Trials, tmp_path: Path
) -> None:
    trial, end = trials("many", stage), trials("many", "report")
    place = tmp_path / "server"
    record = start_server(place)
    home = trial.home(tmp_path / "run")
    paydag = Paydag(environment_of(record, place), tmp_path)
    priced = ("--price-rule", "initial", "--terms", "expensify")
    command = ("rerun", stage, "--run", trial.given["run_id"], *priced)
    back: list[subprocess.Popen[bytes]] = []
    try:
        process = paydag.start(*command, "--debug", home=home)
        assert process.stderr is not None
        for line in process.stderr:
            if f"Beginning subflow run '{stage}" in line:
                break
        os.killpg(os.getpgid(record.pid), signal.SIGKILL)
        drained = threading.Thread(target=process.stderr.read)
        drained.start()
        time.sleep(_AWAY_S)
        back.append(come_back(place, record))
        assert process.wait(150) in (0, 1)
        drained.join()
        process.communicate()
        assert_holds(home)
        # The server that answers under that address is the same to the next command.
        deadline = time.monotonic() + 60
        while not server._answers(record):
            assert time.monotonic() < deadline
            time.sleep(0.2)
        paydag.json(*command, home=home)
        assert_holds(home)
        assert without_files(came_to(home)) == without_files(end.came_to)
    finally:
        for one in back:
            os.killpg(one.pid, signal.SIGKILL)
            one.wait()


def test_two_schedulers_that_fire_the_same_flows_do_the_work_once(
    trials: Trials, tmp_path: Path
) -> None:
    """Each has a server of its own, as two machines with the same deployments have."""
    start, end = trials("tested", "build").start, trials("tested", "build")
    places = [tmp_path / "one", tmp_path / "two"]
    records = [start_server(place) for place in places]
    home = end.home(tmp_path / "run")
    assert start.exists()
    paydags = [
        Paydag(environment_of(record, place), tmp_path)
        for record, place in zip(records, places, strict=True)
    ]
    evaluate = ("evaluate", "sample", "--solver", "last", "--variant", "swe_manager")
    try:
        for command in (("build", "sample"), evaluate, evaluate):
            fired = [one.start(*command, "--json", home=home) for one in paydags]
            told = [(*process.communicate(timeout=150), process.returncode) for process in fired]
            assert [(said, code) for _, said, code in told] == [("", 0)] * 2
            assert_holds(home)
    finally:
        for place in places:
            assert read_record(place) is not None
            stop_server(place)
    alone = end.home(tmp_path / "alone")
    assert end.run(alone).finished
    assert came_to(home)["core.version_instances"] == came_to(alone)["core.version_instances"]
    (items,) = came_to(home)["runs"].values()
    assert len([row for row in items if len(row) > 5]) == len(
        {row[:2] for row in items if len(row) > 5}
    )
