"""Temporary folders that bear their process's number: what a killed process left, a later one
removes."""

import os
import re
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Final

_PREFIX: Final = "paydag-mirror-"


def short_lived_folder() -> Path:
    """A new folder, which the caller removes."""
    _reap_once()
    return Path(tempfile.mkdtemp(prefix=f"{_PREFIX}{os.getpid()}-"))


@contextmanager
def scratch() -> Iterator[Path]:
    """A new folder for the length of the block."""
    folder = short_lived_folder()
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def abandoned_folders() -> tuple[Path, ...]:
    """What killed processes left in the temporary folder, and what a later one may remove."""
    found = []
    for folder in Path(tempfile.gettempdir()).glob(f"{_PREFIX}*"):
        owner = re.match(r"\d+", folder.name.removeprefix(_PREFIX))
        if owner and not _alive(int(owner[0])):
            found.append(folder)
    return tuple(sorted(found))


@cache
def _reap_once() -> None:
    """Remove what killed processes left, once in the life of this one."""
    for folder in abandoned_folders():
        shutil.rmtree(folder, ignore_errors=True)


def _alive(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
