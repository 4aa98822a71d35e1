"""What is to be put into a box, kept as one tar that crosses to the engine in one go.

Every crossing starts a process in the engine, so that files are packed until somebody looks: trees,
tests and sentinels then cost as much as one file.
"""

import io
import posixpath
import tarfile
from collections.abc import Callable, Iterator
from typing import Final

from tasks.domain.boxes import Role
from tasks.domain.errors import DataError

_KINDS: Final = {tarfile.REGTYPE, tarfile.AREGTYPE, tarfile.DIRTYPE, tarfile.SYMTYPE}
_BLOCK: Final = tarfile.BLOCKSIZE

Owners = dict[Role, int]


class Pack:
    """Files, folders and links in the order they were put. Paths are relative to the workspace.

    Later entries take the place of earlier ones, and of whatever lies in the box: the engine
    removes what is in the way of an entry, links and folders too, without following anything.
    """

    def __init__(self, owners: Owners, is_there: Callable[[str], bool]) -> None:
        """`is_there` tells whether a folder, and no link, is in the box already."""
        self._owners = owners
        self._is_there = is_there
        self._entries: list[tuple[tarfile.TarInfo, memoryview]] = []
        # Folders that are known to be in the box or in the pack, and whose they are.
        self._folders: dict[str, Role] = {}
        self._names: set[str] = set()

    def __bool__(self) -> bool:
        return bool(self._entries)

    def put_tar(self, tar: bytes, role: Role) -> None:
        """Raises DataError for a member that would land, or lead, outside of the workspace."""
        for member, content in members(tar):
            if member.type not in _KINDS:
                raise DataError(f"{member.name!r} in a tar is neither a file, a folder nor a link")
            path = inside(member.name, top=member.isdir())
            if path == ".":
                continue
            if member.issym():
                require_inside(path, member.linkname)
            member.name, member.mtime = path, max(0, int(member.mtime))
            self._add(member, content, role)

    def put_file(self, path: str, content: bytes, mode: str, role: Role, now: float) -> None:
        member = tarfile.TarInfo(inside(path))
        member.mtime, member.mode = int(now), int(mode, 8) & 0o777
        if mode == "120000":
            member.type, member.linkname = tarfile.SYMTYPE, content.decode(errors="surrogateescape")
            require_inside(member.name, member.linkname)
            content = b""
        member.size = len(content)
        self._add(member, memoryview(content), role)

    def put_folder(self, path: str, role: Role, above: Role | None = None) -> None:
        """Folders above that have to be made are `above`'s, or the role's as well."""
        self._folder(posixpath.dirname(path), above or role, keeps=role == "code")
        self._enter_folder(path, role)

    def give(self, path: str, role: Role) -> None:
        """Everything packed in a folder becomes the role's."""
        self.put_folder(path, role, above="grader")
        for member, _ in self._entries:
            if _within(member.name, path):
                member.uid = member.gid = self._owners[role]
        for folder in self._folders:
            if _within(folder, path):
                self._folders[folder] = role

    def adopt(self, member: tarfile.TarInfo, content: memoryview) -> None:
        """An entry as the engine packed it, links and modes as they are."""
        member.pax_headers = {}
        self._entries.append((member, content))

    def drop(self, path: str) -> None:
        """Take a file or a folder and all in it out of the pack."""
        self._entries = [e for e in self._entries if not _within(e[0].name, path)]
        self._folders = {f: r for f, r in self._folders.items() if not _within(f, path)}

    def forget(self) -> None:
        """Something ran in the box: which folders are there is no longer known."""
        self._folders.clear()

    def sealed(self) -> bytes:
        """The tar, and an empty pack."""
        parts: list[bytes | memoryview] = []
        for member, content in self._entries:
            parts += [header(member), content, bytes(-len(content) % _BLOCK)]
        self._entries, self._names = [], set()
        return b"".join([*parts, bytes(2 * _BLOCK)])

    def _add(self, member: tarfile.TarInfo, content: memoryview, role: Role) -> None:
        if member.isdir():
            self.put_folder(member.name, role)
            return
        self._folder(posixpath.dirname(member.name), role, keeps=role == "code")
        if member.name in self._folders:
            self.drop(member.name)
        self._entries.append((self._owned(member, role), content))
        self._names.add(member.name)

    def _folder(self, path: str, role: Role, *, keeps: bool) -> None:
        """The folder and those above it, as entries of their own: unlike folders that come to be
        on the way to a file, they take the place of links. `keeps` leaves folders that are there
        to whom they belong."""
        if path in ("", ".") or path in self._folders:
            return
        self._folder(posixpath.dirname(path), role, keeps=keeps)
        if not keeps or path in self._names or not self._is_there(path):
            self._enter_folder(path, role)

    def _enter_folder(self, path: str, role: Role) -> None:
        member = tarfile.TarInfo(path)
        member.type, member.mode = tarfile.DIRTYPE, 0o755
        self._entries.append((self._owned(member, role), memoryview(b"")))
        self._folders[path] = role

    def _owned(self, member: tarfile.TarInfo, role: Role) -> tarfile.TarInfo:
        member.uid = member.gid = self._owners[role]
        member.uname = member.gname = ""
        member.pax_headers = {}
        if member.isreg():
            member.mode = 0o755 if member.mode & 0o100 else 0o644
        return member


def members(tar: bytes) -> Iterator[tuple[tarfile.TarInfo, memoryview]]:
    """The members of a tar with their bytes, uncopied. Raises DataError where it is none."""
    view = memoryview(tar)
    try:
        with tarfile.open(fileobj=io.BytesIO(tar), mode="r:") as archive:
            for member in archive:
                content = view[member.offset_data : member.offset_data + member.size]
                yield member, content if member.isreg() else view[:0]
    except tarfile.TarError as error:
        raise DataError(f"a tar cannot be read: {error}") from error


def header(member: tarfile.TarInfo) -> bytes:
    """GNU's format takes names of any length, byte for byte."""
    return member.tobuf(tarfile.GNU_FORMAT, "utf-8", "surrogateescape")


def inside(path: str, *, top: bool = False) -> str:
    """A path of the workspace, normalised. Raises DataError where it names another place, or the
    workspace itself where that is not asked for."""
    parts = path.split("/")
    clean = posixpath.normpath(path) if path else "."
    if path.startswith("/") or ".." in parts or "\0" in path or (clean == "." and not top):
        raise DataError(f"{path!r} lies outside the workspace")
    return clean


def require_inside(path: str, target: str) -> None:
    """Raises DataError where a link at `path` leads out of the workspace."""
    place = posixpath.normpath(posixpath.join(posixpath.dirname(path), target))
    if target.startswith("/") or place == ".." or place.startswith("../"):
        raise DataError(f"the link {path!r} leads out of the workspace")


def _within(path: str, folder: str) -> bool:
    return path == folder or path.startswith(f"{folder}/")
