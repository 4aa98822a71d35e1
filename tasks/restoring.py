"""Restoring a backup: verified as a whole before anything of the home is touched."""

import json
import shutil
import tarfile
from collections.abc import Callable
from datetime import datetime
from pathlib import Path, PurePosixPath
from typing import IO

from tasks.attaching import holds_work
from tasks.backups import FORMAT, LIST, PLACES, Backup, beside, telling
from tasks.domain.digests import stream_sha256
from tasks.domain.errors import PaydagError, UsageError
from tasks.domain.store_manifest import HomeFile
from tasks.home_files import finish_mirrors, home_to_be, put_in_place
from tasks.store_state import forget_stores
from tasks.warehouse import FILES, Warehouse, ensure
from tasks.warehouse.copying import failed_checks
from tasks.warehouse.locking import LockHeldError
from tasks.warehouse.migrate import check_known

Opener = Callable[[str], IO[bytes]]


class _DamagedError(Exception):
    """A part of a backup that is not what its list says."""


def restore_backup(home: Path, source: Path, now: datetime, *, force: bool) -> tuple[Backup, bool]:
    """(the backup at `source`, whether something was kept aside) after the home is what it holds.

    Everything of it is verified, and brought up to date, before anything of the home is touched.
    What the home held is kept in it, at `place_aside`. Raises UsageError where the home holds data
    and `force` is not given, where `source` is no whole backup, and where a newer paydag made it.
    """
    if not force and _holds_anything(home):
        raise UsageError(
            f"{home} holds data; choose another home with --home, or say --force, which keeps what "
            "is there aside"
        )
    aside = place_aside(home, now)
    with home_to_be(home), telling(home), beside(home / "warehouse") as way:
        made = way / "home"
        backup = _unpacked(source, made)
        for name, applied in backup.migrations.items():
            check_known(name, applied, str(source))
        finish_mirrors(made)
        restored = Warehouse(made)
        ensure(restored, now)
        failed = failed_checks(restored)
        if failed:
            raise UsageError(f"{source} fails the check {next(iter(failed))}; it is not restored")
        _wait_for_writers(home)
        put_in_place(made, home, aside)
        forget_stores(home)
    return backup, aside.exists()


def place_aside(home: Path, now: datetime) -> Path:
    """Where a restore at this moment keeps what was there."""
    return home / f"before-restore-{now:%Y%m%dT%H%M%S}"


def _holds_anything(home: Path) -> bool:
    try:
        return holds_work(Warehouse(home))
    except PaydagError:  # what cannot be read may be worth a lot
        return True


def _wait_for_writers(home: Path) -> None:
    """Raise SystemFault where another process does not give a file back."""
    warehouse = Warehouse(home)
    for name in FILES:
        if warehouse.path(name).exists():
            try:
                with warehouse.read(name):
                    pass
            except LockHeldError:
                raise
            except PaydagError:  # a damaged file is nobody's
                continue


def _unpacked(source: Path, made: Path) -> Backup:
    """Copy what the backup lists to `made`. Raises UsageError where it is not all there."""
    if not source.exists():
        raise UsageError(f"there is no backup at {source}")
    try:
        if source.is_dir():
            return _copied(made, source, lambda name: (source / name).open("rb"))
        with tarfile.open(source, "r:") as archive:

            def opened(name: str) -> IO[bytes]:
                found = archive.extractfile(name)
                if found is None:
                    raise _DamagedError(f"{name} is no file")
                return found

            return _copied(made, source, opened)
    except (FileNotFoundError, KeyError, tarfile.TarError, EOFError) as error:
        raise _broken(source, "parts of it are missing") from error
    except ValueError as error:
        raise _broken(source, f"its {LIST} cannot be read") from error
    except _DamagedError as error:
        raise _broken(source, str(error)) from error


def _broken(source: Path, why: str) -> UsageError:
    return UsageError(f"{source} is no whole backup: {why}; nothing was restored")


def _copied(made: Path, source: Path, opened: Opener) -> Backup:
    with opened(LIST) as file:
        text = file.read()
    number = json.loads(text)["format"]
    if isinstance(number, int) and number > FORMAT:
        raise UsageError(f"{source} was made by a newer paydag; upgrade paydag")
    backup = Backup.model_validate_json(text)
    lacking = {f"warehouse/{name}.duckdb" for name in FILES} - {one.path for one in backup.files}
    if lacking:
        raise _DamagedError(f"it lists no {min(lacking)}")
    for one in backup.files:
        _copy(one, made / _inside(one), opened)
    return backup


def _inside(file: HomeFile) -> PurePosixPath:
    path = PurePosixPath(file.path)
    if path.parts[0] not in PLACES or ".." in path.parts:
        raise _DamagedError(f"it names {file.path!r}, which is outside of a home")
    return path


def _copy(file: HomeFile, target: Path, opened: Opener) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    with opened(file.path) as source, target.open("wb") as copy:
        shutil.copyfileobj(source, copy, 8 * 1024**2)
    with target.open("rb") as copied:
        if stream_sha256(copied) != file.sha256:
            raise _DamagedError(f"{file.path} is damaged")
