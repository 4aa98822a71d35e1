"""A bare mirror of a repository: made once by scrape, read by build and grade."""

import tempfile
from collections.abc import Collection, Iterator, Sequence
from pathlib import Path
from typing import Final

from tasks.domain.errors import DataError, SystemFault
from tasks.domain.history import Change, ChangeSize, CommitFacts, Patched
from tasks.repos.basis import Basis
from tasks.repos.commands import GitFailure, run
from tasks.repos.completeness import complete_commits, read_record
from tasks.repos.objects import Objects, changes_in, is_oid
from tasks.repos.patching import patched
from tasks.repos.searching import missing_runs, needles, paths_in

_DIFF: Final = (
    "--no-color",
    "--no-ext-diff",
    "--no-textconv",
    "--no-renames",
    "--full-index",
    "--binary",
    "--diff-algorithm=myers",
    "--indent-heuristic",
    "--unified=3",
    "--inter-hunk-context=0",
    "--src-prefix=a/",
    "--dst-prefix=b/",
    "--submodule=short",
    "--ignore-submodules=none",
)
# How the sizes that GitHub states are counted: line by line, a renamed file once.
_COUNT: Final = ("-r", "--numstat", "--diff-algorithm=myers", "-l1000")
# A command line may hold two megabytes at most; a change can name more.
_PATHS_BYTES: Final = 100_000


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
        ends = self._ends(base, fix)
        whole = b"".join(self._diff(ends, part, ()) for part in _portions(paths))
        if not _is_text(whole):
            binary = [path for path in paths if not _is_text(self._diff(ends, (path,), ()))]
            whole = b"".join(self._diff(ends, part, binary) for part in _portions(paths))
        return whole.decode()

    def read_blob(self, oid: str) -> bytes:
        return self._objects.read(oid)

    def applies(self, base: str, patch: str) -> bool:
        """Whether `patch` applies to the tree of `base`, tried on an index of its own."""
        self._ends(base)
        with tempfile.TemporaryDirectory() as folder:
            index = {"GIT_INDEX_FILE": str(Path(folder) / "index")}
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
        basis = self._basis
        if basis is None or basis.commit != base:
            self._ends(base)
            facts = self._objects.commit(base)
            made_at = int(facts.committed_at.timestamp()) if facts else 0
            try:
                basis = Basis(self._objects.path, base, made_at)
            except GitFailure as failure:
                raise self._lacking(failure, base) from failure
            self._basis = basis
        return patched(basis, patch, kept)

    def archive(self, commit: str) -> bytes:
        if self._archive is None or self._archive[0] != commit:
            tar = self._git("archive", "--format=tar", *self._ends(commit))
            self._archive = (commit, tar)
        return self._archive[1]

    def _blobs(self, commit: str) -> dict[bytes, str]:
        listing = self._git("ls-tree", "-r", "-z", "--full-tree", commit).split(b"\0")
        entries = (entry.partition(b"\t") for entry in listing if entry)
        return {path: head.split(b" ")[2].decode() for head, _, path in entries}

    def _diff(self, ends: Sequence[str], paths: Sequence[str], binary: Sequence[str]) -> bytes:
        """The difference on some paths, `binary` among them taken for binary files."""
        with tempfile.NamedTemporaryFile(mode="w", encoding="utf-8", newline="") as attributes:
            attributes.writelines(f"{_attribute_pattern(path)} -diff\n" for path in binary)
            attributes.flush()
            return self._git(
                *("-c", f"core.attributesFile={attributes.name}", "diff", *_DIFF, *ends, "--"),
                *(f":(literal){path}" for path in paths),
            )

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


def _portions(paths: Sequence[str]) -> Iterator[Sequence[str]]:
    """The paths in order, in portions that a command line can hold."""
    portion: list[str] = []
    size = 0
    for path in paths:
        length = len(path.encode()) + 12
        if portion and size + length > _PATHS_BYTES:
            yield portion
            portion, size = [], 0
        portion.append(path)
        size += length
    if portion:
        yield portion


def _size(numstat: bytes) -> ChangeSize:
    rows = [line.split(b"\t") for line in numstat.split(b"\n") if line]
    added, deleted = (sum(int(r[i]) for r in rows if r[i] != b"-") for i in (0, 1))
    return ChangeSize(len(rows), added, deleted)


def _is_text(patch: bytes) -> bool:
    """Whether a column of text can hold it."""
    try:
        return "\0" not in patch.decode()
    except UnicodeDecodeError:
        return False


def _attribute_pattern(path: str) -> str:
    """The line of an attributes file that means this path and no other."""
    literal = "".join(f"\\{c}" if c in "*?[\\" else c for c in path)
    quoted = "".join(f"\\{c}" if c in '"\\' else c for c in f"/{literal}")
    return '"' + quoted.replace("\n", "\\n").replace("\t", "\\t").replace("\r", "\\r") + '"'
