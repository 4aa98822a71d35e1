"""What must hold after every disaster, and what a home came to in the end."""

import hashlib
import json
from collections import Counter
from pathlib import Path
from typing import Any, Final

from tasks.domain.exporting import MANIFEST
from tasks.warehouse import FILES, Warehouse, run_checks
from tasks.warehouse.making import is_whole
from tests.chaos.telling import count_rows
from tests.flows.tables import KEYS, final_state

# What says what a row is; the rest of it is when and how long.
_CONTENT: Final = {
    "core.task_instances": "instance_digest, instance_id",
    "core.version_instances": "dataset_version, instance_id, instance_digest",
    "core.rejections": "dataset_version, candidate_id, variant, reason",
    "core.dataset_versions": "dataset_version, candidates, instances",
    "core.bounty_events": "event_id",
    "staging.issues": "repository, number",
    "staging.comments": "node_id",
    "eval.environments": "instance_digest, recipe_digest, status, gradable",
    "eval.settlements": "* EXCLUDE (settled_at)",
}
# Of two equal copies, the one that landed last may have been fetched first: both are kept then,
# and say what one of them says.
_COPIES: Final = """
SELECT source, kind, external_id, content_sha256 FROM raw.documents
QUALIFY content_sha256 IS DISTINCT FROM lag(content_sha256) OVER (
    PARTITION BY source, kind, external_id ORDER BY fetched_at, content_sha256
)
"""
_KEYS: Final = {f"eval.{table}": key for table, key in KEYS.items()} | {
    "raw.documents": "source, kind, external_id, fetched_at, content_sha256"
}
# What a killed process may leave: the next one removes it, or the system does when it is gone.
_TEMPORARY: Final = (
    *("**/*.part", "**/.*.part", "**/.new-*", "**/basis-*", "**/.exported*", "**/*.tmp"),
)


def assert_holds(home: Path, told: Path | None = None) -> None:
    """No key twice, no check that finds anything, and every row that was told of is there."""
    there = [name for name in FILES if is_whole(Warehouse(home).path(name))]
    with Warehouse(home).read(*there) as session:
        counted = {key: n for name in there for key, n in count_rows(session, name).items()}
        for line in told.read_text().splitlines() if told is not None and told.exists() else ():
            for table, count in json.loads(line).items():
                assert counted[table] >= count, f"committed rows of {table} are lost"
        views = session.tuples("SELECT 1 FROM duckdb_views() WHERE schema_name = 'marts'")
        if not views:
            return  # killed while the files were made: the next command makes the rest
        for table, key in _KEYS.items():
            twice = f"SELECT {key} FROM {table} GROUP BY ALL HAVING count(*) > 1"
            assert session.tuples(twice) == [], f"{table} has a key twice"
        assert run_checks(session) == {}


def came_to(home: Path) -> dict[str, Any]:
    """All that a home holds, without clock times: warehouse, pages and exports."""
    found: dict[str, Any] = {}
    with Warehouse(home).read(*FILES) as session:
        found["raw.documents"] = Counter(session.tuples(_COPIES))
        for table, columns in _CONTENT.items():
            found[table] = Counter(session.tuples(f"SELECT {columns} FROM {table}"))
        run_ids = [row[0] for row in session.tuples("SELECT run_id FROM eval.runs ORDER BY 1")]
    found["runs"] = {run_id: final_state(home, run_id) for run_id in run_ids}
    found["files"] = {
        str(file.relative_to(home)): hashlib.sha256(file.read_bytes()).hexdigest()
        for folder in ("reports", "exported")
        for file in sorted((home / folder).rglob("*"))
        if file.is_file() and file.name != MANIFEST
    }
    return found


def leftovers(home: Path, temporary: Path) -> list[str]:
    """Files and folders that nobody needs any more and nobody removes."""
    found = {path for pattern in _TEMPORARY for path in home.glob(pattern)}
    return sorted(map(str, [*found, *temporary.iterdir()]))
