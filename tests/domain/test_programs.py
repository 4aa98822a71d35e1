"""What a program may be made of, and when a result is the answer."""

import pytest
from pydantic import ValidationError

from tasks.domain.comparing import Comparison
from tasks.domain.programs import Answer, Case, CaseResult, Program, difference, laid_out

RIGHT = CaseResult(exit_code=0, stdout=b"3.0\n", files={"out.txt": b"x y\n"})
ANSWER = Answer(stdout=b"3", files={"out.txt": b"x  y"}, comparison=Comparison(how="numeric"))


def test_a_result_that_is_the_answer_differs_in_nothing() -> None:
    assert difference(ANSWER, RIGHT) == ""
    assert difference(Answer(exit_code=None), CaseResult(exit_code=9)) == ""


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"stopped": "wall"}, "stopped: wall"),
        ({"exit_code": 1}, "exit code 1"),
        ({"stdout": b"4"}, "another output"),
        ({"files": {}}, "no file out.txt"),
        ({"files": {"out.txt": None}}, "no file out.txt"),
        ({"files": {"out.txt": b"xy"}}, "another file out.txt"),
    ],
)
def test_the_first_difference_is_named(change: dict[str, object], said: str) -> None:
    assert difference(ANSWER, RIGHT.model_copy(update=change)) == said


def test_a_program_that_a_limit_ended_is_never_right() -> None:
    for stopped in ("cpu", "wall", "memory", "output", "disk", "worker"):
        ended = RIGHT.model_copy(update={"stopped": stopped})
        assert difference(ANSWER, ended) == f"stopped: {stopped}"


@pytest.mark.parametrize(
    "path",
    [
        "",
        "/x",
        "..",
        "../x",
        "a/../b",
        "a//b",
        "a/",
        "./a",
        ".",
        "a\0b",
        "x" * 256,
        "a/" * 600 + "a",
    ],
)
def test_no_path_leads_out_of_the_programs_folder(path: str) -> None:
    with pytest.raises(ValidationError, match="no path of a file below"):
        Program(command=("true",), files={path: b""})
    with pytest.raises(ValidationError, match="no path of a file below"):
        Case(files_in={path: b""})
    with pytest.raises(ValidationError, match="no path of a file below"):
        Case(files_out=(path,))


def test_a_path_is_not_a_file_and_a_folder_at_once() -> None:
    with pytest.raises(ValidationError, match="'a/b' is a file, and 'a/b/c/d' lies below it"):
        Program(command=("true",), files={"a/b": b"", "a/b/c/d": b""})
    program = Program(command=("true",), files={"a": b""})
    with pytest.raises(ValueError, match="'a' is a file"):
        laid_out(program, Case(files_in={"a/b": b""}))


def test_the_files_of_a_case_take_the_place_of_the_programs() -> None:
    program = Program(command=("true",), files={"a": b"1", "b": b"2"})
    assert laid_out(program, Case(files_in={"b": b"3"})) == {"a": b"1", "b": b"3"}
    assert program.files == {"a": b"1", "b": b"2"}


def test_a_command_is_words_without_nul() -> None:
    for command in ((), ("a\0b",)):
        with pytest.raises(ValidationError):
            Program(command=command)


def test_a_result_survives_json_byte_for_byte() -> None:
    result = CaseResult(exit_code=0, stdout=bytes(range(256)), files={"a": b"\xff", "b": None})
    assert CaseResult.model_validate_json(result.model_dump_json()) == result
