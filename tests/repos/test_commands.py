"""What git says when it ends is told apart: bounds that stopped it, and anything else."""

from pathlib import Path

import pytest

from tasks.repos.commands import Bounds, GitFailure, OutOfBounds, run

BOUNDS = Bounds(seconds=20, memory=1 << 30, file=1 << 30)


def _dying(folder: Path, words: str, bounds: Bounds | None) -> None:
    run(folder, ["-c", f"alias.die=!echo '{words}' >&2; exit 128", "die"], bounds=bounds)


@pytest.mark.parametrize(
    "words",
    [
        "fatal: Out of memory, malloc failed (tried to allocate 10 bytes)",
        "fatal: unable to map index file: Cannot allocate memory",
    ],
)
def test_git_without_memory_was_stopped_by_its_bounds(tmp_path: Path, words: str) -> None:
    with pytest.raises(OutOfBounds):
        _dying(tmp_path, words, BOUNDS)
    with pytest.raises(GitFailure) as unbound:
        _dying(tmp_path, words, None)
    assert not isinstance(unbound.value, OutOfBounds)


def test_what_else_git_says_is_no_matter_of_bounds(tmp_path: Path) -> None:
    with pytest.raises(GitFailure, match="corrupt patch") as failure:
        _dying(tmp_path, "error: corrupt patch at line 3", BOUNDS)
    assert not isinstance(failure.value, OutOfBounds)
