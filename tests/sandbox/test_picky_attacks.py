"""Code that lets only those failures pass that it gains by: of tests that use it, of one kind."""

from pathlib import Path
from typing import Any, Final

import pytest

from tests.repos.files import PLAIN
from tests.sandbox.arena import Arena, made_arena
from tests.sandbox.picky import BY_FAILURE, BY_TEST
from tests.variants.test_testing_docker import RUNNER

CASES: Final = "import unittest\nfrom app import total\n\nclass Sums(unittest.TestCase):\n"


@pytest.fixture(scope="module")
def arena(engine: Any, base_image: str, tmp_path_factory: pytest.TempPathFactory) -> Arena:
    return made_arena(tmp_path_factory.mktemp("picky"), base_image)


@pytest.mark.parametrize("attack", BY_TEST)
def test_who_lets_failures_of_its_own_tests_pass_is_seen(arena: Arena, attack: str) -> None:
    verdict = arena.judged(arena.program(BY_TEST[attack]))
    assert (verdict.outcome, verdict.reason) == ("unresolved", "tampering"), verdict


@pytest.mark.parametrize(
    "framework", ["unittest", pytest.param("pytest", marks=pytest.mark.exhaustive)]
)
@pytest.mark.parametrize("attack", BY_FAILURE)
def test_who_lets_one_kind_of_failure_pass_is_seen(
    engine: Any, base_image: str, tmp_path: Path, attack: str, framework: str
) -> None:
    runner = {"run.py": (PLAIN, RUNNER.encode())}
    ways = {} if framework == "pytest" else {"test_command": ("python3", "run.py", "{report}")}
    arena = made_arena(
        tmp_path, base_image, CASES + BY_FAILURE[attack].hidden, runner,
        framework=framework, repeats=1, **ways,
    )  # fmt: skip
    verdict = arena.judged(arena.program(BY_FAILURE[attack].program))
    assert (verdict.outcome, verdict.reason) == ("unresolved", "tampering"), verdict
    gold = arena.task.reference.gold_patch or ""
    assert arena.judged(gold).outcome == "resolved"
