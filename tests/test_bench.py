"""A workbench makes the image of an instance's setup, and leaves alone what needs none."""

from pathlib import Path
from typing import Any, Final
from uuid import uuid4

import pytest

from tasks.bench import Workbench
from tasks.domain.errors import SystemFault
from tasks.domain.instances import Environment, TaskInstance
from tasks.repos import mirror_path
from tasks.sandbox.removals import finish_removals
from tests.repos.histories import Repository

NAME: Final = "ours/app"


def instance_of(base: str, environment: Environment) -> TaskInstance:
    return TaskInstance(
        instance_id="ours__app-7-ic_swe",
        variant="ic_swe",
        repository=NAME,
        key="7",
        issue=f"https://ours.test/{NAME}/issues/7",
        title="Add it up",
        statement="It does not add up.",
        base=base,
        environment=environment,
        prices={},
    )


@pytest.fixture
def base(tmp_path: Path) -> str:
    mirror = Repository.made(mirror_path(tmp_path, NAME))
    files = {"needs.txt": ("100644", b"left-pad\n"), "main.py": ("100644", b"pass\n")}
    return mirror.commit(files)


def with_setup(image: str, *setup: str) -> Environment:
    return Environment(
        kind="tests",
        base=image,
        setup=(f": {uuid4()}", *setup),
        dependencies=("needs.*",),
        trusted=True,
    )


def test_the_setup_of_an_instance_is_done_before_its_tests_run(
    engine: Any, base_image: str, base: str, tmp_path: Path
) -> None:
    given = instance_of(base, with_setup(base_image, "ls > /seen"))
    bench = Workbench(tmp_path, "docker")
    ready = bench.ready(given)
    assert ready.environment.image is not None
    try:
        with bench.sandbox.start(ready.environment, given.instance_id) as box:
            assert box.run(["cat", "/seen"], 20).output == "needs.txt\n"
            assert box.image is not None
            assert box.image.startswith("recipe-sha256:")
        assert bench.ready(given) == ready
    finally:
        finish_removals()
        engine.api.remove_image(ready.environment.image)


def test_without_a_setup_or_an_engine_an_instance_is_as_it_was(base: str, tmp_path: Path) -> None:
    plain = instance_of(base, Environment(kind="tests", image="paydag/sample:1"))
    assert Workbench(tmp_path, "docker").ready(plain) is plain
    trusted = instance_of(base, with_setup("paydag/base:1", "ls"))
    assert Workbench(tmp_path, "process").ready(trusted) is trusted


def test_a_base_that_the_mirror_lacks_is_the_machines_fault(tmp_path: Path, base: str) -> None:
    given = instance_of("1" * 40, with_setup("paydag/base:1", "ls"))
    with pytest.raises(SystemFault, match="ours__app-7-ic_swe has no setup: the mirror does not"):
        Workbench(tmp_path, "docker").ready(given)
