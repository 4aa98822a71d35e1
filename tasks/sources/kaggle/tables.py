"""The rows of the tables of a dataset: those that can be read, and why the others cannot."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from tasks.domain.columns import BidsFile, PostingsFile
from tasks.domain.digests import digest, short
from tasks.domain.errors import DataError, UsageError
from tasks.sources.cells import storable
from tasks.sources.kaggle.records import open_table
from tasks.sources.kaggle.rows import read_bid, read_key, read_posting
from tasks.sources.records import Record

_MOST_COLUMNS_SHOWN: Final = 40


@dataclass(frozen=True, slots=True)
class Row:
    """A row that can be read; `key` names it, alone in its table."""

    key: tuple[str, ...]
    cells: dict[str, str]
    record: Record
    currency: str


@dataclass(frozen=True, slots=True)
class Broken:
    """A row that cannot be read, or stands in for another: where, why, and its own text."""

    file: str
    row: int
    reason: str
    text: str


@dataclass(frozen=True, slots=True)
class Table:
    """Every record of a file is in one of the two."""

    rows: tuple[Row, ...]
    broken: tuple[Broken, ...]


def read_postings(lines: Iterable[str], spec: PostingsFile) -> Table:
    """The postings of the file. Raises UsageError for a file without a needed column."""
    columns = spec.columns

    def read(cells: dict[str, str]) -> tuple[tuple[str, ...], str]:
        posting = read_posting(cells, columns, spec.market)
        return (posting.key,), posting.currency

    return _read(lines, spec.file, columns.needed(), (columns.key,), read)


def read_bids(lines: Iterable[str], bids: BidsFile, postings: Table) -> Table:
    """The bids on these postings. Raises UsageError for a file without a needed column."""
    columns = bids.columns
    currencies = {row.key[0]: row.currency for row in postings.rows}

    def read(cells: dict[str, str]) -> tuple[tuple[str, ...], str]:
        key = read_key(cells, columns.key)
        if key not in currencies:
            raise DataError(f"{columns.key}: no posting is called {key[:40]!r}")
        bid = read_bid(cells, columns, currencies[key])
        return (key, bid.bid_id), bid.currency

    return _read(lines, bids.file, columns.needed(), (columns.key, columns.bid_id), read)


_Read = Callable[[dict[str, str]], tuple[tuple[str, ...], str]]


def _read(
    lines: Iterable[str],
    file: str,
    needed: Sequence[str],
    key_columns: Sequence[str],
    read: _Read,
) -> Table:
    header, records = open_table(lines)
    _check_header(header, needed, file)
    named: dict[tuple[str, ...], list[Row]] = {}
    broken: list[Broken] = []
    for record in records:
        try:
            if record.fault is not None:
                raise DataError(record.fault)
            cells = dict(zip(header, record.cells, strict=True))
            key, currency = read(cells)
            named.setdefault(key, []).append(Row(key, cells, record, currency))
        except DataError as error:
            broken.append(Broken(file, record.number, str(error), record.text))
    kept = []
    for rows in named.values():
        # Which one stays must not depend on the order of rows.
        first, *others = sorted(rows, key=lambda row: (digest(row.cells), row.record.text))
        kept.append(first)
        broken += [_repeated(row, first, file, key_columns) for row in others]
    return Table(tuple(kept), tuple(sorted(broken, key=lambda one: one.row)))


def _repeated(row: Row, kept: Row, file: str, key_columns: Sequence[str]) -> Broken:
    name = ", ".join(f"{c} {k!r}" for c, k in zip(key_columns, row.key, strict=True))
    same = "the same row" if row.cells == kept.cells else "another row"
    reason = f"{name} is given twice; {same} is kept, digest {short(digest(kept.cells))}"
    return Broken(file, row.record.number, reason, row.record.text)


def _check_header(header: Sequence[str], needed: Sequence[str], file: str) -> None:
    missing = [column for column in needed if column not in header]
    if not missing:
        return
    # Bytes that are no text can neither be printed nor be logged.
    if any(storable(name) != name or "\x00" in name for name in header):
        raise UsageError(f"{file}: its first line is no text in UTF-8: save it as CSV in UTF-8")
    shown = ", ".join(name[:40] for name in header[:_MOST_COLUMNS_SHOWN])
    has = f"the columns it has are {shown}" if header else "its first line cannot be read as CSV"
    raise UsageError(
        f"{file} has no column {', '.join(missing)}: {has}; say in dataset.yaml, under `columns`, "
        "which of them means what"
    )
