"""Raw documents in the order they landed, in short reads, for an archive."""

from collections.abc import Iterator, Sequence
from typing import Final

from tasks.domain.digests import digest
from tasks.warehouse.connect import Row, Warehouse

WINDOW: Final = 500


def raw_fingerprint(warehouse: Warehouse) -> str | None:
    """Digest that tells this raw file from any other, 64 hex digits; None while it is empty.

    The first document never changes, since raw is append-only; its fetch and the moment the file
    was made differ even where two homes land the same archive.
    """
    with warehouse.read("raw") as session:
        rows = session.query("first_document")
    if not rows:
        return None
    first = rows[0]
    return digest([v.isoformat() if hasattr(v, "isoformat") else v for v in first.values()])


def documents_from(
    warehouse: Warehouse, source: str, dataset: str, repositories: Sequence[str], first: int
) -> Iterator[Row]:
    """The documents of these repositories at position `first` and beyond, in order.

    Rows hold position, source, kind, external_id, fetched_at and payload (text, verbatim).
    A position is a rowid: nothing of raw.documents is ever deleted, so it keeps its meaning. What
    lands while this reads is left for the next time.
    """
    names = sorted({name.lower() for name in repositories})
    with warehouse.read("raw") as session:
        end = session.tuples("SELECT coalesce(max(rowid), -1) + 1 FROM raw.documents")[0][0]
        if first >= end:
            return
        fetches = session.query(
            "fetches_of_repositories", source=source, dataset=dataset, repositories=names
        )
    fetch_ids = [row["fetch_id"] for row in fetches]
    for start in range(first, end, WINDOW):
        with (
            warehouse.read("raw") as session,
            session.values("archived_fetches", "fetch_id", fetch_ids),
        ):
            rows = session.query(
                "documents_to_archive",
                source=source,
                repositories=names,
                first=start,
                beyond=min(start + WINDOW, end),
            )
        yield from sorted(rows, key=lambda row: int(row["position"]))
