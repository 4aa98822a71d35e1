"""SWE-Lancer's results.csv: a row an attempt."""

from pathlib import Path

import pytest

from tasks.domain.results import Reported
from tests.sources.results.reports import COLUMNS, read, refusal


def table(folder: Path, *rows: str, columns: str = COLUMNS) -> Path:
    file = folder / "results.csv"
    file.write_text("\n".join([columns, *rows]) + "\n")
    return file


def test_a_row_is_an_attempt_with_its_tokens_and_its_dollars(tmp_path: Path) -> None:
    rows = ("7_1,0,True,100,20,3,250.0", "7_1,1,False,90,10,0,0.0", "8-manager-0,0,False,0,0,0,0.0")
    run = read(table(tmp_path, *rows))
    assert (run.form, run.model, run.notes) == ("swelancer", "unknown", ())
    assert run.reported == (
        Reported(
            name="7_1",
            attempt=1,
            outcome="resolved",
            reason="reported_correct",
            detail="results.csv row 1",
            tokens_in=100,
            tokens_out=20,
            tokens_reasoning=3,
            earned_cents=25_000,
        ),
        Reported(
            name="7_1",
            attempt=2,
            outcome="unresolved",
            reason="reported_incorrect",
            detail="results.csv row 2",
            tokens_in=90,
            tokens_out=10,
            tokens_reasoning=0,
            earned_cents=0,
        ),
        Reported(
            name="8-manager-0",
            attempt=1,
            outcome="unresolved",
            reason="reported_incorrect",
            detail="results.csv row 3",
            tokens_in=0,
            tokens_out=0,
            tokens_reasoning=0,
            earned_cents=0,
        ),
    )


def test_two_columns_are_enough_and_others_may_stand_beside(tmp_path: Path) -> None:
    run = read(table(tmp_path, "7_1,1.0,x", "9,0,y", columns="question_id,correct,run_dir"))
    assert [(one.name, one.attempt, one.outcome) for one in run.reported] == [
        ("7_1", 1, "resolved"),
        ("9", 1, "unresolved"),
    ]
    assert {one.earned_cents for one in run.reported} == {None}


@pytest.mark.parametrize(
    ("columns", "rows", "message"),
    [
        (
            "Model,Earned,Accuracy,Submitter,Date",
            ["4o,11500,0.08,Someone,2025-07-17"],
            "results.csv states the totals of models and not what became of each task; import the",
        ),
        ("task_id,result", ["7,pass"], "results.csv has no column question_id; a run's results"),
        ("question_id,earned", ["7,0"], "results.csv has no column correct"),
        (COLUMNS, [], "results.csv has a header and no rows"),
        (COLUMNS, ["7,0,True"], "results.csv row 1: has 3 of 7 fields"),
        (COLUMNS, ["7,0,maybe,0,0,0,0"], "results.csv row 1: correct is 'maybe'; expected True or"),
        (
            COLUMNS,
            ["7,-1,True,0,0,0,0"],
            "results.csv row 1: attempt_id is '-1', which is",
        ),
        (COLUMNS, ["7,0,True,1e3,0,0,0"], "results.csv row 1: input_tokens is '1e3'"),
        (COLUMNS, ["7,0,True,0,0,0,1.234"], "results.csv row 1: earned is '1.234', which is no"),
        (COLUMNS, [" ,0,True,0,0,0,0"], "results.csv row 1: question_id is empty"),
        (COLUMNS, ["7,0,True,0,0,0,0"] * 2, "results.csv row 2: 7 is there twice in one attempt"),
        (COLUMNS, ['7,0,"True'], "results.csv is no CSV: "),
    ],
)
def test_what_cannot_be_read_is_named_with_its_row(
    tmp_path: Path, columns: str, rows: list[str], message: str
) -> None:
    said = refusal(table(tmp_path, *rows, columns=columns))
    assert said.startswith(message)
    assert "\n" not in said
