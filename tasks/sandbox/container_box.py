"""One started container as a box."""

import posixpath
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import IO, Final

from tasks.domain.boxes import BoxFile, ExecResult, Role
from tasks.domain.errors import DataError, SystemFault
from tasks.sandbox import clock
from tasks.sandbox.commands import Commands
from tasks.sandbox.files import Files
from tasks.sandbox.packing import Pack, inside, members
from tasks.sandbox.place import Place

_CHORE_S: Final = 60.0
# Stamps of files lag behind the time of day by up to one tick of the kernel.
_TICK_S: Final = 0.01


class ContainerBox:
    """Not for several threads at once. What is put crosses to the engine when something is run or
    looked at. A command beside a service of the same user: what it leaves ends with the service.
    """

    def __init__(self, place: Place, digest: str) -> None:
        self.image: str | None = digest
        self._place = place
        self._files = Files(place.client, place.container, place.label)
        self._commands = Commands(place)
        self._pack = Pack(place.owners, self._has_folder)
        # Whether all that is in the workspace is in the pack.
        self._is_fresh = place.is_capped

    def put_tar(self, tar: bytes, *, role: Role = "code") -> None:
        self._pack.put_tar(tar, role)

    def put_text(self, path: str, text: str, *, role: Role = "code") -> None:
        self.put_file(path, text.encode(), role=role)

    def put_file(
        self, path: str, content: bytes, mode: str = "100644", *, role: Role = "code"
    ) -> None:
        self._pack.put_file(path, content, mode, role, time.time())

    def give(self, paths: Sequence[str], role: Role) -> None:
        for path in map(inside, paths):
            self._repack(path)
            self._pack.give(path, role)

    def remove(self, path: str) -> None:
        name = inside(path)
        if self._is_fresh:
            self._pack.drop(name)
            return
        self._unpack()
        self._pack.forget()
        # Each user can remove what lies in its own folders, and nobody in a box may do more.
        users = self._place.users
        for user in ("0:0", users["code"], users["grader"], "0:0"):
            if self._commands.over or self._files.stat(name) is None:
                return
            # A name may be no text, which a command's arguments have to be.
            named = name.encode(errors="surrogateescape")
            self._commands.run(["xargs", "-0", "rm", "-rf", "--"], user, _CHORE_S, named)
        if self._files.stat(name) is not None:
            raise SystemFault(f"{path!r} in the box of {self._place.label} cannot be removed")

    def get_file(self, path: str, max_bytes: int = 8_000_000) -> BoxFile | None:
        name = inside(path)
        self._unpack()
        found = None if self._commands.over else self._files.read(name, max_bytes)
        if found is None:
            self._commands.look()
        return found

    def get_text(self, path: str, max_bytes: int = 8_000_000) -> str | None:
        file = self.get_file(path, max_bytes)
        return None if file is None else file.content.decode("utf-8", errors="replace")

    @contextmanager
    def archive(self) -> Iterator[IO[bytes] | None]:
        self._unpack()
        # The workspace of a container that has ended looks empty.
        self._commands.look()
        if self._commands.over:
            yield None
            return
        with self._files.stream() as tar:
            yield tar
        self._commands.look()

    def now(self) -> float:
        return clock.now(self._place.client) - _TICK_S

    def run(
        self,
        command: Sequence[str],
        timeout_s: float,
        *,
        role: Role = "code",
        stdin: bytes = b"",
        env: Mapping[str, str] | None = None,
    ) -> ExecResult:
        self._unpack()
        self._pack.forget()
        return self._commands.run(command, self._place.users[role], timeout_s, stdin, env)

    def serve(self, command: Sequence[str], *, env: Mapping[str, str] | None = None) -> None:
        self._unpack()
        self._pack.forget()
        self._commands.serve(command, self._place.users["code"], env)

    def still(self) -> None:
        self._commands.still()

    def _has_folder(self, path: str) -> bool:
        if self._is_fresh or self._commands.over:
            return False
        try:
            found = self._files.stat(path)
        except DataError:  # behind a link, which will make room
            return False
        return found is not None and found.is_folder

    def _unpack(self) -> None:
        self._is_fresh = False
        if self._pack and not self._commands.over:
            self._files.write(self._pack.sealed())

    def _repack(self, path: str) -> None:
        """Have what lies in a folder of the box in the pack again, to be put with other owners:
        the engine may change those, and nobody in the box can."""
        if self._is_fresh or self._commands.over:
            return
        self._unpack()
        found = self._files.stat(path)
        if found is None or not found.is_folder:
            return
        above = posixpath.dirname(path)
        for member, content in members(self._files.tar_of(path)):
            member.name = posixpath.join(above, member.name)
            if member.islnk():
                member.linkname = posixpath.join(above, member.linkname)
            self._pack.adopt(member, content)
