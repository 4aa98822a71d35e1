"""Whether there is room for an image, asked before it is fetched or made."""

import shutil
from contextlib import suppress
from pathlib import Path
from typing import Any, Final

from tasks.domain.errors import SystemFault

GB: Final = 1_000_000_000
# What must stay free: an engine that fills the disk takes the warehouse with it.
RESERVE_BYTES: Final = 1 * GB


def is_local(client: Any) -> bool:
    """Whether the engine is spoken to through a socket of this machine."""
    return str(client.api.base_url) == "http+docker://localhost"


def free_space(client: Any, home: Path | None) -> tuple[int, Path]:
    """Free bytes where the engine keeps its images, and the folder that was looked at.

    The engine's folder may be on another machine, or closed to us: then it is `home`, by default
    the user's.
    """
    root = Path(str(client.info().get("DockerRootDir")))
    if is_local(client):
        with suppress(OSError):
            return shutil.disk_usage(root).free, root
    place = home or Path.home()
    return shutil.disk_usage(place).free, place


def ensure_room(client: Any, needed_bytes: int, what: str, home: Path | None) -> None:
    """Raises SystemFault where `needed_bytes`, an estimate, and a reserve do not fit."""
    free, place = free_space(client, home)
    if needed_bytes + RESERVE_BYTES > free:
        raise no_room(what, needed_bytes, free, place)


def no_room(what: str, needed_bytes: int, free: int, place: Path) -> SystemFault:
    return SystemFault(
        f"{what} needs about {_gb(needed_bytes)} and a reserve of {_gb(RESERVE_BYTES)}, but "
        f"{place} has {_gb(free)} free: make room, or remove images after use with --prune",
        retryable=False,
    )


def _gb(size: int) -> str:
    return f"{size / GB:.1f} GB"
