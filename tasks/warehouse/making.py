"""Making the files of a warehouse: a process that dies over it leaves a stub, which is none."""

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

# DuckDB writes three headers of 4 KiB one after the other, and opens nothing that lacks one.
_HEADERS: Final = 3 * 4096


def is_whole(path: Path) -> bool:
    """Whether there is a file that may be opened, or may be told to be no database."""
    return path.exists() and not is_stub(path)


def is_stub(path: Path) -> bool:
    """Whether the file is the beginning of a database that has never held anything."""
    if path.stat().st_size >= _HEADERS:
        return False
    content = path.read_bytes()
    return not content or content[8:12] == b"DUCK"


@contextmanager
def alone_in(folder: Path) -> Iterator[None]:
    """One process at a time makes files: under this lock a stub is nobody's work in hand."""
    with (folder / ".making.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
