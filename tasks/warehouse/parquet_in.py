"""A file of the warehouse made of Parquet files, in the schema that it had."""

from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Final

from tasks.domain.errors import SystemFault
from tasks.domain.store_manifest import Chunk, StoredFile, StoredTable
from tasks.warehouse.connect import FileName, Session, Transactions, Warehouse
from tasks.warehouse.migrate import make_schema
from tasks.warehouse.parquet_out import tables_in

# Builds name documents by their positions.
_POSITIONED: Final = "raw.documents"
# The files of some chunks of a table, in their order; they are not needed once this goes on.
Fetch = Callable[[StoredTable, Sequence[Chunk]], Iterable[Path]]


def make_file(warehouse: Warehouse, name: FileName, stored: StoredFile, fetch: Fetch) -> None:
    """Make the file anew, as it was: its schema by its migrations, then every row in its place.

    Raises SystemFault where the tables are not those of these migrations, or rows are missing.
    """
    with warehouse.writing(name) as transaction:
        with transaction() as session:
            make_schema(session, name, stored.migrations)
            made = {table.name: table for table in tables_in(session, name)}
            for own in made.values():  # what migrations put there comes with the rows
                if own.end:
                    session.execute(f"DELETE FROM {own.name}")  # noqa: S608
        there = {table.name: _names(table.columns) for table in stored.tables}
        if there != {table.name: _names(table.columns) for table in made.values()}:
            raise SystemFault(
                f"the tables stored of {name} are not those that its migrations make",
                retryable=False,
            )
        for table in stored.tables:
            _fill(transaction, table, made[table.name].columns, fetch)


def _names(columns: Sequence[tuple[str, str]]) -> list[str]:
    return [column for column, _ in columns]


def _fill(
    transaction: Transactions,
    table: StoredTable,
    columns: Sequence[tuple[str, str]],
    fetch: Fetch,
) -> None:
    names = ", ".join(_quoted(column) for column, _ in columns)
    values = ", ".join(f"CAST({_quoted(c)} AS {kind})" for c, kind in columns)
    for file in fetch(table, table.chunks):
        with transaction() as session:
            session.execute(
                f"INSERT INTO {table.name} ({names}) SELECT {values} FROM read_parquet($file)",  # noqa: S608
                {"file": str(file)},
            )


def check_rows(session: Session, stored: StoredFile) -> None:
    """Raise SystemFault where a table has not the rows that were stored of it, or where documents
    lie at other positions than those that builds know them by."""
    for table in stored.tables:
        wanted = (sum(chunk.rows for chunk in table.chunks), table.end)
        rows, end = session.tuples(
            f"SELECT count(*), coalesce(max(rowid), -1) + 1 FROM {table.name}"  # noqa: S608
        )[0]
        if rows != wanted[0] or (table.name == _POSITIONED and end != wanted[1]):
            raise SystemFault(
                f"{table.name} has {rows} rows up to position {end} where {wanted[0]} up to "
                f"{wanted[1]} were stored",
                retryable=False,
            )


def _quoted(column: str) -> str:
    return '"' + column.replace('"', '""') + '"'
