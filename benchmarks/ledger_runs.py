"""What `benchmarks.build_ledger` measures, each in a process of its own.

    python -m benchmarks.ledger_runs (floor | build) HOME

`floor` is what DuckDB alone needs, on both cores, for the least that any build must do: a table of
comments out of the same JSON, and one regular expression over their texts.
"""

import json
import sys
import time
from pathlib import Path
from typing import Any, Final

import duckdb

from benchmarks.ledger_market import REPOSITORY
from tasks.build import build_version
from tasks.domain.money_words import MONEY_EXPRESSION
from tasks.specs import DatasetSpec
from tasks.warehouse import Warehouse

CORES: Final = 2
_CANDIDATES: Final = f"(?i)proposal|c\\+ reviewed|{MONEY_EXPRESSION}"
_SHAPE: Final = """{"comments": {"nodes": [{"databaseId": "BIGINT", "id": "VARCHAR",
    "url": "VARCHAR", "body": "VARCHAR", "createdAt": "TIMESTAMPTZ",
    "author": {"login": "VARCHAR"}, "authorAssociation": "VARCHAR", "isMinimized": "BOOLEAN"}]}}"""
# DuckDB reads nested JSON on one thread; halves of the documents are read on one each.
_HALF: Final = f"""
SELECT
    external_id AS issue, c.databaseId AS comment_id, c.id AS node_id, c.url, c.body,
    c.createdAt AS created_at, c.author.login AS author, c.authorAssociation AS association,
    c.isMinimized AS minimized
FROM (
    SELECT external_id, unnest(from_json(payload, '{_SHAPE}').comments.nodes) AS c
    FROM raw.documents
    WHERE kind = 'github.issue' AND rowid BETWEEN $first AND $last
)"""


Config = dict[str, str | bool | int | float | list[str]]


def floor(home: Path) -> dict[str, Any]:
    """The number of comments, and of those that a build would look into."""
    out = home / "floor.duckdb"
    config: Config = {"threads": CORES, "memory_limit": "3GB", "preserve_insertion_order": False}
    connection = duckdb.connect(str(out), config=config)
    raw = Warehouse(home).path("raw")
    connection.execute(f"ATTACH '{raw}' AS raw (READ_ONLY)")
    end = connection.sql("SELECT max(rowid) + 1 FROM raw.documents").fetchall()[0][0]
    parts = [(end * n // CORES, end * (n + 1) // CORES - 1) for n in range(CORES)]
    halves = [_HALF.replace("$first", str(a)).replace("$last", str(b)) for a, b in parts]
    connection.execute(f"CREATE TABLE comments AS {' UNION ALL '.join(halves)}")
    found = connection.execute(
        "SELECT count(*), count(*) FILTER (regexp_matches(body, $pattern)) FROM comments",
        {"pattern": _CANDIDATES},
    ).fetchall()
    connection.close()
    out.unlink()
    return {"comments": found[0][0], "candidates": found[0][1]}


def build(home: Path) -> dict[str, Any]:
    """One version of a dataset of coding tasks; its code has not landed, so none can be made."""
    spec = DatasetSpec.model_validate(
        {
            "name": "invented",
            "sources": {"github": {"repositories": [REPOSITORY]}},
            "variants": ["ic_swe"],
        }
    )
    result = build_version(home, spec, workers=CORES)
    return {"version": result.version, "candidates": result.candidates}


def main() -> None:
    kind, home = sys.argv[1], Path(sys.argv[2])
    run = {"floor": floor, "build": build}[kind]
    start = time.perf_counter()
    found = run(home)
    print(json.dumps(found | {"seconds": time.perf_counter() - start}))


if __name__ == "__main__":
    main()
