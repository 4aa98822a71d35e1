"""A Docker engine that is killed in the middle of a grade and started again."""

import shutil
import tempfile
from pathlib import Path

import docker
import pytest

from tests.chaos.engines import own_engine
from tests.flows.command import Paydag
from tests.flows.containers import COMMAND, TASKS, at_work, owned
from tests.flows.tables import assert_sound
from tests.sample_home import SampleHome


@pytest.mark.prefect
def test_an_engine_that_is_restarted_in_a_grade_costs_no_verdict_and_keeps_no_container(
    own_sample: SampleHome, paydag: Paydag, sample_engine: str
) -> None:
    home = own_sample.home
    # A socket's path must be short.
    folder = Path(tempfile.mkdtemp(prefix="pd-"))
    try:
        with own_engine(folder / "e") as engine:
            engine.load("paydag/sample:1", sample_engine)
            client = docker.DockerClient(base_url=engine.host)
            with at_work(paydag, client, home, engine.host, "grade") as process:
                engine.kill()
                engine.start()
                assert process.wait(150) in (0, 1)
            assert_sound(home)
            answer = paydag.json(*COMMAND, home=home, DOCKER_HOST=engine.host)
            assert [answer[k] for k in ("attempted", "resolved", "unresolved", "invalid")] == [
                *(TASKS, TASKS, 0, 0)
            ]
            # Where nothing was left to grade, no box was started, which would have tidied up.
            paydag("doctor", "--clean", home=home, DOCKER_HOST=engine.host)
            assert owned(client, process.pid) == []
            assert_sound(home)
            client.close()
    finally:
        shutil.rmtree(folder, ignore_errors=True)
