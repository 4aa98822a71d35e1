"""What has been collected over the network: documents and calls, stored page by page."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from tasks.domain.collecting import Call, Harvest
from tasks.domain.digests import digest
from tasks.warehouse.connect import Row, Session, Warehouse
from tasks.warehouse.documents import append_documents, document_row


@dataclass(frozen=True, slots=True)
class Stored:
    """Whose harvests they are: one refresh of one dataset's source."""

    source: str
    dataset: str
    refresh_id: str


def append_harvest(
    session: Session, harvest: Harvest, of: Stored, sequence: int, stored_at: datetime
) -> int:
    """Append what is new of a harvest, its calls and its cursor, within the open transaction.

    Returns how many documents were new. `sequence` numbers the harvests of a refresh. A harvest
    without a call leaves one row that stands for its cursor.
    """
    rows = [_call_row(call, of, sequence, place) for place, call in enumerate(harvest.calls)]
    rows = rows or [_state_row(of, sequence, stored_at)]
    for row in rows:
        row |= {
            "source": of.source,
            "dataset": of.dataset,
            "refresh_id": of.refresh_id,
            "stream": harvest.stream,
            "repository": harvest.stream.partition(" ")[0],
            "documents_read": 0,
            "documents_landed": 0,
        }
    # Several calls made one harvest; the last one brought it about.
    last = rows[-1]
    last |= {
        "cursor": harvest.cursor,
        "seen": list(harvest.seen),
        "done": harvest.done,
        "documents_read": len(harvest.documents),
    }
    documents = [document_row(d, last["fetch_id"]) for d in harvest.documents]
    last["documents_landed"] = append_documents(session, documents) if documents else 0
    session.insert("raw.fetches", rows)
    return int(last["documents_landed"])


def _call_row(call: Call, of: Stored, sequence: int, place: int) -> Row:
    return {
        "fetch_id": digest([of.refresh_id, sequence, place]),
        "query": f"{call.query}: {call.text.strip()}",
        "variables": json.dumps(call.variables, default=str, separators=(",", ":")),
        "calls": 1,
        "points": call.points,
        "bytes": call.bytes,
        "status": call.status,
        "started_at": call.started_at,
        "finished_at": call.started_at + timedelta(milliseconds=call.duration_ms),
        "duration_ms": call.duration_ms,
        "error": call.error,
    }


def _state_row(of: Stored, sequence: int, stored_at: datetime) -> Row:
    return {
        "fetch_id": digest([of.refresh_id, sequence, "state"]),
        "calls": 0,
        "status": "ok",
        "started_at": stored_at,
        "finished_at": stored_at,
    }


def settle(warehouse: Warehouse) -> None:
    """Move what the log holds into the file, so that the file alone is the whole truth."""
    with warehouse.write("raw"):
        pass


def cursor_of(warehouse: Warehouse, source: str, stream: str) -> str | None:
    """The newest cursor of a stream."""
    with warehouse.read("raw") as session:
        rows = session.query("newest_cursor", source=source, stream=stream)
    return rows[0]["cursor"] if rows else None


def newest_payloads(
    warehouse: Warehouse, source: str, kind: str, external_ids: Sequence[str]
) -> Mapping[str, Mapping[str, Any]]:
    """External id → payload of the newest copy, for those that are there.

    Where nothing is there, no payload is touched: DuckDB unpacks 2,048 of them to read one.
    """
    with (
        warehouse.read("raw") as session,
        session.values("wanted_ids", "external_id", external_ids),
    ):
        found = session.query("newest_positions", source=source, kind=kind)
        positions = [row["position"] for row in found]
        rows = session.query("payloads_at", positions=positions) if positions else []
    return {row["external_id"]: json.loads(row["payload"]) for row in rows}


def ids_beginning(warehouse: Warehouse, source: str, kind: str, prefix: str) -> list[str]:
    """All external ids of a kind that begin with `prefix`, sorted."""
    with warehouse.read("raw") as session:
        rows = session.query("ids_beginning", source=source, kind=kind, prefix=prefix)
    return [row["external_id"] for row in rows]


def ids_seen(warehouse: Warehouse, source: str, stream_prefix: str) -> frozenset[str]:
    """All external ids that the calls of these streams returned."""
    with warehouse.read("raw") as session:
        rows = session.query("ids_seen", source=source, prefix=stream_prefix)
    return frozenset(row["external_id"] for row in rows)


def newest_fetch_time(warehouse: Warehouse, source: str) -> datetime | None:
    """When the newest document of a source was fetched, or the newest fetch began."""
    with warehouse.read("raw") as session:
        rows = session.query("newest_fetch_time", source=source)
    found: datetime | None = rows[0]["fetched_at"]
    return found
