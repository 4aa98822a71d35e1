"""One refresh as the stage does it, without Prefect, and with everything that may go wrong."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from pydantic import SecretStr

from tasks.collecting import WarehouseStore, forward_clock
from tasks.domain.collecting import Access, Collection, CollectRequest, Harvest, Store
from tasks.domain.errors import PaydagError
from tasks.sources.github.client import Pace
from tasks.sources.github.collection import open_collection
from tasks.warehouse import Warehouse, ensure

# Everything is as in earnest but for the length of the pauses.
QUICK = Pace(
    first_pause_s=0.001, max_pause_s=0.005, tries=6, secondary_floor_s=0.002, timeout_s=5.0
)
PLAIN = CollectRequest()


class CrashError(BaseException):
    """The process has died; nothing of it catches this."""


@dataclass
class MortalStore:
    """A store whose process dies at its `dies_at`-th commit, before or after it is durable."""

    inner: Store
    dies_at: int | None = None
    durable: bool = False
    _commits: int = 0

    def cursor(self, stream: str) -> str | None:
        return self.inner.cursor(stream)

    def newest(self, kind: str, external_ids: Sequence[str]) -> Mapping[str, Mapping[str, Any]]:
        return self.inner.newest(kind, external_ids)

    def known(self, kind: str, external_ids: Sequence[str]) -> frozenset[str]:
        return self.inner.known(kind, external_ids)

    def external_ids(self, kind: str, prefix: str) -> Sequence[str]:
        return self.inner.external_ids(kind, prefix)

    def seen(self, stream_prefix: str) -> frozenset[str]:
        return self.inner.seen(stream_prefix)

    async def commit(self, harvest: Harvest) -> int:
        place, self._commits = self._commits, self._commits + 1
        if self.dies_at is None or place < self.dies_at:
            return await self.inner.commit(harvest)
        if place == self.dies_at and self.durable:
            await self.inner.commit(harvest)
        raise CrashError  # the dead write nothing, the last rites of a sweep included


@dataclass
class Home:
    """A warehouse of its own and what a refresh of it needs to know."""

    path: Path
    access: Access
    options: Mapping[str, Any]
    clock_is_off: timedelta = timedelta()
    warehouse: Warehouse = field(init=False)

    def __post_init__(self) -> None:
        self.warehouse = Warehouse(self.path)
        self.path.mkdir(parents=True, exist_ok=True)
        ensure(self.warehouse, datetime.now(UTC))

    def clock(self) -> Callable[[], datetime]:
        """What the stage's clock shows on a machine whose clock is off."""
        return forward_clock(self.warehouse, "github", self._local_now)

    def _local_now(self) -> datetime:
        return datetime.now(UTC) + self.clock_is_off

    def refresh(
        self,
        request: CollectRequest = PLAIN,
        *,
        dies_at: int | None = None,
        durable: bool = False,
    ) -> BaseException | None:
        """What ended the refresh early, None where it came to its end."""
        try:
            asyncio.run(self._collect(request, dies_at, durable))
        except (CrashError, PaydagError) as end:
            return end
        return None

    async def _collect(self, request: CollectRequest, dies_at: int | None, durable: bool) -> None:
        clock = self.clock()
        lasting = WarehouseStore(self.warehouse, "github", "world", clock)
        store = MortalStore(lasting, dies_at, durable)
        try:
            async with open_collection(
                self.options, self.access, request, store, clock, pace=QUICK
            ) as collection:
                await sweep_everything(collection)
        finally:
            lasting.close()


async def sweep_everything(collection: Collection) -> None:
    """The stage's loop, whose sweeps are no Prefect tasks here."""
    while streams := collection.streams():
        ended = await asyncio.gather(*map(collection.sweep, streams), return_exceptions=True)
        for failure in ended:
            if isinstance(failure, BaseException):
                raise failure


def access_to(server_url: str, *tokens: str) -> Access:
    return Access(
        tokens=tuple(SecretStr(token) for token in tokens),
        graphql_url=f"{server_url}/graphql",
        api_url=server_url,
    )
