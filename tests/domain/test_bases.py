"""However a pull request was merged, its base is the commit before all of its change."""

import shutil
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from tasks.domain.bases import fix_base
from tasks.repos import Mirror
from tests.repos.files import BEFORE, PLAIN, Files, changed
from tests.repos.histories import KINDS, MERGED_AT, Merged, Repository, merged_pull, rebase


def base_of(made: Merged, **changes: Any) -> str:
    return fix_base(Mirror(made.repository.folder), made.pull.model_copy(update=changes))


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_of_merge_has_its_base(tmp_path: Path, kind: str) -> None:
    made = KINDS[kind](tmp_path / "app.git")
    assert base_of(made) == made.base


@pytest.mark.parametrize(
    "changes",
    [
        {"changed_files": None},
        {"additions": None},
        {"deletions": None},
        {"additions": 7},
        {"changed_files": 0, "additions": 0, "deletions": 0},
        {"changed_files": 100_000},
    ],
    ids=str,
)
def test_where_sizes_tell_nothing_it_is_the_first_parent(
    tmp_path: Path, changes: dict[str, Any]
) -> None:
    made = rebase(tmp_path / "app.git")
    assert base_of(made, **changes) == made.pull.parents[0]


def test_no_commit_from_before_the_pull_request_is_a_part_of_it(tmp_path: Path) -> None:
    made = rebase(tmp_path / "app.git")
    opened = made.pull.merged_at or made.pull.created_at
    assert base_of(made, created_at=opened + timedelta(seconds=1)) == made.pull.parents[0]
    assert base_of(made, created_at=opened - timedelta(seconds=2)) == made.base


def test_an_unknown_merge_commit_leaves_what_the_document_says(tmp_path: Path) -> None:
    made = rebase(tmp_path / "app.git")
    assert base_of(made, merge_commit="e" * 40, parents=("d" * 40,)) == "d" * 40
    assert base_of(made, merge_commit=None, parents=()) == ""


FIRST: Files = {"a.txt": (PLAIN, b"a\n")}
SECOND: Files = {"b.txt": (PLAIN, b"b\n")}


def stacked(folder: Path, subject: str, seconds_before: int) -> Merged:
    """A pull request on top of another one, which was merged some time before it.

    For GitHub it holds the change of both: its branch began before either.
    """
    repository = Repository.made(folder)
    start = repository.commit(BEFORE, at=MERGED_AT - 90_000)
    both = changed(BEFORE, FIRST, SECOND)
    head = repository.commit(both, [start], at=MERGED_AT - 9_000)
    under = repository.commit(
        changed(BEFORE, FIRST), [start], subject, at=MERGED_AT - seconds_before
    )
    fix = repository.commit(both, [under], "Second", at=MERGED_AT)
    pull = merged_pull(repository, start, head, fix)
    return Merged(repository, pull, under, fix)


@pytest.mark.parametrize(
    ("subject", "seconds_before"), [("First (#30)", 60), ("First", 700), ("First (#30)", 700)]
)
def test_another_pull_request_below_is_not_taken_along(
    tmp_path: Path, subject: str, seconds_before: int
) -> None:
    made = stacked(tmp_path / "app.git", subject, seconds_before)
    assert base_of(made) == made.base


@pytest.mark.parametrize("subject", ["Part one", "Part one (#7)", "(#30) at the front"])
def test_a_commit_that_ends_with_its_issues_number_is_no_squash(
    tmp_path: Path, subject: str
) -> None:
    made = stacked(tmp_path / "app.git", subject, 1)  # a rebase of two commits looks like this
    start = Mirror(made.repository.folder).commit(made.base)
    assert start is not None
    assert base_of(made) == start.parents[0]


def test_a_merge_ends_the_way_back(tmp_path: Path) -> None:
    repository = Repository.made(tmp_path / "app.git")
    start = repository.commit(BEFORE)
    side = repository.commit(changed(BEFORE, FIRST), [start])
    merge = repository.commit(changed(BEFORE, FIRST), [start, side])
    fix = repository.commit(changed(BEFORE, FIRST, SECOND), [merge])
    made = Merged(repository, merged_pull(repository, start, fix, fix), merge, fix)
    assert base_of(made) == merge


def test_a_history_that_begins_with_the_fix_has_no_base_before_it(tmp_path: Path) -> None:
    repository = Repository.made(tmp_path / "app.git")
    start = repository.commit(BEFORE)
    fix = repository.commit(changed(BEFORE, FIRST), [start])
    whole = merged_pull(repository, start, fix, fix, changed_files=40, additions=900)
    assert base_of(Merged(repository, whole, start, fix)) == start


def test_files_that_are_not_there_leave_the_first_parent(tmp_path: Path) -> None:
    made = rebase(tmp_path / "app.git")
    bare = Repository(tmp_path / "bare.git")
    shutil.copytree(made.repository.folder, bare.folder)
    for mode_and_content in (BEFORE["edited.txt"], BEFORE["windows.txt"]):
        oid = made.repository.blob(mode_and_content[1])
        (bare.folder / "objects" / oid[:2] / oid[2:]).unlink()
    assert base_of(replace(made, repository=bare)) == made.pull.parents[0]
