"""One Prefect server and one worker process for all tests of a session, and homes to copy."""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tasks.server import ServerRecord, read_record, stop_server
from tests.flows.command import Paydag, clean_environment
from tests.flows.published import Published, manager_rows
from tests.flows.worker import Worker
from tests.sample_home import SampleHome

_START = "import sys, pathlib, tasks.server as s; s.ensure_server(pathlib.Path(sys.argv[1]))"


def start_server(home: Path) -> ServerRecord:
    """Start a home's server from a process that then ends, as a command does."""
    subprocess.run([sys.executable, "-c", _START, str(home)], env=clean_environment(), check=True)
    record = read_record(home)
    assert record is not None
    return record


@pytest.fixture(scope="session")
def flow_environment(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    """What a process needs to run flows against the session's server."""
    home = tmp_path_factory.mktemp("server")
    record = start_server(home)
    yield clean_environment(
        PREFECT_API_URL=record.api_url,
        PREFECT_API_AUTH_STRING=record.auth,
        PREFECT_HOME=str(home / "client"),
        PREFECT_SERVER_ANALYTICS_ENABLED="false",
    )
    stop_server(home)


@pytest.fixture(scope="session")
def worker(
    flow_environment: dict[str, str], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Worker]:
    started = Worker.start(flow_environment, tmp_path_factory.mktemp("worker") / "log")
    yield started
    started.stop()


@pytest.fixture
def paydag(flow_environment: dict[str, str], tmp_path: Path) -> Paydag:
    """The command line against the session's server."""
    return Paydag(flow_environment, tmp_path)


@pytest.fixture
def lone_paydag(tmp_path: Path) -> Paydag:
    """The command line of a user who has no server: flow commands start the home's own."""
    return Paydag(clean_environment(), tmp_path)


@pytest.fixture(scope="session")
def prepared_sample(
    built_sample: SampleHome, worker: Worker, tmp_path_factory: pytest.TempPathFactory
) -> Path:
    """The sample with checked environments and one run of the null solver. Read only."""
    home = built_sample.copied_to(tmp_path_factory.mktemp("prepared") / "home").home
    worker.evaluate(home, "sample", "null")
    return home


@pytest.fixture
def own_prepared(prepared_sample: Path, tmp_path: Path) -> Path:
    """A copy of the prepared sample that a test may write to."""
    return Path(shutil.copytree(prepared_sample, tmp_path / "prepared"))


@pytest.fixture(scope="session")
def managers(tmp_path_factory: pytest.TempPathFactory) -> Published:
    """A published file with 600 manager tasks, built in a home. Read only."""
    return Published.make(tmp_path_factory.mktemp("managers"), manager_rows(600))


@pytest.fixture(scope="session")
def sample_engine(engine: Any) -> str:
    """The address of a real engine that has the sample's image, for DOCKER_HOST."""
    from docker.errors import ImageNotFound

    try:
        engine.images.get("paydag/sample:1")
    except ImageNotFound:
        pytest.skip("the engine has no image paydag/sample:1; `make sample-image` makes it")
    return os.environ.get("DOCKER_HOST", "unix:///var/run/docker.sock")
