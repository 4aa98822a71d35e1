"""Reading a mirror's objects: borrowed by a repository of one's own, asked for in one process."""

import shutil
import weakref
from datetime import UTC, datetime
from pathlib import Path
from threading import Lock
from typing import Final

import git

from tasks.domain.errors import DataError
from tasks.domain.history import Change, CommitFacts
from tasks.repos.commands import ENVIRONMENT
from tasks.repos.short_lived import short_lived_folder

_CONFIG: Final = "[core]\n\trepositoryformatversion = 0\n\tbare = true\n"
# A tree is read as it is stored, whatever its own .gitattributes would make of it.
_ATTRIBUTES: Final = (
    "* -text -ident -filter -export-ignore -export-subst !eol !working-tree-encoding\n"
)


class Objects:
    """An empty repository that borrows all objects of a mirror, gone with this process.

    Neither the mirror's configuration nor its replacements, attributes or remotes are part of it:
    there is nowhere to fetch from, by any version of git. `cat-file` runs once and answers for as
    long as this lives.
    """

    def __init__(self, mirror: Path) -> None:
        self.path = short_lived_folder()
        lay_out(self.path)
        borrowed = mirror.absolute() / "objects"
        (self.path / "objects" / "info" / "alternates").write_text(f"{borrowed}\n")
        self._git = git.Git(self.path)
        self._git.update_environment(**ENVIRONMENT, GIT_DIR=str(self.path))
        self._lock = Lock()
        weakref.finalize(self, _end, self._git, self.path)

    def kind(self, oid: str) -> str | None:
        """commit, tree, blob or tag; None where the object is not there."""
        if not is_oid(oid):
            return None
        with self._lock:
            try:
                kind = self._git.get_object_header(oid)[1]
            except ValueError:
                return None
        # It is annotated as text, and is bytes.
        return kind.decode() if isinstance(kind, bytes) else kind

    def read(self, oid: str) -> bytes:
        """An object's content. Raises DataError where it is not there."""
        with self._lock:
            try:
                if is_oid(oid):
                    return bytes(self._git.get_object_data(oid)[3])
            except ValueError:
                pass
        raise DataError(f"the mirror does not hold {oid}", reason="missing_commit")

    def commit(self, oid: str) -> CommitFacts | None:
        if self.kind(oid) != "commit":
            return None
        head, _, message = self.read(oid).decode("utf-8", errors="replace").partition("\n\n")
        lines = head.split("\n")
        parents = tuple(line.split(" ")[1] for line in lines if line.startswith("parent "))
        made = next(line for line in lines if line.startswith("committer ")).rsplit(" ", 2)[1]
        return CommitFacts(
            oid=oid,
            parents=parents,
            committed_at=datetime.fromtimestamp(int(made), UTC),
            subject=message.strip().partition("\n")[0].strip(),
        )


def lay_out(folder: Path) -> None:
    """Make an empty bare repository out of a folder, with our own attributes."""
    for part in ("objects/info", "objects/pack", "refs", "info"):
        (folder / part).mkdir(parents=True)
    (folder / "HEAD").write_text("ref: refs/heads/none\n")
    (folder / "config").write_text(_CONFIG)
    (folder / "info" / "attributes").write_text(_ATTRIBUTES)


def _end(command: git.Git, folder: Path) -> None:
    command.clear_cache()  # ends cat-file and waits for it
    shutil.rmtree(folder, ignore_errors=True)


def is_oid(text: str) -> bool:
    return len(text) == 40 and not set(text) - set("0123456789abcdef")


def changes_in(raw: bytes) -> list[Change]:
    """The output of `git diff-tree -r -z --raw --no-renames` of two trees, sorted by path.

    Raises DataError where a path is no UTF-8 text.
    """
    parts = raw.split(b"\0")
    found = []
    for head, path in zip(parts[0:-1:2], parts[1:-1:2], strict=True):
        old_mode, new_mode, _, new_oid, _ = head.decode().lstrip(":").split(" ")
        try:
            name = path.decode()
        except UnicodeDecodeError as error:
            raise DataError(f"the path {path!r} is not UTF-8 text") from error
        found.append(Change(name, old_mode, new_mode, new_oid))
    return sorted(found, key=lambda change: change.path)
