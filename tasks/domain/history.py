"""What is read of a repository's history: commits, changed files, and how large a change is."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final, NamedTuple, Protocol

ABSENT: Final = "000000"  # the mode of a file on the side where it does not exist
SUBMODULE: Final = "160000"


@dataclass(frozen=True, slots=True)
class CommitFacts:
    """`committed_at` is when this commit was made, which a rebase renews; `subject` its title."""

    oid: str
    parents: tuple[str, ...]
    committed_at: datetime
    subject: str


@dataclass(frozen=True, slots=True)
class Change:
    """A path that differs between two commits. Modes are git's, six octal digits; the side on
    which the file does not exist has the mode ABSENT. A rename is two changes."""

    path: str
    old_mode: str
    new_mode: str
    new_oid: str

    @property
    def is_submodule(self) -> bool:
        return SUBMODULE in (self.old_mode, self.new_mode)


class ChangeSize(NamedTuple):
    """Files, and lines added and removed; a binary file counts no lines."""

    files: int
    additions: int
    deletions: int


@dataclass(frozen=True, slots=True)
class Patched:
    """A tree with a patch applied, as a tar without any of git's own files; `tar` is None where
    it does not apply, and `refusal` says why. `dropped` are the paths, sorted, whose changes were
    left out."""

    tar: bytes | None
    refusal: str = ""
    dropped: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Worked:
    """What was done to the files of a commit, as `git apply` takes it, and what of it was left out:
    path and reason, sorted."""

    patch: str
    left_out: tuple[tuple[str, str], ...] = ()


class CodeHistory(Protocol):
    """A repository's mirror, read only and offline. Commits and blobs are 40 hex digits.

    Raises DataError with the reason `missing_commit` where something asked for is not there.
    """

    def has_commit(self, commit: str) -> bool:
        """Whether the commit is there with every file of its tree."""

    def commit(self, commit: str) -> CommitFacts | None:
        """What the commit says of itself, files or not; None where it is not there."""

    def changes(self, base: str, fix: str) -> Sequence[Change]:
        """The paths that differ between two commits, sorted; both sides of a rename."""

    def change_sizes(self, base: str, fix: str) -> Collection[ChangeSize]:
        """How large the change is, counted with renames found and not; empty where it cannot be
        counted because files are not there."""

    def patch(self, base: str, fix: str, paths: Sequence[str]) -> str:
        """The difference on `paths` as `git apply` takes it; empty where there is none."""

    def read_blob(self, oid: str) -> bytes: ...

    def applies(self, base: str, patch: str) -> bool: ...

    def absent_runs(self, base: str, runs: Collection[str]) -> frozenset[str]:
        """Which of these runs of words stand in no file of a commit's tree. What lies between
        words (blanks, line breaks, punctuation) does not count; letter case does."""

    def patched(self, base: str, patch: str, kept: Sequence[str]) -> Patched:
        """The tree at `base` with a hostile patch applied three-way, outside of any work tree.

        What the patch does to paths that match a pattern of `kept` is dropped.
        """

    def archive(self, commit: str) -> bytes:
        """The tree at a commit as a tar, byte for byte and without any of git's own files."""
