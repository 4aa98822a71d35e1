"""A process that has imported everything once, and forks a child for each stage that is to die.

It reads one JSON object a line (see Arena.run) and answers
with how the child ended. It never opens a database and starts no thread: a fork copies neither.
"""

import json
import os
import select
import signal
import sys
import tempfile
import time
from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from typing import Any, NoReturn

from tasks import stages as clock
from tests.chaos.stages import perform
from tests.chaos.telling import tell_commits


def _child(asked: dict[str, Any]) -> int:
    """What the child does; its exit code."""
    os.setpgid(0, 0)
    log = os.open(asked["log"], os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    for stream in (1, 2):
        os.dup2(log, stream)
    tempfile.tempdir = os.environ["TMPDIR"] = asked["tmp"]
    os.environ.update(asked["environment"])
    tell_commits(os.open(asked["told"], os.O_WRONLY | os.O_CREAT | os.O_APPEND))
    if asked["shift_s"]:
        _shift(asked["shift_s"])
    try:
        perform(asked["stage"], Path(asked["home"]), asked["given"])
    except Exception as error:  # noqa: BLE001 - whatever it is, the test judges it
        said = {"error": type(error).__name__, "message": str(error)}
        code = getattr(error, "exit_code", None)
        Path(asked["said"]).write_text(json.dumps({**said, "exit_code": code}))
        if code is None:
            import traceback

            traceback.print_exc()
        return 1
    return 0


def _shift(seconds: float) -> None:
    """The wall clock jumps by so much, and back, again and again."""
    honest, calls = clock.now, 0

    def jumping() -> Any:
        nonlocal calls
        calls += 1
        return honest() + timedelta(seconds=seconds if calls % 3 == 1 else 0)

    for module in list(sys.modules.values()):
        if module.__name__.startswith("tasks") and getattr(module, "now", None) is honest:
            module.now = jumping  # type: ignore[attr-defined]


def _end(pid: int, after_s: float | None, *, alone: bool) -> tuple[int, float]:
    """(wait status, seconds) of the child, killed after so many seconds where that is said."""
    with suppress(OSError):  # the child may have been quicker, or be gone
        os.setpgid(pid, pid)
    began = time.monotonic()
    watched = os.pidfd_open(pid)
    try:
        ready, _, _ = select.select([watched], [], [], 170 if after_s is None else after_s)
        if not ready:
            (os.kill if alone else os.killpg)(pid, signal.SIGKILL)
    finally:
        os.close(watched)
    return os.waitpid(pid, 0)[1], time.monotonic() - began


def main() -> None:
    for line in sys.stdin:
        asked = json.loads(line)
        others = [os.fork() or _be_child(asked) for _ in range(asked["copies"] - 1)]
        pid = os.fork() or _be_child(asked)
        status, seconds = _end(pid, asked["after_s"], alone=asked["alone"])
        killed = os.WIFSIGNALED(status)
        code = None if killed else os.WEXITSTATUS(status)
        for other in others:
            code = max(code or 0, os.waitstatus_to_exitcode(os.waitpid(other, 0)[1]))
        print(json.dumps({"killed": killed, "code": code, "seconds": seconds}), flush=True)


def _be_child(asked: dict[str, Any]) -> NoReturn:
    code = 70
    try:
        code = _child(asked)
    finally:
        os._exit(code)


if __name__ == "__main__":
    main()
