"""Documents to a market: what the newest listing of each dataset names, read; pure."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pydantic import ValidationError

from tasks.domain.columns import BidsFile, PostingColumns
from tasks.domain.documents import Document
from tasks.domain.errors import DataError
from tasks.domain.postings import Bid, Posting
from tasks.domain.protocols import Malformed, Market
from tasks.sources.cells import storable
from tasks.sources.kaggle.kinds import (
    BIDS,
    LISTING,
    MALFORMED,
    POSTING,
    SOURCE_NAME,
    market_of,
    split_id,
)
from tasks.sources.kaggle.rows import read_bid, read_posting
from tasks.sources.newest import newest_of


@dataclass(frozen=True, slots=True)
class _Listing:
    """What the newest file of a dataset holds; a posting that it does not name is gone."""

    file: str
    columns: PostingColumns
    keys: frozenset[str]
    malformed: frozenset[str]
    bids: BidsFile | None
    with_bids: frozenset[str]


@dataclass(slots=True)
class _Reading:
    listings: Mapping[str, _Listing]
    bids: Mapping[str, Document]
    postings: list[Posting]
    malformed: list[Malformed]

    def add_posting(self, document: Document) -> None:
        market, key = split_id(document.external_id)
        listing = self.listings.get(market)
        if listing is None:
            self.refuse(document, "no listing of its file has landed: refresh the dataset again")
            return
        if key not in listing.keys:
            return
        try:
            cells = _texts(document.payload, listing.columns.needed())
            posting = read_posting(cells, listing.columns, market)
            if posting.key != key:
                raise DataError(f"{listing.columns.key}: {posting.key[:40]!r} is not in its id")
        except DataError as error:
            self.refuse(document, str(error), listing.file)
            return
        bids = self._bids_on(posting, listing)
        self.postings.append(posting.model_copy(update={"bids": bids}) if bids else posting)

    def _bids_on(self, posting: Posting, listing: _Listing) -> tuple[Bid, ...]:
        document = self.bids.get(posting.document_id)
        if document is None or listing.bids is None or posting.key not in listing.with_bids:
            return ()
        try:
            found = _read_bids(document.payload, listing.bids, posting.currency)
        except DataError as error:
            self.refuse(document, str(error), listing.bids.file)
            return ()
        return tuple(sorted(found, key=lambda bid: bid.bid_id))

    def add_malformed(self, document: Document) -> None:
        listing = self.listings.get(market_of(document.external_id))
        if listing is not None and document.external_id not in listing.malformed:
            return
        payload = document.payload
        file, row, reason = payload.get("file"), payload.get("row"), payload.get("reason")
        if not isinstance(file, str) or not isinstance(row, int) or not isinstance(reason, str):
            self.refuse(document, "a malformed record without file, row or reason")
            return
        self.refuse(document, reason, file, row)

    def refuse(
        self, document: Document, reason: str, file: str | None = None, row: int | None = None
    ) -> None:
        place = file if file is not None else market_of(document.external_id)
        self.malformed.append(
            Malformed(
                document_id=storable(document.external_id),
                file=storable(place),
                row=row,
                reason=storable(reason),
            )
        )


def read_market(documents: Iterable[Document]) -> Market:
    """Postings and what cannot be read, sorted; order and duplicates of the input do not matter.

    A posting counts only where the newest listing of its dataset names it, and is read by the
    columns that the listing states.
    """
    newest = newest_of(documents, SOURCE_NAME)
    listings: dict[str, _Listing] = {}
    reading = _Reading(listings, {d.external_id: d for d in newest if d.kind == BIDS}, [], [])
    for document in (d for d in newest if d.kind == LISTING):
        try:
            listings[document.external_id] = _read_listing(document.payload)
        except DataError as error:
            reading.refuse(document, str(error))
    for document in newest:
        if document.kind == POSTING:
            reading.add_posting(document)
        elif document.kind == MALFORMED:
            reading.add_malformed(document)
        elif document.kind not in (BIDS, LISTING):
            reading.refuse(document, f"unknown kind {document.kind!r}")
    reading.postings.sort(key=lambda posting: (posting.market, posting.key))
    reading.malformed.sort(key=lambda m: (m.file, m.row or 0, m.document_id, m.reason))
    return Market(postings=tuple(reading.postings), malformed=tuple(reading.malformed))


def _read_listing(payload: Mapping[str, Any]) -> _Listing:
    try:
        bids = dict(payload["bids"]) if "bids" in payload else None
        with_bids = _names(bids.pop("keys")) if bids is not None else frozenset()
        file = payload["file"]
        if not isinstance(file, str):
            raise TypeError("file")
        return _Listing(
            file=file,
            columns=PostingColumns.model_validate(payload["columns"]),
            keys=_names(payload["keys"]),
            malformed=_names(payload["malformed"]),
            bids=BidsFile.model_validate(bids) if bids is not None else None,
            with_bids=with_bids,
        )
    except (KeyError, TypeError, ValueError, ValidationError) as error:
        raise DataError("a listing without file, columns, keys or malformed rows") from error


def _names(value: Any) -> frozenset[str]:
    if not isinstance(value, list) or not all(isinstance(name, str) for name in value):
        raise TypeError("not a list of texts")
    return frozenset(value)


def _read_bids(payload: Mapping[str, Any], bids: BidsFile, currency: str) -> list[Bid]:
    rows = payload.get("rows")
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise DataError("bids without rows")
    needed = bids.columns.needed()
    return [read_bid(_texts(row, needed), bids.columns, currency) for row in rows]


def _texts(payload: Mapping[str, Any], needed: Sequence[str]) -> Mapping[str, str]:
    for column in needed:
        if column not in payload:
            raise DataError(f"{column}: missing")
    for column, cell in payload.items():
        if not isinstance(cell, str):
            raise DataError(f"{column}: not text")
    return payload
