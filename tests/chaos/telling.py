"""A warehouse that says, after each commit, what its tables hold: nothing told may be lost."""

import json
import os
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Any, Final

from tasks.warehouse import FileName, Session, Warehouse

# Rows of these are never taken back by the stages; build replaces what it reads into staging.
KEPT: Final[dict[str, tuple[str, ...]]] = {
    "raw": ("documents", "fetches"),
    "core": ("core.dataset_versions", "core.version_instances", "core.task_instances"),
    "eval": (
        *("environments", "run_environments", "runs", "run_items", "rollouts", "evidence"),
        *("verdicts", "payouts", "settlements"),
    ),
}


def count_rows(session: Session, name: FileName) -> dict[str, int]:
    """`file.table` → rows, of the tables of a file that are there."""
    found = session.tuples(
        "SELECT CASE schema_name WHEN 'main' THEN '' ELSE schema_name || '.' END || table_name "
        "FROM duckdb_tables() WHERE database_name = $name",
        {"name": name},
    )
    there = {row[0] for row in found}
    return {
        f"{name}.{table}": int(session.tuples(f"SELECT count(*) FROM {name}.{table}")[0][0])
        for table in KEPT[name]
        if table in there
    }


def tell_commits(descriptor: int) -> None:
    """From now on every commit of this process adds a line to the file behind `descriptor`."""
    written: Callable[..., AbstractContextManager[Session]] = Warehouse.write
    several: Callable[..., Any] = Warehouse.writing

    def told(counts: dict[str, int]) -> None:
        os.write(descriptor, f"{json.dumps(counts)}\n".encode())

    @contextmanager
    def write(self: Warehouse, name: FileName, **options: Any) -> Iterator[Session]:
        with written(self, name, **options) as session:
            yield session
            counts = count_rows(session, name)
        told(counts)

    @contextmanager
    def writing(self: Warehouse, name: FileName, **options: Any) -> Iterator[Any]:
        with several(self, name, **options) as transaction:

            @contextmanager
            def one() -> Iterator[Session]:
                with transaction() as session:
                    yield session
                    counts = count_rows(session, name)
                told(counts)

            yield one

    Warehouse.write = write  # type: ignore[method-assign]
    Warehouse.writing = writing  # type: ignore[method-assign]
