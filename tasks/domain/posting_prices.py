"""What a posting is worth under each rule for postings, in cents of US dollars."""

from collections.abc import Mapping
from decimal import Decimal
from fractions import Fraction
from statistics import median_low
from typing import Final

from tasks.domain.exchange import to_usd_cents
from tasks.domain.postings import Posting

# Far above any budget, and far below what a 64-bit column can hold.
_MOST_CENTS: Final = 10**14


def posting_prices(
    posting: Posting, rates: Mapping[str, Decimal], predicted_cents: int | None
) -> dict[str, int | None]:
    """Price rule → cents; None where the posting does not say. `rates` is currency code → US
    dollars a unit; what is in a currency without a rate has no price.

    band_mid is the middle of the band, rounded once; median_bid is the median of the bids in US
    dollars (the lower one of the middle two, which somebody really asked) or, in files without
    single bids, their average; awarded_bid is the bid that won, the lowest of several. What comes
    to more than any budget, by a rate that is far off, has no price.
    """
    rate = rates.get(posting.currency)
    low, high = posting.band_min_cents, posting.band_max_cents
    middle = None if low is None or high is None else Fraction(low + high, 2)
    found = {
        "band_min": _usd(low, rate),
        "band_mid": _usd(middle, rate),
        "band_max": _usd(high, rate),
        "predicted": predicted_cents,
        "median_bid": _median_bid(posting, rates),
        "awarded_bid": _awarded_bid(posting, rates),
    }
    return {rule: cents or None for rule, cents in found.items()}


def _usd(cents: int | Fraction | None, rate: Decimal | None) -> int | None:
    if cents is None or rate is None:
        return None
    dollars = to_usd_cents(cents, rate)
    return dollars if dollars <= _MOST_CENTS else None


def _median_bid(posting: Posting, rates: Mapping[str, Decimal]) -> int | None:
    bids = [_usd(bid.amount_cents, rates.get(bid.currency)) for bid in posting.bids]
    known = [cents for cents in bids if cents is not None]
    if known:
        return median_low(known)
    return _usd(posting.average_bid_cents, rates.get(posting.currency))


def _awarded_bid(posting: Posting, rates: Mapping[str, Decimal]) -> int | None:
    won = [_usd(bid.amount_cents, rates.get(bid.currency)) for bid in posting.bids if bid.awarded]
    # Ids are names: which of several winners stands first by them says nothing.
    known = [cents for cents in won if cents]
    if known:
        return min(known)
    return _usd(posting.awarded_bid_cents, rates.get(posting.currency))
