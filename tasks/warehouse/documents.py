"""Landing documents in raw and reading them back: append-only, and only what differs."""

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import Final

from tasks.domain.digests import digest
from tasks.domain.documents import Document
from tasks.warehouse.connect import Row, Session, Warehouse
from tasks.warehouse.encoding import digest_and_text

_BATCH: Final = 2_000


@dataclass(frozen=True, slots=True)
class Landed:
    """How a landing went; read = landed + unchanged."""

    fetch_id: str
    read: int
    landed: int

    @property
    def unchanged(self) -> int:
        return self.read - self.landed


def land(
    warehouse: Warehouse,
    documents: Iterable[Document],
    *,
    source: str,
    dataset: str | None,
    query: str,
    started_at: datetime,
    finished_at: datetime,
) -> Landed:
    """Append every document that differs from the copy before it, and record the fetch.

    Batches are committed one by one: a crash loses at most the batch in flight, and landing the
    same documents again adds nothing.
    """
    fetch_id = digest([source, dataset, query, started_at.isoformat()])
    read = landed = size = 0
    for batch in _batches(documents):
        rows = [document_row(document, fetch_id) for document in batch]
        size += sum(len(row["payload"]) for row in rows)
        with warehouse.write("raw") as session:
            landed += append_documents(session, rows)
        read += len(rows)
    with warehouse.write("raw") as session:
        session.insert(
            "raw.fetches",
            [
                {
                    "fetch_id": fetch_id,
                    "source": source,
                    "dataset": dataset,
                    "query": query,
                    "calls": 0,
                    "bytes": size,
                    "documents_read": read,
                    "documents_landed": landed,
                    "status": "done",
                    "started_at": started_at,
                    "finished_at": finished_at,
                }
            ],
            on_conflict="keep",
        )
    return Landed(fetch_id=fetch_id, read=read, landed=landed)


def land_answer(
    warehouse: Warehouse,
    documents: Sequence[Document],
    *,
    source: str,
    dataset: str,
    refresh_id: str,
    query: str,
    calls: int,
    error: str | None,
    started_at: datetime,
    finished_at: datetime,
) -> None:
    """Append what came of one question, and its fetch, in one transaction: an answer that was paid
    for is there, or it is not. `error` is why no answer came."""
    fetch_id = digest([refresh_id, query, started_at.isoformat()])
    rows = [document_row(document, fetch_id) for document in documents]
    with warehouse.write("raw") as session:
        landed = append_documents(session, rows)
        fetch = {
            "fetch_id": fetch_id,
            "refresh_id": refresh_id,
            "source": source,
            "dataset": dataset,
            "query": query,
            "calls": calls,
            "bytes": sum(len(row["payload"]) for row in rows),
            "documents_read": len(rows),
            "documents_landed": landed,
            "status": "ok" if error is None else "fault",
            "error": error,
            "started_at": started_at,
            "finished_at": finished_at,
        }
        session.insert("raw.fetches", [fetch], on_conflict="keep")


def _batches(documents: Iterable[Document]) -> Iterator[list[Document]]:
    stream = iter(documents)
    while batch := list(islice(stream, _BATCH)):
        yield batch


def document_row(document: Document, fetch_id: str) -> Row:
    """A document in the columns of raw.documents."""
    content_sha256, payload = digest_and_text(document)
    return {
        "source": document.source,
        "kind": document.kind,
        "external_id": document.external_id,
        "fetched_at": document.fetched_at,
        "content_sha256": content_sha256,
        "payload": payload,
        "fetch_id": fetch_id,
    }


def append_documents(session: Session, rows: list[Row]) -> int:
    """Append the rows that differ from the copy before them; how many they were."""
    before = _count(session)
    with session.registered("incoming_documents", session.rows_as_arrow("raw.documents", rows)):
        session.run("land_new_documents")
    return _count(session) - before


def _count(session: Session) -> int:
    return int(session.tuples("SELECT count(*) FROM raw.documents")[0][0])


def newest_documents(warehouse: Warehouse, source: str) -> list[Document]:
    """The newest copy of every document of a source, in the order of kind and external id."""
    with warehouse.read("raw") as session:
        rows = session.query("newest_documents", source=source)
    return [
        Document(
            source=row["source"],
            kind=row["kind"],
            external_id=row["external_id"],
            fetched_at=row["fetched_at"],
            payload=json.loads(row["payload"]),
        )
        for row in rows
    ]
