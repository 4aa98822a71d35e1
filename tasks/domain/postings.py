"""Postings of a freelance market: what a client asks for, and the budget band that was stated."""

from datetime import datetime
from typing import Literal

from pydantic import BaseModel

RateType = Literal["fixed", "hourly"]


class Bid(BaseModel, frozen=True, extra="forbid"):
    """One freelancer's offer on a posting; `amount_cents` is in `currency`.

    `awarded` is None where the file does not say whether the bid won.
    """

    bid_id: str
    amount_cents: int
    currency: str
    awarded: bool | None = None


class Posting(BaseModel, frozen=True, extra="forbid"):
    """What a client posted. Amounts are cents of the posting's own `currency`.

    `market` names where it was published (`owner/slug` of a Kaggle dataset, or `upwork`), `key` is
    its id there. The band is the budget that was stated, not a payment; None where none was.
    `average_bid_cents` and `awarded_bid_cents` are columns of files that publish no single bids.
    """

    market: str
    key: str
    title: str
    description: str
    tags: tuple[str, ...]
    currency: str
    band_min_cents: int | None
    band_max_cents: int | None
    rate_type: RateType
    posted_at: datetime | None = None
    bids: tuple[Bid, ...] = ()
    bid_count: int | None = None
    average_bid_cents: int | None = None
    awarded_bid_cents: int | None = None
    document_id: str

    @property
    def posting_id(self) -> str:
        """`isaacoresanya/freelancer#37426471`."""
        return f"{self.market}#{self.key}"
