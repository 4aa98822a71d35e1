"""Tables as Parquet files: cut by position, so that what is only appended to is written once."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from tasks.domain.digests import stream_sha256
from tasks.domain.store_manifest import Chunk, StoredTable
from tasks.warehouse.connect import FileName, Session

# Rows to a file. Documents, transcripts and logs have tens of kilobytes each.
_ROWS: Final = 65_536
_ROWS_OF: Final = {
    "raw.documents": 2_048,
    "core.task_instances": 2_048,
    "eval.rollouts": 2_048,
    "eval.evidence": 2_048,
}
# Of these nothing is ever changed or deleted: what was written before is not read again.
_APPEND_ONLY: Final = ("raw.documents", "raw.fetches", "eval.rollouts", "eval.evidence")
# Made anew wherever a warehouse is opened.
_DERIVED: Final = ("core.view_state",)

# What Parquet would round or forget is written as text. A field's name may stand in quotes, or be
# such a word itself, and then its type follows.
_LOSSY: Final = re.compile(
    r'"(?:[^"]|"")*"|\'(?:[^\']|\'\')*\''
    r"|\b(?P<lossy>U?HUGEINT|INTERVAL|TIME WITH TIME ZONE|BIT|BIGNUM)(?=[,)\[]|\Z)"
)


@dataclass(frozen=True, slots=True)
class Table:
    """A table as it lies in an attached file; `end` is the position after its last row."""

    name: str  # file.table, or file.schema.table outside of the schema `main`
    columns: tuple[tuple[str, str], ...]
    end: int


def tables_in(session: Session, name: FileName) -> list[Table]:
    """All tables of an attached file but those that are derived, by name."""
    columns: dict[tuple[str, str], list[tuple[str, str]]] = {}
    for schema, table, column, kind in session.tuples(
        "SELECT c.schema_name, c.table_name, c.column_name, c.data_type "
        "FROM duckdb_columns() c JOIN duckdb_tables() t USING (database_oid, table_oid) "
        "WHERE t.database_name = $name ORDER BY c.schema_name, c.table_name, c.column_index",
        {"name": name},
    ):
        columns.setdefault((schema, table), []).append((column, kind))
    found = []
    for (schema, table), own in columns.items():
        full = f"{name}.{table}" if schema == "main" else f"{name}.{schema}.{table}"
        if full not in _DERIVED:
            end = session.tuples(f"SELECT coalesce(max(rowid), -1) + 1 FROM {full}")[0][0]  # noqa: S608
            found.append(Table(full, tuple(own), int(end)))
    return found


def spans(table: Table, before: StoredTable | None) -> Iterator[tuple[int, int, Chunk | None]]:
    """(first, beyond, the chunk that is known to hold these rows) of a table's chunks, in order.

    `before` is the table as it was stored under the same migrations.
    """
    size = _ROWS_OF.get(table.name, _ROWS)
    known: Mapping[tuple[int, int], Chunk] = {}
    if before is not None and table.name in _APPEND_ONLY and before.columns == table.columns:
        known = {(chunk.first, chunk.beyond): chunk for chunk in before.chunks}
    for first in range(0, table.end, size):
        beyond = min(first + size, table.end)
        yield first, beyond, known.get((first, beyond))


def write_chunk(
    session: Session, table: Table, first: int, beyond: int, folder: Path
) -> tuple[Chunk, Path]:
    """Write the rows at these positions, in order, as a file in `folder`."""
    file = folder / f"{table.name}-{first}.parquet"
    columns = ", ".join(_faithful(column, kind) for column, kind in table.columns)
    target = str(file).replace("'", "''")
    rows = session.tuples(
        f"COPY (SELECT {columns} FROM {table.name} "  # noqa: S608
        f"WHERE rowid >= {first} AND rowid < {beyond} ORDER BY rowid) "
        f"TO '{target}' (FORMAT parquet, COMPRESSION zstd)"
    )[0][0]
    with file.open("rb") as stream:
        sha256 = stream_sha256(stream)
    chunk = Chunk(
        first=first,
        beyond=beyond,
        rows=int(rows),
        sha256=sha256,
        size=file.stat().st_size,
    )
    return chunk, file


def _faithful(column: str, kind: str) -> str:
    quoted = '"' + column.replace('"', '""') + '"'
    stored = _LOSSY.sub(lambda m: "VARCHAR" if m["lossy"] else m[0], kind)
    return quoted if stored == kind else f"CAST({quoted} AS {stored}) AS {quoted}"
