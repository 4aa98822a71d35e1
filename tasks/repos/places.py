"""Where mirrors lie, and how a new one takes the place of an old one."""

import fcntl
import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from tasks.domain.errors import SystemFault
from tasks.repos.commands import pause

_WAIT_S: Final = 600.0


def mirror_path(home: Path, repository: str) -> Path:
    """Where the mirror of `owner/name` lies."""
    return home / "mirrors" / f"{repository.replace('/', '__')}.git"


@contextmanager
def made_beside(target: Path) -> Iterator[Path]:
    """A path for a new mirror; it takes the place of `target` where the block ends well.

    Otherwise what was at `target` stays. Half mirrors are never under that name.
    """
    target.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=target.parent, prefix=f".new-{target.stem}-") as folder:
        fresh = Path(folder) / "mirror.git"
        yield fresh
        if target.exists():
            target.rename(Path(folder) / "old.git")
        fresh.rename(target)


@contextmanager
def alone(target: Path) -> Iterator[None]:
    """One process at a time extends a mirror; reading it needs no leave.

    Half mirrors that killed processes left are removed. Raises SystemFault where another process
    does not end.
    """
    target.parent.mkdir(parents=True, exist_ok=True)
    deadline = time.monotonic() + _WAIT_S
    with (target.parent / f".{target.stem}.lock").open("w") as lock:
        while not _locked(lock.fileno()):
            if time.monotonic() > deadline:
                raise SystemFault(f"another refresh is still fetching {target}")
            pause(0.1)
        for folder in target.parent.glob(f".new-{target.stem}-*"):
            shutil.rmtree(folder, ignore_errors=True)
        yield


def _locked(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
