"""Files of a container through the engine's archive interface.

The engine reads and writes them itself: it needs no program of the image, which hostile code may
have changed, and no capability in the container, and it resolves paths in the container's root.
"""

import base64
import json
import posixpath
import tarfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import IO, Any, Final
from urllib.parse import quote_from_bytes

from docker.errors import APIError

from tasks.domain.boxes import BoxFile
from tasks.domain.errors import DataError, SystemFault
from tasks.sandbox.clock import seconds
from tasks.sandbox.faults import as_faults
from tasks.sandbox.packing import header, inside

WORKSPACE: Final = "/workspace"
_ODD: Final = 500
_STAT: Final = "X-Docker-Container-Path-Stat"
# Bits of a mode as Go writes it: what has none of these is a plain file.
_FOLDER: Final = 1 << 31
_LINK: Final = 1 << 27
_NOT_PLAIN: Final = _FOLDER | _LINK | 1 << 26 | 1 << 25 | 1 << 24 | 1 << 21 | 1 << 19


@dataclass(frozen=True, slots=True)
class Stat:
    """What lies at a path, itself and not what a link leads to. Size is in bytes, `modified_at`
    in seconds since 1970."""

    size: int
    mode: int
    modified_at: float

    @property
    def is_folder(self) -> bool:
        return bool(self.mode & _FOLDER)

    @property
    def is_link(self) -> bool:
        return bool(self.mode & _LINK)

    @property
    def is_plain(self) -> bool:
        return not self.mode & _NOT_PLAIN


@dataclass(frozen=True, slots=True)
class Files:
    """The workspace of one container; `label` is the instance, for the words of a fault."""

    client: Any
    container: str
    label: str

    def stat(self, path: str) -> Stat | None:
        """None where there is nothing. Raises DataError where a link is on the way: what the
        engine would find behind it may lie anywhere."""
        return self._stat(path) if self._has_folders(path) else None

    def read(self, path: str, max_bytes: int) -> BoxFile | None:
        """None where there is no plain file, or it is larger."""
        if not self._has_folders(path):
            return None
        if not _is_text(path):  # the engine packs nothing then, and says nothing
            found = self._stat(path)
            if found is None or not found.is_plain or found.size > max_bytes:
                return None
            raise DataError(
                f"{path!r} is no UTF-8: a file of this name cannot be read out of a box"
            )
        return self._content(path, max_bytes)

    def write(self, tar: bytes) -> None:
        """Unpack into the workspace, with the owners that the tar names.

        Raises SystemFault where it does not fit.
        """
        with as_faults(f"put files into the box of {self.label}"):
            try:
                self.client.api.put_archive(self.container, WORKSPACE, tar)
            except APIError as error:
                if "no space left" not in str(error).lower():
                    raise
                raise SystemFault(
                    f"{len(tar) // 1_000_000} MB of files do not fit into the box of {self.label}:"
                    " raise limits.disk_mb of its environment, or make room on the engine's disk",
                    retryable=False,
                ) from error

    def open_workspace(self) -> None:
        """Make the workspace a folder in which everybody may make files, and remove their own."""
        top = tarfile.TarInfo(WORKSPACE.lstrip("/"))
        top.type, top.mode = tarfile.DIRTYPE, 0o1777
        self.client.api.put_archive(self.container, "/", header(top) + bytes(2 * tarfile.BLOCKSIZE))

    def tar_of(self, path: str) -> bytes:
        """A folder and all in it as the engine packs it; names begin with the folder's own."""
        with self._answer("GET", path) as response:
            return b"".join(response.iter_content(1 << 20)) if response is not None else b""

    @contextmanager
    def stream(self) -> Iterator[IO[bytes] | None]:
        """The whole workspace as the engine packs it, unread; None where there is none."""
        with self._answer("GET", ".") as response:
            yield None if response is None else response.raw

    def is_empty(self) -> bool:
        """Whether nothing is in the workspace; it may be missing."""
        with self._answer("GET", ".") as response:
            if response is None:
                return True
            with tarfile.open(fileobj=response.raw, mode="r|") as archive:
                return archive.next() is None or archive.next() is None

    def _has_folders(self, path: str) -> bool:
        for folder in _above(path):
            found = self._stat(folder)
            if found is not None and found.is_link:
                raise DataError(f"{path!r} lies outside the workspace, behind the link {folder!r}")
            if found is None or not found.is_folder:
                return False
        return True

    def _content(self, path: str, max_bytes: int) -> BoxFile | None:
        """Size and kind come with the head of the answer: what is not wanted is not read."""
        with self._answer("GET", path, _ODD) as response:
            if response is None:
                return None
            if response.status_code == _ODD:
                self._require_link(path, response)
                return None
            found = _stat_in(response)
            if not found.is_plain or found.size > max_bytes:
                return None
            try:
                with tarfile.open(
                    fileobj=response.raw, mode="r|", errors="surrogateescape"
                ) as archive:
                    member = archive.next()
                    if member is None or not member.isreg() or member.size > max_bytes:
                        return None
                    file = archive.extractfile(member)
                    if file is None:
                        return None
                    return BoxFile(
                        content=file.read(),
                        modified_at=found.modified_at,
                        is_program=bool(found.mode & 0o100),
                    )
            except tarfile.TarError as error:
                raise SystemFault(
                    f"the engine's answer about {path!r} in the box of {self.label} ended early"
                ) from error

    def _stat(self, path: str) -> Stat | None:
        with self._answer("HEAD", path, _ODD) as response:
            if response is None:
                return None
            if response.status_code == _ODD:
                return self._odd(path)
            return _stat_in(response)

    def _odd(self, path: str) -> Stat:
        """What a look failed at, which does not say why: most likely a link to itself."""
        with self._answer("GET", path, _ODD) as response:
            self._require_link(path, response)
        return Stat(size=0, mode=_LINK, modified_at=0.0)

    def _require_link(self, path: str, response: Any) -> None:
        if response is None or "too many links" not in response.text:
            raise SystemFault(
                f"the Docker engine cannot look at {path!r} in the box of {self.label}"
            )

    @contextmanager
    def _answer(self, method: str, path: str, allowed: int = 200) -> Iterator[Any]:
        """The engine's answer, None where there is nothing at the path. It is closed afterwards:
        the SDK's own call would leave one that is not read to the end open."""
        api = self.client.api
        where = quote_from_bytes(_bytes(posixpath.join(WORKSPACE, path)))
        url = f"{api.base_url}/v{api.api_version}/containers/{self.container}/archive?path={where}"
        with (
            as_faults(f"read {path!r} in the box of {self.label}"),
            api.request(
                method,
                url,
                headers={"Accept-Encoding": "identity"},  # compressing takes longer than sending
                stream=True,
                timeout=api.timeout,
            ) as response,
        ):
            if response.status_code == 404:
                yield None
                return
            if response.status_code not in (200, allowed):
                said = response.text or str(response.reason)
                raise APIError(said, response=response, explanation=said)
            yield response


def _stat_in(response: Any) -> Stat:
    told = json.loads(base64.b64decode(response.headers[_STAT]))
    return Stat(int(told["size"]), int(told["mode"]), seconds(told["mtime"]))


def _above(path: str) -> list[str]:
    """The folders on the way to a path, from the top. Raises DataError as `inside` does."""
    parts = inside(path).split("/")
    return ["/".join(parts[:depth]) for depth in range(1, len(parts))]


def _is_text(path: str) -> bool:
    return not any("\udc80" <= letter <= "\udcff" for letter in path)


def _bytes(path: str) -> bytes:
    return path.encode("utf-8", errors="surrogateescape")
