"""What a home holds beside the warehouse that stages cannot make anew: mirrors and predictions.

Transcripts lie in the warehouse. Reports are written again from it, downloads and models' cached
answers are asked for again, and specifications, overlays and splits belong to the datasets' folder.
"""

import os
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final

from tasks.domain.digests import stream_sha256
from tasks.domain.errors import SystemFault
from tasks.domain.store_manifest import HomeFile
from tasks.settings import make_home

FOLDERS: Final = ("mirrors", "predictions")
# Git takes no folder for a repository that lacks these, and none of them need hold a file.
_REPOSITORY: Final = ("objects", "refs")
_TRIES: Final = 3

# Path in the home → (bytes, time of the last change in ns, SHA-256): what need not be read again.
Seen = Mapping[str, tuple[int, int, str]]


@contextmanager
def home_to_be(home: Path) -> Iterator[None]:
    """The home's folders, which go again where the block fails and nothing had been there."""
    was_there = home.exists()
    make_home(home)
    try:
        yield
    except BaseException:
        if not was_there:
            for folder in (*home.iterdir(), home):
                with suppress(OSError):  # it holds something: that is not ours to judge
                    folder.rmdir()
        raise


def home_files(home: Path, seen: Seen | None = None) -> dict[HomeFile, int]:
    """The files with the times of their last change, as they are while others add to them.

    What refers to objects is read before the objects, which are only added to. Raises SystemFault
    where files vanish again and again.
    """
    for _ in range(_TRIES):
        try:
            return dict(_listed(home, seen or {}))
        except FileNotFoundError:  # a mirror was repacked, or replaced
            continue
    raise SystemFault(f"the mirrors in {home} change all the time; try again in a while")


def _listed(home: Path, seen: Seen) -> Iterator[tuple[HomeFile, int]]:
    inside = [path for folder in FOLDERS for path in (home / folder).rglob("*")]
    found = [path for path in inside if _is_kept(home, path)]
    for path in sorted(found, key=lambda path: ("objects" in path.parts, path)):
        status, name = path.stat(), path.relative_to(home).as_posix()
        known = seen.get(name)
        if known is not None and known[:2] == (status.st_size, status.st_mtime_ns):
            sha256 = known[2]
        else:
            with path.open("rb") as stream:
                sha256 = stream_sha256(stream)
        yield HomeFile(path=name, sha256=sha256, size=status.st_size), status.st_mtime_ns


def _is_kept(home: Path, path: Path) -> bool:
    """Locks, half mirrors and files that are being written are not. The home may lie anywhere."""
    hidden = any(part.startswith(".") for part in path.relative_to(home).parts)
    temporary = path.suffix in (".lock", ".part") or path.name.startswith("tmp_")
    return path.is_file() and not path.is_symlink() and not hidden and not temporary


def hold(home: Path, file: HomeFile, changed: int, folder: Path) -> Path:
    """A copy of a file as it was listed, in `folder`, whatever becomes of it in the home.

    Raises SystemFault where it is another by now.
    """
    source, held = home / file.path, folder / file.sha256
    if held.exists():
        return held
    try:
        try:
            os.link(source, held)  # git replaces files, it does not write into them
        except FileNotFoundError:
            raise
        except OSError:
            shutil.copy2(source, held)
        status = held.stat()
        if (status.st_size, status.st_mtime_ns) != (file.size, changed):
            raise FileNotFoundError(source)
    except FileNotFoundError as error:
        held.unlink(missing_ok=True)
        raise SystemFault(f"{source} changed while it was copied; try again") from error
    return held


def finish_mirrors(folder: Path) -> None:
    """Add the empty folders that repositories need to those under `folder`/mirrors."""
    for mirror in (folder / "mirrors").glob("*.git"):
        for name in _REPOSITORY:
            (mirror / name).mkdir(exist_ok=True)


def put_in_place(made: Path, home: Path, aside: Path) -> None:
    """Move the warehouse, mirrors and predictions of `made` into the home, and what has their names
    there to `aside`."""
    places = [Path("warehouse")]
    for folder in FOLDERS:
        places += [path.relative_to(made) for path in sorted((made / folder).glob("*"))]
    for place in places:
        target = home / place
        if target.is_dir() and not any(target.iterdir()):
            target.rmdir()
        elif target.exists():
            (aside / place).parent.mkdir(parents=True, exist_ok=True)
            target.rename(aside / place)
        target.parent.mkdir(parents=True, exist_ok=True)
        (made / place).rename(target)
