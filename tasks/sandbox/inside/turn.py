"""One program on one case: started, held to its limits, ended with all that it started."""

from __future__ import annotations

import base64
import errno
import json
import os
import resource
import select
import signal
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import Any, NoReturn

from tasks.sandbox.inside.files import HOME, lay_out
from tasks.sandbox.inside.kernel import become, cpu_seconds, oom_kills

_ENDING_S = 20.0
_BY_EXIT = {-signal.SIGXCPU: "cpu", -signal.SIGXFSZ: "disk"}
_FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.ENOMEM)


class Run:
    """One program from its start to the end of all that it started.

    `wake` becomes readable when a child ended; `release` is called first in the program's process.
    """

    def __init__(self, request: Mapping[str, Any], wake: int, release: Callable[[], None]) -> None:
        self.limits, self.cpus = request["limits"], request["cpus"]
        self.status: int | None = None
        self.stopped: str | None = None
        self._wake, self._unread = wake, self.limits["output_bytes"]
        self._began, self._cpu, self._oom = time.monotonic(), cpu_seconds(), oom_kills()
        self._deadline = self._began + self.limits["wall_s"]
        child_in, self._in = os.pipe()
        self._out, child_out = os.pipe()
        self._err, child_err = os.pipe()
        self._trouble, child_trouble = os.pipe()
        self._pid = os.fork()
        if self._pid == 0:
            _be_program(request, (child_in, child_out, child_err), child_trouble, release)
        for fd in (child_in, child_out, child_err, child_trouble):
            os.close(fd)
        for fd in (self._in, self._out, self._err):
            os.set_blocking(fd, False)
        self._stdin = memoryview(base64.b64decode(request["stdin"]))
        self._written = {self._out: bytearray(), self._err: bytearray()}

    def result(self) -> dict[str, Any]:
        """Wait for the program, end what is left of it, and say how it went."""
        self._watch()
        self._end_all()
        wall_s, cpu_s = time.monotonic() - self._began, cpu_seconds() - self._cpu
        for fd in self._written:
            while self._take(fd):
                pass
        code, stopped = self._told(os.waitstatus_to_exitcode(self.status or 0))
        stdout, stderr = (base64.b64encode(text).decode() for text in self._written.values())
        for fd in (self._in, self._out, self._err, self._trouble):
            with suppress(OSError):
                os.close(fd)
        return {
            "exit_code": code if code >= 0 else 128 - code,
            "stdout": stdout,
            "stderr": stderr,
            "stopped": stopped,
            "cpu_s": max(cpu_s, 0.0),
            "wall_s": wall_s,
        }

    def _watch(self) -> None:
        """Return when the program is over or went past a limit."""
        waiter = select.poll()
        for fd in (self._wake, *self._written):
            waiter.register(fd, select.POLLIN)
        waiter.register(self._in, select.POLLOUT)
        look = self._began + self.limits["cpu_s"] / self.cpus
        while self._reap() and self.status is None and self.stopped is None:
            now = time.monotonic()
            if now >= self._deadline:
                self.stopped = "wall"
            if now >= look:
                left = self.limits["cpu_s"] - (cpu_seconds() - self._cpu)
                self.stopped = self.stopped or ("cpu" if left <= 0 else None)
                look = now + max(left / self.cpus, 0.02)
            until = 0.0 if self.stopped else min(self._deadline, look) - now
            for fd, _ in waiter.poll(max(until * 1000, 0) + 1):
                if fd == self._wake:
                    os.read(fd, 4096)
                elif not (self._feed() if fd == self._in else self._take(fd)):
                    waiter.unregister(fd)

    def _feed(self) -> bool:
        """Whether there is more to write to the program."""
        try:
            self._stdin = self._stdin[os.write(self._in, self._stdin[:65536]) :]
        except BlockingIOError:
            return True
        except BrokenPipeError:
            self._stdin = self._stdin[:0]
        if not self._stdin:
            os.close(self._in)
            self._in = -1
        return bool(self._stdin)

    def _take(self, fd: int) -> bool:
        """Whether there may be more to read from the program."""
        try:
            text = os.read(fd, 65536)
        except BlockingIOError:
            return False
        self._written[fd] += text[: self._unread]
        if len(text) > self._unread:
            self.stopped = self.stopped or "output"
        self._unread = max(self._unread - len(text), 0)
        return bool(text) and self.stopped != "output"

    def _reap(self) -> bool:
        """Bury the dead; whether anybody is left."""
        try:
            while True:
                pid, status = os.waitpid(-1, os.WNOHANG)
                if pid == self._pid:
                    self.status = status
                if pid == 0 or time.monotonic() > self._deadline + _ENDING_S:
                    return True
        except ChildProcessError:
            return False

    def _end_all(self) -> None:
        end_by = time.monotonic() + _ENDING_S
        with suppress(ProcessLookupError):
            os.kill(-1, signal.SIGKILL)
        while self._reap():
            if time.monotonic() > end_by:
                raise TimeoutError("processes of the program cannot be ended")
            time.sleep(0.0005)
            with suppress(ProcessLookupError):
                os.kill(-1, signal.SIGKILL)

    def _told(self, code: int) -> tuple[int, str | None]:
        """(exit code, the limit that ended the program if one did)."""
        told = os.read(self._trouble, 4096)
        if not told:
            if oom_kills() > self._oom:
                self.stopped = self.stopped or "memory"
            return code, self.stopped or _BY_EXIT.get(code)
        stage, number, text = json.loads(told)
        if stage == "command":
            self._written[self._err] += f"{text}\n".encode(errors="replace")
            return 127 if number == errno.ENOENT else 126, None
        if number in _FULL:
            return 1, "disk"
        raise OSError(number, f"{stage}: {text}")


def _be_program(
    request: Mapping[str, Any],
    streams: tuple[int, int, int],
    trouble: int,
    release: Callable[[], None],
) -> NoReturn:
    """Become the program; `trouble` closes when that is done, and else tells what went wrong."""
    stage, limits, command = "files", request["limits"], request["command"]
    try:
        release()
        # So that the kernel, short of memory, ends the program and not its supervisor.
        with open("/proc/self/oom_score_adj", "w", encoding="ascii") as file:
            file.write("1000")
        os.nice(10)
        os.setsid()
        become(request["uid"])
        lay_out(request["files"])
        for fd, stream in enumerate(streams):
            os.dup2(stream, fd)
        for name in (signal.SIGPIPE, signal.SIGXFSZ):
            signal.signal(name, signal.SIG_DFL)
        stage = "limits"
        _limit(limits)
        stage = "command"
        environment = {"PATH": request["path"], "HOME": HOME, "LANG": "C.UTF-8"}
        os.execvpe(command[0], command, environment)  # noqa: S606
    except (OSError, ValueError) as error:
        number, words = getattr(error, "errno", None), getattr(error, "strerror", None)
        told = json.dumps([stage, number, f"{command[0][:200]}: {words or error}"])
        os.write(trouble, told.encode())
    finally:
        os._exit(127)


def _limit(limits: Mapping[str, Any]) -> None:
    cpu, mib = int(limits["cpu_s"]) + 1, 1024 * 1024
    for name, soft, hard in (
        (resource.RLIMIT_CPU, cpu, cpu + 1),
        (resource.RLIMIT_DATA, limits["memory_mb"] * mib, limits["memory_mb"] * mib),
        (resource.RLIMIT_NOFILE, limits["open_files"], limits["open_files"]),
        (resource.RLIMIT_NPROC, limits["processes"], limits["processes"]),
        (resource.RLIMIT_FSIZE, limits["file_bytes"], limits["file_bytes"]),
        # One, not none: with 0 the kernel still starts the host's handler of core dumps, if any.
        (resource.RLIMIT_CORE, 1, 1),
        (resource.RLIMIT_MSGQUEUE, 0, 0),
    ):
        resource.setrlimit(name, (soft, hard))
