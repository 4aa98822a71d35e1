"""Synthetic markets whose truth is known: issues with two tasks each that fall together."""

from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray

Numbers = NDArray[np.float64]


@dataclass(frozen=True)
class Market:
    """`amounts` are prices in dollars with their frequencies; dear tasks are harder by `fall` for
    each doubling of the price."""

    amounts: tuple[int, ...]
    frequencies: tuple[float, ...]
    fall: float = 0.1

    def draw(self, dice: np.random.Generator, runs: int, issues: int) -> tuple[Numbers, Numbers]:
        """(earned, available) of each issue, both of the shape (runs, issues, 2): dollars, and
        tasks resolved and tried."""
        shape = (runs, issues)
        tasks = dice.integers(1, 3, shape)
        place = dice.choice(len(self.amounts), p=self.frequencies, size=shape)
        price = np.array(self.amounts, dtype=np.float64)[place]
        chance = np.clip(dice.beta(1, 2, shape) * (1.2 - self.fall * place), 0, 1)
        # One luck for both tasks of an issue: what a fix takes, both have to see.
        first = dice.random(shape) < chance
        second = (tasks == 2) & np.where(
            dice.random(shape) < 0.6, first, dice.random(shape) < chance
        )
        resolved = first.astype(np.float64) + second
        earned = np.stack([resolved * price, resolved], axis=2)
        available = np.stack([tasks * price, tasks.astype(np.float64)], axis=2)
        return earned, available


@cache
def truth(market: Market) -> Numbers:
    """(earn rate, resolve rate) of a market without end."""
    over, under = market.draw(np.random.default_rng(7), 1, 1_000_000)
    rates: Numbers = over[0].sum(axis=0) / under[0].sum(axis=0)
    return rates


EVEN = Market((250, 500, 1000, 2000), (0.4, 0.3, 0.2, 0.1))
# Six doublings: one task in a hundred is worth sixty of the cheapest.
UNEVEN = Market((250, 500, 1000, 2000, 4000, 8000, 16000), (0.35, 0.25, 0.2, 0.1, 0.06, 0.03, 0.01))
