"""Rollouts on machines of Dask: the verdicts of threads, whatever becomes of the machines."""

import shutil
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.flows.command import Paydag
from tests.flows.dask_processes import Dask, dask
from tests.flows.published import Published, manager_rows
from tests.flows.tables import assert_sound, final_state, query
from tests.flows.worker import ROOT, FlowFailedError, Worker
from tests.sample_home import SampleHome

pytestmark = [pytest.mark.prefect, pytest.mark.slow]

_SOON: Any = {"tasks.cluster.WAIT_S": 2, "tasks.cluster._CONNECT_S": 2}
_TAKES = "SELECT take, status, count(*) FROM eval.rollouts GROUP BY ALL ORDER BY ALL"


@pytest.fixture(scope="module")
def twelve(tmp_path_factory: pytest.TempPathFactory) -> Published:
    return Published.make(tmp_path_factory.mktemp("twelve"), manager_rows(12))


@pytest.fixture
def cluster(tmp_path: Path) -> Iterator[Dask]:
    with dask(tmp_path / "dask", workers=2) as running:
        yield running


class Evaluating:
    """A flow run on its way; `came` is its result, or what it raised."""

    def __init__(self, run: Callable[[], Any]) -> None:
        self.came: Any = None
        self._run = run
        self._thread = threading.Thread(target=self._go)
        self._thread.start()

    def _go(self) -> None:
        try:
            self.came = self._run()
        except FlowFailedError as error:
            self.came = error

    def wait_for_rows(self, home: Path, at_least: int) -> None:
        while query(home, "SELECT count(*) FROM eval.rollouts")[0][0] < at_least:
            assert self._thread.is_alive(), self.came
            time.sleep(0.2)

    def result(self) -> Any:
        self._thread.join()
        return self.came


def slow_run(worker: Worker, home: Path, cluster: Dask) -> Evaluating:
    return Evaluating(
        lambda: worker.run(
            "evaluate",
            home,
            constants=_SOON,
            dataset="swelancer",
            solver="slow",
            dask=cluster.address,
        )
    )


def test_a_worker_that_is_killed_costs_a_take_and_no_verdict(
    twelve: Published, worker: Worker, cluster: Dask, tmp_path: Path
) -> None:
    home = twelve.copied_to(tmp_path / "home")
    running = slow_run(worker, home, cluster)
    running.wait_for_rows(home, 3)
    cluster.workers[0].kill()
    summary = running.result()

    assert (summary["attempted"], summary["resolved"], summary["invalid"]) == (12, 12, 0)
    takes = {(take, status): count for take, status, count in query(home, _TAKES)}
    # One was being worked on, and one more waited there at most.
    lost = takes.pop((1, "fault"))
    assert 1 <= lost <= 2
    assert takes == {(1, "done"): 12 - lost, (2, "done"): lost}
    assert_sound(home)


@pytest.mark.exhaustive
def test_without_any_worker_left_a_run_ends_as_a_fault_and_goes_on_later(
    twelve: Published, worker: Worker, cluster: Dask, tmp_path: Path
) -> None:
    home = twelve.copied_to(tmp_path / "home")
    running = slow_run(worker, home, cluster)
    running.wait_for_rows(home, 3)
    for process in cluster.workers:
        process.kill()
    failed = running.result()

    assert isinstance(failed, FlowFailedError)
    assert failed.exit_code == 1
    assert str(failed) == (
        f"the Dask scheduler at {cluster.address} has no worker; start one with `dask worker "
        f"{cluster.address}`, and the same command goes on"
    )
    done = "SELECT rollout_id FROM eval.rollouts WHERE status = 'done'"
    kept = set(query(home, done))
    faults = query(home, "SELECT DISTINCT take, fault FROM eval.rollouts WHERE status = 'fault'")
    assert {take for take, _ in faults} == {1}
    assert all(fault.endswith("went away in the middle of it") for _, fault in faults)

    cluster.add_worker()
    summary = slow_run(worker, home, cluster).result()
    assert (summary["attempted"], summary["resolved"], summary["invalid"]) == (12, 12, 0)
    assert kept < set(query(home, done))
    assert_sound(home)


@pytest.mark.exhaustive
def test_workers_that_share_nothing_come_to_the_verdicts_of_threads(
    built_sample: SampleHome, worker: Worker, cluster: Dask, tmp_path: Path
) -> None:
    """The sample's coding tasks are tested by workers that have no mirror of its repository."""
    finals = []
    for name, where in (("here", {}), ("there", {"dask": cluster.address})):
        home = built_sample.copied_to(tmp_path / name).home
        worker.evaluate(home, "sample", "gold", sandbox="process", **where)
        ((run_id,),) = query(home, "SELECT run_id FROM eval.runs")
        finals.append(final_state(home, run_id))
        assert_sound(home)
    assert finals[0] == finals[1]
    resolved = "SELECT variant, count(*) FROM marts.run_state WHERE state = 'resolved' GROUP BY ALL"
    assert all(count > 5 for _, count in query(home, resolved)), query(home, resolved)
    assert len(query(home, resolved)) == 2
    assert list((cluster.folder).rglob("paydag-commits/mirrors/*.git/objects/pack/*.pack"))
    assert "Compute Failed" not in cluster.logs()


@pytest.mark.exhaustive
def test_a_worker_with_other_code_is_refused_before_anything_runs(
    twelve: Published, worker: Worker, tmp_path: Path
) -> None:
    home = twelve.copied_to(tmp_path / "home")
    other = tmp_path / "other"
    for package in ("tasks", "flows", "tests"):
        shutil.copytree(ROOT / package, other / package, ignore=shutil.ignore_patterns("*.pyc"))
    with (other / "tasks" / "grade.py").open("a") as file:
        file.write("# a judge of another mind\n")
    with dask(tmp_path / "dask") as cluster:
        cluster.add_worker(root=other)
        failed = slow_run(worker, home, cluster).result()
    assert isinstance(failed, FlowFailedError)
    assert failed.exit_code == 2
    assert str(failed).startswith("the Dask worker tcp://127.0.0.1:")
    assert "has paydag 0.1.0 (code " in str(failed)
    assert str(failed).endswith(
        "; install there what runs here, so that rollouts come out the same"
    )
    assert query(home, "SELECT count(*) FROM eval.rollouts") == [(0,)]


@pytest.mark.exhaustive
def test_a_scheduler_that_is_not_there_is_named_in_one_sentence(
    twelve: Published, worker: Worker, tmp_path: Path
) -> None:
    home = twelve.copied_to(tmp_path / "home")
    with dask(tmp_path / "dask") as gone:
        pass
    failed = slow_run(worker, home, gone).result()
    assert isinstance(failed, FlowFailedError)
    assert failed.exit_code == 1
    assert str(failed) == (
        f"no Dask scheduler answers at {gone.address}; start one with `dask scheduler`, or leave "
        "--dask out for workers on this machine"
    )


@pytest.mark.exhaustive
def test_processes_of_this_machine_work_off_a_run_without_a_word(
    twelve: Published, paydag: Paydag, tmp_path: Path
) -> None:
    home = twelve.copied_to(tmp_path / "home")
    finished = paydag(
        "evaluate", "swelancer", "--solver", "gold", "--runner", "dask", "--json", home=home
    )
    assert (finished.code, finished.err) == (0, "")
    assert (finished.answer["attempted"], finished.answer["resolved"]) == (12, 12)
    assert_sound(home)
