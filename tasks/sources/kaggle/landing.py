"""Tables to documents: postings, the bids on them, what cannot be read, and a listing of all."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from tasks.domain.columns import PostingsFile
from tasks.domain.digests import canonical_json
from tasks.domain.documents import Document
from tasks.domain.errors import UsageError
from tasks.sources.kaggle.kinds import (
    BIDS,
    LISTING,
    MALFORMED,
    POSTING,
    SOURCE_NAME,
    malformed_id,
    posting_id,
)
from tasks.sources.kaggle.tables import Broken, Table


def documents_of(
    postings: Table, bids: Table | None, spec: PostingsFile, fetched_at: datetime
) -> Iterator[Document]:
    """All documents of one version of the dataset; the listing, which names them, comes last.

    Neither ids nor payloads depend on the order of rows, but for the row number of what is
    malformed. Raises UsageError where no row can be read.
    """
    if not postings.rows:
        raise UsageError(f"{spec.file} holds no readable posting: {_first_reason(postings)}")

    def document(kind: str, external_id: str, payload: dict[str, Any]) -> Document:
        return Document(SOURCE_NAME, kind, external_id, fetched_at, payload)

    for row in postings.rows:
        yield document(POSTING, posting_id(spec.market, row.key[0]), row.cells)
    malformed = _malformed((*postings.broken, *(bids.broken if bids else ())), spec.market)
    for external_id, one in malformed.items():
        payload = {"file": one.file, "row": one.row, "reason": one.reason, "text": one.text}
        yield document(MALFORMED, external_id, payload)
    grouped = _by_posting(bids) if bids else {}
    for key, cells in grouped.items():
        payload = {"rows": sorted(cells, key=canonical_json)}
        yield document(BIDS, posting_id(spec.market, key), payload)
    listing: dict[str, Any] = {
        "dataset": spec.market,
        "file": spec.file,
        "columns": spec.columns.model_dump(exclude_none=True),
        "keys": sorted(row.key[0] for row in postings.rows),
        "malformed": sorted(malformed),
    }
    if spec.bids is not None:
        listing["bids"] = spec.bids.model_dump(exclude_none=True) | {"keys": sorted(grouped)}
    yield document(LISTING, spec.market, listing)


def _first_reason(table: Table) -> str:
    if not table.broken:
        return "it has a header and no rows; download it again"
    return f"row {table.broken[0].row}: {table.broken[0].reason}"


def _malformed(broken: tuple[Broken, ...], market: str) -> dict[str, Broken]:
    """External id → row. A text that stands twice is told apart by a count."""
    found: dict[str, Broken] = {}
    for one in broken:
        first = malformed_id(market, one.text)
        external_id, count = first, 1
        while external_id in found:
            count += 1
            external_id = f"{first}~{count}"
        found[external_id] = one
    return found


def _by_posting(bids: Table) -> dict[str, list[dict[str, str]]]:
    grouped: dict[str, list[dict[str, str]]] = {}
    for row in bids.rows:
        grouped.setdefault(row.key[0], []).append(row.cells)
    return grouped
