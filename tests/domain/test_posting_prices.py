"""A posting's price under each rule, in dollars, from its own currency."""

from decimal import Decimal

from tasks.domain.posting_prices import posting_prices
from tasks.domain.postings import Bid
from tasks.domain.spreads import Spread, spread
from tests.variants.freelance_code.offers import posting

RATES = {"USD": Decimal(1), "INR": Decimal("0.012")}


def test_the_middle_of_a_band_is_rounded_once() -> None:
    found = posting_prices(
        posting(1, currency="INR", band_min_cents=60_001, band_max_cents=150_000), RATES, 700
    )
    assert found == {
        "band_min": 720,
        "band_mid": 1_260,
        "band_max": 1_800,
        "predicted": 700,
        "median_bid": None,
        "awarded_bid": None,
    }


def test_what_is_not_known_or_nothing_has_no_price() -> None:
    unknown = posting_prices(posting(1, currency="XAU"), RATES, None)
    assert set(unknown.values()) == {None}
    assert posting_prices(posting(1, band_min_cents=0), RATES, None)["band_min"] is None
    half = posting_prices(posting(1, band_min_cents=None), RATES, None)
    assert (half["band_min"], half["band_mid"], half["band_max"]) == (None, None, 25_000)


def test_bids_give_the_lower_median_and_the_one_that_won() -> None:
    bids = (
        Bid(bid_id="a", amount_cents=10_000, currency="USD"),
        Bid(bid_id="b", amount_cents=30_000, currency="USD", awarded=True),
        Bid(bid_id="c", amount_cents=1_000_000, currency="INR"),
        Bid(bid_id="d", amount_cents=90_000, currency="USD"),
    )
    found = posting_prices(posting(1, bids=bids), RATES, None)
    assert (found["median_bid"], found["awarded_bid"]) == (12_000, 30_000)
    totals = posting(1, average_bid_cents=8_000, awarded_bid_cents=7_000)
    found = posting_prices(totals, RATES, None)
    assert (found["median_bid"], found["awarded_bid"]) == (8_000, 7_000)


def test_of_several_bids_that_won_the_lowest_with_a_price_counts_whatever_they_are_called() -> None:
    bids = (
        Bid(bid_id="a", amount_cents=100, currency="XAU", awarded=True),
        Bid(bid_id="b", amount_cents=0, currency="USD", awarded=True),
        Bid(bid_id="c", amount_cents=30_000, currency="USD", awarded=True),
        Bid(bid_id="d", amount_cents=20_000, currency="USD", awarded=True),
    )
    for listed in (bids, bids[::-1]):
        found = posting_prices(posting(1, bids=listed), RATES, None)
        assert found["awarded_bid"] == 20_000
    unknown = posting(1, bids=bids[:1], awarded_bid_cents=7_000)
    assert posting_prices(unknown, RATES, None)["awarded_bid"] == 7_000


def test_what_no_column_can_hold_has_no_price() -> None:
    dear = {"USD": Decimal(1), "INR": Decimal(1_000_000)}
    found = posting_prices(
        posting(1, currency="INR", band_min_cents=10**8, band_max_cents=10**14), dear, None
    )
    assert (found["band_min"], found["band_mid"], found["band_max"]) == (10**14, None, None)


def test_a_spread_adds_up_and_trims_the_highest_twentieth() -> None:
    assert spread([]) == Spread(
        n=0, total_cents=0, mean_cents=None, median_cents=None, trimmed_mean_cents=None
    )
    found = spread([*range(1, 20), 1_000_000])
    assert found == Spread(
        n=20, total_cents=1_000_190, mean_cents=50_010, median_cents=10, trimmed_mean_cents=10
    )
