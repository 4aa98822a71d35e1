"""The files of a folder, a zip or a single file, without ever extracting anything."""

import os
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import IO

from tasks.domain.errors import UsageError
from tasks.sources.cells import storable

_MOST_BYTES = 1 << 30


@dataclass(frozen=True, slots=True)
class Member:
    """A file: the names of its folders and its own, its size, and how to open it."""

    parts: tuple[str, ...]
    size: int
    open: Callable[[], IO[bytes]]


@contextmanager
def open_members(path: Path) -> Iterator[list[Member]]:
    """Everything under `path`, sorted. Raises UsageError where it cannot be opened."""
    if path.is_dir():
        yield sorted(_in_folder(path), key=lambda member: member.parts)
    elif not path.exists():
        raise UsageError(f"{path} does not exist: name the folder, zip or CSV of SWE-Lancer")
    elif path.suffix.lower() == ".zip" or zipfile.is_zipfile(path):
        with _open_zip(path) as archive:
            yield sorted(_in_zip(archive, path), key=lambda member: member.parts)
    else:
        yield [Member((storable(path.name),), path.stat().st_size, _opener(path))]


def _in_folder(root: Path) -> Iterator[Member]:
    top = Path(os.path.abspath(root)).name
    for folder, folders, files in os.walk(root):
        folders[:] = [name for name in folders if not _is_hidden(name)]
        inside = Path(folder).relative_to(root).parts
        for name in files:
            file = Path(folder, name)
            if not _is_hidden(name) and file.is_file():
                parts = tuple(storable(part) for part in (top, *inside, name))
                yield Member(parts, file.stat().st_size, _opener(file))


def _in_zip(archive: zipfile.ZipFile, path: Path) -> Iterator[Member]:
    infos = [info for info in archive.infolist() if not info.is_dir()]
    declared = sum(info.file_size for info in infos)
    if declared > _MOST_BYTES:
        raise UsageError(
            f"{path} declares {declared:,} bytes unpacked, above the limit of {_MOST_BYTES:,}: "
            "unpack it and name the folder"
        )
    for info in infos:
        names = info.filename.replace("\\", "/").split("/")
        inside = [name for name in names if name not in ("", ".", "..")]
        if inside and not any(_is_hidden(name) for name in inside):
            parts = tuple(storable(part) for part in (path.stem, *inside))
            yield Member(parts, info.file_size, partial(_open_in_zip, archive, info, path))


def _open_zip(path: Path) -> zipfile.ZipFile:
    try:
        return zipfile.ZipFile(path)
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError) as error:
        raise UsageError(f"{path} is no readable zip ({error}): download it again") from error


def _open_in_zip(archive: zipfile.ZipFile, info: zipfile.ZipInfo, path: Path) -> IO[bytes]:
    try:
        return archive.open(info)
    except RuntimeError as error:  # encrypted, or packed by a method the library lacks
        raise UsageError(f"{path}: cannot unpack {info.filename} ({error})") from error


def _opener(path: Path) -> Callable[[], IO[bytes]]:
    def opened() -> IO[bytes]:
        return path.open("rb")

    return opened


def _is_hidden(name: str) -> bool:
    """Version control and what a Mac adds to its zips hold copies, not the benchmark."""
    return name.startswith(".") or name == "__MACOSX"
