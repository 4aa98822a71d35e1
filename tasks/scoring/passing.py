"""pass@k without bias, and the exact test of two runs on first attempts."""

from math import comb

import numpy as np
from numpy.typing import NDArray

Counts = NDArray[np.int64]
Numbers = NDArray[np.float64]


def pass_at(valid: Counts, resolved: Counts, k: int) -> Numbers:
    """1 − C(v−c, k) / C(v, k) of each task: the chance that one of k attempts, drawn without
    return from its v valid ones of which c are resolved, is resolved. 0 where v < k."""
    found = np.zeros(len(valid))
    pairs = np.stack([valid, resolved])
    kinds, place = np.unique(pairs, axis=1, return_inverse=True)
    for number, (v, c) in enumerate(kinds.T.tolist()):
        if v >= k:
            found[place.ravel() == number] = 1 - comb(v - c, k) / comb(v, k)
    return found


def mcnemar_p(only_one: int, only_other: int) -> float:
    """The exact two-sided McNemar test: how likely so uneven a split of the tasks that only one
    of two runs resolved is where both are as good. 1 where there is no such task."""
    tasks = only_one + only_other
    fewer = sum(comb(tasks, few) for few in range(min(only_one, only_other) + 1))
    # Whole numbers up to the division: a float of 2**-1100 is nothing.
    share: float = 2 * fewer / 2**tasks
    return min(1.0, share)
