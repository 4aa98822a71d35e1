"""Rows as Arrow tables in the columns of core's tables, and as bytes between processes."""

from collections.abc import Collection, Mapping, Sequence
from functools import cache
from typing import Any, Final

import pyarrow as pa
import pyarrow.compute as pc

from tasks.warehouse.connect import Row, arrow_table
from tasks.warehouse.locking import bare_connection
from tasks.warehouse.migrate import migrations

Columns = pa.Table
_TABLES: Final = (
    "SELECT schema_name, table_name FROM duckdb_tables() WHERE database_name = 'core' ORDER BY ALL"
)


@cache
def _schemas() -> Mapping[str, pa.Schema]:
    """`core.table` or `core.schema.table` → its columns, as the migrations make them."""
    connection = bare_connection()
    connection.execute("ATTACH ':memory:' AS core")
    connection.execute("USE core")
    for _, text in migrations("core"):
        connection.execute(text)
    found = {}
    for schema, table in connection.execute(_TABLES).fetchall():
        name = f"core.{table}" if schema == "main" else f"core.{schema}.{table}"
        empty = connection.sql(f'SELECT * FROM core."{schema}"."{table}" LIMIT 0')  # noqa: S608
        found[name] = empty.to_arrow_table().schema
    connection.close()
    return found


def rows_as_columns(table: str, rows: Sequence[Row]) -> pa.Table:
    """`rows` in the column types of a table of core; keys missing from a row are null."""
    return arrow_table(table, _schemas()[table], rows)


def tuples_as_columns(
    table: str, names: Sequence[str], rows: Sequence[tuple[Any, ...]]
) -> pa.Table:
    """The same of tuples whose values are those of the columns `names`; for very many rows."""
    schema = _schemas()[table]
    fields = [schema.field(name) for name in names]
    values = zip(*rows, strict=True) if rows else [()] * len(fields)
    arrays = [pa.array(own, f.type) for own, f in zip(values, fields, strict=True)]
    return pa.table(arrays, schema=pa.schema([(f.name, f.type) for f in fields]))


class BadDateError(ValueError):
    """A text that should be a date is none."""


def lists_as_columns(table: str, columns: Mapping[str, Sequence[Any]]) -> pa.Table:
    """The same of a list of values for each column; dates as texts. Raises BadDateError."""
    fields = [_schemas()[table].field(name) for name in columns]
    made: dict[tuple[int, pa.DataType], pa.Array] = {}
    # What stands in two columns is converted once.
    for own, field in zip(columns.values(), fields, strict=True):
        if (id(own), field.type) not in made:
            made[id(own), field.type] = _made(own, field.type)
    arrays = [made[id(own), f.type] for own, f in zip(columns.values(), fields, strict=True)]
    return pa.table(arrays, schema=pa.schema([(f.name, f.type) for f in fields]))


def _made(values: Sequence[Any], kind: pa.DataType) -> pa.Array:
    if not pa.types.is_timestamp(kind):
        return pa.array(values, kind)
    try:  # a tenth of what a list of datetimes costs
        return pa.array(values, pa.string()).cast(kind)
    except pa.ArrowInvalid as error:
        raise BadDateError(str(error)) from error


def together(tables: Sequence[pa.Table]) -> pa.Table:
    """Rows of the same columns, one after the other."""
    return pa.concat_tables(tables)


def texts_as_table(columns: Sequence[str], rows: Sequence[Row]) -> pa.Table:
    """`rows` with these columns of text."""
    return pa.table({c: pa.array([row[c] for row in rows], pa.string()) for c in columns})


def matching(rows: pa.Table, column: str, pattern: str) -> list[bool]:
    """For each row whether RE2 finds `pattern` in a column of text; null is no match."""
    found = pc.match_substring_regex(rows[column], pattern)
    return [bool(one) for one in found.to_pylist()]


def chosen(rows: pa.Table, wanted: Sequence[bool]) -> pa.Table:
    """The rows that are wanted; `wanted` says so of each."""
    return rows.filter(pa.array(wanted, pa.bool_()))


def without(rows: pa.Table, column: str, values: Collection[str]) -> pa.Table:
    """The rows that have none of these values in a column of text."""
    named = pc.is_in(rows[column], pa.array(sorted(values), pa.string()))
    return rows.filter(pc.invert(named))


def pack(tables: Mapping[str, pa.Table]) -> memoryview:
    """Tables as bytes; `unpack` gives them back without a copy of their data."""
    sink = pa.BufferOutputStream()
    for name, table in tables.items():
        named = table.replace_schema_metadata({"name": name})
        with pa.ipc.new_stream(sink, named.schema) as writer:
            writer.write_table(named)
    return memoryview(sink.getvalue())


def unpack(packed: bytes) -> dict[str, pa.Table]:
    """Name → table, in the order in which they were packed."""
    source = pa.BufferReader(packed)
    tables = {}
    while source.tell() < source.size():
        with pa.ipc.open_stream(source) as reader:
            table = reader.read_all()
        tables[table.schema.metadata[b"name"].decode()] = table
    return tables
