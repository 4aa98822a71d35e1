"""The files of frozen instance ids beside a specification: `splits/<name>.txt`.

An id a line, sorted; `#` begins a comment. A line `# once ID` keeps an id that the split had and
lost: it was published, so that no other split may have it.
"""

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Final

from tasks.domain.errors import unknown
from tasks.specs.extending import read_text
from tasks.specs.folders import bases_of

HOLDOUT: Final = "holdout"
_ONCE: Final = "# once "


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
    return _ids(read_text(split_file(folder, split)))


def published(folder: Path) -> dict[str, frozenset[str]]:
    """Split → every id that it has or once had."""
    found = {}
    for split in known_splits(folder):
        text = read_text(split_file(folder, split))
        once = [line.removeprefix(_ONCE) for line in text.splitlines() if line.startswith(_ONCE)]
        found[split] = frozenset([*_ids(text), *(name.strip() for name in once)])
    return found


def holdout_ids(folder: Path, folders: Sequence[Path] = ()) -> frozenset[str]:
    """The ids that the dataset in `folder` holds out, or ever did, or a dataset that it extends:
    no export has them unless it is asked to.

    `folders` are where datasets are looked for; beside this one where none is named. Empty where
    no holdout was ever frozen. Raises UsageError for a base that is not found there: better no
    export than one with ids that are held out.
    """
    places = bases_of(folder, folders or (folder.parent,))
    held = [published(place).get(HOLDOUT, frozenset()) for place in places]
    return frozenset[str]().union(*held)


def split_text(heading: str, ids: Iterable[str], once: Iterable[str]) -> str:
    """What a split's file holds: these ids, and those that it once had."""
    lines = [f"# {heading}", *sorted(ids), *(f"{_ONCE}{name}" for name in sorted(once))]
    return "\n".join(lines) + "\n"


def _ids(text: str) -> list[str]:
    lines = [line.strip() for line in text.splitlines()]
    return [line for line in lines if line and not line.startswith("#")]
