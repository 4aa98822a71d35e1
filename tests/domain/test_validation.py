"""An environment is gradable where the reference passes and nothing fails, every time."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tasks.domain.grading import judge_tests
from tasks.domain.validation import compare
from tasks.domain.verdicts import Evidence, Expectation

P, F, E, S = "passed", "failed", "error", "skipped"
SENTINELS = {"test_aa": P, "test_bb": F}
PLACED = {"x::test_aa": P, "x::test_bb": F}


def run(report: dict[str, str] | None, **changes: Any) -> Evidence:
    failed = any(result in (F, E) for result in (report or {}).values())
    return Evidence(**({"report": report, "exit_code": int(failed)} | changes))


def placed(report: dict[str, str], **changes: Any) -> Evidence:
    return run(report | PLACED, sentinels=SENTINELS, **changes)


def test_each_test_is_listed_once_and_by_what_every_repetition_says() -> None:
    both = {"fixed": F, "kept": P, "broken": P, "never": F, "skip": S, "unsteady": P, "left": P}
    null = [run(both), run(both | {"unsteady": F})]
    with_gold = {"fixed": P, "kept": P, "broken": F, "never": E, "skip": S, "unsteady": P}
    gold = [
        run(with_gold | {"new": P, "shy": P, "late": P}),
        run(with_gold | {"new": P, "late": F}),
    ]
    found = compare(null, gold)
    assert found.expectation == Expectation(
        fail_to_pass=("fixed", "new"),
        pass_to_pass=("kept",),
        others=("broken", "never", "skip"),
        flaky=("late", "shy", "unsteady"),
        gone=("left",),
    )
    assert (found.gradable, found.reason) == (True, "")
    assert (found.null, found.gold) == (tuple(null), tuple(gold))


def test_placed_tests_are_none_of_the_expected_ones() -> None:
    null, gold = [placed({"a": F})] * 2, [placed({"a": P}, image="sha256:1")] * 2
    found = compare(null, gold)
    assert found.gradable
    assert found.expectation == Expectation(fail_to_pass=("a",))
    assert found.image == "sha256:1"


@pytest.mark.parametrize(
    "null",
    [
        run({"import": E}),
        run(None, exit_code=2),
        run(None, failure="timeout"),
        run(None, exit_code=137, killed="memory"),
    ],
    ids=["import", "no report", "timeout", "memory"],
)
def test_without_the_reference_a_run_may_end_early(null: Evidence) -> None:
    found = compare([null], [run({"a": P})])
    assert (found.gradable, found.expectation.fail_to_pass) == (True, ("a",))


def test_a_broken_import_takes_placed_tests_along_without_the_reference_only() -> None:
    broken = run({"import": E}, sentinels=SENTINELS)
    assert compare([broken], [placed({"a": P})]).gradable
    found = compare([placed({"a": F})], [run({"a": P, "import": E}, sentinels=SENTINELS)])
    assert found.reason.startswith("gold_doubtful: with the gold patch, tests placed at grading")


OK, NULL = run({"a": P}), run({"a": F})
BAD = {
    "gold conflicts": ([NULL], [run(None, failure="patch_conflict")], "(patch_conflict)"),
    "gold times out once": ([NULL], [OK, run(None, failure="timeout")], "(timeout) in run 2 of 2"),
    "gold is killed": ([NULL], [run({"a": P}, killed="memory")], "(memory)"),
    "gold leaves no report": ([NULL], [run(None)], "(exit 0, no readable report)"),
    "gold fails": ([NULL], [NULL], "(1 tests: a)"),
    "gold breaks": ([OK], [NULL], "gold_fails"),
    "null passes": ([OK], [OK], "null_passes: all 1 tests pass without the gold patch"),
    "nothing is tested": ([run({})], [run({})], "no_fail_to_pass"),
    "all is skipped": ([run({"a": S})], [run({"a": S})], "gold_fails"),
    "gold is flaky": ([NULL], [OK, NULL], "flaky"),
    "null is flaky": ([NULL, OK], [OK, OK], "flaky"),
    "gold is stale": ([NULL], [run({"a": P}, stale=True)], "gold_doubtful: with the gold patch, "),
    "exit code of gold": ([NULL], [run({"a": P}, exit_code=3)], "exit code 3"),
    "exit code of null": ([run({"a": F}, exit_code=0)], [OK], "null_doubtful: without the gold"),
    "placed tests": ([NULL], [placed({"a": P, "y::test_aa": P})], "reported more than once"),
    "placed tests of null": ([placed({"x::test_b": P, "test_aa": F})], [OK], "null_doubtful"),
}


@pytest.mark.parametrize("kind", BAD)
def test_what_tells_nothing_is_excluded_with_its_reason_and_its_evidence(kind: str) -> None:
    null, gold, reason = BAD[kind]
    found = compare(null, gold)
    assert not found.gradable
    assert reason in found.reason
    assert ": " in found.reason
    assert (found.null, found.gold) == (tuple(null), tuple(gold))


def test_a_name_that_a_report_doubles_is_asked_of_nobody() -> None:
    gold = run({"a": P, "twice": E}, doubled=("twice",))
    found = compare([run({"a": F, "twice": E})], [gold.model_copy(update={"exit_code": 1})])
    assert found.gradable, found.reason
    assert found.expectation == Expectation(fail_to_pass=("a",), flaky=("twice",))


def test_nothing_is_compared_with_nothing() -> None:
    with pytest.raises(ValueError, match="a run without the reference"):
        compare([], [OK])


reports = st.dictionaries(st.sampled_from("abcde"), st.sampled_from([P, F, E, S]))
runs = st.lists(reports.map(placed), min_size=1, max_size=3)


@given(null=runs, gold=runs)
def test_in_a_gradable_environment_gold_is_resolved_and_null_is_not(
    null: list[Evidence], gold: list[Evidence]
) -> None:
    found = compare(null, gold)
    e = found.expectation
    listed = [*e.fail_to_pass, *e.pass_to_pass, *e.others, *e.flaky, *e.gone]
    every = {name for one in (*null, *gold) for name in one.report or {}} - set(PLACED)
    assert sorted(listed) == sorted(every)
    assert found.gradable == (not found.reason)
    if found.gradable:
        assert {judge_tests(one, e).outcome for one in gold} == {"resolved"}
        assert "resolved" not in {judge_tests(one, e).outcome for one in null}
