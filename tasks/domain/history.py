"""What is read of a repository's history: commits, changed files, and how large a change is."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final, NamedTuple

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
