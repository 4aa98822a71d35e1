"""A nominal 95 % interval holds the truth in 93 to 97 of 100 runs, and one that forgets that the
tasks of an issue fall together does not."""

from collections.abc import Callable

import numpy as np
import pytest
from numpy.typing import NDArray

from tasks.scoring.resampling import intervals, on_one_thread
from tests.scoring.clustered import EVEN, UNEVEN, Market, truth

Ends = tuple[NDArray[np.float64], NDArray[np.float64]]
Method = Callable[[NDArray[np.float64], NDArray[np.float64]], Ends]


def coverage(
    market: Market, issues: int, runs: int, method: Method, seed: int = 0
) -> NDArray[np.float64]:
    """The share of runs whose interval holds the truth, of (earn rate, resolve rate)."""
    true = truth(market)
    over, under = market.draw(np.random.default_rng([seed, issues]), runs, issues)
    held = np.zeros(2)
    with on_one_thread():
        for number in range(runs):
            low, high = method(over[number], under[number])
            held += (low <= true) & (true <= high)
    return held / runs


def by_cluster(over: NDArray[np.float64], under: NDArray[np.float64]) -> Ends:
    return intervals(over, under)


def by_task(over: NDArray[np.float64], under: NDArray[np.float64]) -> Ends:
    """As if every task were a cluster of its own."""
    tasks = np.repeat(np.arange(len(over)), under[:, 1].astype(int))
    first = np.r_[True, tasks[1:] != tasks[:-1]]
    resolved, price = over[tasks, 1], under[tasks, 0] / under[tasks, 1]
    own = np.where(first, np.minimum(resolved, 1), np.maximum(resolved - 1, 0))
    return intervals(
        np.stack([own * price, own], axis=1),
        np.stack([price, np.ones(len(tasks))], axis=1),
    )


def test_clusters_hold_the_truth_as_often_as_they_say_and_single_tasks_do_not() -> None:
    """200 runs: the share itself is known to within 3 points."""
    together = coverage(EVEN, 80, 200, by_cluster)
    alone = coverage(EVEN, 80, 200, by_task)
    assert ((together >= 0.92) & (together <= 0.98)).all(), together
    assert (alone < together - 0.02).all(), (alone, together)


@pytest.mark.exhaustive
@pytest.mark.timeout(600)
@pytest.mark.parametrize("issues", [60, 120, 250])
@pytest.mark.parametrize("market", [EVEN, UNEVEN], ids=["even prices", "uneven prices"])
def test_a_nominal_interval_holds_the_truth_as_often_as_it_says(
    market: Market, issues: int
) -> None:
    """4,000 runs: the share itself is known to within 0.7 points."""
    held = coverage(market, issues, 4_000, by_cluster)
    assert ((held >= 0.93) & (held <= 0.97)).all(), held
