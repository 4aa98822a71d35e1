"""One worker of a pool: a container with our supervisor as its first process, and the wire to it.

The supervisor's text is an argument of the command that starts the container, because the engine
puts no file into a root file system that is read-only.
"""

import json
import socket
import time
from collections.abc import Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any, Final

from tasks.domain.boxes import Limits
from tasks.domain.errors import SystemFault
from tasks.sandbox import reaper
from tasks.sandbox.client import lent
from tasks.sandbox.faults import as_faults
from tasks.sandbox.hijack import PIECE, STDERR, Frames, Hijacked
from tasks.sandbox.owners import labels

# What the supervisor may do beyond an ordinary user: become the program's user, and end what runs
# as that user. It needs no right over files, since it touches none of a program's as itself.
_CAPABILITIES: Final = ("SETUID", "SETGID", "KILL")
# What would outlive its process cannot be made: SysV shared memory, queues and semaphores, POSIX
# queues. Every container has an IPC namespace of its own.
_SYSCTLS: Final = {
    "kernel.shmmni": "0",
    "kernel.msgmni": "0",
    "kernel.sem": "0 0 0 0",
    "fs.mqueue.queues_max": "0",
}
_SHM_MB: Final = 16
_INODES: Final = 16_384
_SUPERVISOR_MB: Final = 32
_START_S: Final = 60.0
_REPLY_BYTES: Final = 128_000_000
_TAIL_BYTES: Final = 2_000
_STREAMS: Final = "stream=1&stdin=1&stdout=1&stderr=1"
_INSIDE: Final = ("kernel", "files", "turn", "supervisor")
# Every module under its own name, so that they find each other; the last one as the program.
_BOOTSTRAP: Final = """\
import sys, types
for name, text in {modules!r}:
    module = types.ModuleType(name)
    sys.modules[name] = module
    exec(compile(text, name, "exec"), module.__dict__)
module.main()
"""


class WorkerLost(Exception):  # noqa: N818 - it says what happened; the pool decides who pays
    """The container ended or did not answer in time; with what it said last on standard error."""


class Worker:
    """Used by one thread at a time. Raises SystemFault where it cannot be started."""

    def __init__(self, image: str, limits: Limits, label: str) -> None:
        self._id: str | None = None
        self._wire: _Wire | None = None
        doing = f"start a worker from the image {image}"
        try:
            with as_faults(doing), lent() as client:
                reaper.reap_once(client)
                self._start(client.api, image, limits, label)
        except WorkerLost as lost:
            self.close()
            raise SystemFault(f"cannot {doing}, which needs a python3: {lost}") from lost
        except BaseException:
            self.close()
            raise

    def ask(self, request: Mapping[str, Any], timeout_s: float) -> dict[str, Any]:
        """The supervisor's reply. Raises WorkerLost."""
        if self._wire is None:
            raise WorkerLost("it was closed")
        reply: dict[str, Any] = self._wire.asked(request, time.monotonic() + timeout_s)
        return reply

    def close(self) -> None:
        """End the container; whatever runs in it ends with it. Never raises for the engine."""
        if self._wire is not None:
            self._wire.close()
        if self._id is not None:
            # It may be gone, or about to go: the engine removes it when it ends.
            with suppress(SystemFault), as_faults("remove a worker"), lent() as client:
                reaper.remove(client, self._id)

    def _start(self, api: Any, image: str, limits: Limits, label: str) -> None:
        created = api.create_container(
            image,
            entrypoint=["python3", "-ISBc", _BOOTSTRAP.format(modules=list(_modules()))],
            command=[],
            user="0:0",
            working_dir="/",
            hostname="worker",
            stdin_open=True,
            healthcheck={"test": ["NONE"]},
            labels=labels(label),
            host_config=api.create_host_config(**host_options(limits)),
        )
        self._id = str(created["Id"])
        # Before it is started, so that nothing is missed.
        self._wire = _Wire(Hijacked(api, f"/containers/{self._id}/attach?{_STREAMS}"))
        api.start(self._id)
        ready = self._wire.asked(None, time.monotonic() + _START_S)
        if ready != {"ready": True, "left": ""}:
            raise WorkerLost(f"it is not empty at its start: {ready}")


def host_options(limits: Limits) -> dict[str, Any]:
    """What the engine holds a worker to. The files that a program writes lie in memory, so that
    they take at most half of it and never what the supervisor needs."""
    memory, scratch = limits.memory_mb + _SUPERVISOR_MB, min(limits.scratch_mb, limits.memory_mb)
    options = f"rw,exec,nosuid,nodev,mode=1777,nr_inodes={_INODES}"
    return {
        "network_mode": "none",
        "cap_drop": ["ALL"],
        "cap_add": list(_CAPABILITIES),
        "security_opt": ["no-new-privileges"],
        "read_only": True,
        "tmpfs": {
            "/tmp": f"{options},size={scratch // 2}m",  # noqa: S108 - of the container
            "/dev/shm": f"{options},size={_SHM_MB}m",  # noqa: S108 - of the container
        },
        "mem_limit": f"{memory}m",
        "memswap_limit": f"{memory}m",
        "pids_limit": limits.pids,
        "nano_cpus": int(limits.cpus * 1e9),
        "ipc_mode": "private",
        "sysctls": _SYSCTLS,
        "log_config": {"Type": "none"},
        # Its stdin ends with our process, it ends with its stdin, and then it is removed: nothing
        # is left even where nobody comes to clean up.
        "auto_remove": True,
    }


def _modules() -> Iterator[tuple[str, str]]:
    for name in _INSIDE:
        file = Path(__file__).parent / "inside" / f"{name}.py"
        yield f"tasks.sandbox.inside.{name}", file.read_text(encoding="utf-8")


class _Wire:
    """Messages over an attached container: a length of four bytes, and as many bytes of JSON."""

    def __init__(self, attached: Hijacked) -> None:
        self._attached = attached
        self._frames = Frames()
        self._out, self._err = bytearray(), b""

    def asked(self, request: Mapping[str, Any] | None, deadline: float) -> Any:
        """The next message, after `request` if there is one. Raises WorkerLost."""
        try:
            if request is not None:
                self._send(json.dumps(request).encode(), deadline)
            return json.loads(self._receive(deadline))
        except (OSError, ValueError) as error:
            said = self._err.decode(errors="replace").strip()
            raise WorkerLost(said or str(error)) from error

    def _send(self, body: bytes, deadline: float) -> None:
        self._attached.connection.settimeout(_left(deadline))
        self._attached.connection.sendall(len(body).to_bytes(4, "big") + body)

    def _receive(self, deadline: float) -> bytes:
        size = int.from_bytes(self._take(4, deadline), "big")
        if size > _REPLY_BYTES:
            raise ConnectionError(f"it announced a reply of {size} bytes")
        return self._take(size, deadline)

    def close(self) -> None:
        with suppress(OSError):
            self._attached.connection.shutdown(socket.SHUT_RDWR)
        self._attached.close()

    def _take(self, size: int, deadline: float) -> bytes:
        while len(self._out) < size:
            self._attached.connection.settimeout(_left(deadline))
            piece = self._attached.connection.recv(PIECE)
            if not piece:
                raise ConnectionError("it ended")
            for stream, text in self._frames.parts(piece):
                if stream == STDERR:
                    self._err = (self._err + text)[-_TAIL_BYTES:]
                else:
                    self._out += text
        taken = bytes(self._out[:size])
        del self._out[:size]
        return taken


def _left(deadline: float) -> float:
    return max(deadline - time.monotonic(), 0.001)
