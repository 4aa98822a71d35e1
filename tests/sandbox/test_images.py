"""An environment's image is there, fits this machine, and goes only when nobody needs it."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final
from uuid import uuid4

import pytest

from tasks.domain.errors import SystemFault
from tasks.domain.instances import Environment
from tasks.sandbox.images import BUILT, Image, find, needed, prune, published, require_architecture

ROOT: Final = Path(__file__).resolve().parents[2]


@pytest.fixture
def built(engine: Any, base_image: str) -> Iterator[str]:
    """An image under the name of those that are built here."""
    reference = f"{BUILT}:{uuid4().hex[:16]}"
    made = engine.containers.create(base_image, labels={"paydag.test": "1"})
    try:
        repository, _, tag = reference.partition(":")
        engine.api.commit(made.id, repository=repository, tag=tag, message=reference)
    finally:
        made.remove()
    yield reference
    if find(engine, reference) is not None:
        engine.api.remove_image(reference)


def image_of(engine: Any, reference: str) -> Image:
    image = find(engine, reference)
    assert image is not None
    return image


def others(engine: Any, image: Image) -> list[str]:
    """The names of all other images: other tests run in the same engine."""
    rest = [other for other in engine.images.list() if other.id != image.image_id]
    return [name for other in rest for name in other.tags]


def test_an_image_that_is_there_is_used_as_it_is(engine: Any, base_image: str) -> None:
    image = published(engine, Environment(kind="tests", image=base_image), "ours-7")
    assert image.reference == base_image
    assert image.digest == image.image_id == engine.images.get(base_image).id
    assert image.architecture == engine.version()["Arch"]
    assert published(engine, Environment(kind="tests", base=base_image), "ours-7") == image


def test_an_environment_without_an_image_says_what_to_write(engine: Any) -> None:
    with pytest.raises(SystemFault, match=r"ours-7 names no image: .* environment\.image") as fault:
        published(engine, Environment(kind="tests"), "ours-7")
    assert not fault.value.retryable


def test_an_image_that_is_made_here_is_asked_of_no_registry(engine: Any) -> None:
    environment = Environment(kind="tests", image="paydag/no-such:1")
    with pytest.raises(SystemFault, match="paydag/no-such:1 is missing") as fault:
        published(engine, environment, "ours-7", waits_s=(60.0,))
    assert not fault.value.retryable


def test_another_architecture_is_refused_with_both_named(engine: Any) -> None:
    image = Image("a/b:c", "sha256:1", "sha256:1", "s390x")
    with pytest.raises(SystemFault, match=r"a/b:c is made for s390x, but this engine runs on \w+"):
        require_architecture(engine, image)


def test_pruning_leaves_what_is_kept_used_or_made_by_hand(
    engine: Any, built: str, base_image: str
) -> None:
    image = image_of(engine, built)
    keep = others(engine, image)
    assert built not in prune(engine, [*keep, built])
    assert built not in prune(engine, [*keep, image.image_id])
    container = engine.containers.create(built, labels={"paydag.test": "1"})
    assert built not in prune(engine, keep)
    container.remove()
    image_of(engine, built)
    assert prune(engine, keep) == (built,)
    assert find(engine, built) is None
    image_of(engine, base_image)


def test_an_image_with_a_further_name_is_somebodys(engine: Any, built: str) -> None:
    image = image_of(engine, built)
    engine.api.tag(image.image_id, "scratch-paydag-test", "mine")
    try:
        assert prune(engine, others(engine, image)) == ()
    finally:
        engine.api.remove_image("scratch-paydag-test:mine")


_NEED: Final = """
import sys, docker
from tasks.sandbox.images import find, needed
client = docker.from_env()
needed(client, find(client, sys.argv[1]))
client.close()
print("needed", flush=True)
sys.stdin.read()
"""


def test_an_image_that_another_process_needs_stays_until_that_process_is_gone(
    engine: Any, built: str
) -> None:
    keep = others(engine, image_of(engine, built))
    with subprocess.Popen(
        [sys.executable, "-c", _NEED, built],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as other:
        assert other.stdout is not None
        assert other.stdout.readline() == "needed\n"
        assert prune(engine, keep) == ()
        other.kill()
    assert prune(engine, keep) == (built,)


def test_a_process_may_prune_what_it_needed_itself(engine: Any, built: str) -> None:
    image = needed(engine, image_of(engine, built))
    assert prune(engine, others(engine, image)) == (built,)
    with pytest.raises(SystemFault, match="was removed by another process") as fault:
        needed(engine, image)
    assert fault.value.retryable
