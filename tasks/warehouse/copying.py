"""Copies of the warehouse's files as they stand while other processes work on them."""

import shutil
from contextlib import ExitStack
from pathlib import Path
from typing import Final

from tasks.domain.errors import SystemFault
from tasks.warehouse.connect import FILES, FileName, Warehouse
from tasks.warehouse.migrate import run_checks

# A row names rows of the files that come later here, and those only grow: copied in this order, one
# after the other, each is as short a lock as can be, and no row lacks what it names.
COPY_ORDER: Final[tuple[FileName, ...]] = ("eval", "core", "raw")
_BLOCK: Final = 8 * 1024**2

Stamp = tuple[tuple[str, int, int], ...]


def stamp_of(warehouse: Warehouse, name: FileName) -> Stamp:
    """(name, bytes, time of the last change in ns) of a file and of its log: differs after every
    write."""
    found = []
    for path in _beside(warehouse.path(name)):
        status = path.stat()
        found.append((path.name, status.st_size, status.st_mtime_ns))
    return tuple(found)


def _beside(path: Path) -> list[Path]:
    """The file, and the logs beside it."""
    return sorted(p for p in path.parent.glob(f"{path.name}*") if p.is_file())


def copy_file(warehouse: Warehouse, name: FileName, folder: Path) -> Stamp:
    """Copy one file with its log into `folder` while no other process writes it; what it was.

    Raises SystemFault where the disk is full or the lock does not come.
    """
    folder.mkdir(parents=True, exist_ok=True)
    with warehouse.read(name), ExitStack() as stack:
        found = stamp_of(warehouse, name)
        # The lock ends with the first descriptor of the file that this process closes: all are
        # opened first and closed last.
        opened = [
            (p.name, stack.enter_context(p.open("rb"))) for p in _beside(warehouse.path(name))
        ]
        for file, source in opened:
            try:
                with (folder / file).open("wb") as target:
                    shutil.copyfileobj(source, target, _BLOCK)
            except OSError as error:
                raise SystemFault(
                    f"{warehouse.path(name)} cannot be copied to {folder}: {error.strerror}; "
                    "free some space, and run the command again",
                    retryable=False,
                ) from error
    return found


def settle_copy(copy: Warehouse) -> None:
    """Move what the logs of a copy hold into its files, so that the files alone are the truth."""
    for name in FILES:
        with copy.write(name):
            pass
        if _beside(copy.path(name)) != [copy.path(name)]:
            raise SystemFault(f"the log of {copy.path(name)} cannot be moved into it")


def failed_checks(copy: Warehouse) -> dict[str, int]:
    """Offending rows by check of a copy that is up to date; see migrate.run_checks."""
    with copy.read_alone(*FILES) as session:
        return run_checks(session)
