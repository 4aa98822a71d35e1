"""Opening DuckDB files that other processes also open: wait with a deadline, name the holder."""

import random
import re
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb

from tasks.domain.errors import SystemFault, UsageError

_HOLDER = re.compile(r"Conflicting lock is held in (?P<program>.+?) \(PID (?P<pid>\d+)\)")
_MEMORY_LIMIT = "8GB"
# A checkpoint compresses a table's last, unfinished group of rows anew. With DuckDB's 122,880 rows
# of 33 KB, that is the whole of raw, again and again while issues are collected; and core's
# comments, a build's batch of them after the other.
_ROW_GROUPS = {"raw": 2_048, "core": 4_096}

_STAYS_IN_LOG = "IO Error: Detached database"
_FULL = "No space left on device"

_process_locks: dict[Path, threading.RLock] = {}
_bases: dict[Path, duckdb.DuckDBPyConnection] = {}
_registry = threading.Lock()


class LockHeldError(SystemFault):
    """Another process has a file open, and has not given it back in time."""


@contextmanager
def turn(path: Path) -> Iterator[None]:
    """One opener a file within the process: read-only and read-write opens cannot coexist there."""
    with _registry:
        lock = _process_locks.setdefault(path, threading.RLock())
    with lock:
        yield


def attach(
    connection: duckdb.DuckDBPyConnection, path: Path, name: str, *, write: bool, deadline: float
) -> None:
    """Attach `path` as `name`, waiting until `deadline` (monotonic seconds) for other processes.

    Raises SystemFault naming the holder at the deadline, UsageError where the file is no
    database that this version can read.
    """
    # Without the type, DuckDB fetches an extension for a file that looks like another database's.
    mode = "TYPE duckdb" if write else "TYPE duckdb, READ_ONLY"
    if write and name in _ROW_GROUPS:
        mode += f", ROW_GROUP_SIZE {_ROW_GROUPS[name]}"
    target = str(path).replace("'", "''")
    while True:
        try:
            connection.execute(f"ATTACH '{target}' AS {name} ({mode})")
        except duckdb.Error as error:
            _give_up_or_wait(error, path, deadline)
        else:
            return


def _give_up_or_wait(error: duckdb.Error, path: Path, deadline: float) -> None:
    text = str(error)
    holder = _HOLDER.search(text)
    if holder is None and "Could not set lock" not in text:
        raise _unreadable(error, path) from error
    if time.monotonic() >= deadline:
        who = f"process {holder['pid']} ({holder['program']})" if holder else "another process"
        raise LockHeldError(
            f"{path} is locked by {who}; wait for it to finish, or stop it, and run the command "
            "again"
        ) from error
    time.sleep(random.uniform(0.002, 0.03))  # noqa: S311 - jitter, so that waiters do not march in step


@contextmanager
def as_faults(folder: Path) -> Iterator[None]:
    """Turns what a disk or a broken file brings about into a SystemFault that says what to do."""
    try:
        yield
    except duckdb.Error as error:
        # A commit that finds no room for its log is told as a transaction's failure.
        if _FULL in str(error):
            raise SystemFault(
                f"the disk of {folder} is full: free some room, and run the same command again; "
                "what was committed before is there",
                retryable=False,
            ) from error
        if isinstance(error, (duckdb.IOException, duckdb.FatalException)):
            raise SystemFault(
                f"the warehouse in {folder}: {' '.join(str(error).split())}"
            ) from error
        raise


def _unreadable(error: duckdb.Error, path: Path) -> UsageError | SystemFault:
    text = str(error)
    if "not a valid DuckDB database" in text or "Serialization" in text:
        return UsageError(
            f"{path} is not a DuckDB database; move it away, or choose another home with --home"
        )
    if "newer version" in text or "storage version" in text.lower():
        return UsageError(
            f"{path} was written by a newer DuckDB; upgrade paydag, or choose another home with "
            "--home"
        )
    return SystemFault(f"{path} cannot be opened: {text.splitlines()[0]}")


def detach(
    connection: duckdb.DuckDBPyConnection, name: str, *, checkpoint: bool | None = None
) -> None:
    """Give the file back to other processes; what was committed is in it.

    Where the file was open for writing, `checkpoint` says whether its log is emptied into it.
    """
    connection.execute("USE memory")
    if checkpoint is not None:
        # The setting is the whole process's: another file that closes now keeps its log, too.
        connection.execute(f"PRAGMA {'enable' if checkpoint else 'disable'}_checkpoint_on_shutdown")
    try:
        connection.execute(f"DETACH {name}")
    except duckdb.IOException as error:
        # The disk has no room for the file's own copy. The log holds what was committed, and the
        # next writer empties it.
        if not str(error).startswith(_STAYS_IN_LOG):
            raise


def bare_connection() -> duckdb.DuckDBPyConnection:
    """An in-memory database to attach to; the one configuration of the whole process."""
    connection = duckdb.connect(":memory:", config={"memory_limit": _MEMORY_LIMIT})
    connection.execute("SET TimeZone = 'UTC'")
    return connection


def limit_memory(folder: Path, limit: str | None) -> None:
    """How much the shared database of a warehouse may hold; None for the usual."""
    cursor = shared_connection(folder)
    spill = str(folder / "spill")
    found = cursor.execute("SELECT current_setting('temp_directory')").fetchall()
    if found[0][0] != spill:  # else what does not fit would lie in the folder of whoever called
        cursor.execute(f"SET temp_directory = '{spill.replace(chr(39), chr(39) * 2)}'")
    cursor.execute(f"SET memory_limit = '{limit or _MEMORY_LIMIT}'")
    cursor.close()


def shared_connection(folder: Path) -> duckdb.DuckDBPyConnection:
    """A cursor on the process's in-memory database for one warehouse.

    Making such a database costs 35 ms, attaching a file to it 2 ms: so it is made once.
    """
    with _registry:
        if folder not in _bases:
            _bases[folder] = bare_connection()
        cursor = _bases[folder].cursor()
    cursor.execute("SET TimeZone = 'UTC'")
    return cursor
