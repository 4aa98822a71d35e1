"""A sealed base is the tree at its commit, and nothing in it knows what came before or after."""

import io
import os
import shutil
import subprocess
import tarfile
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import pytest

from tasks.domain.errors import DataError
from tasks.repos.sealed import SEALED_AT, sealed
from tests.repos.files import BEFORE, MODULE, Files
from tests.repos.histories import MERGED_AT, Repository

LATER: Final = "the fix that nobody may see"
TREE: Final[Files] = {
    **{path: entry for path, entry in BEFORE.items() if entry[0] != MODULE},
    "run.sh": ("100755", b"#!/bin/sh\n"),
    "link": ("120000", b"run.sh"),
    os.fsdecode(b"caf\xe9.txt"): ("100644", b"\xff\0"),
    f"deep/{'d' * 120}/{'f' * 120}": ("100644", b"far\n"),
}


@dataclass(frozen=True)
class Past:
    mirror: Path
    base: str
    later: str


@pytest.fixture(scope="module")
def past(tmp_path_factory: pytest.TempPathFactory) -> Past:
    """A mirror with a base, what came before and after it, and something no ref leads to."""
    made = Repository.made(tmp_path_factory.mktemp("sealed") / "mirror.git")
    before = made.commit({"old.txt": ("100644", b"old")}, at=MERGED_AT - 9_000)
    base = made.commit(TREE, [before], "Base of it all")
    later = made.commit({**TREE, "fix.txt": ("100644", LATER.encode())}, [base], LATER)
    made.branch("main", later)
    made.git("update-ref", "refs/pull/7/head", later)
    made.git("tag", "v1", later)
    made.git("config", "remote.origin.url", "https://ours.test/secret")
    made.blob(b"reached by nothing")
    return Past(made.folder, base, later)


def unpacked(tar: bytes, folder: Path) -> Path:
    with tarfile.open(fileobj=io.BytesIO(tar)) as archive:
        archive.extractall(folder, filter="tar")
    return folder


def git(folder: Path, *arguments: str) -> str:
    kept = {k: v for k, v in os.environ.items() if not k.startswith("GIT_")}
    own = {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1"}
    done = subprocess.run(
        ["git", *arguments], cwd=folder, env=kept | own, capture_output=True, text=True, check=True
    )
    return done.stdout


@pytest.fixture(scope="module")
def work(past: Past, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return unpacked(sealed(past.mirror, past.base, git=True), tmp_path_factory.mktemp("work"))


def files_in(folder: Path) -> Files:
    found: Files = {}
    for path in folder.rglob("*"):
        name = str(path.relative_to(folder))
        if path.is_symlink():
            found[name] = ("120000", os.fsencode(os.readlink(path)))
        elif path.is_file():
            mode = (
                "100755" if os.access(path, os.X_OK) and path.stat().st_mode & 0o100 else "100644"
            )
            found[name] = (mode, path.read_bytes())
    return found


def test_the_tree_is_that_of_the_commit_and_nothing_of_git_is_in_it(
    past: Past, tmp_path: Path
) -> None:
    tar = sealed(past.mirror, past.base)
    assert files_in(unpacked(tar, tmp_path)) == dict(TREE)
    assert past.base.encode() not in tar
    with tarfile.open(fileobj=io.BytesIO(tar)) as archive:
        assert {(m.mtime, m.uid, m.gid, m.uname) for m in archive} == {(SEALED_AT, 0, 0, "")}


def test_the_repository_knows_one_commit_and_its_own_tree(past: Past, work: Path) -> None:
    assert git(work, "log", "--all", "--format=%an %ae %at %ct %P|%s") == (
        f"base base@invalid {SEALED_AT} {SEALED_AT} |Base\n"
    )
    theirs = git(past.mirror, "rev-parse", f"{past.base}^{{tree}}")
    assert git(work, "rev-parse", "HEAD^{tree}") == theirs
    assert git(work, "for-each-ref", "--format=%(refname)") == "refs/heads/main\n"
    assert git(work, "status", "--porcelain") == ""
    assert git(work, "remote") == git(work, "stash", "list") == git(work, "tag") == ""


def test_no_object_is_there_that_the_tree_does_not_need(past: Past, work: Path) -> None:
    named = ["cat-file", "--batch-all-objects", "--batch-check=%(objectname)"]
    needed = git(past.mirror, "rev-list", "--objects", "--no-object-names", f"{past.base}^{{tree}}")
    head = git(work, "rev-parse", "HEAD")
    assert set(git(work, *named).split()) == {*needed.split(), head.strip()}
    assert git(work, "fsck", "--full", "--unreachable", "--no-reflogs") == ""
    for later in (past.later, past.base):
        with pytest.raises(subprocess.CalledProcessError):
            git(work, "cat-file", "-e", later)


def test_git_keeps_no_other_files_and_borrows_nothing(past: Past, work: Path) -> None:
    folder = work / ".git"
    files = sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file())
    packs = [name for name in files if name.startswith("objects/pack/")]
    assert [name for name in files if name not in packs] == [
        "HEAD",
        "config",
        "index",
        "info/attributes",
        "refs/heads/main",
    ]
    assert {Path(name).suffix for name in packs} <= {".pack", ".idx", ".rev"}
    assert not {"remote", "url", str(past.mirror)} & set((folder / "config").read_text().split())


def test_the_repository_can_be_worked_in(work: Path, tmp_path: Path) -> None:
    shutil.copytree(work, tmp_path / "copy", symlinks=True)
    (tmp_path / "copy" / "run.sh").write_text("#!/bin/sh\nexit 0\n")
    identity = ("-c", "user.name=a", "-c", "user.email=a@ours.test")
    git(tmp_path / "copy", *identity, "commit", "--quiet", "--all", "--message=mine")
    assert git(tmp_path / "copy", "rev-list", "--count", "HEAD") == "2\n"


def test_the_same_commit_gives_the_same_bytes(past: Past, tmp_path: Path) -> None:
    first = sealed(past.mirror, past.base, git=True)
    shutil.copytree(past.mirror, tmp_path / "packed.git")
    git(tmp_path / "packed.git", "gc", "--quiet")
    assert sealed(tmp_path / "packed.git", past.base, git=True) == first


def test_what_the_mirror_lacks_is_said(past: Past, tmp_path: Path) -> None:
    with pytest.raises(DataError) as absent:
        sealed(past.mirror, "1" * 40, git=True)
    assert absent.value.reason == "missing_commit"
