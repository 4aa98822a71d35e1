"""Backups: a home's warehouse, mirrors and predictions, consistent while flows run."""

import errno
import os
import shutil
import tarfile
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Final

from pydantic import BaseModel

from tasks.domain.digests import stream_sha256
from tasks.domain.errors import SystemFault, UsageError
from tasks.domain.store_manifest import HomeFile
from tasks.home_files import FOLDERS, hold, home_files
from tasks.processes import is_alive
from tasks.versions import code_version
from tasks.warehouse import FILES, FileName, Warehouse, ensure
from tasks.warehouse.copying import COPY_ORDER, copy_file, failed_checks, settle_copy
from tasks.warehouse.migrate import applied_migrations, is_current

FORMAT: Final = 1
LIST: Final = "backup.json"
ARCHIVE: Final = ".tar"
# Whoever types one of these wants no folder.
_PACKED: Final = (".gz", ".tgz", ".bz2", ".xz", ".zst", ".zip")
PLACES: Final = ("warehouse", *FOLDERS)


class Backup(BaseModel, frozen=True, extra="forbid"):
    """What a backup holds, written last: without it a folder is no backup. `migrations` are those
    of the warehouse's files."""

    format: int
    made_at: datetime
    code_version: str
    migrations: dict[FileName, tuple[tuple[str, str], ...]]
    files: tuple[HomeFile, ...]

    @property
    def bytes(self) -> int:
        return sum(file.size for file in self.files)


def make_backup(home: Path, target: Path, now: datetime) -> Backup:
    """Copy the home to `target`, a folder, or one file where its name ends in `.tar`.

    It appears whole or not at all, after the warehouse's checks have found nothing in it. Raises
    UsageError where there is nothing to copy or something at `target`, SystemFault where the disk
    is full, a lock does not come or a check finds rows.
    """
    warehouse = Warehouse(home)
    if not all(warehouse.path(name).is_file() for name in FILES):
        raise UsageError(f"{home} holds no warehouse; say which home with --home")
    if target.exists():
        raise UsageError(f"{target} is there already; choose another name")
    if target.suffix in _PACKED:
        raise UsageError(
            f"{target}: a backup is a folder or one file NAME{ARCHIVE}, which is not compressed: "
            "what is in it is already"
        )
    with telling(target), beside(target) as way:
        made = way / "backup"
        for name in COPY_ORDER:
            copy_file(warehouse, name, made / "warehouse")
        copied = Warehouse(made)
        settle_copy(copied)
        _copy_files(home, made)
        _check(copied, way / "scratch", now)
        backup = Backup(
            format=FORMAT,
            made_at=now,
            code_version=code_version(),
            migrations={name: tuple(applied_migrations(copied, name)) for name in FILES},
            files=tuple(_listed(made)),
        )
        (made / LIST).write_text(backup.model_dump_json(indent=1), encoding="utf-8")
        if target.suffix == ARCHIVE:
            made = _packed(made, backup)
        _sync(made)
        made.rename(target)
    return backup


def _check(copied: Warehouse, scratch: Path, now: datetime) -> None:
    """Raise SystemFault where a check finds something. Files of an older version stay as they are:
    they are checked as what they become."""
    checked = copied
    if not all(is_current(copied, name) for name in FILES):
        shutil.copytree(copied.folder, scratch / "warehouse")
        checked = Warehouse(scratch)
    ensure(checked, now)
    failed = failed_checks(checked)
    if failed:
        name, rows = next(iter(failed.items()))
        raise SystemFault(
            f"the copy fails the warehouse check {name} ({rows} rows), and is not kept; "
            "please report this",
            retryable=False,
        )


def _copy_files(home: Path, made: Path) -> None:
    with tempfile.TemporaryDirectory(dir=made) as held:
        for file, changed in home_files(home).items():
            target = made / file.path
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(hold(home, file, changed, Path(held)), target)


def _listed(made: Path) -> Iterator[HomeFile]:
    found = [path for place in PLACES for path in (made / place).rglob("*") if path.is_file()]
    for path in sorted(found):
        with path.open("rb") as stream:
            sha256 = stream_sha256(stream)
        name = path.relative_to(made).as_posix()
        yield HomeFile(path=name, sha256=sha256, size=path.stat().st_size)


def _packed(made: Path, backup: Backup) -> Path:
    """All of it as one file, the list first."""
    file = made.with_suffix(ARCHIVE)
    with tarfile.open(file, "w") as archive:
        for name in (LIST, *(one.path for one in backup.files)):
            archive.add(made / name, arcname=name)
    return file


def _sync(made: Path) -> None:
    """A backup that is there is on the disk."""
    files = [made] if made.is_file() else [path for path in made.rglob("*") if path.is_file()]
    for path in files:
        with path.open("rb") as file:
            os.fsync(file.fileno())


@contextmanager
def beside(target: Path) -> Iterator[Path]:
    """An empty folder beside `target`, gone afterwards; what killed processes left there of theirs
    is removed."""
    target.parent.mkdir(parents=True, exist_ok=True)
    prefix = f".{target.name}.part-"
    for left in target.parent.glob(f"{prefix}*"):
        process = left.name.removeprefix(prefix).partition("-")[0]
        if not process.isdigit() or not is_alive(int(process)):
            shutil.rmtree(left, ignore_errors=True)
    with tempfile.TemporaryDirectory(dir=target.parent, prefix=f"{prefix}{os.getpid()}-") as folder:
        yield Path(folder)


@contextmanager
def telling(target: Path) -> Iterator[None]:
    """What the system refuses, in a sentence: SystemFault where the disk is full, else
    UsageError."""
    try:
        yield
    except OSError as error:
        said = f"{target} cannot be written: {error.strerror or error}"
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            raise SystemFault(f"{said}; free some space", retryable=False) from error
        raise UsageError(f"{said}; choose another place") from error
