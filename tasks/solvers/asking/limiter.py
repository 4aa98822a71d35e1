"""How many requests are on their way at once: fewer where the provider says it is too many."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, nullcontext
from functools import cache

from tasks.solvers.asking import loop
from tasks.solvers.asking.shared_places import SharedPlaces


class Limiter:
    """Halves on a refusal for being too many, and grows by one place for as many answers as there
    are places. All is on one event loop.

    Several refusals of requests that were sent before the last halving are one piece of news.
    `not_before`: no request goes out before this moment of the loop's clock.
    """

    def __init__(self, ceiling: int, shared: SharedPlaces | None = None) -> None:
        self.ceiling = ceiling
        self._shared = shared
        self.places = float(ceiling)
        self._out = 0
        self._halved_at = float("-inf")
        self._not_before = float("-inf")
        self._changed = asyncio.Condition()

    @asynccontextmanager
    async def place(self) -> AsyncIterator[float]:
        """Wait for a place and keep it for the block's length; the moment it began."""
        async with self._changed:
            await self._changed.wait_for(lambda: self._out < int(self.places))
            self._out += 1
        try:
            while (pause := self._not_before - _now()) > 0:
                await asyncio.sleep(pause)
            async with self._shared.place() if self._shared is not None else nullcontext():
                yield _now()
        finally:
            self._out -= 1
            await self._tell()

    async def answered(self) -> None:
        self.places = min(float(self.ceiling), self.places + 1 / self.places)
        await self._tell()

    async def refused(self, sent_at: float, pause_s: float | None) -> None:
        """Too many: `sent_at` is when the request was sent, `pause_s` what it was told to wait."""
        if sent_at > self._halved_at:
            self.places = max(1.0, self.places / 2)
            self._halved_at = _now()
        if pause_s is not None:
            self._not_before = max(self._not_before, _now() + pause_s)

    async def _tell(self) -> None:
        async with self._changed:
            self._changed.notify_all()


@cache
def limiter_of(
    provider: str, base_url: str | None, ceiling: int, at_once: int | None = None
) -> Limiter:
    """The one limiter that a process has for a place where models are, and a ceiling; `at_once`
    bounds what all processes of this user ask of that place."""
    shared = None if at_once is None else SharedPlaces(provider, base_url, at_once)
    made = Limiter(ceiling, shared)

    async def forget() -> None:
        limiter_of.cache_clear()  # its conditions belong to the loop that ends

    loop.at_close(forget)
    return made


def _now() -> float:
    return asyncio.get_running_loop().time()
