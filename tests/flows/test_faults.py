"""The machine's failures: retried, never counted against a solver, never in the way of others."""

from pathlib import Path

import pytest

from tasks.runs import load_instances
from tasks.warehouse import Warehouse
from tests.flows.command import Paydag
from tests.flows.planting import plant, with_bug
from tests.flows.published import Published, ic_row, manager_rows
from tests.flows.tables import assert_sound, query
from tests.flows.worker import FlowFailedError, Worker

pytestmark = pytest.mark.prefect


@pytest.fixture(scope="module")
def mixed(tmp_path_factory: pytest.TempPathFactory) -> Published:
    """Six manager tasks, and two coding tasks that only the published images can test."""
    folder = tmp_path_factory.mktemp("mixed")
    made = Published.make(folder, [*manager_rows(6), ic_row(101), ic_row(102)])
    with Warehouse(made.home).read("core") as session:
        rows = session.tuples(
            "SELECT instance_digest FROM core.task_instances WHERE variant = 'ic_swe'"
        )
        coding = load_instances(session, (row[0] for row in rows))
    plant(made.home, *(with_bug(instance) for instance in coding.values()))
    return made


@pytest.fixture
def home(mixed: Published, tmp_path: Path) -> Path:
    return mixed.copied_to(tmp_path / "home")


@pytest.mark.exhaustive
def test_code_that_needs_docker_is_invalid_and_the_rest_gets_its_verdict(
    home: Path, paydag: Paydag
) -> None:
    finished = paydag("evaluate", "swelancer", "--solver", "gold", "--json", home=home)

    assert finished.code == 1
    assert finished.err.count("\n") == 1
    assert "there is no Docker engine at" in finished.err
    assert "Traceback" not in finished.err
    ((run_id,),) = query(home, "SELECT run_id FROM eval.runs")
    shown = paydag.json("show", "run", run_id, home=home)
    managing = sum(25000 + 100 * number for number in range(1, 7))
    expected = {
        "attempted": 8,
        "resolved": 6,
        "unresolved": 0,
        "invalid": 2,
        "excluded": 0,
        "unpriced": 0,
        "available_cents": managing + 200_000,
        "gradable_cents": managing,
        "earned_cents": managing,
    }
    assert {name: shown[name] for name in expected} == expected
    assert finished.answer == shown
    assert shown["by_variant"]["ic_swe"]["invalid"] == 2
    assert [name.partition("_")[0] for name in sorted(shown["faults"])] == ["Expensify"] * 2
    assert all(name.endswith("-ic_swe") for name in shown["faults"])
    assert all("there is no Docker engine at" in said for said in shown["faults"].values())
    assert shown["stages"]["prepare"] == {"done": 6, "pending": 0, "failed": 2}
    assert_sound(home)


@pytest.mark.exhaustive
def test_a_run_with_faults_is_shown_with_them_and_says_of_how_many(
    home: Path, paydag: Paydag
) -> None:
    question = ("evaluate", "swelancer", "--solver", "gold")
    first = paydag(*question, home=home)
    assert "prepare: 2 of 8 ended in a fault; the first: " in first.err
    again = paydag(*question, home=home)
    assert "prepare: 2 of 2 pending (8 in all) ended in a fault; the first: " in again.err
    for finished in (first, again):
        assert (finished.code, finished.err.count("\n")) == (1, 1)
        lines = finished.out.splitlines()
        in_all = next(line.split() for line in lines if line.startswith("in all"))
        assert in_all[2:6] == ["8", "6", "0", "2"]
        assert any("2 x invalid: there is no Docker engine at" in line for line in lines)


def test_an_outage_is_retried_as_the_next_take(home: Path, worker: Worker) -> None:
    summary = worker.evaluate(home, "swelancer", "shaky", variant="swe_manager", limit=2)
    takes = query(home, "SELECT instance_id, take, status, fault FROM eval.rollouts ORDER BY 1, 2")
    assert takes == [
        (f"Expensify__App-{number}-manager-0-swe_manager", take, status, fault)
        for number in (1, 2)
        for take, status, fault in (
            (1, "fault", "outage 1"),
            (2, "fault", "outage 2"),
            (3, "done", None),
        )
    ]
    assert (summary["attempted"], summary["resolved"], summary["invalid"]) == (2, 2, 0)
    graded = query(
        home,
        "SELECT r.take FROM eval.evidence e JOIN eval.rollouts r USING (rollout_id)",
    )
    assert graded == [(3,), (3,)]
    assert_sound(home)


@pytest.mark.exhaustive
def test_a_lasting_outage_is_invalid_and_stops_nobody_else(home: Path, worker: Worker) -> None:
    with pytest.raises(FlowFailedError, match="the line is dead") as caught:
        worker.evaluate(home, "swelancer", "down", variant="swe_manager")
    assert caught.value.exit_code == 1
    assert "3 of 6" in str(caught.value)
    states = query(
        home,
        "SELECT state, rollout_status, take, count(*) FROM marts.run_state GROUP BY ALL ORDER BY 1",
    )
    assert states == [("invalid", "fault", 3, 3), ("unresolved", "done", 1, 3)]

    with pytest.raises(FlowFailedError, match=r"3 of 3 pending \(6 in all\)"):
        worker.evaluate(home, "swelancer", "down", variant="swe_manager")
    again = query(
        home,
        "SELECT state, take, count(*) FROM marts.run_state GROUP BY ALL ORDER BY 1",
    )
    assert again == [("invalid", 6, 3), ("unresolved", 1, 3)]
    assert_sound(home)
