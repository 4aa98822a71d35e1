"""A bare mirror of a repository: made once by scrape, read by build and grade."""

from collections.abc import Collection, Sequence
from pathlib import Path
from typing import Final

from tasks.domain.errors import DataError, SystemFault
from tasks.domain.history import Change, ChangeSize, CommitFacts, Patched, Worked
from tasks.domain.instances import HiddenFile
from tasks.repos.basis import Basis
from tasks.repos.commands import GitFailure, run
from tasks.repos.completeness import complete_commits, read_record
from tasks.repos.diffs import text_patch
from tasks.repos.objects import Objects, changes_in, is_oid
from tasks.repos.overlaying import overlay_patch
from tasks.repos.patching import patched
from tasks.repos.searching import missing_runs, needles, paths_in
from tasks.repos.short_lived import scratch
from tasks.repos.working import OpenFiles, worked

# How the sizes that GitHub states are counted: line by line, a renamed file once.
_COUNT: Final = ("-r", "--numstat", "--diff-algorithm=myers", "-l1000")


class Mirror:
    """Reads one mirror; a CodeHistory. Raises SystemFault where it has not been fetched."""

    def __init__(self, path: Path) -> None:
        if not path.is_dir():
            raise SystemFault(
                f"the mirror {path} is missing; fetch it with `paydag refresh`", retryable=False
            )
        self._objects = Objects(path)
        # Gold and null, and the attempts at one instance, follow each other.
        self._archive: tuple[str, bytes] | None = None
        self._basis: Basis | None = None
        record = read_record(path)
        self._complete = None if record is None else complete_commits(record.values())

    def has_commit(self, commit: str) -> bool:
        if self._complete is not None and commit not in self._complete:
            return False
        return self._objects.kind(commit) == "commit"

    def commit(self, commit: str) -> CommitFacts | None:
        return self._objects.commit(commit)

    def changes(self, base: str, fix: str) -> Sequence[Change]:
        return changes_in(
            self._git("diff-tree", "-r", "-z", "--raw", "--no-renames", *self._ends(base, fix))
        )

    def change_sizes(self, base: str, fix: str) -> Collection[ChangeSize]:
        ends = self._ends(base, fix)
        try:
            found = run(self._objects.path, ["diff-tree", *_COUNT, "-M", *ends])
            sizes = {_size(found)}
            if b" => " in found:
                plain = run(self._objects.path, ["diff-tree", *_COUNT, "--no-renames", *ends])
                sizes.add(_size(plain))
        except GitFailure:
            return ()
        return sizes

    def patch(self, base: str, fix: str, paths: Sequence[str]) -> str:
        """The difference on `paths`, in their order; files that are no UTF-8 text as binary."""
        return text_patch(self._git, self._ends(base, fix), paths)

    def read_blob(self, oid: str) -> bytes:
        return self._objects.read(oid)

    def applies(self, base: str, patch: str) -> bool:
        """Whether `patch` applies to the tree of `base`, tried on an index of its own."""
        self._ends(base)
        with scratch() as folder:
            index = {"GIT_INDEX_FILE": str(folder / "index")}
            self._git("read-tree", base, environment=index)
            command = ["apply", "--cached", "--check", "--binary", "--whitespace=nowarn", "-"]
            try:
                run(self._objects.path, command, stdin=patch.encode(), environment=index)
            except GitFailure:
                return False
        return True

    def absent_runs(self, base: str, runs: Collection[str]) -> frozenset[str]:
        wanted = needles(runs)
        self._ends(base)
        command = ["grep", "-l", "-z", "-F", "-a", "--full-name", "-f", "-", base]
        try:
            found = run(self._objects.path, command, stdin=wanted) if wanted else b""
        except GitFailure as failure:
            if failure.said:  # nothing found is an exit code of 1 and no word
                raise self._lacking(failure, base) from failure
            found = b""
        left = frozenset(run for run in runs if needles([run]))
        blobs = self._blobs(base) if found else {}
        for path in paths_in(found, base):
            if left:
                left = missing_runs(self.read_blob(blobs[path]), left)
        return left

    def patched(self, base: str, patch: str, kept: Sequence[str]) -> Patched:
        return patched(self._basis_of(base), patch, kept)

    def worked(self, base: str, files: OpenFiles, left_out: Sequence[str]) -> Worked:
        """What was done to the files of `base`, by the files themselves: see working.worked."""
        return worked(self._basis_of(base), files, left_out)

    def overlay_patch(self, base: str, files: Sequence[HiddenFile]) -> str:
        """What these files change of the tree at `base`, as `git apply` takes it."""
        self._ends(base)
        try:
            return overlay_patch(self._objects.path, base, files)
        except GitFailure as failure:
            raise self._lacking(failure, base) from failure

    def archive(self, commit: str) -> bytes:
        if self._archive is None or self._archive[0] != commit:
            tar = self._git("archive", "--format=tar", *self._ends(commit))
            self._archive = (commit, tar)
        return self._archive[1]

    def _blobs(self, commit: str) -> dict[bytes, str]:
        listing = self._git("ls-tree", "-r", "-z", "--full-tree", commit).split(b"\0")
        entries = (entry.partition(b"\t") for entry in listing if entry)
        return {path: head.split(b" ")[2].decode() for head, _, path in entries}

    def _basis_of(self, base: str) -> Basis:
        if self._basis is None or self._basis.commit != base:
            self._ends(base)
            facts = self._objects.commit(base)
            made_at = int(facts.committed_at.timestamp()) if facts else 0
            try:
                self._basis = Basis(self._objects.path, base, made_at)
            except GitFailure as failure:
                raise self._lacking(failure, base) from failure
        return self._basis

    def _ends(self, *commits: str) -> tuple[str, ...]:
        for commit in commits:
            if not is_oid(commit) or self._objects.kind(commit) != "commit":
                raise DataError(
                    f"the mirror does not hold the commit {commit!r}", reason="missing_commit"
                )
        return commits

    def _git(self, *arguments: str, environment: dict[str, str] | None = None) -> bytes:
        try:
            return run(self._objects.path, arguments, environment=environment)
        except GitFailure as failure:
            raise self._lacking(failure, " ".join(a for a in arguments if is_oid(a))) from failure

    def _lacking(self, failure: GitFailure, commits: str) -> DataError:
        return DataError(
            f"the mirror lacks files of {commits}; `paydag refresh` fetches them ({failure})",
            reason="missing_commit",
        )


def _size(numstat: bytes) -> ChangeSize:
    rows = [line.split(b"\t") for line in numstat.split(b"\n") if line]
    added, deleted = (sum(int(r[i]) for r in rows if r[i] != b"-") for i in (0, 1))
    return ChangeSize(len(rows), added, deleted)
