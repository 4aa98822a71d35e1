"""Where code runs: Docker unless told otherwise, and never two environments in one verdict."""

from pathlib import Path
from typing import Any

import pytest

from tests.flows.command import Paydag
from tests.flows.planting import plant, untrusted
from tests.flows.tables import assert_sound, query, read_tables
from tests.flows.worker import FlowFailedError, Worker
from tests.sample_home import SampleHome

pytestmark = pytest.mark.prefect

CODING = [f"tally-works__tally-{number}-ic_swe" for number in (11, 15)]
MANAGING = "tally-works__tally-11-swe_manager"


@pytest.fixture
def home(own_sample: SampleHome) -> Path:
    return own_sample.home


def states(home: Path) -> list[tuple[str, str, str]]:
    rows = query(
        home, "SELECT instance_id, state, coalesce(sandbox, '-') FROM marts.run_state ORDER BY 1"
    )
    return [(str(name), str(state), str(sandbox)) for name, state, sandbox in rows]


@pytest.mark.exhaustive
def test_without_an_engine_trusted_code_runs_in_a_process_and_the_output_says_so(
    home: Path, paydag: Paydag
) -> None:
    only = [word for name in [*CODING, MANAGING] for word in ("--instance", name)]
    run = paydag.json("evaluate", "sample", "--solver", "gold", *only, home=home)
    note = (
        "no Docker engine answered: 2 trusted instances run in the process sandbox, which isolates "
        "nothing"
    )
    assert (run["sandboxes"], run["notes"]) == ({"none": 1, "process": 2}, [note])
    assert run["resolved"] == 3
    shown = paydag("show", "run", run["run_id"], home=home).out.splitlines()
    assert "sandbox: process for 2 of 3 instances" in shown
    assert note in shown
    assert query(home, "SELECT DISTINCT because FROM eval.run_environments ORDER BY 1") == [
        *(("no_engine",), ("none",))
    ]


@pytest.mark.exhaustive
def test_docker_by_name_without_an_engine_is_a_fault_of_those_and_the_rest_goes_on(
    home: Path, paydag: Paydag
) -> None:
    only = [word for name in [*CODING, MANAGING] for word in ("--instance", name)]
    finished = paydag(
        *("evaluate", "sample", "--solver", "gold", "--sandbox", "docker", "--json", *only),
        home=home,
    )
    assert (finished.code, finished.err.count("\n")) == (1, 1)
    assert (finished.answer["resolved"], sorted(finished.answer["faults"])) == (1, CODING)
    assert "2 of 3 ended in a fault" in finished.err
    assert "there is no Docker engine at unix:///nowhere/docker.sock" in finished.err
    assert states(home) == [
        (CODING[0], "invalid", "docker"),
        (MANAGING, "resolved", "none"),
        (CODING[1], "invalid", "docker"),
    ]
    assert query(home, "SELECT count(*) FROM eval.evidence") == [(1,)]
    assert_sound(home)


@pytest.mark.exhaustive
@pytest.mark.parametrize("named", [(), ("--sandbox", "docker")])
def test_an_address_that_is_none_is_the_users_mistake_and_no_reason_to_do_without(
    home: Path, paydag: Paydag, named: tuple[str, ...]
) -> None:
    question = ("evaluate", "sample", "--solver", "gold", "--instance", CODING[0], *named)
    finished = paydag(*question, home=home, DOCKER_HOST="garbage")
    assert (finished.code, finished.out) == (2, "")
    assert finished.err == (
        "paydag: DOCKER_HOST is 'garbage', which is no address of a Docker engine: it looks like "
        "unix:///var/run/docker.sock or tcp://HOST:2375\n"
    )
    assert query(home, "SELECT count(*) FROM eval.run_environments") == [(0,)]


@pytest.mark.exhaustive
def test_code_that_is_not_trusted_never_falls_back(own_sample: SampleHome, paydag: Paydag) -> None:
    home = plant(own_sample.home, untrusted(own_sample.instance(11, "ic_swe")))
    finished = paydag("validate", "sample", "--json", home=home)
    assert finished.code == 1
    answer = finished.answer
    assert (answer["gradable"], answer["fault"]) == (18, 1)
    (left,) = [one for one in answer["instances"] if one["result"] == "fault"]
    assert (left["instance_id"], left["sandbox"]) == (CODING[0], "docker")
    assert finished.err.startswith("paydag: validate: 1 of 19 ended in a fault; the first: there")
    assert finished.err.count("\n") == 1


@pytest.mark.exhaustive
def test_a_run_goes_on_in_its_sandbox_and_moves_when_it_is_told_to(
    home: Path, worker: Worker
) -> None:
    question: dict[str, Any] = {"dataset": "sample", "solver": "gold", "instances": CODING}
    worker.run("evaluate", home, **question, sandbox="process")
    before = read_tables(home)
    for _ in range(2):
        worker.run("evaluate", home, **question)
        assert read_tables(home) == before

    # There is no engine: what was found in the process must not pass for a container's finding.
    with pytest.raises(FlowFailedError, match="2 of 2 ended in a fault"):
        worker.run("evaluate", home, **question, sandbox="docker")
    assert states(home) == [(name, "invalid", "docker") for name in CODING]

    back = worker.run("evaluate", home, **question, sandbox="process")
    assert (back["resolved"], back["invalid"]) == (2, 0)
    assert read_tables(home).rows["evidence"] == before.rows["evidence"]
    assert_sound(home)


@pytest.mark.exhaustive
def test_a_stage_that_runs_no_code_takes_no_sandbox(home: Path, worker: Worker) -> None:
    run = worker.evaluate(home, "sample", "null", instances=[MANAGING])
    with pytest.raises(FlowFailedError, match="score runs none; rerun prepare, solve or grade"):
        worker.run("rerun", home, stage="score", run_id=run["run_id"], sandbox="docker")


@pytest.mark.parametrize("command", ["evaluate", "rerun", "validate", "demo"])
def test_an_unknown_sandbox_is_answered_with_the_known_ones(
    home: Path, paydag: Paydag, command: str
) -> None:
    needed = {
        "evaluate": ["sample", "--solver", "gold"],
        "rerun": ["grade", "--run", "x"],
        "validate": ["sample"],
    }
    call = [command, *needed.get(command, []), "--sandbox", "vm"]
    finished = paydag(*call, home=home)
    assert (finished.code, finished.out) == (2, "")
    assert finished.err == "paydag: unknown sandbox 'vm'; known: docker, process\n"


def test_a_demo_in_docker_without_an_engine_is_one_sentence(paydag: Paydag, home: Path) -> None:
    finished = paydag("demo", "--sandbox", "docker", home=home)
    assert (finished.code, finished.out, finished.err.count("\n")) == (1, "", 1)
    assert "there is no Docker engine at" in finished.err


def test_a_demo_in_docker_without_its_image_says_how_to_make_it(
    paydag: Paydag, home: Path, sample_engine: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    from flows import demo
    from tasks.domain.errors import UsageError

    monkeypatch.setenv("DOCKER_HOST", sample_engine)
    monkeypatch.setattr(demo, "SAMPLE_IMAGE", "paydag/sample:none")
    with pytest.raises(UsageError) as refused:
        demo.check_sample_image()
    assert str(refused.value) == (
        "there is no image paydag/sample:none yet; make it with `make sample-image`"
    )


@pytest.mark.exhaustive
def test_a_run_moves_into_containers_and_its_evidence_with_it(
    home: Path, paydag: Paydag, worker: Worker, sample_engine: str
) -> None:
    question: dict[str, Any] = {"dataset": "sample", "solver": "gold", "instances": CODING}
    first = worker.run("evaluate", home, **question, sandbox="process")
    moved = paydag.json(
        *("rerun", "grade", "--run", first["run_id"], "--sandbox", "docker"),
        home=home,
        DOCKER_HOST=sample_engine,
    )
    assert (moved["resolved"], moved["sandboxes"]) == (2, {"docker": 2})
    evidence = query(
        home,
        "SELECT r.instance_id, e.take, n.sandbox, n.image_digest = e.facts ->> 'image' "
        "FROM eval.evidence e JOIN eval.rollouts r USING (rollout_id) "
        "JOIN eval.environments n USING (instance_digest, recipe_digest) ORDER BY 1, 2",
    )
    assert evidence == [
        (name, take, sandbox, same)
        for name in CODING
        for take, sandbox, same in ((1, "process", None), (2, "docker", True))
    ]
    assert_sound(home)
