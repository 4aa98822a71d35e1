"""The folders that a dataset is made of: its own, and those of the datasets it extends."""

from collections.abc import Sequence
from pathlib import Path

from tasks.specs.extending import SPECIFICATION, Written, lineage, place_of, read_text, written_in


def bases_of(folder: Path, folders: Sequence[Path]) -> tuple[Path, ...]:
    """The folder and those of the datasets that its dataset extends, its own first.

    `folders` are where datasets are looked for. A folder without a specification stands for
    itself. Raises UsageError, with the line, for a base that is not there.
    """
    return tuple(one.file.parent for one in _chain(folder, folders)) or (folder,)


def found_in(folder: Path, folders: Sequence[Path], path: str) -> Path:
    """The file that a specification names: in its own folder, else in the first it extends."""
    places = [place / path for place in bases_of(folder, folders)]
    return next((place for place in places if place.exists()), places[0])


def place_in(folder: Path, folders: Sequence[Path], location: Sequence[str | int]) -> str:
    """`file:line` of a key of the dataset in `folder`; the folder where it has no specification."""
    chain = _chain(folder, folders)
    return place_of(chain, location) if chain else str(folder)


def _chain(folder: Path, folders: Sequence[Path]) -> list[Written]:
    file = folder / SPECIFICATION
    return lineage(written_in(read_text(file), file), folders) if file.is_file() else []
