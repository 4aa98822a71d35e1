"""Intervals: seeded, of clusters, and none where nothing can be said."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from tasks.scoring import resampling
from tasks.scoring.resampling import intervals

Numbers = NDArray[np.float64]


def sample(clusters: int, seed: int = 1, ratios: int = 2) -> tuple[Numbers, Numbers]:
    dice = np.random.default_rng(seed)
    under = dice.integers(1, 9, (clusters, ratios)).astype(np.float64)
    return under * dice.random((clusters, ratios)), under


def test_the_same_seed_gives_the_same_ends_and_another_seed_others() -> None:
    over, under = sample(40)
    one, again = intervals(over, under), intervals(over, under)
    assert np.array_equal(one, again)
    assert not np.array_equal(one, intervals(over, under, seed=1))


def test_draws_are_the_same_whether_they_are_kept_or_made_in_blocks() -> None:
    whole = resampling._block(40, 100, 0, 0)
    assert np.array_equal(whole, resampling._kept_block(40, 100, 0, 0))
    assert whole.sum(axis=1).tolist() == [40] * 100
    many = np.concatenate(list(resampling._draws(3_000_000, 2, 0)))
    assert many.shape == (2, 3_000_000)


def test_a_ratio_has_the_same_ends_alone_and_among_others() -> None:
    over, under = sample(40, ratios=5)
    together = np.array(intervals(over, under))
    alone = [np.array(intervals(over[:, n : n + 1], under[:, n : n + 1])) for n in range(5)]
    assert np.allclose(together, np.concatenate(alone, axis=1), rtol=1e-12)


@settings(max_examples=25, deadline=None)
@given(st.integers(5, 40), st.integers(0, 10**6), st.floats(0.01, 1000))
def test_ends_enclose_the_ratio_and_scale_with_it(clusters: int, seed: int, factor: float) -> None:
    over, under = sample(clusters, seed)
    low, high = intervals(over, under)
    ratio = over.sum(axis=0) / under.sum(axis=0)
    assert ((low <= ratio) & (ratio <= high)).all()
    scaled = np.array(intervals(over * factor, under))
    assert np.allclose(scaled, np.array([low, high]) * factor, rtol=1e-6)


def test_more_clusters_say_more() -> None:
    widths = [
        float(np.diff(np.array(intervals(*sample(n))), axis=0).max()) for n in (20, 200, 2000)
    ]
    assert widths[0] > 2 * widths[1] > 4 * widths[2]


def test_there_is_no_interval_of_few_clusters_of_nothing_and_of_agreement() -> None:
    few = intervals(*sample(4))
    over, under = sample(30)
    nothing = intervals(over, np.zeros_like(under))
    agreed = intervals(under * 0.3, under)
    never = intervals(np.zeros_like(under), under)
    assert all(np.isnan(ends).all() for ends in (*few, *nothing, *agreed, *never))


def test_a_single_success_has_an_end_above_it() -> None:
    """Most of its draws have no spread: the studentised ends would say that it is the most."""
    over, under = np.zeros((100, 1)), np.ones((100, 1))
    over[7] = 1
    low, high = (float(end[0]) for end in intervals(over, under))
    assert low == 0
    assert 0.02 <= high <= 0.05
