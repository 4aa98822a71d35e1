"""Reports of the SWE-bench harness, of every version: what became of each instance."""

import json
from pathlib import Path

import pytest

from tasks.domain.rollouts import NOTHING, Submission
from tests.sources.results.reports import (
    answer,
    by_name,
    fates,
    instance_report,
    read,
    refusal,
    report,
    write,
)

WHOLE = report(
    resolved=["a"],
    unresolved=["b"],
    completed=["a", "b"],
    empty_patch=["c"],
    error=["d"],
    incomplete=["e"],
    submitted=["a", "b", "c", "d", "x"],
)
FATES = {
    "a": ("resolved", "reported_resolved"),
    "b": ("unresolved", "reported_unresolved"),
    "c": ("unresolved", "empty_patch"),
    "d": ("invalid", "reported_error"),
}


def test_a_runs_report_tells_every_answered_instance_and_whose_it_was(tmp_path: Path) -> None:
    run = read(write(tmp_path, {"some__model.first.run.json": WHOLE}))
    assert fates(run) == FATES
    assert (run.form, run.model, run.unanswered) == ("swebench", "some/model.first", ("e",))
    assert run.notes == (
        "1 answers are of tasks that the evaluated dataset did not have, and no result",
    )
    assert {one.submission for one in run.reported} == {NOTHING}


def test_what_the_environment_broke_is_invalid_and_what_it_may_have_is_not(tmp_path: Path) -> None:
    newer = WHOLE | {
        "infra_failure_ids": ["b"],
        "ambiguous_failure_ids": ["d"],
        "failure_reasons": {"b": "out_of_memory", "d": "missing_module"},
    }
    run = read(write(tmp_path, {"m.r.json": newer}))
    assert fates(run) == FATES | {"b": ("invalid", "infra_failure")}
    found = by_name(run)
    assert (found["b"].detail, found["d"].detail) == ("out_of_memory", "ambiguous: missing_module")


def test_a_report_without_unresolved_ids_needs_those_that_were_completed(tmp_path: Path) -> None:
    older = {"resolved_ids": ["a"], "completed_ids": ["a", "b", "d"], "error_ids": ["d"]}
    run = read(write(tmp_path / "old", {"m.r.json": older}))
    assert fates(run) == {name: FATES[name] for name in "abd"}
    bare = write(tmp_path / "bare", {"m.r.json": {"resolved_ids": ["a"]}})
    assert "lists what was resolved and not what was not" in refusal(bare)


def test_a_folder_of_logs_brings_tests_and_patches_beside_the_report(tmp_path: Path) -> None:
    status = {
        "FAIL_TO_PASS": {"success": ["t"], "failure": []},
        "PASS_TO_PASS": {"success": [], "failure": ["u"]},
    }
    files = {
        "m.run.json": WHOLE,
        "logs/run/m/b/report.json": {"b": instance_report(False, tests_status=status)},
        "logs/run/m/b/patch.diff": "diff b\n",
        "logs/run/m/b/run_instance.log": "long",
        "preds.jsonl": [answer("a", "diff a\n"), answer("c", ""), answer("d", None)],
    }
    found = by_name(read(write(tmp_path, files)))
    assert {name: (one.outcome, one.reason) for name, one in found.items()} == FATES
    assert found["b"].tests == {"t": "passed", "u": "failed"}
    assert {name: one.submission for name, one in found.items()} == {
        "a": Submission(model_patch="diff a\n"),
        "b": Submission(model_patch="diff b\n"),
        "c": Submission(model_patch=""),
        "d": NOTHING,
    }


def test_instance_reports_alone_tell_and_an_answer_without_one_is_invalid(tmp_path: Path) -> None:
    files = {
        "run/some__model/a/report.json": {"a": instance_report(True)},
        "run/some__model/b/report.json": {"b": instance_report(False)},
        "run/some__model/c/report.json": {"c": instance_report(False, infra_failure=True)},
        "run/some__model/d/patch.diff": "diff\n",
        "run/some__model/e/patch.diff": "",
    }
    run = read(write(tmp_path, files))
    assert fates(run) == {
        "a": FATES["a"],
        "b": FATES["b"],
        "c": ("invalid", "infra_failure"),
        "d": ("invalid", "no_report"),
        "e": FATES["c"],
    }
    assert run.model == "some/model"
    (alone,) = read(tmp_path / "run/some__model/a/report.json").reported
    assert (alone.name, alone.outcome) == ("a", "resolved")


@pytest.mark.parametrize("name", ["preds.jsonl", "preds.json", "all.json"])
def test_older_lists_need_the_predictions_or_what_was_generated(tmp_path: Path, name: str) -> None:
    answers = [answer(one) for one in "abn"] + [answer("c", "")]
    forms = {
        "preds.jsonl": answers,
        "preds.json": answers,
        "all.json": {one["instance_id"]: one for one in answers},
    }
    lists = {"resolved": ["a"], "no_logs": ["n"], "no_generation": ["z"]}
    run = read(write(tmp_path / "both", {"results/results.json": lists, name: forms[name]}))
    assert fates(run) == {
        "a": FATES["a"],
        "b": FATES["b"],
        "c": FATES["c"],
        "n": ("invalid", "no_logs"),
        "z": ("unresolved", "no_submission"),
    }
    assert run.model == "some/model"
    assert "import its folder together with the predictions" in refusal(
        write(tmp_path / "alone", {"results.json": lists})
    )


def test_the_lists_of_the_first_harness_tell_by_themselves(tmp_path: Path) -> None:
    lists = {
        "no_generation": ["z"],
        "generated": ["a", "b", "i", "n"],
        "with_logs": ["a", "b", "i"],
        "install_fail": ["i"],
        "reset_failed": [],
        "no_apply": ["b"],
        "applied": ["a"],
        "resolved": ["a"],
    }
    assert fates(read(write(tmp_path, {"results.json": lists}))) == {
        "a": FATES["a"],
        "b": FATES["b"],
        "i": ("invalid", "install_fail"),
        "n": ("invalid", "no_logs"),
        "z": ("unresolved", "no_submission"),
    }


@pytest.mark.parametrize(
    ("files", "message"),
    [
        ({"m.json": WHOLE | {"error_ids": "a"}}, "m.json: error_ids is no list of ids"),
        ({"m.json": WHOLE | {"unresolved_ids": ["a"]}}, "m.json: a is resolved and is not"),
        ({"m.json": report(incomplete=["a"])}, "the results name no task that was answered"),
        ({"a.json": WHOLE, "b.json": WHOLE}, "several reports of runs (a.json, b.json)"),
        (
            {"m.json": WHOLE, "p.jsonl": [answer("a"), answer("a")]},
            "p.jsonl:2: a is answered twice",
        ),
        (
            {"m.json": WHOLE, "p.jsonl": [answer("a"), {"model_patch": "x"}]},
            "p.jsonl:2: expected an instance_id and a model_patch",
        ),
        (
            {"x/report.json": {"a": {"resolved": "yes"}}},
            "x/report.json: the report of a does not say whether it is resolved",
        ),
        (
            {
                "x/report.json": {"a": instance_report(True)},
                "y/report.json": {"a": {"resolved": 1}},
            },
            "y/report.json: the report of a does not say",
        ),
        ({"m.json": WHOLE, "t.csv": "question_id,correct\n"}, "t.csv lies beside other results"),
    ],
)
def test_what_contradicts_itself_is_refused_in_one_sentence(
    tmp_path: Path, files: dict[str, object], message: str
) -> None:
    said = refusal(write(tmp_path, files))
    assert said.startswith(message)
    assert "\n" not in said


def test_the_same_files_are_the_same_results_wherever_they_lie(tmp_path: Path) -> None:
    one = read(write(tmp_path / "one", {"m.r.json": WHOLE}))
    other = read(write(tmp_path / "other", {"m.r.json": WHOLE}))
    changed = read(write(tmp_path / "new", {"m.r.json": json.dumps(WHOLE) + "\n"}))
    assert one.results_id == other.results_id != changed.results_id
