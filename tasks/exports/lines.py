"""JSON lines that every reader splits alike."""

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from tasks.domain.digests import canonical_json


def write_lines(file: Path, objects: Iterable[Mapping[str, Any]]) -> None:
    """One object a line, ASCII only: readers that split at U+2028 or NEL see no line too many."""
    with file.open("w", encoding="ascii", newline="\n") as out:
        out.writelines(f"{canonical_json(dict(one))}\n" for one in objects)


def read_lines(file: Path) -> Iterator[tuple[int, str]]:
    """(number from 1, line) of those that hold something."""
    with file.open(encoding="utf-8", newline="\n") as lines:
        for number, line in enumerate(lines, start=1):
            if line.strip():
                yield number, line
