"""Repositories made object by object: every way a pull request is merged."""

import os
import re
import subprocess
import tempfile
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final

from tasks.domain.issues import PullRequest
from tests.domain.builders import URL, pull
from tests.repos.files import BEFORE, MODULE, OTHERS, PARTS, PLAIN, Files, changed

MERGED_AT: Final = 1_700_000_000
NUMBER: Final = 31


@dataclass(frozen=True)
class Repository:
    """A bare repository, deaf to the configuration of this machine."""

    folder: Path
    trees: dict[str, Files] = field(default_factory=dict)
    blobs: dict[bytes, str] = field(default_factory=dict)

    def git(
        self, *arguments: str, stdin: bytes = b"", environment: Mapping[str, str] | None = None
    ) -> bytes:
        kept = {k: v for k, v in os.environ.items() if not k.startswith("GIT_")}
        own = {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1"}
        done = subprocess.run(
            ["git", *arguments],
            cwd=self.folder,
            env=kept | own | dict(environment or {}),
            input=stdin,
            capture_output=True,
            check=True,
        )
        return done.stdout

    @classmethod
    def made(cls, folder: Path) -> "Repository":
        folder.mkdir(parents=True)
        repository = cls(folder)
        repository.git("init", "--bare", "--quiet", "--initial-branch=main")
        return repository

    def blob(self, content: bytes) -> str:
        if content not in self.blobs:
            written = self.git("hash-object", "-w", "--stdin", stdin=content)
            self.blobs[content] = written.decode().strip()
        return self.blobs[content]

    def tree(self, files: Files) -> str:
        """Write the tree; its name."""
        lines = b""
        for path, (mode, content) in files.items():
            oid = content.decode() if mode == MODULE else self.blob(content)
            lines += os.fsencode(f"{mode} {oid}\t{path}\0")
        with tempfile.TemporaryDirectory() as folder:
            index = {"GIT_INDEX_FILE": str(Path(folder) / "index")}
            self.git("update-index", "-z", "--index-info", stdin=lines, environment=index)
            return self.git("write-tree", environment=index).decode().strip()

    def commit(
        self, files: Files, parents: Iterable[str] = (), subject: str = "Work", at: int = MERGED_AT
    ) -> str:
        who = {"NAME": "Ann", "EMAIL": "ann@ours.test", "DATE": f"{at} +0000"}
        identity = {f"GIT_{r}_{k}": v for r in ("AUTHOR", "COMMITTER") for k, v in who.items()}
        named = [word for parent in parents for word in ("-p", parent)]
        command = ["commit-tree", self.tree(files), *named]
        oid = self.git(*command, stdin=subject.encode(), environment=identity).decode().strip()
        self.trees[oid] = files
        return oid

    def branch(self, name: str, commit: str) -> None:
        self.git("update-ref", f"refs/heads/{name}", commit)

    def tree_of(self, commit: str) -> str:
        return self.git("rev-parse", f"{commit}^{{tree}}").decode().strip()


@dataclass(frozen=True)
class Merged:
    """A merged pull request: what GitHub says of it, and the commits it lies between."""

    repository: Repository
    pull: PullRequest
    base: str
    fix: str


def merged_pull(
    repository: Repository, start: str, head: str, fix: str, **changes: Any
) -> PullRequest:
    """The pull request as GitHub describes it: its size is that of its branch, renames found."""
    said = repository.git("diff", "--shortstat", "-M", start, head).decode()
    counts = {word: int(n) for n, word in re.findall(r"(\d+) (file|insertion|deletion)", said)}
    parents = repository.git("rev-parse", f"{fix}^@").decode().split()
    merged_at = datetime.fromtimestamp(MERGED_AT, UTC)
    described: dict[str, Any] = {
        "number": NUMBER,
        "body": f"### Fixed Issues\n$ {URL}\n",
        "created_at": merged_at - timedelta(hours=2),
        "merged_at": merged_at,
        "merge_commit": fix,
        "head_commit": head,
        "parents": tuple(parents),
        "changed_files": counts.get("file", 0),
        "additions": counts.get("insertion", 0),
        "deletions": counts.get("deletion", 0),
    }
    return pull(**(described | changes))


@dataclass(frozen=True)
class Branched:
    """A branch of three commits, made an hour before, and what went on meanwhile."""

    repository: Repository
    start: str
    main: str
    work: tuple[str, ...]


def branched(folder: Path) -> Branched:
    repository = Repository.made(folder)
    long_ago = MERGED_AT - 90_000
    start = repository.commit(BEFORE, subject="Begin", at=long_ago)
    main = repository.commit(
        changed(BEFORE, OTHERS), [start], "Somebody else's (#30)", MERGED_AT - 5_000
    )
    work: list[str] = []
    for number in range(1, 4):
        files = changed(BEFORE, *PARTS[:number])
        parent = [work[-1] if work else start]
        work.append(repository.commit(files, parent, f"Part {number}", MERGED_AT - 4_000))
    return Branched(repository, start, main, tuple(work))


def _result(made: Branched, base: str, fix: str) -> Merged:
    made.repository.branch("main", fix)
    return Merged(
        made.repository, merged_pull(made.repository, made.start, made.work[-1], fix), base, fix
    )


def squash(folder: Path) -> Merged:
    made = branched(folder)
    files = changed(BEFORE, OTHERS, *PARTS)
    fix = made.repository.commit(files, [made.main], f"Everything at once (#{NUMBER})")
    return _result(made, made.main, fix)


def squash_of_another_title(folder: Path) -> Merged:
    made = branched(folder)
    fix = made.repository.commit(changed(BEFORE, OTHERS, *PARTS), [made.main], "Everything")
    return _result(made, made.main, fix)


def rebase(folder: Path) -> Merged:
    made = branched(folder)
    tip = made.main
    for number in range(1, 4):
        files = changed(BEFORE, OTHERS, *PARTS[:number])
        tip = made.repository.commit(files, [tip], f"Part {number}", MERGED_AT - 3 + number)
    return _result(made, made.main, tip)


def fast_forward(folder: Path) -> Merged:
    """The branch, pushed as it was."""
    made = branched(folder)
    return _result(made, made.start, made.work[-1])


def true_merge(folder: Path) -> Merged:
    made = branched(folder)
    files = changed(BEFORE, OTHERS, *PARTS)
    fix = made.repository.commit(files, [made.main, made.work[-1]], "Merge pull request #31")
    return _result(made, made.main, fix)


def octopus(folder: Path) -> Merged:
    made = branched(folder)
    side = made.repository.commit(changed(BEFORE, {"side.txt": (PLAIN, b"side\n")}), [made.start])
    files = changed(BEFORE, OTHERS, {"side.txt": (PLAIN, b"side\n")}, *PARTS)
    fix = made.repository.commit(files, [made.main, made.work[-1], side], "Merge three")
    return _result(made, made.main, fix)


def revert(folder: Path) -> Merged:
    """A pull request that takes back all that another one did."""
    made = branched(folder)
    done = made.repository.commit(changed(BEFORE, OTHERS, *PARTS), [made.main], "Do (#30)")
    undone = made.repository.commit(changed(BEFORE, OTHERS), [done], f"Undo (#{NUMBER})")
    made.repository.branch("main", undone)
    described = merged_pull(made.repository, done, undone, undone)
    return Merged(made.repository, described, done, undone)


KINDS: Final[Mapping[str, Callable[[Path], Merged]]] = {
    "squash": squash,
    "squash of another title": squash_of_another_title,
    "rebase": rebase,
    "fast forward": fast_forward,
    "true merge": true_merge,
    "octopus": octopus,
    "revert": revert,
}
