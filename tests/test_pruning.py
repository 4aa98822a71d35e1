"""Images go as soon as they have served, and never from under another instance's feet."""

from collections.abc import Collection

import pytest

from tasks import pruning
from tasks.domain.instances import Environment

FIRST = Environment(kind="tests", image="theirs:1")
SECOND = Environment(kind="tests", base="theirs:2", setup=("make",))


@pytest.fixture
def kept(monkeypatch: pytest.MonkeyPatch) -> list[list[str]]:
    """What each removal was told to keep."""
    calls: list[list[str]] = []

    def remove(keep: Collection[str]) -> tuple[str, ...]:
        calls.append(sorted(keep))
        return ()

    monkeypatch.setattr(pruning, "remove_unused", remove)
    return calls


def test_what_others_work_with_stays(kept: list[list[str]]) -> None:
    with pruning.prune_after(FIRST, "docker", prune=True):
        with pruning.prune_after(SECOND, "docker", prune=True):
            with pruning.prune_after(SECOND, "docker", prune=True):
                pass
            assert kept == [["theirs:1", "theirs:2"]]
        assert kept[1:] == [["theirs:1"]]
    assert kept[2:] == [[]]


def test_what_fails_leaves_its_image_to_nobody(kept: list[list[str]]) -> None:
    with pytest.raises(ValueError), pruning.prune_after(FIRST, "docker", prune=True):
        raise ValueError
    assert kept == [[]]


@pytest.mark.parametrize(("sandbox", "prune"), [("docker", False), ("process", True)])
def test_nothing_goes_unasked_or_without_containers(
    kept: list[list[str]], sandbox: str, prune: bool
) -> None:
    with pruning.prune_after(FIRST, sandbox, prune=prune):
        pass
    assert kept == []
