"""The data dictionary is the schema of a new home, table by table and column by column."""

import re
from datetime import UTC, datetime
from typing import Final

import pytest

from tasks.warehouse import Warehouse
from tasks.warehouse.migrate import ensure, migrations, views
from tests.docs.pages import ROOT

PAGE: Final = ROOT / "docs" / "data-dictionary.md"
_ENTRY: Final = re.compile(r"^### (?P<name>[a-z]+\.\w+)\n\n(?P<rest>.*?)(?=^##|\Z)", re.M | re.S)
_COLUMN: Final = re.compile(r"^\| `(?P<name>\w+)` \| `(?P<type>[^`]+)` \| (?P<says>.+) \|$", re.M)
_MADE: Final = re.compile(
    r"(?P<comment>(?:^-- .*\n)+)CREATE (?:TABLE|VIEW) (?P<name>[\w.]+)", re.MULTILINE
)
_COLUMNS: Final = """
SELECT database_name, schema_name, table_name, column_name, data_type FROM duckdb_columns()
WHERE NOT internal ORDER BY table_name, column_index
"""
# Made by the code that migrates, before there is a migration.
_OF_MIGRATING: Final = {"raw.schema_migrations", "core.schema_migrations", "eval.schema_migrations"}

Columns = list[tuple[str, str]]


def entries(text: str) -> dict[str, str]:
    return {m["name"]: m["rest"] for m in _ENTRY.finditer(text)}


def written(text: str) -> dict[str, Columns]:
    """Table → its columns with their types, as the page has them."""
    return {
        name: [(m["name"], m["type"]) for m in _COLUMN.finditer(rest)]
        for name, rest in entries(text).items()
    }


@pytest.fixture(scope="module")
def schema(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Columns]:
    """Table → its columns with their types, as a new home has them."""
    warehouse = Warehouse(tmp_path_factory.mktemp("schema"))
    ensure(warehouse, datetime(2025, 1, 1, tzinfo=UTC))
    found: dict[str, Columns] = {}
    with warehouse.read("core", "eval", "raw") as session:
        for database, place, table, column, of_type in session.tuples(_COLUMNS):
            name = f"{database if place == 'main' else place}.{table}"
            short = of_type.replace("TIMESTAMP WITH TIME ZONE", "TIMESTAMPTZ")
            found.setdefault(name, []).append((column, short))
    return found


def test_the_page_has_every_column_of_the_warehouse_with_its_type_and_no_other(
    schema: dict[str, Columns],
) -> None:
    page = written(PAGE.read_text(encoding="utf-8"))
    assert sorted(page) == sorted(schema)
    assert {name: page[name] for name in schema if page[name] != schema[name]} == {}


def grains() -> dict[str, str]:
    """Table or view → the comment above it in the migration or the view's file."""
    found: dict[str, str] = {}
    for file in ("core", "eval", "raw"):
        for _, text in migrations(file):
            found |= {
                name if "." in name else f"{file}.{name}": comment for name, comment in _made(text)
            }
    for _, text in views():
        found |= dict(_made(text))
    return found


def _made(text: str) -> list[tuple[str, str]]:
    return [
        (m["name"], " ".join(line.removeprefix("-- ") for line in m["comment"].splitlines()))
        for m in _MADE.finditer(text)
    ]


def test_every_entry_begins_with_the_grain_that_the_sql_states(schema: dict[str, Columns]) -> None:
    stated, page = grains(), entries(PAGE.read_text(encoding="utf-8"))
    assert sorted(set(schema) - set(stated)) == sorted({*_OF_MIGRATING, "core.view_state"})
    told = {name: rest.partition("\n")[0] for name, rest in page.items()}
    assert [name for name in stated if not stated[name].startswith(told[name].rstrip("."))] == []
    assert [name for name, line in told.items() if not line.startswith("One row")] == []


def test_every_entry_says_who_writes_it() -> None:
    page = entries(PAGE.read_text(encoding="utf-8"))
    assert [name for name, rest in page.items() if "\n\nWritten by: " not in f"\n\n{rest}"] == []
    views_there = [name for name, rest in page.items() if "Written by: a view." in rest]
    marts = [name for name in page if name.startswith("marts.")]
    assert sorted(views_there) == sorted([*marts, "eval.engagements"])


@pytest.mark.parametrize(
    ("line", "instead"),
    [
        ("| `run_id` | `VARCHAR` | the run |\n", ""),
        ("| `run_id` | `VARCHAR` | the run |\n", "| `run_id` | `BIGINT` | the run |\n"),
        ("| `run_id` | `VARCHAR` | the run |\n", "| `run` | `VARCHAR` | the run |\n"),
    ],
)
def test_a_column_that_is_missing_renamed_or_of_another_type_is_seen(
    schema: dict[str, Columns], line: str, instead: str
) -> None:
    text = PAGE.read_text(encoding="utf-8")
    assert line in text
    assert written(text.replace(line, instead, 1)) != written(text)
    assert written(text) == schema
