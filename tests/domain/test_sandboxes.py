"""Which sandbox an instance is graded in: Docker, unless there is a reason for another."""

import pytest

from tasks.domain.errors import UsageError
from tasks.domain.instances import Environment
from tasks.domain.sandboxes import (
    NOTHING_RUNS,
    Choice,
    check_sandbox,
    check_workers,
    choose_sandbox,
)

OURS = Environment(kind="tests", trusted=True)
THEIRS = Environment(kind="tests")
PUBLISHED = Environment(kind="swelancer")
DOCKER = Choice(sandbox="docker", because="default")


@pytest.mark.parametrize("environment", [OURS, THEIRS, PUBLISHED])
def test_docker_is_the_default(environment: Environment) -> None:
    assert choose_sandbox(environment, None, kept=None, engine=True) == DOCKER


def test_without_an_engine_trusted_code_alone_runs_in_a_process() -> None:
    fallen = Choice(sandbox="process", because="no_engine")
    assert choose_sandbox(OURS, None, kept=None, engine=False) == fallen
    assert choose_sandbox(THEIRS, None, kept=None, engine=False) == DOCKER
    assert choose_sandbox(PUBLISHED, None, kept=None, engine=False) == DOCKER


@pytest.mark.parametrize("asked", ["docker", "process"])
@pytest.mark.parametrize("environment", [OURS, THEIRS])
@pytest.mark.parametrize("engine", [True, False])
@pytest.mark.parametrize("kept", [None, DOCKER, Choice(sandbox="process", because="no_engine")])
def test_what_was_asked_for_is_never_replaced(
    asked: str, environment: Environment, engine: bool, kept: Choice | None
) -> None:
    found = choose_sandbox(environment, asked, kept=kept, engine=engine)
    assert found == Choice(sandbox=asked, because="asked")


@pytest.mark.parametrize("engine", [True, False])
@pytest.mark.parametrize(
    "kept",
    [
        DOCKER,
        Choice(sandbox="process", because="asked"),
        Choice(sandbox="process", because="no_engine"),
    ],
)
def test_a_run_goes_on_where_it_was_prepared(kept: Choice, engine: bool) -> None:
    assert choose_sandbox(OURS, None, kept=kept, engine=engine) == kept


@pytest.mark.parametrize("asked", [None, "docker", "process"])
def test_a_judge_that_runs_nothing_has_no_sandbox(asked: str | None) -> None:
    assert choose_sandbox(Environment(), asked, kept=None, engine=False) == NOTHING_RUNS


def test_an_unknown_sandbox_is_answered_with_the_known_ones() -> None:
    with pytest.raises(UsageError) as refused:
        check_sandbox("podman")
    assert str(refused.value) == "unknown sandbox 'podman'; known: docker, process"
    assert [check_sandbox(name) for name in ("docker", "process", None)] == [
        *("docker", "process", None)
    ]


def test_nothing_works_without_a_worker() -> None:
    with pytest.raises(UsageError, match="--workers 0: at least one is needed"):
        check_workers(0)
    assert [check_workers(n) for n in (1, None)] == [1, None]
