"""The files of frozen instance ids beside a specification: `splits/<name>.txt`."""

from collections.abc import Sequence
from pathlib import Path
from typing import Final

from tasks.domain.errors import unknown

HOLDOUT: Final = "holdout"


def split_file(folder: Path, split: str) -> Path:
    return folder / "splits" / f"{split}.txt"


def known_splits(folder: Path) -> list[str]:
    """The names of the frozen splits of the dataset in `folder`, sorted."""
    return sorted(file.stem for file in (folder / "splits").glob("*.txt"))


def load_split(folder: Path, split: str) -> list[str]:
    """The instance ids of splits/<split>.txt, in order; blank lines and # comments left out."""
    splits = known_splits(folder)
    if split not in splits:
        raise unknown("split", split, splits)
    return ids_in(split_file(folder, split).read_text(encoding="utf-8"))


def ids_in(text: str) -> list[str]:
    """The ids that a split's text lists, in order."""
    lines: Sequence[str] = text.splitlines()
    return [line.strip() for line in lines if line.strip() and not line.startswith("#")]


def holdout_ids(folder: Path) -> frozenset[str]:
    """The ids that the dataset in `folder` holds out: no export has them unless it is asked to.

    Empty where no holdout was ever frozen.
    """
    if HOLDOUT not in known_splits(folder):
        return frozenset()
    return frozenset(load_split(folder, HOLDOUT))
