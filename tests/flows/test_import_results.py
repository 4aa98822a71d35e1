"""Published results are scored and reported like any run, and never redone."""

from pathlib import Path
from typing import Any

import pytest

from tests.flows.command import Paydag
from tests.flows.tables import assert_sound, query, read_tables
from tests.flows.worker import FlowFailedError, Worker
from tests.sample_home import SampleHome
from tests.sources.results.reports import report, write

pytestmark = pytest.mark.prefect

SWE = "tally-works__tally-{}-ic_swe"


@pytest.fixture
def results(tmp_path: Path) -> Path:
    lists = {
        "resolved": [SWE.format(11), SWE.format(41)],
        "unresolved": [SWE.format(15)],
        "error": [SWE.format(18)],
    }
    return write(tmp_path / "published", {"some__model.r.json": report(**lists)})


def imported(worker: Worker, home: Path, path: Path) -> dict[str, Any]:
    summary: dict[str, Any] = worker.run("import-results", home, path=str(path))
    return summary


@pytest.mark.exhaustive
def test_a_published_run_is_scored_with_our_metrics(
    own_sample: SampleHome, results: Path, worker: Worker
) -> None:
    home = own_sample.home
    summary = total = imported(worker, home, results)
    assert (total["resolved"], total["unresolved"], total["invalid"]) == (2, 1, 1)
    assert total["attempted"] == 4
    prices = dict(
        query(home, "SELECT instance_id, prices['final'] FROM core.task_instances ORDER BY ALL")
    )
    assert total["earned_cents"] == prices[SWE.format(11)] + prices[SWE.format(41)]
    money = summary["engagement"]
    assert (money["delivered"], money["approved"]) == (3, 2)
    assert money["invoiced_cents"] == money["paid_cents"] == total["earned_cents"]
    assert all(stage["pending"] == stage["failed"] == 0 for stage in summary["stages"].values())
    assert Path(summary["report"]).is_file()
    graders = query(home, "SELECT DISTINCT grader_version FROM eval.metrics")
    assert graders == [("published",)]
    earned = query(
        home, "SELECT value FROM eval.metrics WHERE slice = 'all' AND metric = 'earned_cents'"
    )
    assert earned == [(total["earned_cents"],)]
    assert_sound(home)

    before = read_tables(home)
    assert imported(worker, home, results) == summary
    assert read_tables(home).rows == before.rows


@pytest.mark.exhaustive
def test_nothing_of_a_published_run_is_prepared_solved_or_graded(
    own_sample: SampleHome, results: Path, worker: Worker
) -> None:
    home = own_sample.home
    run_id = imported(worker, home, results)["run_id"]
    before = read_tables(home)
    for stage in ("prepare", "solve", "grade"):
        for redo in (False, True):
            with pytest.raises(FlowFailedError, match=f"so that {stage} has nothing to do") as told:
                worker.run("rerun", home, stage=stage, run_id=run_id, redo=redo)
            assert told.value.exit_code == 2
    assert read_tables(home).rows == before.rows
    summary = worker.run("rerun", home, stage="score", run_id=run_id, price_rule="initial")
    assert (summary["price_rule"], summary["attempted"]) == ("initial", 4)


@pytest.mark.exhaustive
def test_people_read_whose_verdicts_they_are(
    own_sample: SampleHome, results: Path, paydag: Paydag
) -> None:
    home = own_sample.home
    shown = paydag("import", "results", results, "--dataset", "sample@latest", home=home)
    assert (shown.code, shown.err) == (0, "")
    assert "published results of some/model: these verdicts were reached elsewhere" in shown.out
    assert "sandbox" not in shown.out
    (run_id,) = (row[0] for row in query(home, "SELECT run_id FROM eval.runs"))
    again = paydag.json("show", "run", run_id, home=home)
    assert (again["resolved"], again["attempted"], again["notes"][0][:17]) == (
        2,
        4,
        "published results",
    )


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (("results", "nowhere"), "nowhere is not there; name a file or folder of results"),
        (("result", "."), "unknown published source 'result'; known: results, swelancer"),
        (("swelancer", ".", "--model", "m"), "--dataset, --variant and --model are for results"),
    ],
)
def test_a_mistake_is_told_in_one_sentence(
    own_sample: SampleHome, paydag: Paydag, call: tuple[str, ...], message: str
) -> None:
    refused = paydag("import", *call, home=own_sample.home)
    assert (refused.code, refused.out, refused.err.count("\n")) == (2, "", 1)
    assert message in refused.err
