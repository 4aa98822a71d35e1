"""What readers of CSV records share, whatever they do about broken ones."""

import csv
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Record:
    """`number` counts from 1, header excluded; `fault` says why there are no `cells`. `text` is
    verbatim."""

    number: int
    text: str
    cells: tuple[str, ...]
    fault: str | None


class Lines:
    """Physical lines that can be given back."""

    def __init__(self, lines: Iterable[str]) -> None:
        self._rest = iter(lines)
        self._returned: deque[str] = deque()

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        return self._returned.popleft() if self._returned else next(self._rest)

    def give_back(self, lines: Sequence[str]) -> None:
        self._returned.extendleft(reversed(lines))


def distinct(names: Sequence[str]) -> list[str]:
    """A second column of one name becomes `name~2`, so that its cells are kept too."""
    counts: dict[str, int] = {}
    found = []
    for name in names:
        counts[name] = counts.get(name, 0) + 1
        found.append(name if counts[name] == 1 else f"{name}~{counts[name]}")
    return found


@contextmanager
def cell_limit(characters: int) -> Iterator[None]:
    """The csv module stops at cells of 128 KiB unless told otherwise. The limit is the whole
    process's: others get theirs back."""
    before = csv.field_size_limit(characters)
    try:
        yield
    finally:
        csv.field_size_limit(before)
