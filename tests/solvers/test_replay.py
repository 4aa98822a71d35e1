"""Answers from a file: read strictly, and the same answers are the same run."""

import json
from pathlib import Path
from typing import Any

import pytest

from tasks.domain.errors import UsageError
from tasks.domain.protocols import Solver
from tasks.domain.rollouts import NOTHING, Submission, turned_down
from tests.solvers.jobs import job, of_ids, plain_solver

GOOD = {"instance_id": "a", "model_name_or_path": "m", "selected_proposal_id": 3}


def lines(*objects: Any) -> str:
    return "".join(o if isinstance(o, str) else json.dumps(o) + "\n" for o in objects)


def replay(folder: Path, text: str | bytes, name: str = "p.jsonl") -> Solver:
    file = folder / name
    file.write_bytes(text if isinstance(text, bytes) else text.encode())
    return plain_solver("replay", {"predictions": str(file)})


def answer(solver: Solver, name: str, attempt: int = 1) -> Submission:
    return solver.solve(job(of_ids(1, 2, 3), name=name, attempt=attempt)).submission


def test_every_kind_of_answer_is_handed_in_the_same_for_every_attempt(tmp_path: Path) -> None:
    text = lines(
        GOOD,
        "\n",
        {"instance_id": "b", "model_patch": "diff \u2028 \u00e4\n"},
        {"instance_id": "c", "program": "print(1)", "model_patch": None},
        {"instance_id": "d", "model_name_or_path": "m"},
        {"instance_id": "e", "selected_proposal_id": 0},
    )
    solver = replay(tmp_path, text)
    assert [answer(solver, name) for name in "abcdex"] == [
        Submission(selected_proposal_id=3),
        Submission(model_patch="diff \u2028 \u00e4\n"),
        Submission(program="print(1)"),
        NOTHING,
        Submission(selected_proposal_id=0),
        NOTHING,
    ]
    assert answer(solver, "a", attempt=2) == answer(solver, "a")


def test_an_offer_can_be_declined_with_a_reason(tmp_path: Path) -> None:
    solver = replay(tmp_path, lines(GOOD, {"instance_id": "b", "decline": "too little"}))
    found = solver.solve(job(of_ids(1, 2, 3), name="b"))
    assert found == turned_down("too little")
    assert (found.submission, found.finish_reason) == (NOTHING, "declined")


def test_the_content_and_not_the_path_is_the_runs_parameter(tmp_path: Path) -> None:
    one = replay(tmp_path, lines(GOOD), "one.jsonl").parameters()
    assert one == replay(tmp_path, lines(GOOD), "two.jsonl").parameters()
    assert one != replay(tmp_path, lines(GOOD | {"selected_proposal_id": 4})).parameters()
    assert one["model"] == "m"
    mixed = lines(GOOD, {"instance_id": "b"}, {"instance_id": "c", "model_name_or_path": "k"})
    assert replay(tmp_path, mixed).parameters()["model"] == "k+m+unknown"


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("{not json\n", "p.jsonl:2 is not JSON: Expecting property name"),
        ("[1]\n", "p.jsonl:2: expected an object with a text `instance_id`"),
        ({"selected_proposal_id": 3}, "p.jsonl:2: expected an object with a text `instance_id`"),
        ({"instance_id": 3}, "p.jsonl:2: expected an object with a text `instance_id`"),
        (GOOD, "p.jsonl:2: a is answered twice; keep one line an instance"),
        (
            {"instance_id": "b", "patch": "x"},
            "p.jsonl:2: unknown key 'patch'; known: decline, instance_id, model_name_or_path, "
            "model_patch, program, selected_proposal_id",
        ),
        (
            {"instance_id": "b", "decline": "dull", "program": "x"},
            "p.jsonl:2: an offer is answered or declined; keep one of them",
        ),
        (
            {"instance_id": "b", "decline": " "},
            "p.jsonl:2: `decline` is the reason, a text; write one",
        ),
        ({"instance_id": "b", "selected_proposal_id": "three"}, "p.jsonl:2: Input should be "),
        ({"instance_id": "b", "model_patch": 7}, "p.jsonl:2: Input should be a valid string"),
        (
            {"instance_id": "b", "model_patch": "x", "program": "y"},
            "p.jsonl:2: Value error, a submission holds one of ",
        ),
    ],
)
def test_a_bad_line_is_named_with_its_file_and_number(
    tmp_path: Path, line: Any, message: str
) -> None:
    with pytest.raises(UsageError) as refused:
        replay(tmp_path, lines(GOOD, line))
    assert str(refused.value).startswith(message)
    assert "\n" not in str(refused.value)


@pytest.mark.parametrize("text", ["", "\n\n"])
def test_a_file_without_answers_says_what_was_expected(tmp_path: Path, text: str) -> None:
    with pytest.raises(UsageError, match=r"p\.jsonl holds no answer; expected JSON lines with"):
        replay(tmp_path, text)


def test_bytes_that_are_no_text_are_no_traceback(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"p\.jsonl:1 is not JSON"):
        replay(tmp_path, b"\xff\xfe\n")


def test_a_missing_file_and_a_missing_option_say_what_to_type(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="needs --predictions FILE"):
        plain_solver("replay", {})
    missing = tmp_path / "none.jsonl"
    with pytest.raises(UsageError, match=r"none\.jsonl cannot be read: No such file"):
        plain_solver("replay", {"predictions": str(missing)})
    with pytest.raises(UsageError, match="cannot be read: Is a directory"):
        plain_solver("replay", {"predictions": str(tmp_path)})
