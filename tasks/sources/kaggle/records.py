"""CSV records with their verbatim text, where a broken one costs as little as possible.

The standard `csv` reader, strict, decides what a record is. Lines end with LF, CRLF or CR outside
of quotes and nowhere else: U+2028 and its like are text.
"""

import csv
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from tasks.sources.records import Lines, Record, cell_limit, distinct

MOST_CELL: Final = 1 << 20
"""Characters of the longest cell that is still read."""

# Without bounds a file could be made whose every line swallows all the others.
_MOST_RECORD: Final = 1 << 23
_MOST_REREAD: Final = 1 << 25
# What reading a line costs besides its characters, in characters.
_A_LINE: Final = 200


@dataclass(frozen=True, slots=True)
class _Taken:
    """`ended`: the reader came to the record's end, whatever else is wrong with it."""

    lines: list[str]
    cells: list[str]
    fault: str | None
    ended: bool


class _RecordTooLongError(Exception):
    """No record is that long: a quote was not closed."""


class _Lines(Lines):
    """The same as long as reading again stays cheap."""

    def __init__(self, lines: Iterable[str]) -> None:
        super().__init__(lines)
        self._left = _MOST_REREAD

    def may_reread(self, lines: Sequence[str]) -> bool:
        """Whether these lines may be read once more; counts them as read."""
        self._left -= sum(len(line) + _A_LINE for line in lines)
        return self._left >= 0


def open_table(lines: Iterable[str]) -> tuple[list[str], Iterator[Record]]:
    """The names of the columns, empty where none can be read, and the records after them.

    Blank lines are no records. A record that cannot be read, or has more or fewer cells than
    there are columns, comes with a fault and ends before the next line from which a whole record
    can be read.
    """
    source = _Lines(lines)
    header: list[str] = []
    while not header and (taken := _take(source)) is not None and taken.fault is None:
        header = taken.cells
    return distinct(header), _records(source, len(header))


def _records(source: _Lines, width: int) -> Iterator[Record]:
    number = 0
    while (taken := _take(source)) is not None:
        if taken.fault is None and not taken.cells:
            continue
        number += 1
        if taken.fault is None and len(taken.cells) == width:
            yield Record(number, _text(taken.lines), tuple(taken.cells), None)
        else:
            yield _broken(number, taken, width, source)


def _broken(number: int, taken: _Taken, width: int, source: _Lines) -> Record:
    fault = taken.fault or f"{len(taken.cells)} of {width} cells"
    return Record(number, _text(_own_lines(taken, width, source)), (), fault)


def _text(lines: Sequence[str]) -> str:
    return "".join(lines).rstrip("\r\n")


def _own_lines(taken: _Taken, width: int, source: _Lines) -> list[str]:
    """Those of the lines that belong to the broken record; the others are given back.

    A quote that is not closed makes the reader swallow good rows: the first of its lines that
    begins a whole record ends it. Where none does, a record that was read to its end is all of
    its lines; one that was not is its first line only, for the others may be broken rows too.
    """
    swallowed = taken.lines[1:]
    if not swallowed or not source.may_reread(swallowed):
        return taken.lines
    source.give_back(swallowed)
    for index in range(1, len(taken.lines)):
        again = _take(source)
        assert again is not None  # a line was given back
        source.give_back(again.lines)
        if again.fault is None and len(again.cells) == width:
            return taken.lines[:index]
        next(source)
        if not source.may_reread(again.lines):
            return taken.lines[: index + 1]
    if taken.ended:
        return taken.lines
    source.give_back(swallowed)
    return taken.lines[:1]


def _take(source: _Lines) -> _Taken | None:
    """The next record as the csv module sees it, None at the end."""
    lines: list[str] = []

    def recorded() -> Iterator[str]:
        length = 0
        for line in source:
            lines.append(line)
            length += len(line)
            if length > _MOST_RECORD:
                raise _RecordTooLongError
            yield line

    try:
        with cell_limit(_MOST_RECORD):
            cells = next(csv.reader(recorded(), strict=True))
    except StopIteration:
        return None
    except _RecordTooLongError:
        return _Taken(lines, [], f"more than {_MOST_RECORD:,} characters", ended=False)
    except csv.Error as error:
        ends = "unexpected end of data" in str(error)
        fault = "the file ends inside a quoted cell" if ends else f"broken quoting ({error})"
        return _Taken(lines, [], fault, ended=False)
    longest = max(map(len, cells), default=0)
    if longest > MOST_CELL:
        fault = f"a cell of {longest:,} characters, above the limit of {MOST_CELL:,}"
        return _Taken(lines, cells, fault, ended=True)
    return _Taken(lines, cells, None, ended=True)
