"""`--json`: stdout is one object with the promised keys, whole and as it was."""

import re
from pathlib import Path
from typing import Any

import pytest
from syrupy.assertion import SnapshotAssertion

from tests.flows.command import Paydag
from tests.flows.published import csv_text, ic_row, manager_row
from tests.flows.worker import Worker

pytestmark = pytest.mark.prefect

_COUNTS = {
    *("attempted", "resolved", "unresolved", "invalid", "excluded", "unpriced"),
    *("available_cents", "gradable_cents", "earned_cents"),
}
_RUN = {
    *("run_id", "dataset", "version", "solver", "price_rule", "stages", "by_variant", "report"),
    "engagement",
    *("sandboxes", "notes", "exclusions", "faults", "reused"),
    *_COUNTS,
}

# What a flow's result says of a source that was not collected.
_NOTHING_SAID = {"note": None, "archive": None}


def without_names(answer: dict[str, Any], home: Path) -> dict[str, Any]:
    """The answer without what differs from home to home or with any word of the sample."""
    masked = dict(answer)
    if "version" in masked:
        assert re.fullmatch(r"[0-9a-f]{64}", masked["version"])
        masked["version"] = "<version>"
    if "run_id" in masked:
        assert re.fullmatch(r"[0-9a-f]{16}", masked["run_id"])
        page = home / "reports" / masked["run_id"] / "index.html"
        assert masked["report"] == str(page)
        assert page.is_file()
        masked |= {"run_id": "<run>", "report": "<home>/reports/<run>/index.html"}
    return masked


def test_the_whole_job_answers_in_the_promised_form(
    paydag: Paydag, worker: Worker, tmp_path: Path, snapshot: SnapshotAssertion
) -> None:
    home = tmp_path / "home"
    refreshed = paydag.json("refresh", "sample", home=home)
    (again,) = worker.run("refresh", home, datasets=["sample"])
    built = paydag.json("build", "sample", home=home)
    run = paydag.json("evaluate", "sample", "--solver", "gold", home=home)
    rerun = paydag.json("rerun", "score", "--run", run["run_id"], home=home)
    shown = paydag.json("show", "run", run["run_id"], home=home)

    counts = {"landed": 0, "unchanged": refreshed["landed"]}
    assert again == {k: v for k, v in refreshed.items() if k in again} | counts | _NOTHING_SAID
    assert set(refreshed) == {
        *("source", "read", "landed", "unchanged", "malformed", "gone", "calls", "points"),
        *("complete", "notes", "archives"),
    }
    assert set(built) == {
        *("dataset", "version", "candidates", "instances", "rejections", "price_cents"),
        *("by_variant", "by_reason", "changes", "funnel", "stored"),
    }
    assert set(run) == _RUN
    assert all(set(counts) == _COUNTS for counts in run["by_variant"].values())
    assert list(run["stages"]) == ["prepare", "solve", "grade", "score", "report"]
    assert all(set(one) == {"done", "pending", "failed"} for one in run["stages"].values())
    assert rerun == run == shown
    assert (refreshed, without_names(built, home), without_names(run, home)) == snapshot


def test_an_import_says_what_landed_and_what_cannot_be_read(paydag: Paydag, tmp_path: Path) -> None:
    broken = manager_row(3) | {"price": "many"}
    file = tmp_path / "tasks.csv"
    file.write_text(csv_text([manager_row(1), ic_row(2), broken]))
    finished = paydag("import", "swelancer", file, "--json", home=tmp_path / "home")
    assert (finished.code, finished.err.count("\n")) == (0, 1)
    assert finished.answer == {
        "source": "swelancer",
        "read": 3,
        "landed": 3,
        "unchanged": 0,
        "malformed": [
            {"file": "tasks.csv", "row": 3, "reason": "price: 'many' is not an amount in dollars"}
        ],
        **dict.fromkeys(("gone", "calls", "points"), 0),
        "complete": True,
        "notes": [],
        "archives": [],
    }


def test_questions_answer_with_one_object(paydag: Paydag, prepared_sample: Path) -> None:
    asked = paydag.json(
        "sql", "SELECT variant, count(*) AS n FROM core.task_instances GROUP BY 1 ORDER BY 1",
        home=prepared_sample,
    )  # fmt: skip
    assert asked == {"columns": ["variant", "n"], "rows": [["ic_swe", 10], ["swe_manager", 9]]}
    ledger = paydag.json("show", "ledger", "41", home=prepared_sample)
    assert ledger["issue"] == "tally-works/tally#41"
    assert {event["issue"] for event in ledger["events"]} == {ledger["issue"]}
    instance = paydag.json(
        "show", "instance", "tally-works__tally-41-swe_manager", home=prepared_sample
    )
    assert instance["instance_id"] == "tally-works__tally-41-swe_manager"
    compared = paydag.json("report", home=prepared_sample)
    assert [run["solver"] for run in compared["runs"]] == ["null"]
    assert Path(compared["report"]).is_file()


def test_without_json_the_numbers_stand_in_a_table(paydag: Paydag, prepared_sample: Path) -> None:
    ((run_id,),) = paydag.json("sql", "SELECT run_id FROM eval.runs", home=prepared_sample)["rows"]
    shown = paydag("show", "run", run_id, home=prepared_sample)
    assert (shown.code, shown.err) == (0, "")
    in_all = next(line for line in shown.out.splitlines() if line.startswith("in all"))
    assert in_all.split() == ["in", "all", "19", "0", "19", "0", "$11,437.50", "$0", "0.0", "%"]
