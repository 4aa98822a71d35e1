"""Concentration: what few tasks make of a sum."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tasks.scoring.concentration import cap_of, gini, leave_one_out

AMOUNTS = st.lists(st.integers(0, 10**6), min_size=1, max_size=30)


@given(AMOUNTS)
def test_gini_is_the_mean_difference_of_two_amounts_over_twice_their_mean(
    amounts: list[int],
) -> None:
    found = gini(np.array(amounts, dtype=float))
    if not sum(amounts):
        assert found is None
        return
    differences = sum(abs(a - b) for a in amounts for b in amounts)
    assert found == pytest.approx(differences / (2 * len(amounts) * sum(amounts)), abs=1e-12)


@given(AMOUNTS.filter(any), st.integers(2, 9))
def test_gini_does_not_ask_in_which_currency_or_order(amounts: list[int], factor: int) -> None:
    found = gini(np.array(amounts, dtype=float))
    assert gini(np.array(amounts[::-1], dtype=float) * factor) == pytest.approx(found)


def test_gini_is_nothing_where_all_are_equal_and_near_one_where_one_has_all() -> None:
    assert gini(np.full(7, 3.0)) == pytest.approx(0)
    assert gini(np.array([0.0] * 99 + [5.0])) == pytest.approx(0.99)
    assert gini(np.array([])) is None


@given(st.lists(st.tuples(st.integers(1, 10**6), st.booleans()), min_size=2, max_size=30))
def test_leaving_out_a_task_gives_the_lowest_and_the_highest_rate(
    tasks: list[tuple[int, bool]],
) -> None:
    prices = np.array([price for price, _ in tasks], dtype=float)
    earned = np.array([price * paid for price, paid in tasks], dtype=float)
    rates = [(earned.sum() - e) / (prices.sum() - p) for e, p in zip(earned, prices, strict=True)]
    found = leave_one_out(earned, prices)
    assert found == pytest.approx((min(rates), max(rates)))


def test_leaving_out_the_only_task_leaves_nothing() -> None:
    assert leave_one_out(np.array([5.0]), np.array([5.0])) is None


@given(st.lists(st.integers(0, 10**6), min_size=1, max_size=60))
def test_the_cap_is_the_least_price_that_so_many_do_not_exceed(prices: list[int]) -> None:
    cap = cap_of(np.array(prices, dtype=np.int64))
    assert cap in prices
    assert sum(p <= cap for p in prices) >= 0.95 * len(prices)
    below = [p for p in prices if p < cap]
    assert len(below) < 0.95 * len(prices)
