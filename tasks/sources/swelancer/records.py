"""CSV records with their verbatim text, where one broken record costs only itself."""

import csv
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from tasks.sources.records import Lines, Record, cell_limit, distinct

# One cell holds a task's whole prompt.
_FIELD_LIMIT = 1 << 28


@dataclass(frozen=True, slots=True)
class _Taken:
    lines: list[str]
    cells: list[str]
    fault: str | None


def read_header(lines: Iterable[str]) -> list[str]:
    """The column names of the first record that is not blank; empty where there is none."""
    source = Lines(lines)
    while (taken := _take(source)) is not None:
        if taken.fault is not None:
            return []
        if taken.cells:
            return distinct(taken.cells)
    return []


def read_records(lines: Iterable[str]) -> Iterator[Record]:
    """The records after the header. Blank lines are no records."""
    source = Lines(lines)
    header: list[str] = []
    while not header and (taken := _take(source)) is not None:
        header = taken.cells
    start = _record_start(header)
    number = 0
    while (taken := _take(source)) is not None:
        if taken.fault is None and not taken.cells:
            continue
        number += 1
        yield _record(number, taken, len(header), start, source)


def _record(
    number: int, taken: _Taken, width: int, start: re.Pattern[str], source: Lines
) -> Record:
    fault = taken.fault
    if fault is None and len(taken.cells) != width:
        fault = f"row has {len(taken.cells)} of {width} fields"
    if fault is None:
        return Record(number, "".join(taken.lines), tuple(taken.cells), None)
    kept, cut = _resynchronise(taken.lines, start, source)
    if cut and len(taken.lines) > 1:
        fault = "a quoted cell is not closed"
    return Record(number, "".join(kept), (), fault)


def _take(source: Lines) -> _Taken | None:
    """The next record as the csv module sees it, None at the end."""
    lines: list[str] = []

    def recorded() -> Iterator[str]:
        for line in source:
            lines.append(line)
            yield line

    try:
        with cell_limit(_FIELD_LIMIT):
            return _Taken(lines, next(csv.reader(recorded(), strict=True)), None)
    except StopIteration:
        return None
    except csv.Error as error:
        ended = "unexpected end of data" in str(error)
        fault = "the file ends inside a quoted cell" if ended else f"broken quoting: {error}"
        return _Taken(lines, [], fault)


def _resynchronise(
    lines: list[str], start: re.Pattern[str], source: Lines
) -> tuple[list[str], bool]:
    """What belongs to a broken record, and whether it had swallowed the start of another.

    A quote that is not closed makes the csv module read on into good rows, and a quote that is
    not opened leaves the rest of a cell behind as lines of its own.
    """
    for index, line in enumerate(lines[1:], start=1):
        if start.match(line):
            source.give_back(lines[index:])
            return lines[:index], True
    kept = list(lines)
    for line in source:
        if start.match(line):
            source.give_back([line])
            break
        kept.append(line)
    return kept, False


def _record_start(header: Sequence[str]) -> re.Pattern[str]:
    """A line that begins a record: plain cells up to `variant`, then a known variant."""
    before = header.index("variant") if "variant" in header else 0
    return re.compile(rf'(?:"?[^,"\r\n]*"?,){{{before}}}"?(?:ic_swe|swe_manager)"?(?:,|\r|\n|\Z)')
