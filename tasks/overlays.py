"""Hidden tests that people wrote: `datasets/<name>/hidden_tests/<instance id>/`.

A folder holds the files as they are to lie in the repository, and a `reason.txt` that says why a
person had to add them. Both are part of the instance and of its digest.
"""

import os
import re
import stat
from pathlib import Path
from typing import Final

from tasks.domain.errors import UsageError
from tasks.domain.instances import HiddenFile, Overlay, hidden_file

FOLDER: Final = "hidden_tests"
REASON: Final = "reason.txt"
_INSTANCE: Final = re.compile(r"[^\s/]+__[^\s/]+-[^\s/-]+-ic_swe")
# What systems and editors leave behind is nobody's test.
_LEFT_BEHIND: Final = (".DS_Store", "Thumbs.db", "__pycache__")


class Overlays:
    """The overlays of one dataset; `datasets` are its folder and those of what it extends, whose
    overlays stand in where it has none of its own.

    `overlay(instance_id)` is what a BuildContext offers to variants: the context of a build makes
    one of these from the folder that `load_spec` returns beside the specification.
    """

    def __init__(self, *datasets: Path | None) -> None:
        self._folders = [dataset / FOLDER for dataset in datasets if dataset is not None]

    def names(self) -> tuple[str, ...]:
        """The instance ids that have an overlay, sorted.

        Raises UsageError for a folder whose name can be no instance of a variant with tests.
        """
        places = [p for folder in self._folders if folder.is_dir() for p in folder.iterdir()]
        for place in places:
            if place.is_dir() and not _INSTANCE.fullmatch(place.name):
                raise UsageError(
                    f"{place}: no instance can have this name; write <owner>__<name>-<issue>-ic_swe"
                )
        return tuple(sorted({place.name for place in places if place.is_dir()}))

    def overlay(self, instance_id: str) -> Overlay | None:
        """The files for an instance, sorted by path, and the reason; None where there are none.

        Raises UsageError, naming the folder, where the reason or every file is missing, or
        something is neither a file nor a link.
        """
        for folder in (places / instance_id for places in self._folders):
            if folder.is_dir():
                return Overlay(files=_files(folder), reason=_reason(folder))
        return None


def _reason(folder: Path) -> str:
    try:
        reason = (folder / REASON).read_text(encoding="utf-8").strip()
    except FileNotFoundError:
        reason = ""
    except (UnicodeDecodeError, OSError) as error:
        raise UsageError(f"{folder}: {REASON} cannot be read as UTF-8 text") from error
    if not reason:
        raise UsageError(
            f"{folder}: hidden tests need a {REASON} that says why the fix's own tests do not do"
        )
    return reason


def _files(folder: Path) -> tuple[HiddenFile, ...]:
    found = []
    for place in folder.rglob("*"):
        path = place.relative_to(folder)
        if path == Path(REASON) or set(path.parts) & set(_LEFT_BEHIND):
            continue
        if place.is_symlink():
            found.append(hidden_file(path.as_posix(), os.fsencode(place.readlink()), "120000"))
        elif place.is_file():
            mode = "100755" if place.stat().st_mode & stat.S_IXUSR else "100644"
            found.append(hidden_file(path.as_posix(), place.read_bytes(), mode))
        elif not place.is_dir():
            raise UsageError(f"{folder}: {path} is neither a file nor a link")
    if not found:
        raise UsageError(f"{folder}: there is no file beside {REASON}")
    return tuple(sorted(found, key=lambda file: file.path))
