"""Drawing parameters and inputs: the same seed draws the same on any machine."""

import random
from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any, TypeVar

from tasks.domain.digests import digest

Item = TypeVar("Item")


class Draws:
    """Draws from a seed, which is any JSON value. What is drawn is whole numbers, dates and
    choices: no float, whose last digit might differ between machines."""

    def __init__(self, *seed: Any) -> None:
        self._random = random.Random(int(digest(list(seed)), 16))  # noqa: S311 - no secret

    def whole(self, low: int, high: int) -> int:
        """From `low` to `high`, both included."""
        return low + self._random.getrandbits(64) % (high - low + 1)

    def chance(self, percent: int) -> bool:
        return self.whole(1, 100) <= percent

    def pick(self, items: Sequence[Item]) -> Item:
        return items[self.whole(0, len(items) - 1)]

    def shuffled(self, items: Sequence[Item]) -> list[Item]:
        left, found = list(items), []
        while left:
            found.append(left.pop(self.whole(0, len(left) - 1)))
        return found

    def some(self, items: Sequence[Item], count: int) -> list[Item]:
        """`count` different ones, in the order they were drawn; all where there are fewer."""
        return self.shuffled(items)[:count]

    def money(self, low: int, high: int) -> str:
        """An amount from `low` to `high` whole units, with two digits: `"12.50"`."""
        cents = self.whole(low * 100, high * 100)
        return f"{cents // 100}.{cents % 100:02d}"

    def day(self, first: date, last: date) -> date:
        return first + timedelta(days=self.whole(0, (last - first).days))
