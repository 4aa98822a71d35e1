"""Homes and stores of a test, and what they hold."""

from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any

from tasks.attaching import Attached, attach_store
from tasks.domain.store_manifest import Manifest
from tasks.shipping import Shipped, place_at, ship
from tasks.warehouse import FILES, Warehouse
from tasks.warehouse.parquet_out import tables_in
from tests.warehouse.homes import START, document, put
from tests.warehouse.planted import GOOD, Planted

NOW = START + timedelta(days=30)


def rows_of(home: Path) -> dict[str, list[tuple[Any, ...]]]:
    """Every row of every table with its position."""
    warehouse, found = Warehouse(home), {}
    for name in FILES:
        with warehouse.read(name) as session:
            for table in tables_in(session, name):
                found[table.name] = session.tuples(
                    f"SELECT rowid, * FROM {table.name} ORDER BY rowid"
                )
    return found


def shipped(home: Path, url: str, minutes: float = 0) -> Shipped:
    return ship(home, url, NOW + timedelta(minutes=minutes))


def attached(home: Path, url: str) -> Attached:
    return attach_store(home, url, NOW)


def newest(url: str) -> Manifest:
    manifest, _ = place_at(url).head()
    assert manifest is not None
    return manifest


def plant(home: Path, planted: Planted = GOOD) -> None:
    """Insert rows, of those tables and columns that the home's version has."""
    warehouse = Warehouse(home)
    for name in FILES:
        with warehouse.write(name) as session:
            known = {table.name: dict(table.columns) for table in tables_in(session, name)}
            for table, rows in planted.items():
                columns = known.get(table)
                if columns is not None:
                    kept = [{k: v for k, v in row.items() if k in columns} for row in rows]
                    # Rows may differ in what an older version does not know.
                    session.insert(table, list({repr(row): row for row in kept}.values()))


def lands(home: Path, texts: Sequence[str], *, at: float = 0) -> None:
    """Land a document of each text."""
    named = [document(at, text, name=f"ours/app#{text}") for text in texts]
    put(Warehouse(home), named, at=at)
