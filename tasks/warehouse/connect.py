"""Three DuckDB files under one roof: short reads, short writes, and nothing held in between."""

import re
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, ExitStack, contextmanager, suppress
from functools import cache
from itertools import repeat
from pathlib import Path
from typing import Any, Final, Literal

import duckdb
import pyarrow as pa

from tasks.warehouse.locking import (
    as_faults,
    attach,
    bare_connection,
    detach,
    limit_memory,
    shared_connection,
    turn,
)

FileName = Literal["core", "eval", "raw"]
# Always opened in this order, so that two processes can never wait for each other.
FILES: Final[tuple[FileName, ...]] = ("core", "eval", "raw")
LOCK_WAIT_S: Final = 60.0

Row = dict[str, Any]
_HERE = Path(__file__).parent
_TABLE = re.compile(r"[a-z_]+(\.[a-z_]+){1,2}\Z")


class Session:
    """An open connection with the files attached under their names."""

    def __init__(self, connection: duckdb.DuckDBPyConnection) -> None:
        self._connection = connection

    def execute(self, sql: str, parameters: Mapping[str, Any] | None = None) -> None:
        self._connection.execute(sql, dict(parameters) if parameters else None)

    def rows(self, sql: str, parameters: Mapping[str, Any] | None = None) -> list[Row]:
        """All rows as dictionaries; MAP columns come back as dictionaries, times as UTC."""
        result = self._connection.execute(sql, dict(parameters) if parameters else None)
        names = [column[0] for column in result.description or ()]
        # fetchall, never fetchone: an open result makes a later register() fail.
        return [dict(zip(names, values, strict=True)) for values in result.fetchall()]

    def tuples(
        self, sql: str, parameters: Mapping[str, Any] | None = None
    ) -> list[tuple[Any, ...]]:
        result = self._connection.execute(sql, dict(parameters) if parameters else None)
        return result.fetchall()

    def columns_and_tuples(self, sql: str) -> tuple[list[str], list[tuple[Any, ...]]]:
        """(column names, rows)."""
        result = self._connection.execute(sql)
        return [column[0] for column in result.description or ()], result.fetchall()

    def query(self, name: str, **parameters: Any) -> list[Row]:
        """Run `queries/<name>.sql` with its `$parameters`."""
        return self.rows(query_text(name), parameters)

    def arrow(self, name: str, **parameters: Any) -> pa.Table:
        """The same as an Arrow table, which costs a third of the rows where they are large."""
        relation = self._connection.sql(query_text(name), params=parameters or None)
        return relation.to_arrow_table()

    def run(self, name: str, **parameters: Any) -> None:
        """Execute `queries/<name>.sql` for its effect."""
        self.execute(query_text(name), parameters)

    def insert(
        self, table: str, rows: Sequence[Row], *, on_conflict: Literal["fail", "keep"] = "fail"
    ) -> int:
        """Append `rows` to `table` (`file.table` or `core.schema.table`) through Arrow.

        Keys missing from a row are null. With `keep`, rows whose key is already there are left
        out. Returns the number of rows handed in.
        """
        if not rows:
            return 0
        batch = self._as_arrow(table, rows)
        self.insert_arrow(table, batch, on_conflict=on_conflict)
        return len(rows)

    def insert_arrow(
        self, table: str, batch: pa.Table, *, on_conflict: Literal["fail", "keep"] = "fail"
    ) -> None:
        _checked(table)
        ignore = " OR IGNORE" if on_conflict == "keep" else ""
        with self.registered("incoming_rows", batch):
            self._connection.execute(
                f"INSERT{ignore} INTO {table} BY NAME SELECT * FROM incoming_rows"  # noqa: S608
            )

    @contextmanager
    def registered(self, name: str, batch: pa.Table) -> Iterator[None]:
        """Make an Arrow table visible to SQL under `name` for the length of the block."""
        self._connection.register(name, batch)
        try:
            yield
        except BaseException:
            # An aborted transaction refuses this, too, and would hide what aborted it.
            with suppress(duckdb.Error):
                self._connection.unregister(name)
            raise
        self._connection.unregister(name)

    @contextmanager
    def values(self, name: str, column: str, texts: Iterable[str]) -> Iterator[None]:
        """Make a one-column table of distinct texts visible to SQL for the length of the block."""
        table = pa.table({column: pa.array(sorted(set(texts)), pa.string())})
        with self.registered(name, table):
            yield

    def rows_as_arrow(self, table: str, rows: Sequence[Row]) -> pa.Table:
        """`rows` in the column types of `table`."""
        return self._as_arrow(table, rows)

    def _as_arrow(self, table: str, rows: Sequence[Row]) -> pa.Table:
        empty = self._connection.sql(f"SELECT * FROM {_checked(table)} LIMIT 0")  # noqa: S608
        return arrow_table(table, empty.to_arrow_table().schema, rows)


def arrow_table(name: str, schema: pa.Schema, rows: Sequence[Row]) -> pa.Table:
    """`rows` in the columns of a schema; raises KeyError for a key that is no column of `name`."""
    columns = {f.name: list(map(dict.get, rows, repeat(f.name))) for f in schema}
    unknown = set().union(*rows) - set(columns)
    if unknown:
        raise KeyError(f"{name} has no column {', '.join(sorted(unknown))}")
    arrays = [_array(columns[f.name], f.type) for f in schema]
    return pa.Table.from_arrays(arrays, schema=pa.schema([(f.name, f.type) for f in schema]))


def _array(values: list[Any], kind: pa.DataType) -> pa.Array:
    if pa.types.is_map(kind):
        values = [None if v is None else list(v.items()) for v in values]
    return pa.array(values, type=kind)


def _checked(table: str) -> str:
    if not _TABLE.match(table):
        raise ValueError(f"{table!r} is not a table name")
    return table


@cache
def query_text(name: str) -> str:
    """The text of `queries/<name>.sql`."""
    return (_HERE / "queries" / f"{name}.sql").read_text(encoding="utf-8")


@contextmanager
def _transaction(session: Session) -> Iterator[Session]:
    session.execute("BEGIN TRANSACTION")
    try:
        yield session
    except BaseException:
        session.execute("ROLLBACK")
        raise
    session.execute("COMMIT")


Transactions = Callable[[], AbstractContextManager[Session]]


class Warehouse:
    """The warehouse of one home. Opening it is cheap; nothing stays open between calls."""

    def __init__(self, home: Path, lock_wait_s: float = LOCK_WAIT_S) -> None:
        self.folder = home / "warehouse"
        self.lock_wait_s = lock_wait_s

    def path(self, name: FileName) -> Path:
        return self.folder / f"{name}.duckdb"

    @contextmanager
    def read(self, *names: FileName) -> Iterator[Session]:
        """The named files, read only. Short: a reader makes writers of other processes wait."""
        with self._open(readable=names) as session:
            yield session

    @contextmanager
    def read_alone(self, *names: FileName) -> Iterator[Session]:
        """The same on a database of its own, whose settings may be locked down."""
        with self._open(readable=names, alone=True) as session:
            yield session

    @contextmanager
    def write(
        self, name: FileName, *, also_read: Sequence[FileName] = (), checkpoint: bool = True
    ) -> Iterator[Session]:
        """One transaction on one file: committed at the end of the block, or not at all.

        Without `checkpoint`, what is committed stays in the log beside the file until 16 MB have
        come together: for many small writes in a row, each of which would otherwise rewrite the
        file's last rows when it is closed (95 ms for a page of issues, against 20).
        """
        with (
            self._open(writable=(name,), readable=also_read, checkpoint=checkpoint) as session,
            _transaction(session),
        ):
            yield session

    def limit_memory(self, limit: str | None) -> None:
        """Hold no more than `limit` (such as `256MB`) in this process; None for the usual."""
        limit_memory(self.folder, limit)

    @contextmanager
    def writing(self, name: FileName, *, checkpoint: bool = True) -> Iterator[Transactions]:
        """One file, for several transactions in quick succession: call what is yielded for each."""
        with self._open(writable=(name,), checkpoint=checkpoint) as session:
            yield lambda: _transaction(session)

    @contextmanager
    def _open(
        self,
        *,
        writable: Sequence[FileName] = (),
        readable: Sequence[FileName] = (),
        alone: bool = False,
        checkpoint: bool = True,
    ) -> Iterator[Session]:
        wanted = [n for n in FILES if n in writable or n in readable]
        deadline = time.monotonic() + self.lock_wait_s
        with as_faults(self.folder), ExitStack() as stack:
            for name in wanted:
                stack.enter_context(turn(self.path(name)))
            connection = bare_connection() if alone else shared_connection(self.folder)
            stack.callback(connection.close)
            for name in wanted:
                write = name in writable
                attach(connection, self.path(name), name, write=write, deadline=deadline)
                stack.callback(detach, connection, name, checkpoint=checkpoint if write else None)
            if "core" in wanted:
                connection.execute("USE core")
            yield Session(connection)
