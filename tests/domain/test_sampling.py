"""Samples go by digests: no order has a say, shares are kept, and more names move none."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tasks.domain.sampling import Ticket, draw, falls_below, price_band

NAMES = st.lists(st.text(max_size=4), unique=True, max_size=30)
TICKETS = st.dictionaries(st.text(max_size=3), st.sampled_from("abc"), max_size=30).map(
    lambda found: [Ticket(name, (stratum,)) for name, stratum in found.items()]
)


@given(TICKETS, st.integers(0, 40), st.integers(0, 3), st.randoms(use_true_random=False))
def test_neither_order_nor_anything_but_seed_and_names_has_a_say(
    tickets: list[Ticket], count: int, seed: int, order: random.Random
) -> None:
    shuffled = list(tickets)
    order.shuffle(shuffled)
    drawn = draw(tickets, count, seed)
    assert draw(shuffled, count, seed) == drawn
    assert len(drawn) == min(count, len(tickets))


@given(TICKETS, st.integers(0, 40), st.integers(0, 3))
def test_each_stratum_gets_its_share_to_within_one(
    tickets: list[Ticket], count: int, seed: int
) -> None:
    drawn = draw(tickets, count, seed)
    for stratum in {ticket.stratum for ticket in tickets}:
        names = [ticket.name for ticket in tickets if ticket.stratum == stratum]
        exact = min(count, len(tickets)) * len(names) / len(tickets)
        assert abs(len(drawn & set(names)) - exact) < 1


def test_the_same_call_draws_the_same_on_any_machine() -> None:
    tickets = [Ticket(f"t{number}", (str(number % 3),)) for number in range(20)]
    assert sorted(draw(tickets, 5, 1)) == ["t16", "t18", "t19", "t3", "t5"]
    assert draw(tickets, 5, 2) != draw(tickets, 5, 1)


@given(NAMES, st.floats(0, 1, exclude_min=True), st.integers(0, 3))
def test_a_larger_share_keeps_what_a_smaller_one_has(
    names: list[str], share: float, seed: int
) -> None:
    within = {name for name in names if falls_below(share / 2, seed, name)}
    assert within <= {name for name in names if falls_below(share, seed, name)}


def test_a_share_is_about_that_of_the_names() -> None:
    for share in (0.1, 0.5, 0.9):
        found = sum(falls_below(share, 1, f"issue {number}") for number in range(4_000))
        assert found / 4_000 == pytest.approx(share, abs=0.03)


def test_a_price_lies_in_the_band_that_begins_at_it() -> None:
    begins = (25_000, 100_000)
    bands = [price_band(cents, begins) for cents in (None, 0, 24_999, 25_000, 99_999, 100_000)]
    assert bands == ["unpriced", "below", "below", "from 250", "from 250", "from 1000"]
