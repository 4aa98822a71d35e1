"""Intervals from resampled clusters: a seeded, studentised bootstrap of ratios of sums.

Every headline is a ratio N / D of sums over tasks: earned of available, resolved of attempted. Its
bootstrap draws as many clusters as there are, with return, and asks how far the ratio of the draw
is from that of the whole, in standard errors of the draw. Against plain percentiles of the drawn
ratios this keeps its word with few clusters and prices of very different size; the comparison is
in tests/scoring/test_coverage.py. Dollars are the ratio times the known available sum.
"""

from collections.abc import Iterator
from contextlib import AbstractContextManager
from functools import lru_cache
from typing import Final

import numpy as np
from numpy.typing import NDArray

Numbers = NDArray[np.float64]

LEVEL: Final = 0.95
REPLICATES: Final = 1_000
FEWEST_CLUSTERS: Final = 5
_SEED: Final = 0
# Replicates times clusters that are drawn at once; as single bytes, 4 MB.
_BLOCK: Final = 4_000_000
# Of so many draws without a spread of their own, the standard errors say too little.
_DEGENERATE: Final = 0.01


def on_one_thread() -> AbstractContextManager[object]:
    """Matrix products of this size lose more to waiting threads than they win, and on one thread
    they add up in the same order on every machine."""
    # Importing it sets a variable of the environment.
    from threadpoolctl import threadpool_limits

    limits: AbstractContextManager[object] = threadpool_limits(limits=1, user_api="blas")
    return limits


def intervals(
    over: Numbers, under: Numbers, *, replicates: int = REPLICATES, seed: int = _SEED
) -> tuple[Numbers, Numbers]:
    """(low, high) of the ratios Σ over / Σ under: arrays of the shape (ratios,), NaN for none.

    `over` and `under` have the shape (clusters, ratios). There is no interval of fewer than five
    clusters, of a sum that is not positive, and where all clusters say the same: nothing varies
    then. The order of clusters matters to the draws: whoever calls sorts them by name.
    """
    clusters, ratios = over.shape
    low, high = np.full(ratios, np.nan), np.full(ratios, np.nan)
    if clusters < FEWEST_CLUSTERS:
        return low, high
    total_over, total_under = over.sum(axis=0), under.sum(axis=0)
    usable = total_under > 0
    ratio = np.divide(total_over, total_under, out=np.zeros(ratios), where=usable)
    squares = (over**2).sum(axis=0), (over * under).sum(axis=0), (under**2).sum(axis=0)
    spread = _standard_error(ratio, total_under, *squares)
    told = usable & (spread > 0)
    if not told.any():
        return low, high
    over, under, ratio, spread = over[:, told], under[:, told], ratio[told], spread[told]
    drawn, errors = _drawn(over, under, replicates, seed)
    low[told], high[told] = _ends(ratio, spread, drawn, errors)
    return low, high


def _drawn(over: Numbers, under: Numbers, replicates: int, seed: int) -> tuple[Numbers, Numbers]:
    """(ratio, standard error) of every draw, of the shape (replicates, ratios)."""
    kinds = over.shape[1]
    sums = np.concatenate([over, under, over**2, over * under, under**2], axis=1)
    blocks = [draws.astype(np.float64) @ sums for draws in _draws(len(over), replicates, seed)]
    parts = np.concatenate(blocks).reshape(replicates, 5, kinds).swapaxes(0, 1)
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = parts[0] / parts[1]
        return ratio, _standard_error(ratio, *parts[1:])


def _standard_error(
    ratio: Numbers, under: Numbers, over_2: Numbers, both: Numbers, under_2: Numbers
) -> Numbers:
    """Of a ratio of sums, by its residuals over − ratio x under; 0 where they all are nothing."""
    squares = over_2 - 2 * ratio * both + ratio**2 * under_2
    # What is left of equal terms that cancel is rounding, not spread.
    noise = 1e-10 * (over_2 + ratio**2 * under_2)
    with np.errstate(divide="ignore", invalid="ignore"):
        error: Numbers = np.sqrt(np.where(squares > noise, squares, 0.0)) / under
    return error


def _ends(
    ratio: Numbers, spread: Numbers, drawn: Numbers, errors: Numbers
) -> tuple[Numbers, Numbers]:
    fit = np.isfinite(drawn) & (errors > 0)
    with np.errstate(divide="ignore", invalid="ignore"):
        steps = np.where(fit, (drawn - ratio) / errors, np.nan)
    below, above = _tails(steps)
    low, high = ratio - above * spread, ratio - below * spread
    plain = 1 - fit.mean(axis=0) > _DEGENERATE
    if plain.any():
        low[plain], high[plain] = _tails(drawn[:, plain])
    return low, high


def _tails(draws: Numbers) -> tuple[Numbers, Numbers]:
    """The quantiles at both ends of each column, of what is finite in it, between two neighbours
    in proportion; a third of the time that numpy takes for it."""
    finite = np.isfinite(draws)
    ordered = np.sort(np.where(finite, draws, np.inf).T, axis=1)
    last, rows = finite.sum(axis=0) - 1, np.arange(len(ordered))

    def at(share: float) -> Numbers:
        place = np.maximum(last, 0) * share
        lower = np.floor(place).astype(np.intp)
        upper = np.minimum(lower + 1, np.maximum(last, 0))
        part: Numbers = place - lower
        found: Numbers = ordered[rows, lower] * (1 - part) + ordered[rows, upper] * part
        return found

    return at((1 - LEVEL) / 2), at((1 + LEVEL) / 2)


def _draws(clusters: int, replicates: int, seed: int) -> Iterator[NDArray[np.uint8]]:
    """How often each cluster is in each draw, block by block: (draws, clusters)."""
    rows = max(1, min(replicates, _BLOCK // clusters))
    for number, first in enumerate(range(0, replicates, rows)):
        count = min(rows, replicates - first)
        kept = clusters * replicates <= _BLOCK
        yield (_kept_block if kept else _block)(clusters, count, seed, number)


def _block(clusters: int, draws: int, seed: int, number: int) -> NDArray[np.uint8]:
    dice = np.random.default_rng([seed, clusters, number])
    chosen = dice.integers(0, clusters, size=(draws, clusters), dtype=np.int32)
    chosen += (np.arange(draws, dtype=np.int32) * clusters)[:, None]
    counts = np.bincount(chosen.ravel(), minlength=draws * clusters)
    # One cluster 256 times in a draw is less likely than a broken machine.
    return counts.reshape(draws, clusters).astype(np.uint8)


# Runs on one dataset have slices of the same sizes, and draws depend on nothing but the size.
_kept_block = lru_cache(maxsize=64)(_block)
