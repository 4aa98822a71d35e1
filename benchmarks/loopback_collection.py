"""One refresh of a repository against a server on this machine, without Prefect."""

import asyncio
import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final, cast

from pydantic import SecretStr

from tasks.collecting import SIDE_BY_SIDE, WarehouseStore, forward_clock
from tasks.domain.collecting import Access, Collector, CollectRequest
from tasks.scrape import ScrapeResult
from tasks.sources import source_named
from tasks.stages import open_warehouse

TOKEN: Final = "token-a"
# A bound on update times keeps a first load in one stream; this one bounds nothing.
IN_ONE_STREAM: Final = CollectRequest(until=datetime(2090, 1, 1, tzinfo=UTC))


@dataclass(frozen=True, slots=True)
class Refreshed:
    """What a refresh brought, and the seconds it took, from the first question to a whole file."""

    result: ScrapeResult
    seconds: float


def options_of(repository: str) -> dict[str, Any]:
    return {"repositories": [repository], "conventions": "expensify"}


def refresh(
    home: Path, repository: str, graphql_url: str, api_url: str, request: CollectRequest
) -> Refreshed:
    """Collect into the warehouse of `home`, as the stage does but for the task runs."""
    access = Access(tokens=(SecretStr(TOKEN),), graphql_url=graphql_url, api_url=api_url)
    open_warehouse(home)
    started = time.perf_counter()
    result = asyncio.run(_collected(home, options_of(repository), access, request))
    return Refreshed(result, time.perf_counter() - started)


async def _collected(
    home: Path, options: Mapping[str, Any], access: Access, request: CollectRequest
) -> ScrapeResult:
    warehouse = open_warehouse(home)
    clock = forward_clock(warehouse, "github")
    store = WarehouseStore(warehouse, "github", "benchmark", clock)
    collector = cast("Collector", source_named("github"))
    places = asyncio.Semaphore(SIDE_BY_SIDE)
    async with collector.open(options, access, request, store, clock) as collection:

        async def sweep(stream: str) -> None:
            async with places:
                await collection.sweep(stream)

        while streams := collection.streams():
            await asyncio.gather(*map(sweep, streams))
    store.close()
    return store.result(complete=True, note=None)
