"""Running git: deaf to this machine's configuration, and stopped with whoever waits for it."""

import os
import resource
import subprocess
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from pathlib import Path
from threading import Event
from typing import Final, NamedTuple

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
# What git's parts say, with a capital or without, and the system's word where a file is mapped.
_OUT_OF_MEMORY: Final = ("ut of memory", "annot allocate memory")

_stop: ContextVar[Event | None] = ContextVar("paydag_git_stop", default=None)


class GitFailure(Exception):  # noqa: N818 - never leaves this package
    """git ended with an error; `said` is what it wrote about it."""

    def __init__(self, command: str, said: str) -> None:
        super().__init__(f"git {command}: {said.strip()[-500:]}")
        self.said = said


class OutOfBounds(GitFailure):
    """git needed more time, memory or disk than it was allowed."""


class Bounds(NamedTuple):
    """What git may use when it reads what a stranger wrote: seconds of wall clock, bytes of
    address space, bytes of any one file that it writes."""

    seconds: float
    memory: int
    file: int


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
    bounds: Bounds | None = None,
) -> bytes:
    """What `git arguments` writes, run on the repository `folder`. Raises GitFailure; its kind
    OutOfBounds where `bounds` ended it."""
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
        if bounds is not None:
            _bind(running.proc.pid, bounds)
        out, error = _finish(running.proc, bounds)
    if running.proc.returncode:
        said = error.decode(errors="replace")
        starved = running.proc.returncode < 0 or any(words in said for words in _OUT_OF_MEMORY)
        beyond = bounds is not None and starved
        raise (OutOfBounds if beyond else GitFailure)(arguments[0], said)
    return out


def _bind(process: int, bounds: Bounds) -> None:
    limits = {
        resource.RLIMIT_AS: bounds.memory,
        resource.RLIMIT_FSIZE: bounds.file,
        resource.RLIMIT_CPU: int(bounds.seconds) + 1,
    }
    with suppress(ProcessLookupError):  # it may have ended already
        for kind, value in limits.items():
            resource.prlimit(process, kind, (value, value))


def _finish(
    process: "subprocess.Popen[bytes]", bounds: Bounds | None = None
) -> tuple[bytes, bytes]:
    stop = _stop.get()
    deadline = time.monotonic() + bounds.seconds if bounds else None
    glance = min(_GLANCE_S, bounds.seconds if bounds else _GLANCE_S)
    try:
        while True:
            try:
                return process.communicate(timeout=glance if stop or deadline else None)
            except subprocess.TimeoutExpired:
                if stop is not None and stop.is_set():
                    raise GitFailure("stop", "stopped") from None
                if deadline is not None and time.monotonic() > deadline:
                    raise OutOfBounds("wait", "it took too long") from None
    finally:
        if process.poll() is None:
            process.terminate()  # git removes what it had begun
            process.wait()
        for pipe in (process.stdout, process.stderr):
            if pipe is not None:
                pipe.close()
