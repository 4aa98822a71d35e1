"""Processes that a command starts and must not leave behind: theirs and what they started."""

import os
import signal
import subprocess
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final

from tasks.settings import environment_with

_POLL_S: Final = 0.05


def start_logged(
    command: Sequence[str], log: Path, *, folder: Path, added: Mapping[str, str]
) -> subprocess.Popen[bytes]:
    """Start a command in a session of its own, so that what a terminal sends reaches this process
    only; its output is added to `log`."""
    with log.open("ab") as output, _interrupts_heard():
        return subprocess.Popen(
            command,
            env=environment_with(added),
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            cwd=folder,
            start_new_session=True,
        )


@contextmanager
def _interrupts_heard() -> Iterator[None]:
    """What is started in the block hears interrupts. Where they are ignored (`nohup`, or `&` in a
    script), it would inherit that, and a worker that ends itself by one would not end."""
    ignored = signal.getsignal(signal.SIGINT) is signal.SIG_IGN
    if not ignored or threading.current_thread() is not threading.main_thread():
        yield
        return
    # A handler of ours becomes the default in another program; we go on ignoring.
    signal.signal(signal.SIGINT, lambda *_: None)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, signal.SIG_IGN)


def run_logged(command: Sequence[str], log: Path, *, folder: Path, added: Mapping[str, str]) -> int:
    """The same to its end; the exit code. An interrupt ends it, too."""
    log.write_bytes(b"")
    process = start_logged(command, log, folder=folder, added=added)
    try:
        return process.wait()
    except BaseException:
        end_tree(process.pid, 5)
        process.wait()
        raise


def end_tree(pid: int, wait_s: float) -> None:
    """End a process and all that it started, whatever session that has moved to: by SIGTERM, and
    after `wait_s` by SIGKILL."""
    children = descendants(pid)  # one that ends at once leaves children that nobody finds
    _signal([pid], signal.SIGTERM)  # once: a worker takes the second for SIGKILL
    time.sleep(_POLL_S)
    children |= descendants(pid)
    _signal(children, signal.SIGTERM)
    _wait({pid} | children, wait_s)
    _signal({pid} | children | descendants(pid), signal.SIGKILL)
    _wait({pid} | children, wait_s)


def end_children_first(pid: int, wait_s: float, settle_s: float) -> None:
    """The same, but what it started is ended while it still runs, and it has `settle_s` to tell of
    that: a worker reports how its flow runs ended, unless it is told to end itself."""
    if children := descendants(pid):
        _end(children, wait_s)
        _wait([pid], settle_s)
    end_tree(pid, wait_s)


def _end(pids: set[int], wait_s: float) -> None:
    _signal(pids, signal.SIGTERM)
    _wait(pids, wait_s)
    _signal(pids, signal.SIGKILL)
    _wait(pids, wait_s)


def descendants(pid: int) -> set[int]:
    """The processes that `pid` started, and those that they started, as far as the system tells."""
    parents = _parents()
    found: set[int] = set()
    waiting = [pid]
    while waiting:
        children = {child for child, parent in parents.items() if parent == waiting[-1]} - found
        waiting.pop()
        found |= children
        waiting += children
    return found


def is_alive(pid: int) -> bool:
    """Whether a process runs; one that has ended and is waited for by nobody does not."""
    with suppress(ChildProcessError):
        os.waitpid(pid, os.WNOHANG)
    try:
        os.kill(pid, 0)
    except (ProcessLookupError, PermissionError):
        return False
    return _state(pid) != "Z"


def command_of(pid: int) -> str | None:
    """The command line of a process; None where there is none, or nobody tells."""
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode()
    except OSError:
        return None


def _parents() -> dict[int, int]:
    found = {}
    for folder in Path("/proc").glob("[0-9]*"):
        with suppress(OSError, ValueError, IndexError):
            found[int(folder.name)] = int(_fields(int(folder.name))[1])
    return found


def _state(pid: int) -> str:
    with suppress(OSError, IndexError):
        return _fields(pid)[0]
    return ""


def _fields(pid: int) -> list[str]:
    """State, parent, ... : what follows the name, which may hold blanks and brackets."""
    return Path(f"/proc/{pid}/stat").read_text(errors="replace").rpartition(")")[2].split()


def _signal(pids: Sequence[int] | set[int], number: signal.Signals) -> None:
    for pid in pids:
        with suppress(ProcessLookupError, PermissionError):
            os.kill(pid, number)


def _wait(pids: Sequence[int] | set[int], wait_s: float) -> None:
    deadline = time.monotonic() + wait_s
    while time.monotonic() < deadline and any(is_alive(pid) for pid in pids):
        time.sleep(_POLL_S)
