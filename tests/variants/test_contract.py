"""The published image contract, kept by an image of our own in a real engine."""

from collections.abc import Iterator
from typing import Any

import pytest

from tasks.domain.errors import SystemFault
from tasks.domain.history import CodeHistory
from tasks.domain.instances import Environment, Reference, TaskInstance
from tasks.domain.protocols import Sandbox
from tasks.domain.rollouts import Submission
from tasks.domain.verdicts import EnvironmentCheck, Expectation
from tasks.sandbox import sandbox_named
from tasks.variants import issue_variant
from tests.domain.builders import instance
from tests.variants.benches import NoPrograms
from tests.variants.contract_image import BUG, FIX, ISSUE, TAG, make_image

VARIANT = issue_variant("ic_swe")


class Bench(NoPrograms):
    def __init__(self) -> None:
        self.sandbox: Sandbox = sandbox_named("docker")

    def repository(self, name: str) -> CodeHistory:
        raise AssertionError("the contract's repository lies in its image")


@pytest.fixture(scope="module")
def image(engine: Any, base_image: str) -> Iterator[str]:
    yield make_image(engine, base_image)
    engine.images.remove(TAG, force=True)


@pytest.fixture(scope="module")
def task(image: str) -> TaskInstance:
    return instance(
        variant="ic_swe",
        key=ISSUE,
        environment=Environment(kind="swelancer", image=image, timeout_s=60, repeats=1),
        reference=Reference(bug_patch=BUG),
    )


@pytest.fixture(scope="module")
def checked(task: TaskInstance) -> EnvironmentCheck:
    return VARIANT.check(task, Bench())


def with_environment(task: TaskInstance, **changes: Any) -> TaskInstance:
    environment = task.environment.model_copy(update=changes)
    return task.model_copy(update={"environment": environment})


def verdict(task: TaskInstance, patch: str, expectation: Expectation) -> tuple[str, str]:
    evidence = VARIANT.collect(task, Submission(model_patch=patch), Bench())
    found = VARIANT.judge(task, evidence, expectation)
    return found.outcome, found.reason


def adding(path: str, text: str) -> str:
    lines = text.splitlines()
    body = "".join(f"+{line}\n" for line in lines)
    return f"--- /dev/null\n+++ b/{path}\n@@ -0,0 +1,{len(lines)} @@\n{body}"


def test_the_bug_taken_back_passes_and_the_image_as_it_is_fails(
    checked: EnvironmentCheck,
) -> None:
    assert (checked.gradable, checked.reason) == (True, "")
    assert checked.expectation == Expectation(fail_to_pass=(ISSUE,))
    assert [run.exit_code for run in (*checked.null, *checked.gold)] == [1, 0]
    assert "tests ended with 0" in checked.gold[0].log
    assert checked.image


@pytest.mark.parametrize(
    ("patch", "expected"),
    [
        (FIX, ("resolved", "tests_passed")),
        (FIX.rstrip("\n"), ("resolved", "tests_passed")),
        (adding("notes.txt", "x"), ("unresolved", "tests_failed")),
        (adding("code.txt", "2"), ("unresolved", "contract_exit")),
        (adding("code.txt", "none"), ("unresolved", "contract_exit")),
        (adding("solution.sh", "kill -9 $PPID"), ("unresolved", "contract_exit")),
        (adding("solution.sh", "sleep 600"), ("unresolved", "timeout")),
        (FIX.replace("-41", "-40"), ("unresolved", "patch_conflict")),
        (adding("../tests/logs/x", "x"), ("unresolved", "patch_conflict")),
        (adding(".git/hooks/post-index-change", "x"), ("unresolved", "patch_conflict")),
        ("\n", ("unresolved", "empty_patch")),
    ],
    ids=["fix", "no newline", "nothing", "2", "none", "killed", "endless", *("abcd")],
)
def test_the_exit_code_decides(
    task: TaskInstance, checked: EnvironmentCheck, patch: str, expected: tuple[str, str]
) -> None:
    hasty = with_environment(task, timeout_s=5) if "sleep" in patch else task
    assert verdict(hasty, patch, checked.expectation) == expected


def test_where_the_reference_does_not_pass_a_broken_run_is_nobodys_fault(
    task: TaskInstance,
) -> None:
    assert verdict(task, adding("code.txt", "2"), Expectation()) == ("invalid", "not_validated")


def test_an_image_that_does_not_get_ready_is_the_machines_failure(task: TaskInstance) -> None:
    slow = with_environment(task, service=("/bin/true",), timeout_s=1)
    with pytest.raises(SystemFault, match="did not get ready in time"):
        VARIANT.collect(slow, Submission(model_patch=FIX), Bench())


def test_a_published_task_without_a_reference_cannot_be_validated() -> None:
    task = instance(variant="ic_swe", environment=Environment(kind="swelancer", image="x"))
    found = VARIANT.check(task, Bench())
    assert not found.gradable
    assert found.reason.startswith("no_gold: ")
