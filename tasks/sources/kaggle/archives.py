"""The files of a zip that came from elsewhere: read in place, never extracted, never trusted."""

import re
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from lzma import LZMAError
from pathlib import Path
from typing import IO, Final

from tasks.domain.errors import UsageError
from tasks.sources.cells import storable

MOST_BYTES: Final = 1 << 28
"""Bytes of the largest table that is read; a posting has about one thousand."""

# What the zip library raises where the bytes are not what the archive says of them.
DAMAGED: Final = (zipfile.BadZipFile, zlib.error, LZMAError, EOFError)

_DRIVE: Final = re.compile(r"[A-Za-z]:")
_ENCRYPTED: Final = 0x1
_MOST_UNPACKED: Final = 1 << 30
_MOST_SHOWN: Final = 100


def is_zip(path: Path) -> bool:
    """Whether it is one, or a torn off beginning of one, whatever it is called."""
    with path.open("rb") as stream:
        begins = stream.read(4) == b"PK\x03\x04"
    return begins or path.suffix.lower() == ".zip" or zipfile.is_zipfile(path)


@contextmanager
def open_archive(path: Path) -> Iterator[zipfile.ZipFile]:
    """The zip, its names and sizes checked. Raises UsageError where any of them is wrong."""
    try:
        archive = zipfile.ZipFile(path)
    except (*DAMAGED, ValueError, NotImplementedError) as error:
        raise UsageError(f"{path} is no readable zip ({error}): download it again") from error
    with archive:
        _check(archive, path)
        yield archive


def members(archive: zipfile.ZipFile, path: Path) -> list[tuple[str, partial[IO[bytes]]]]:
    """Name and opener of every file, in the archive's order. What a Mac adds is left out."""
    found = []
    for info in archive.infolist():
        hidden = any(part.startswith((".", "__MACOSX")) for part in info.filename.split("/"))
        if not info.is_dir() and not hidden:
            found.append((info.filename, partial(_open, archive, info, path)))
    return found


def check_contents(path: Path) -> None:
    """Read every file of the zip to its end. Raises UsageError where a check sum is not met."""
    with open_archive(path) as archive:
        try:
            damaged = archive.testzip()
        except (*DAMAGED, RuntimeError, NotImplementedError) as error:
            raise UsageError(f"{path} is damaged ({error}): download it again") from error
        if damaged is not None:
            raise UsageError(f"{path} is damaged ({storable(damaged)}): download it again")


def _check(archive: zipfile.ZipFile, path: Path) -> None:
    unpacked = 0
    for info in archive.infolist():
        name = info.filename
        shown = storable(name[:_MOST_SHOWN])
        if name.startswith(("/", "\\")) or _DRIVE.match(name):
            raise UsageError(f"{path} holds the absolute name {shown!r}: it does harm")
        if ".." in re.split(r"[/\\]", name):
            raise UsageError(f"{path} holds {shown!r}, which leads out of it: it does harm")
        if info.flag_bits & _ENCRYPTED:
            raise UsageError(f"{path} is encrypted ({shown}): unpack it and name the folder")
        unpacked += info.file_size
    if unpacked > _MOST_UNPACKED:
        raise UsageError(
            f"{path} declares {unpacked:,} bytes unpacked, above the limit of {_MOST_UNPACKED:,}: "
            "it is no table of postings, or it was made to do harm"
        )


def _open(archive: zipfile.ZipFile, info: zipfile.ZipInfo, path: Path) -> IO[bytes]:
    try:
        return archive.open(info)
    except (RuntimeError, NotImplementedError) as error:  # packed by a method the library lacks
        raise UsageError(
            f"{path}: cannot unpack {storable(info.filename)} ({error}): unpack it elsewhere and "
            "name the folder"
        ) from error
