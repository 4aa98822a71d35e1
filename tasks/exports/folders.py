"""The folder of an export: whole, or not there."""

import fcntl
import hashlib
import json
import os
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tasks.domain.errors import SystemFault, UsageError
from tasks.domain.exporting import MANIFEST


def check_target(target: Path, *, force: bool) -> None:
    """Raises UsageError where nothing may be written: a file, or a folder that holds something
    and is not to be written over."""
    if target.exists() and not target.is_dir():
        raise UsageError(f"{target} is a file; name a folder")
    if not force and target.is_dir() and any(target.iterdir()):
        raise UsageError(
            f"{target} is not empty; name another folder, or write over it with --force"
        )


@contextmanager
def written_beside(target: Path, *, force: bool) -> Iterator[Path]:
    """A folder to write an export into; it becomes `target` where the block ends well.

    A new folder appears under its name whole. Into one that is there already (`force`), file goes
    after file, the manifest last: what the earlier export had and this one lacks is removed, and
    files that no export wrote are left alone. Raises SystemFault where the disk refuses.
    """
    check_target(target, force=force)
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        with _workplace(target) as folder:
            fresh = folder / "export"
            fresh.mkdir()
            yield fresh
            if target.exists() and any(target.iterdir()):
                _put_over(fresh, target)
            else:
                fresh.replace(target)  # an empty folder gives way
    except OSError as error:
        raise SystemFault(
            f"{target} cannot be written: {error.strerror or error}; is the disk full, or the "
            "folder someone else's?",
            retryable=False,
        ) from error


@contextmanager
def _workplace(target: Path) -> Iterator[Path]:
    """An empty folder beside `target`, of one name for all: what a killed export left in it goes.

    Raises SystemFault where another export is being written to the same place.
    """
    folder = target.with_name(f".{target.name}.part")
    folder.mkdir(exist_ok=True)
    held = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
        for left in folder.iterdir():
            shutil.rmtree(left)
        try:
            yield folder
        finally:
            shutil.rmtree(folder, ignore_errors=True)
    except BlockingIOError:
        raise SystemFault(
            f"another export is being written to {target}; wait until it has ended, or name "
            "another folder",
            retryable=False,
        ) from None
    finally:
        os.close(held)


def write_manifest(folder: Path, facts: Mapping[str, Any]) -> None:
    """What the export says of itself to machines, with the SHA-256 of each of its files."""
    files = {
        str(file.relative_to(folder)): hashlib.sha256(file.read_bytes()).hexdigest()
        for file in sorted(folder.rglob("*"))
        if file.is_file()
    }
    text = json.dumps({**facts, "files": files}, indent=2, sort_keys=True)
    (folder / MANIFEST).write_text(f"{text}\n", encoding="utf-8")


def _put_over(fresh: Path, target: Path) -> None:
    fresh_files = {file.relative_to(fresh) for file in fresh.rglob("*") if file.is_file()}
    before = _files_of(target)
    (target / MANIFEST).unlink(missing_ok=True)  # from here on it is no whole export
    for name in sorted(before - fresh_files):
        (target / name).unlink(missing_ok=True)
    for name in sorted(fresh_files, key=lambda name: (name == Path(MANIFEST), name)):
        place = target / name
        if place.is_dir():
            shutil.rmtree(place)
        place.parent.mkdir(parents=True, exist_ok=True)
        (fresh / name).replace(place)


def _files_of(folder: Path) -> set[Path]:
    """The files that an earlier export wrote; paths that lead out of the folder are none."""
    try:
        listed = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))["files"]
        names = {Path(str(name)) for name in listed}
    except (OSError, ValueError, KeyError, TypeError):
        return set()
    return {name for name in names if not name.is_absolute() and ".." not in name.parts}
