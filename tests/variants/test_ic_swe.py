"""A patch is judged by hidden tests in a fresh checkout that received only the patch."""

import io
import tarfile
from collections.abc import Mapping
from typing import Any

import pytest

from tasks.bench import Workbench
from tasks.domain.grading import own_tests
from tasks.domain.instances import TaskInstance
from tasks.domain.rollouts import NOTHING, Submission
from tasks.domain.verdicts import EnvironmentCheck, Evidence
from tasks.variants import issue_variant
from tests.sample_home import SampleHome

VARIANT = issue_variant("ic_swe")
ISSUE = 11  # small, and its fix changes a module, so that a module can be broken, too


@pytest.fixture(scope="module")
def bench(built_sample: SampleHome) -> Workbench:
    return Workbench(built_sample.home, "process")


@pytest.fixture(scope="module")
def task(built_sample: SampleHome) -> TaskInstance:
    return built_sample.instance(ISSUE, "ic_swe")


@pytest.fixture(scope="module")
def checked(task: TaskInstance, bench: Workbench) -> EnvironmentCheck:
    return VARIANT.check(task, bench)


def verdict(
    task: TaskInstance, patch: str | None, bench: Workbench, checked: EnvironmentCheck
) -> tuple[str, str]:
    submission = Submission(model_patch=patch)
    evidence = VARIANT.collect(task, submission, bench)
    found = VARIANT.judge(task, evidence, checked.expectation)
    return found.outcome, found.reason


def with_environment(task: TaskInstance, **changes: Any) -> TaskInstance:
    environment = task.environment.model_copy(update=changes)
    return task.model_copy(update={"environment": environment})


def files_at_base(task: TaskInstance, bench: Workbench) -> dict[str, str]:
    raw = bench.repository(task.repository).archive(task.base or "")
    with tarfile.open(fileobj=io.BytesIO(raw)) as archive:
        return {
            member.name: content.read().decode()
            for member in archive.getmembers()
            if member.isfile() and (content := archive.extractfile(member)) is not None
        }


def adding(path: str, text: str) -> str:
    """A patch that creates a file."""
    lines = text.splitlines()
    body = "".join(f"+{line}\n" for line in lines)
    return (
        f"diff --git a/{path} b/{path}\nnew file mode 100644\n--- /dev/null\n+++ b/{path}\n"
        f"@@ -0,0 +1,{len(lines)} @@\n{body}"
    )


def replacing(path: str, before: str, after: str) -> str:
    """A patch that gives a file another text."""
    old, new = before.splitlines(), after.splitlines()
    minus = "".join(f"-{line}\n" for line in old)
    plus = "".join(f"+{line}\n" for line in new)
    return (
        f"diff --git a/{path} b/{path}\n--- a/{path}\n+++ b/{path}\n"
        f"@@ -1,{len(old)} +1,{len(new)} @@\n{minus}{plus}"
    )


def test_gold_passes_and_null_fails_so_the_task_can_be_graded(checked: EnvironmentCheck) -> None:
    assert (checked.gradable, checked.reason) == (True, "")
    # Tests that must fail were placed beside the others.
    assert [run.exit_code for run in (*checked.gold, *checked.null)] == [1] * 4
    expected = checked.expectation
    assert expected.fail_to_pass
    assert expected.pass_to_pass
    assert not set(expected.fail_to_pass) & set(expected.pass_to_pass)
    for run in checked.gold:
        assert own_tests(run.report or {}, run.sentinels) == dict.fromkeys(
            sorted((*expected.fail_to_pass, *expected.pass_to_pass)), "passed"
        )
    names = [name for run in (*checked.gold, *checked.null) for name in run.sentinels]
    assert len(names) == len(set(names)) > 0


def test_the_gold_patch_resolves(
    task: TaskInstance, bench: Workbench, checked: EnvironmentCheck
) -> None:
    gold = task.reference.gold_patch
    assert verdict(task, gold, bench, checked) == ("resolved", "tests_passed")
    without_last_newline = (gold or "").removesuffix("\n")
    assert verdict(task, without_last_newline, bench, checked) == ("resolved", "tests_passed")


def test_no_patch_and_an_empty_one_resolve_nothing(
    task: TaskInstance, bench: Workbench, checked: EnvironmentCheck
) -> None:
    assert VARIANT.collect(task, NOTHING, bench) == Evidence(failure="no_submission")
    assert verdict(task, None, bench, checked) == ("unresolved", "no_submission")
    assert verdict(task, " \n", bench, checked) == ("unresolved", "empty_patch")


def test_a_patch_that_repairs_nothing_fails_the_tests(
    task: TaskInstance, bench: Workbench, checked: EnvironmentCheck
) -> None:
    patch = adding("NOTES.md", "Looks fine to me.")
    assert verdict(task, patch, bench, checked) == ("unresolved", "tests_failed")


@pytest.mark.parametrize(
    "patch",
    [
        "this is no patch\n",
        replacing("no/such/file.py", "a", "b"),
        adding("../outside.txt", "x"),
        adding("/tmp/paydag-outside.txt", "x"),
        adding(".git/config", "x"),
    ],
    ids=["garbage", "unknown file", "above", "absolute", "git's own"],
)
def test_what_does_not_apply_is_a_patch_conflict(
    task: TaskInstance, bench: Workbench, checked: EnvironmentCheck, patch: str
) -> None:
    assert verdict(task, patch, bench, checked) == ("unresolved", "patch_conflict")


def test_a_patch_of_the_hidden_tests_is_overwritten(
    task: TaskInstance, bench: Workbench, checked: EnvironmentCheck
) -> None:
    files = files_at_base(task, bench)
    easy = "import unittest\n\n\nclass Easy(unittest.TestCase):\n    pass\n"
    patch = "".join(
        replacing(hidden.path, files[hidden.path], easy)
        if hidden.path in files
        else adding(hidden.path, easy)
        for hidden in task.reference.hidden_tests
    )
    assert verdict(task, patch, bench, checked) == ("unresolved", "tests_failed")
    both = (task.reference.gold_patch or "") + patch
    assert verdict(task, both, bench, checked) == ("resolved", "tests_passed")


def test_a_report_that_the_patch_brings_along_is_not_read(
    task: TaskInstance, bench: Workbench, checked: EnvironmentCheck
) -> None:
    expected = checked.expectation
    cases = "".join(
        '<testcase classname="{}" name="{}"/>'.format(*name.split("::"))
        for name in (*expected.fail_to_pass, *expected.pass_to_pass)
    )
    runner = files_at_base(task, bench)["run_tests.py"]
    patch = adding("report.xml", f"<testsuite>{cases}</testsuite>")
    assert verdict(task, patch, bench, checked) == ("unresolved", "tests_failed")
    patch += replacing("run_tests.py", runner, "print('all is well')")
    careless = with_environment(task, kept=())
    assert verdict(careless, patch, bench, checked) == ("unresolved", "tampering")
    evidence = VARIANT.collect(task, Submission(model_patch=patch), bench)
    assert evidence.dropped == ("run_tests.py",)


@pytest.mark.parametrize("old", [False, True])
def test_a_report_that_the_tests_did_not_write_is_seen_by_its_names_or_its_age(
    task: TaskInstance, bench: Workbench, checked: EnvironmentCheck, old: bool
) -> None:
    cases = "".join(
        '<testcase classname="{}" name="{}"/>'.format(*name.split("::"))
        for name in (*checked.expectation.fail_to_pass, *checked.expectation.pass_to_pass)
    )
    forging = (
        (
            f"import os, pathlib, sys\npathlib.Path(sys.argv[-1]).write_text({cases!r})\n"
            f"if {old}: os.utime(sys.argv[-1], (1, 1))"
        )
        .replace("'<", "'<testsuite><")
        .replace("/>'", "/></testsuite>'")
    )
    runner = files_at_base(task, bench)["run_tests.py"]
    patch = replacing("run_tests.py", runner, forging)
    command = ("python", "-B", "run_tests.py", "--junit", "{report}")
    careless = with_environment(task, kept=(), test_command=command)
    evidence = VARIANT.collect(careless, Submission(model_patch=patch), bench)
    assert (evidence.stale, evidence.exit_code) == (old, 0)
    assert set(checked.expectation.fail_to_pass) <= set(evidence.report or {})
    found = VARIANT.judge(careless, evidence, checked.expectation)
    assert (found.outcome, found.reason) == ("unresolved", "tampering")


def test_a_command_may_leave_the_reports_place_to_the_graders(
    task: TaskInstance, bench: Workbench, checked: EnvironmentCheck
) -> None:
    command = ("python", "-B", "run_tests.py", "--junit", "{report}")
    gold = task.reference.gold_patch
    found = verdict(with_environment(task, test_command=command), gold, bench, checked)
    assert found == ("resolved", "tests_passed")


def test_a_program_that_never_ends_is_a_timeout(
    task: TaskInstance, bench: Workbench, checked: EnvironmentCheck
) -> None:
    runner = files_at_base(task, bench)["run_tests.py"]
    patch = replacing("run_tests.py", runner, "import time\ntime.sleep(600)")
    hasty = with_environment(task, timeout_s=1, kept=())
    assert verdict(hasty, patch, bench, checked) == ("unresolved", "timeout")


def test_every_collection_starts_from_a_fresh_checkout(
    task: TaskInstance, bench: Workbench, checked: EnvironmentCheck
) -> None:
    gold = Submission(model_patch=task.reference.gold_patch)
    first = VARIANT.collect(task, gold, bench)
    VARIANT.collect(task, Submission(model_patch=adding("NOTES.md", "x")), bench)
    again = VARIANT.collect(task, gold, bench)
    own = [own_tests(run.report or {}, run.sentinels) for run in (first, again)]
    assert own[0] == own[1]
    assert not set(first.sentinels) & set(again.sentinels)


def test_every_coding_task_of_the_sample_can_be_graded(
    built_sample: SampleHome, bench: Workbench
) -> None:
    tasks = [i for i in built_sample.instances.values() if i.variant == "ic_swe"]
    assert {i.instance_id: VARIANT.check(i, bench).reason for i in tasks} == {
        i.instance_id: "" for i in tasks
    }


@pytest.mark.parametrize(
    ("environment", "patch", "reason"),
    [
        ({"test_command": ("false",)}, None, "the gold patch does not pass (exit 1"),
        ({"test_command": ("true",)}, None, "the gold patch does not pass (exit 0"),
        ({"timeout_s": 1, "test_command": ("sleep", "60")}, None, "(timeout)"),
        ({}, "garbage", "the gold patch does not pass (patch_conflict)"),
    ],
)
def test_an_environment_that_tells_nothing_is_not_gradable(
    task: TaskInstance,
    bench: Workbench,
    environment: Mapping[str, Any],
    patch: str | None,
    reason: str,
) -> None:
    reference = task.reference
    if patch is not None:
        reference = reference.model_copy(update={"gold_patch": patch})
    changed = with_environment(task, **environment)
    found = VARIANT.check(changed.model_copy(update={"reference": reference}), bench)
    assert not found.gradable
    assert reason in found.reason
