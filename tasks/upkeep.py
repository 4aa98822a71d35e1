"""`paydag up`: the worker beside the home's server, watched until someone ends it.

Who runs `up` on a home holds a lock; what it started stands in `prefect/up.json`, so that `paydag
down` can end it from elsewhere, also after a kill.
"""

import fcntl
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final

from pydantic import BaseModel, ValidationError

from tasks.domain.errors import SystemFault, UsageError
from tasks.processes import command_of, end_children_first, end_tree, is_alive, start_logged

# Flow runs store what they have after the item at hand; one that takes longer is killed.
_END_WAIT_S: Final = 20.0
_REPORT_WAIT_S: Final = 3.0
_DOWN_WAIT_S: Final = 5 * _END_WAIT_S
_POLL_S: Final = 0.2


class UpRecord(BaseModel, frozen=True, extra="forbid"):
    """What `up.json` in the home says: the process of `up`, and its worker's once there is one."""

    pid: int
    worker: int | None = None


def log_of(home: Path) -> Path:
    return home / "prefect" / "worker.log"


@contextmanager
def only_one(home: Path) -> Iterator[None]:
    """Hold the home's lock. Raises UsageError where another `up` does; ends what a killed one
    left."""
    folder = home / "prefect"
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "up.lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            record = _read(home)
            who = f" (process {record.pid})" if record is not None else ""
            raise UsageError(
                f"`paydag up` already runs on {home}{who}; end it there, or with `paydag down`"
            ) from None
        _end_left(home)
        _write(home, UpRecord(pid=os.getpid()))
        try:
            yield
        finally:
            _file(home).unlink(missing_ok=True)


def stop_up(home: Path) -> bool:
    """End the home's `up`, or what a killed one left; False where there was nothing."""
    record = _read(home)
    if record is None:
        return False
    if not _is_free(home):
        with suppress(ProcessLookupError):
            os.kill(record.pid, signal.SIGTERM)
        deadline = time.monotonic() + _DOWN_WAIT_S
        while time.monotonic() < deadline:
            if _is_free(home):
                return True
            time.sleep(_POLL_S)
        raise SystemFault(
            f"`paydag up` on {home} (process {record.pid}) does not end; end it with kill -9, then "
            "run `paydag down` again"
        )
    _end_left(home)
    return True


def left_by_up(home: Path) -> UpRecord | None:
    """What an `up` that was killed says it had; None where there was none, or where it runs."""
    record = _read(home)
    return record if record is not None and _is_free(home) else None


@contextmanager
def worker_running(
    home: Path, command_line: Mapping[str, str], limit: int | None
) -> Iterator[subprocess.Popen[bytes]]:
    """A worker of the pool `paydag` for the length of the block. `command_line` is added to its
    environment: where the server is; `limit` bounds the flow runs side by side."""
    command = [sys.executable, "-P", "-m", "prefect", "worker", "start"]
    command += ["--pool", "paydag", "--type", "process", "--install-policy", "never"]
    command += ["--limit", str(limit)] if limit is not None else []
    process = start_logged(command, log_of(home), folder=home, added=command_line)
    _write(home, UpRecord(pid=os.getpid(), worker=process.pid))
    try:
        yield process
    finally:
        end_children_first(process.pid, _END_WAIT_S, _REPORT_WAIT_S)
        process.wait()


def _end_left(home: Path) -> None:
    """End the worker of an `up` that was killed; its number may have been given away since."""
    record = _read(home)
    if record is not None and record.worker is not None:
        command = command_of(record.worker)
        if is_alive(record.worker) and command is not None and "worker start" in command:
            end_tree(record.worker, _END_WAIT_S)
    _file(home).unlink(missing_ok=True)


def _is_free(home: Path) -> bool:
    try:
        with (home / "prefect" / "up.lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True


def _file(home: Path) -> Path:
    return home / "prefect" / "up.json"


def _read(home: Path) -> UpRecord | None:
    try:
        return UpRecord.model_validate_json(_file(home).read_bytes())
    except (OSError, ValidationError):
        return None


def _write(home: Path, record: UpRecord) -> None:
    part = _file(home).with_suffix(".part")
    part.write_text(json.dumps(record.model_dump()))
    part.replace(_file(home))
