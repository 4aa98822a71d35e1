"""The cells of a row to a posting or a bid; pure. What is wrong names the file's own column."""

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from fractions import Fraction
from typing import Final

from tasks.domain.columns import BidColumns, PostingColumns
from tasks.domain.errors import DataError
from tasks.domain.money import round_cents
from tasks.domain.postings import Bid, Posting, RateType
from tasks.sources.cells import read_literal, require_storable
from tasks.sources.kaggle.kinds import posting_id

_NUMBER: Final = re.compile(
    r"[+-]?(?:[0-9]{1,30}(?:\.[0-9]{0,40})?|\.[0-9]{1,40})(?:e[+-]?[0-9]{1,2})?"
)
_COUNT: Final = re.compile(r"([0-9]{1,9})(?:\.0*)?")
_CURRENCY: Final = re.compile(r"[A-Za-z]{3}")
_RATE_TYPES: Final[Mapping[str, RateType]] = {"fixed": "fixed", "hourly": "hourly"}
_AWARDED: Final = {
    **dict.fromkeys(("true", "yes", "y", "t", "1", "1.0", "awarded", "won"), True),
    **dict.fromkeys(("false", "no", "n", "f", "0", "0.0", "not awarded", "lost"), False),
}
# Far above any budget, and far below what a 64-bit column can hold.
_MOST_CENTS: Final = 10**14
# What parses a literal takes time and memory that grow with the text.
_MOST_TAGS: Final = 1 << 16
_MOST_KEY: Final = 200
_SHOWN: Final = 40


def read_posting(
    cells: Mapping[str, str], columns: PostingColumns, market: str, bids: tuple[Bid, ...] = ()
) -> Posting:
    """The posting of one row. Raises DataError whose sentence names the column."""
    require_storable(cells)
    key = read_key(cells, columns.key)
    band = [_cents(cells, column) for column in (columns.band_min, columns.band_max)]
    if band[0] is not None and band[1] is not None and band[0] > band[1]:
        raise DataError(
            f"{columns.band_min}: {_shown(cells[columns.band_min])} is more than "
            f"{columns.band_max} {_shown(cells[columns.band_max])}"
        )
    return Posting(
        market=market,
        key=key,
        title=cells[columns.title],
        description=cells[columns.description],
        tags=_tags(cells[columns.tags], columns.tags),
        currency=_currency(cells, columns.currency),
        band_min_cents=band[0],
        band_max_cents=band[1],
        rate_type=_rate_type(cells[columns.rate_type], columns.rate_type),
        posted_at=_moment(cells, columns.posted_at),
        bids=bids,
        bid_count=_count(cells, columns.bid_count),
        average_bid_cents=_cents(cells, columns.average_bid),
        awarded_bid_cents=_cents(cells, columns.awarded_bid),
        document_id=posting_id(market, key),
    )


def read_bid(cells: Mapping[str, str], columns: BidColumns, currency: str) -> Bid:
    """The bid of one row; `currency` is the posting's. Raises DataError like `read_posting`."""
    require_storable(cells)
    amount = _cents(cells, columns.amount)
    if amount is None:
        raise DataError(f"{columns.amount}: empty")
    return Bid(
        bid_id=read_key(cells, columns.bid_id),
        amount_cents=amount,
        currency=_currency(cells, columns.currency) if columns.currency else currency,
        awarded=_awarded(cells, columns.awarded),
    )


def read_key(cells: Mapping[str, str], column: str) -> str:
    """What names the row. Raises DataError where that is nothing, or nothing to name by."""
    key = cells[column]
    if not key.strip():
        raise DataError(f"{column}: empty")
    if len(key) > _MOST_KEY or not key.isprintable():
        raise DataError(f"{column}: {_shown(key)} is too long for an id, or holds line breaks")
    return key


def _shown(cell: str) -> str:
    return repr(cell[:_SHOWN])


def _currency(cells: Mapping[str, str], column: str) -> str:
    code = cells[column].strip()
    if not _CURRENCY.fullmatch(code):
        raise DataError(f"{column}: {_shown(cells[column])} is no currency code of three letters")
    return code.upper()


def _cents(cells: Mapping[str, str], column: str | None) -> int | None:
    """Cents, rounded half to even (averages have fractions of them); None for an empty cell."""
    text = cells[column].strip() if column is not None else ""
    if column is None or not text:
        return None
    if not _NUMBER.fullmatch(text.lower()):
        raise DataError(f"{column}: {_shown(cells[column])} is no number")
    amount = Fraction(text) * 100
    if amount < 0:
        raise DataError(f"{column}: {_shown(cells[column])} is negative")
    if amount > _MOST_CENTS:
        raise DataError(f"{column}: {_shown(cells[column])} is beyond any budget")
    return round_cents(amount)


def _rate_type(cell: str, column: str) -> RateType:
    found = _RATE_TYPES.get(cell.strip().lower())
    if found is None:
        raise DataError(
            f"{column}: {_shown(cell)} is unknown; known: {', '.join(sorted(_RATE_TYPES))}"
        )
    return found


def _tags(cell: str, column: str) -> tuple[str, ...]:
    if len(cell) > _MOST_TAGS:
        raise DataError(f"{column}: {len(cell):,} characters, above the limit of {_MOST_TAGS:,}")
    tags = read_literal(cell, column)
    if not isinstance(tags, list) or not all(isinstance(tag, str) for tag in tags):
        raise DataError(f"{column}: {_shown(cell)} is no list of texts")
    require_storable(tags, column)
    return tuple(tags)


def _count(cells: Mapping[str, str], column: str | None) -> int | None:
    text = cells[column].strip() if column is not None else ""
    if column is None or not text:
        return None
    found = _COUNT.fullmatch(text)
    if found is None:
        raise DataError(f"{column}: {_shown(cells[column])} is no count")
    return int(found[1])


def _moment(cells: Mapping[str, str], column: str | None) -> datetime | None:
    text = cells[column].strip() if column is not None else ""
    if column is None or not text:
        return None
    try:
        moment = datetime.fromisoformat(text)
        return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise DataError(f"{column}: {_shown(cells[column])} is no ISO 8601 date") from error


def _awarded(cells: Mapping[str, str], column: str | None) -> bool | None:
    text = cells[column].strip().lower() if column is not None else ""
    if column is None or not text:
        return None
    if text not in _AWARDED:
        raise DataError(f"{column}: {_shown(cells[column])} says neither yes nor no")
    return _AWARDED[text]
