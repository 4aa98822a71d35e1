"""The collection audit: what was fetched when, what it cost, what failed and what is missing."""

import json
from collections import Counter, defaultdict
from datetime import UTC, datetime
from typing import Any

from tasks.domain.errors import unknown
from tasks.warehouse import Row, Session, Warehouse


def show_fetches(warehouse: Warehouse, reference: str | None) -> dict[str, Any]:
    """All that was fetched, or what was fetched for a dataset or a repository (`owner/name`).

    `refreshes` and `failures` are newest first, times ISO 8601 in UTC. A repository's `missing`
    counts the numbers up to the highest that are known neither as an issue, nor as a pull
    request, nor as gone.
    """
    with warehouse.read("raw") as session:
        scope = _scope(session, reference)
        failures = session.query("fetch_failures", **scope)
        refreshes = session.query("fetch_totals", **scope)
        streams = session.query("fetch_streams", **scope)
        repositories = session.query("fetched_numbers", **scope)
    return {
        "of": reference,
        "refreshes": _with_failures(refreshes, failures),
        "streams": [_stream(row) for row in streams],
        "repositories": repositories,
        "failures": [_timed(row) for row in failures],
    }


def _scope(session: Session, reference: str | None) -> dict[str, str | None]:
    """Which rows are asked for. Raises UsageError for a name nothing was fetched for."""
    if reference is None:
        return {"dataset": None, "repository": None}
    known = [row["name"] for row in session.query("fetch_names")]
    if reference.lower() not in {name.lower() for name in known}:
        raise unknown("dataset or repository", reference, known)
    if "/" in reference:
        return {"dataset": None, "repository": reference}
    return {"dataset": reference, "repository": None}


def _with_failures(refreshes: list[Row], failures: list[Row]) -> list[Row]:
    """Each refresh with its failed calls by status."""
    failed: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for one in failures:
        failed[one["refresh"]][one["status"]] += 1
    return [
        _timed(row) | {"failed": dict(sorted(failed[row["refresh"]].items()))} for row in refreshes
    ]


def _stream(row: Row) -> Row:
    timed = _timed(row)
    return timed | {"cursor": {"since": _since(row["cursor"])}}


def _since(cursor: str | None) -> str | None:
    """The time that a cursor stands at; everything else in it is the source's own business."""
    try:
        since = json.loads(cursor or "{}")["since"]
        moment = datetime.fromisoformat(since)
    except (ValueError, TypeError, KeyError):
        return None
    return moment.astimezone(UTC).isoformat() if moment.tzinfo else None


def _timed(row: Row) -> Row:
    return {k: v.isoformat() if isinstance(v, datetime) else v for k, v in row.items()}
