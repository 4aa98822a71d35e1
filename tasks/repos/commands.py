"""Running git: deaf to this machine's configuration, and stopped with whoever waits for it."""

import os
import subprocess
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from pathlib import Path
from threading import Event
from typing import Final

import git

# Nobody's configuration may change what we read, and nothing is fetched behind our back.
ENVIRONMENT: Final[Mapping[str, str]] = {
    "GIT_CONFIG_GLOBAL": os.devnull,
    "GIT_CONFIG_NOSYSTEM": "1",
    "GIT_CONFIG_COUNT": "0",
    "GIT_NO_LAZY_FETCH": "1",
    "GIT_NO_REPLACE_OBJECTS": "1",
    "GIT_TERMINAL_PROMPT": "0",
    "GIT_ASKPASS": "false",
    "LANGUAGE": "C",  # what git says is read by us
    "LC_ALL": "C.UTF-8",
}
_GLANCE_S: Final = 0.2

_stop: ContextVar[Event | None] = ContextVar("paydag_git_stop", default=None)


class GitFailure(Exception):  # noqa: N818 - never leaves this package
    """git ended with an error; `said` is what it wrote about it."""

    def __init__(self, command: str, said: str) -> None:
        super().__init__(f"git {command}: {said.strip()[-500:]}")
        self.said = said


@contextmanager
def stoppable() -> Iterator[None]:
    """What git runs for the block, in threads that inherit its context too, ends with it: where
    the block is left by an exception, an interrupt for one, git is stopped."""
    event = Event()
    token = _stop.set(event)
    try:
        yield
    except BaseException:
        event.set()
        raise
    finally:
        _stop.reset(token)


def pause(seconds: float) -> None:
    """Wait, but not beyond the end of the block that is waited for. Raises GitFailure then."""
    stop = _stop.get()
    if stop is None:
        time.sleep(seconds)
    elif stop.wait(seconds):
        raise GitFailure("wait", "stopped")


def run(
    folder: Path,
    arguments: Sequence[str],
    *,
    stdin: bytes = b"",
    environment: Mapping[str, str] | None = None,
) -> bytes:
    """What `git arguments` writes, run on the repository `folder`. Raises GitFailure."""
    with tempfile.TemporaryFile() as given:  # git gets a file: a pipe could fill up both ways
        given.write(stdin)
        given.seek(0)
        running = git.Git(folder).execute(
            ["git", *arguments],
            istream=given,
            as_process=True,
            env={**ENVIRONMENT, "GIT_DIR": str(folder), **(environment or {})},
        )
        if running.proc is None:
            raise GitFailure(arguments[0], "git did not start")
        out, error = _finish(running.proc)
    if running.proc.returncode:
        raise GitFailure(arguments[0], error.decode(errors="replace"))
    return out


def _finish(process: "subprocess.Popen[bytes]") -> tuple[bytes, bytes]:
    stop = _stop.get()
    try:
        while True:
            try:
                return process.communicate(timeout=_GLANCE_S if stop else None)
            except subprocess.TimeoutExpired:
                if stop is not None and stop.is_set():
                    raise GitFailure("stop", "stopped") from None
    finally:
        if process.poll() is None:
            process.terminate()  # git removes what it had begun
            process.wait()
        for pipe in (process.stdout, process.stderr):
            if pipe is not None:
                pipe.close()
