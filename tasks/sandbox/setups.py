"""Running the lines of a setup in its container, under limits, with its log kept."""

import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from threading import Event, Thread
from typing import Any, Final

from docker.utils.socket import frames_iter

from tasks.domain.boxes import Limits
from tasks.domain.errors import SystemFault
from tasks.sandbox.client import lent
from tasks.sandbox.faults import as_faults
from tasks.sandbox.files import WORKSPACE

_LOG_BYTES: Final = 2_000_000
_SHOWN_LINES: Final = 15
_GLANCE_S: Final = 0.2
_MEASURE_S: Final = 3.0
_ENVIRONMENT: Final = {"HOME": "/root", "LANG": "C.UTF-8", "DEBIAN_FRONTEND": "noninteractive"}
_WORDS: Final = 500
# What a line says last explains why it failed, and of two streams the engine keeps no order.
_ONE_STREAM: Final = ("/bin/sh", "-c", 'exec /bin/sh -ec "$1" 2>&1', "sh")
_CLEAN: Final = "rm -rf /tmp/* /tmp/.[!.]*"


@dataclass(frozen=True, slots=True)
class Setup:
    """`image` is what it runs on, for the words of a failure; all lines share `timeout_s`."""

    image: str
    log: Path
    limits: Limits
    timeout_s: float

    def run(
        self, client: Any, container: Any, lines: Sequence[str], given: Sequence[str]
    ) -> str | None:
        """Why the setup failed, in words for the user; None where every line ended well.

        Lines run one after the other as root in the workspace, each by a shell of its own. Then
        the files that were `given` there go: the tree that a box gets has them, and a workspace
        without files can be one of fixed size. Raises the SDK's exceptions.
        """
        kept = bytearray()
        with _watched(container, self.limits, self.timeout_s) as watch:
            for number, line in enumerate(lines, 1):
                kept += f"$ {line}\n".encode()
                code = _run(client, container, [*_ONE_STREAM, line], kept)
                if code != 0 or watch.reason:
                    why = watch.reason or _why(code, self.limits)
                    return self._failure(f"line {number} ({line}) {why}", kept)
        _run(client, container, ["/bin/sh", "-c", _CLEAN], bytearray())
        for command in _removal(given):
            _run(client, container, command, bytearray())
        self.log.write_bytes(kept)
        return None

    def _failure(self, what: str, kept: bytearray) -> str:
        self.log.write_bytes(kept)
        text = kept.decode("utf-8", errors="replace").rstrip().splitlines()
        last = "\n".join(f"  {line[:300]}" for line in text[-_SHOWN_LINES:])
        return (
            f"the setup on the image {self.image} failed: {what}; its log is {self.log} and ends "
            f"with:\n{last}"
        )


def _why(code: int, limits: Limits) -> str:
    if code == 137:
        return f"was killed, most likely for using more than {limits.memory_mb} MB of memory"
    return f"ended with the exit code {code}"


def _removal(given: Sequence[str]) -> Iterator[list[str]]:
    """Commands that remove files, and then the folders that are empty without them."""
    folders = {str(folder) for name in given for folder in PurePosixPath(name).parents}
    deepest_first = sorted(folders - {"."}, key=lambda folder: (-folder.count("/"), folder))
    for start in range(0, len(given), _WORDS):
        yield ["rm", "-f", "--", *given[start : start + _WORDS]]
    for start in range(0, len(deepest_first), _WORDS):
        yield ["rmdir", "--", *deepest_first[start : start + _WORDS]]


def _run(client: Any, container: Any, command: Sequence[str], kept: bytearray) -> int:
    """The command's exit code; its output goes to `kept`, of which the end is kept."""
    started = client.api.exec_create(
        container.id, list(command), user="0", workdir=WORKSPACE, environment=dict(_ENVIRONMENT)
    )["Id"]
    output = client.api.exec_start(started, socket=True)
    try:
        for _, piece in frames_iter(output, tty=False):
            kept += piece
            if len(kept) > 2 * _LOG_BYTES:
                del kept[:-_LOG_BYTES]
    finally:
        output._response.close()  # the SDK leaves the connection open
    code = client.api.exec_inspect(started)["ExitCode"]
    return 137 if code is None else int(code)


class _Watch:
    """Ends a container that takes too long or too much disk; `reason` says which it was.

    It looks from a thread of its own, so with a client of its own.
    """

    def __init__(self, container: str, limits: Limits, timeout_s: float) -> None:
        self.reason = ""
        self._container, self._limits, self._timeout_s = container, limits, timeout_s
        self._over = Event()
        self._thread = Thread(target=self._look, daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._over.set()
        self._thread.join()

    def _look(self) -> None:
        began = measured = time.monotonic()
        while not self._over.wait(_GLANCE_S):
            if time.monotonic() - began > self._timeout_s:
                return self._end(f"and those before took longer than {self._timeout_s:g} s")
            if time.monotonic() - measured > _MEASURE_S:
                if self._written() > self._limits.disk_mb * 1_000_000:
                    return self._end(f"wrote more than {self._limits.disk_mb} MB")
                measured = time.monotonic()
        return None

    def _written(self) -> int:
        named = {"id": self._container}
        with suppress(SystemFault), lent() as client, as_faults("measure a setup"):
            found = client.api.containers(all=True, size=True, filters=named)
            return int(found[0].get("SizeRw") or 0) if found else 0
        return 0  # the engine's trouble is told by what runs the line

    def _end(self, reason: str) -> None:
        self.reason = reason
        with suppress(SystemFault), lent() as client, as_faults("end a setup"):
            client.api.kill(self._container)


@contextmanager
def _watched(container: Any, limits: Limits, timeout_s: float) -> Iterator[_Watch]:
    watch = _Watch(str(container.id), limits, timeout_s)
    watch.start()
    try:
        yield watch
    finally:
        watch.stop()
