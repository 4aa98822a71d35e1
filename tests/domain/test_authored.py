"""What a model wrote is a task, or is refused with one reason and what is wrong."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from tasks.domain.authored import Authored, UnusableError, best_of, read_answer
from tests.authored import answer, case


def refused(found: Any, called: str | None = "write_task") -> tuple[str, str]:
    text = found if isinstance(found, str) else json.dumps(found)
    with pytest.raises(UnusableError) as error:
        read_answer(called, text)
    return error.value.reason, str(error.value)


def with_file(name: str) -> dict[str, Any]:
    def renamed(listed: list[dict[str, Any]]) -> list[dict[str, Any]]:
        return [one | {"inputs": [one["inputs"][0] | {"name": name}]} for one in listed]

    plain = answer()
    cases: dict[str, Any] = {part: renamed(plain[part]) for part in ("examples", "cases")}
    return answer() | cases | {"reads": [name]}


def test_a_good_answer_is_a_task_by_whatever_way_it_comes() -> None:
    text = json.dumps(answer())
    found = read_answer("write_task", text)
    assert [one.as_case().inputs for one in found.cases] == [{"stdin": f"{n}\n"} for n in range(8)]
    assert read_answer(None, text) == read_answer(None, f"```json\n{text}\n```\n") == found
    assert read_answer("write_task", json.dumps(answer(thoughts="none"))) == found
    files = read_answer("write_task", json.dumps(with_file("orders.csv") | {"writes": "sums.csv"}))
    assert (files.reads, files.writes) == (("orders.csv",), "sums.csv")
    escape = answer(solution='print("\\u0000".strip("\\0") or int(input()) * 3 + 1)\n')
    assert "\\u0000" in read_answer("write_task", json.dumps(escape)).solution


@pytest.mark.parametrize(
    ("found", "reason", "says"),
    [
        ("", "malformed", "Invalid JSON"),
        ("[" * 100_000, "malformed", "Invalid JSON"),
        ('"\\ud800"', "malformed", "Invalid JSON"),
        ("x" * 1_000_001, "malformed", "longer than"),
        ([answer()], "malformed", "should be an object"),
        (answer(solution=3), "malformed", "solution: "),
        (answer(solution=" "), "malformed", "solution: is empty"),
        (answer(comparison="close"), "malformed", "comparison: "),
        (answer(statement=answer()["solution"]), "malformed", "shows the solution"),
        (answer(statement="a\0b"), "malformed", "NUL"),
        (answer(cases=answer()["cases"] * 6), "malformed", "more than 40"),
        (answer(cases=answer()["cases"][:7]), "too_few_cases", "cases: 7 of the 8"),
        (answer(examples=[case(100, 301)]), "too_few_cases", "examples: 1 of the 2"),
        (answer(wrong=answer()["wrong"][:2]), "too_few_cases", "wrong: 2 of the 3"),
        (answer(wrong=answer()["wrong"][:1] * 3), "too_few_cases", "wrong: 1 of the 3"),
        (
            answer(wrong=[one | {"name": "slip"} for one in answer()["wrong"]]),
            "malformed",
            "the same name",
        ),
        (
            answer(cases=[*answer()["cases"], case(9, " 1 ")]),
            "degenerate",
            "cases 1 and 9: they have the same output",
        ),
        (
            answer(cases=[*answer()["cases"], case(100, 5)]),
            "degenerate",
            "cases 9: its inputs are those of an example",
        ),
        (answer(reads=["a.csv"]), "malformed", "examples 1: has stdin instead of a.csv"),
        (with_file("../a"), "malformed", "cannot be a file's name"),
        (with_file("solution.py"), "malformed", "cannot be a file's name"),
        (with_file("stdin"), "malformed", "cannot be a file's name"),
        (with_file("a") | {"writes": "A"}, "malformed", "the same name"),
    ],
)
def test_what_cannot_be_graded_is_refused_with_what_is_wrong(
    found: Any, reason: str, says: str
) -> None:
    why, problem = refused(found)
    assert why == reason
    assert says in problem
    assert "\n" not in problem
    assert len(problem) < 500


def test_a_posting_that_wants_no_program_is_told_apart() -> None:
    assert refused({"reason": "A\npoem."}, "no_task") == ("no_program", "A poem.")
    assert refused({"reason": "A poem."}, None) == ("no_program", "A poem.")
    assert refused({"reason": ""}, "no_task")[0] == "malformed"
    assert refused(answer(), "final") == (
        "malformed",
        "unknown tool 'final'; known: write_task, no_task",
    )


def written(day: int, model: str, found: Any) -> Authored:
    return Authored(
        document_id=f"m#1@{model}",
        posting_id="m#1",
        model=model,
        request="r",
        told_sha256="t",
        called="write_task",
        answer=None if found is None else json.dumps(found),
        problem="the model refuses to answer" if found is None else None,
        written_at=datetime(2025, 1, day, tzinfo=UTC),
    )


def test_the_newest_answer_that_can_be_used_counts() -> None:
    old, new, broken = (
        written(1, "a:x", answer()),
        written(2, "b:x", answer()),
        written(3, "c:x", {}),
    )
    assert best_of([broken, old, new]) == new
    assert best_of([old, broken]) == old
    assert best_of([broken]) == broken
    assert best_of([]) is None
    with pytest.raises(UnusableError, match="the model refuses to answer"):
        written(1, "a:x", None).task()
