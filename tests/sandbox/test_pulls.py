"""Pulls wait where waiting helps, say at once where it does not, and happen once."""

import random
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from tasks.domain.errors import SystemFault
from tasks.domain.instances import Environment
from tasks.sandbox import pulls
from tasks.sandbox.client import lent
from tasks.sandbox.images import Image, find, prune, published
from tests.sandbox.registry import NATIVE, Registry, serving

WAITS_S = (0.01, 0.01)
LIMIT, UNWELL = (429, "TOOMANYREQUESTS"), (503, "UNAVAILABLE")


@pytest.fixture
def registry(engine: Any) -> Iterator[Registry]:
    """Empty at first; what was pulled from it is removed from the engine."""
    with serving() as started:
        yield started
    for image in engine.images.list():
        if any(tag.startswith(f"127.0.0.1:{started.port}/") for tag in image.tags):
            for tag in image.tags:
                engine.api.remove_image(tag)


@pytest.fixture
def name() -> str:
    """An image that no engine has seen: layers that are there are not asked for."""
    return f"ours/task{random.randrange(10**12)}:v1"


def pulled(engine: Any, reference: str, label: str = "ours-7") -> Image:
    return published(engine, Environment(kind="tests", image=reference), label, waits_s=WAITS_S)


def refused(engine: Any, reference: str) -> SystemFault:
    with pytest.raises(SystemFault) as raised:
        pulled(engine, reference)
    assert find(engine, reference) is None
    return raised.value


def test_an_image_is_pulled_once_and_named_by_the_registrys_digest(
    engine: Any, registry: Registry, name: str
) -> None:
    digest = registry.publish(name)
    image = pulled(engine, registry.reference(name))
    assert (image.reference, image.digest, image.architecture) == (
        registry.reference(name),
        digest,
        NATIVE,
    )
    asked = len(registry.asked)
    assert pulled(engine, registry.reference(name)) == image
    assert len(registry.asked) == asked
    assert pulled(engine, f"{registry.reference(name.partition(':')[0])}@{digest}").digest == digest


@pytest.mark.parametrize("refusal", [LIMIT, UNWELL], ids=["limit", "unwell"])
def test_a_registry_that_is_limited_or_unwell_is_asked_again(
    engine: Any, registry: Registry, name: str, refusal: tuple[int, str]
) -> None:
    digest = registry.publish(name)
    registry.refusals += [refusal, refusal]
    assert pulled(engine, registry.reference(name)).digest == digest


def test_a_limit_that_stays_is_a_fault_that_names_the_image_and_may_pass(
    engine: Any, registry: Registry, name: str
) -> None:
    registry.publish(name)
    registry.refusals += [LIMIT] * 50
    fault = refused(engine, registry.reference(name))
    assert fault.retryable
    assert f"limit is reached: the image {registry.reference(name)} cannot be pulled" in str(fault)


def test_an_image_that_is_not_there_is_said_at_once(
    engine: Any, registry: Registry, name: str
) -> None:
    fault = refused(engine, registry.reference(name))
    assert not fault.retryable
    assert f"the image {registry.reference(name)} cannot be had" in str(fault)
    assert len([path for path in registry.asked if "/manifests/" in path]) <= 2


def test_a_registry_that_denies_is_not_asked_again(
    engine: Any, registry: Registry, name: str
) -> None:
    registry.publish(name)
    registry.refusals += [(403, "DENIED")] * 2
    fault = refused(engine, registry.reference(name))
    assert (fault.retryable, "docker login" in str(fault)) == (False, True)


def test_a_registry_that_is_away_is_a_fault_that_may_pass(engine: Any) -> None:
    fault = refused(engine, "127.0.0.1:1/ours/task:v1")
    assert fault.retryable
    assert "127.0.0.1:1/ours/task:v1 is not here and its registry does not answer" in str(fault)


def test_a_registry_that_falls_silent_is_left(engine: Any, registry: Registry, name: str) -> None:
    registry.publish(name)
    registry.delay_s = 4
    reference = registry.reference(name)
    with pytest.raises(SystemFault, match="does not answer") as raised:
        pulls.pull(engine, reference, None, estimate_bytes=1, waits_s=(), silence_s=0.5)
    assert raised.value.retryable


@pytest.mark.parametrize("listed", [False, True])
def test_another_architecture_is_a_clear_fault(
    engine: Any, registry: Registry, name: str, listed: bool
) -> None:
    registry.publish(name, "s390x", listed=listed)
    with pytest.raises(
        SystemFault, match=rf"{registry.reference(name)} is .*(s390x|architecture)"
    ) as f:
        pulled(engine, registry.reference(name))
    assert not f.value.retryable


def test_an_image_larger_than_the_disk_is_refused_before_it_is_fetched(
    engine: Any, registry: Registry, name: str
) -> None:
    registry.publish(name)
    registry.claimed_size, registry.delay_s = 10**15, 1
    fault = refused(engine, registry.reference(name))
    assert "needs about 2500000.0 GB" in str(fault)
    assert not fault.retryable


def test_those_who_ask_together_share_one_pull_and_pulls_are_few_at_once(
    engine: Any, registry: Registry, name: str
) -> None:
    names = [f"ours/task{random.randrange(10**12)}:v1" for _ in range(4)]
    digests = [registry.publish(each) for each in names]
    registry.delay_s = 0.4

    def in_a_thread(each: str) -> str:
        with lent() as client:
            return pulled(client, registry.reference(each)).digest

    with ThreadPoolExecutor(8) as threads:
        assert list(threads.map(in_a_thread, names * 2)) == digests * 2
    blobs = [path for path in registry.asked if "/blobs/" in path]
    assert len(blobs) == len(set(blobs)) == 8
    assert registry.most_at_work == pulls.AT_ONCE


def test_pruning_removes_what_was_pulled_here_and_is_kept_by_nobody(
    engine: Any, registry: Registry, base_image: str
) -> None:
    names = [f"ours/task{random.randrange(10**12)}:v1" for _ in range(3)]
    for each in names:
        registry.publish(each)
    gone, kept, theirs = (registry.reference(each) for each in names)
    pulled(engine, gone)
    keep = pulled(engine, kept)
    repository, _, tag = theirs.rpartition(":")
    engine.images.pull(repository, tag=tag)  # by hand
    others = _all_but(engine, find(engine, gone))
    assert gone in prune(engine, [keep.digest, *others - {kept}])
    assert [find(engine, name) is None for name in (gone, kept, theirs)] == [True, False, False]
    assert gone not in prune(engine, [keep.reference, *others])


def _all_but(engine: Any, image: Image | None) -> set[str]:
    """The names of all other images: other tests run in the same engine."""
    assert image is not None
    others = [other for other in engine.images.list() if other.id != image.image_id]
    return {name for other in others for name in other.tags}


@pytest.mark.parametrize(
    ("said", "retryable", "words"),
    [
        ("toomanyrequests: You have reached your pull rate limit.", True, "limit"),
        ("received unexpected HTTP status: 502 Bad Gateway", True, "502"),
        ("dial tcp: lookup registry.test: no such host", True, "connect to the network"),
        ("net/http: TLS handshake timeout", True, "connect to the network"),
        ("manifest for a/b:c not found: manifest unknown", False, "cannot be had"),
        ("pull access denied for a/b, repository does not exist", False, "docker login"),
        ("write /data/x: no space left on device", False, "the disk is full"),
        ("no matching manifest for linux/arm64/v8 in the manifest list entries", False, "architec"),
        ("", True, "no reason given"),
    ],
)
def test_the_engines_words_become_one_sentence(said: str, retryable: bool, words: str) -> None:
    fault = pulls.explain("a/b:c", said)
    assert (fault.retryable, words in str(fault), "a/b:c" in str(fault)) == (retryable, True, True)


def test_room_is_asked_for_before_a_pull(engine: Any, registry: Registry, tmp_path: Path) -> None:
    with pytest.raises(SystemFault, match=r"the image a/b:c needs about 1000000000\.0 GB"):
        pulls.pull(engine, "a/b:c", tmp_path, estimate_bytes=10**18)
    assert registry.asked == []
