"""Collecting a source over the network: its streams side by side, its harvests in raw."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from contextvars import ContextVar
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Final, cast

from prefect import get_run_logger, task
from prefect.cache_policies import NO_CACHE
from prefect.exceptions import MissingContextError

from tasks import progress
from tasks.domain.collecting import (
    Collection,
    Collector,
    CollectRequest,
    Harvest,
    Standing,
)
from tasks.domain.digests import digest
from tasks.domain.errors import LimitReached, PaydagError, UsageError
from tasks.linking import with_linked_jobs
from tasks.scrape import ScrapeResult
from tasks.settings import access_to
from tasks.sources import source_named
from tasks.stages import now, open_warehouse
from tasks.warehouse import Warehouse
from tasks.warehouse.collected import (
    Stored,
    cursor_of,
    ids_beginning,
    ids_seen,
    newest_fetch_time,
    newest_payloads,
    settle,
)
from tasks.warehouse.harvests import HarvestWriter

# GitHub asks not to be flooded; four streams keep one token's budget busy all the same.
SIDE_BY_SIDE: Final = 4
_GLANCE_S: Final = 0.5

# Neither the collection nor its tokens may become a parameter, which Prefect would store.
_collection: ContextVar[Collection] = ContextVar("paydag_collection")


async def collect(
    home: Path, dataset: str, source: str, options: Mapping[str, Any], request: CollectRequest
) -> ScrapeResult:
    """Sweep everything that the request asks for; each stream is a Prefect task of its own.

    A rate limit that must not be waited for ends it as incomplete. Raises UsageError and
    SystemFault of the source; what was committed by then stays.
    """
    warehouse = open_warehouse(home)
    clock = forward_clock(warehouse, source)
    store = WarehouseStore(warehouse, source, dataset, clock)
    options = with_linked_jobs(warehouse, store, options, request)
    collector = cast("Collector", source_named(source))
    stopped: LimitReached | None = None
    notes: Sequence[str] = ()
    try:
        async with collector.open(options, access_to(source), request, store, clock) as collection:
            token = _collection.set(collection)
            watching = asyncio.create_task(_watch(dataset, collection))
            try:
                await _sweep_everything(collection)
            except LimitReached as limit:
                stopped = limit
            finally:
                watching.cancel()
                _collection.reset(token)
                notes = collection.notes()
    finally:
        store.close()
    said = [str(stopped)] if stopped else []
    return store.result(complete=stopped is None, note="; ".join([*said, *notes]) or None)


@task(name="sweep", task_run_name="sweep {stream}", cache_policy=NO_CACHE)
async def sweep_stream(stream: str) -> None:
    """Sweep one stream of the collection that is open in this context."""
    await _collection.get().sweep(stream)


async def _sweep_everything(collection: Collection) -> None:
    places = asyncio.Semaphore(SIDE_BY_SIDE)

    async def sweep(stream: str) -> None:
        async with places:
            await sweep_stream(stream)

    while streams := collection.streams():
        # A stream that fails leaves the others to finish: what they bring need not be paid again.
        ended = await asyncio.gather(*map(sweep, streams), return_exceptions=True)
        failures = [e for e in ended if isinstance(e, BaseException)]
        if failures:
            raise min(failures, key=_weight)


async def _watch(dataset: str, collection: Collection) -> None:
    """Report how far the collection is, also while it waits; log each wait once."""
    waiting = False
    while True:
        standing = collection.standing()
        stage = f"refresh {dataset}"
        progress.report(stage, standing.issues, standing.expected, in_words(standing))
        if standing.waiting_for and not waiting:
            _log(f"{stage}: {standing.waiting_for}")
        waiting = standing.waiting_for is not None
        await asyncio.sleep(_GLANCE_S)


def _log(text: str) -> None:
    # Outside a flow run there is nobody to log for.
    with suppress(MissingContextError):
        get_run_logger().info(text)


def _weight(failure: BaseException) -> int:
    """What the user has to hear first."""
    if not isinstance(failure, PaydagError):
        return 0
    if isinstance(failure, UsageError):
        return 1
    return 3 if isinstance(failure, LimitReached) else 2


def forward_clock(
    warehouse: Warehouse, source: str, local: Callable[[], datetime] | None = None
) -> Callable[[], datetime]:
    """A clock that never shows a time that the record of a source already has, or an earlier one.

    The newest copy of a document counts, so a machine whose clock was set back must not make new
    copies look old; and a refresh is told from all others by when it began. `local` is the
    machine's clock, where it is not this process's.
    """
    newest = newest_fetch_time(warehouse, source)

    def clock() -> datetime:
        nonlocal newest
        moment = (local or now)()
        if newest is not None and moment <= newest:
            moment = newest + timedelta(microseconds=1)
        newest = moment
        return moment

    return clock


class WarehouseStore:
    """What has been collected, kept in raw; and the totals of this refresh."""

    def __init__(
        self, warehouse: Warehouse, source: str, dataset: str, clock: Callable[[], datetime]
    ) -> None:
        self._warehouse = warehouse
        self._source = source
        self._dataset = dataset
        refresh_id = digest([source, dataset, clock().isoformat()])
        self._writer = HarvestWriter(warehouse, Stored(source, dataset, refresh_id), clock)
        self._held: dict[str, set[str]] = {}
        self._read = self._landed = self._calls = self._points = self._gone = 0

    def cursor(self, stream: str) -> str | None:
        return cursor_of(self._warehouse, self._source, stream)

    def newest(self, kind: str, external_ids: Sequence[str]) -> Mapping[str, Mapping[str, Any]]:
        there = self.known(kind, external_ids)
        return newest_payloads(self._warehouse, self._source, kind, sorted(there)) if there else {}

    def known(self, kind: str, external_ids: Sequence[str]) -> frozenset[str]:
        return frozenset(external_ids) & self._ids(kind)

    def _ids(self, kind: str) -> set[str]:
        """All ids of a kind. Read once: to open the file for every page costs as much as storing
        one, and a hundred thousand ids are 10 MB."""
        if kind not in self._held:
            self._held[kind] = set(ids_beginning(self._warehouse, self._source, kind, ""))
        return self._held[kind]

    def external_ids(self, kind: str, prefix: str) -> Sequence[str]:
        return ids_beginning(self._warehouse, self._source, kind, prefix)

    def seen(self, stream_prefix: str) -> frozenset[str]:
        return ids_seen(self._warehouse, self._source, stream_prefix)

    async def commit(self, harvest: Harvest) -> int:
        landed = await asyncio.wrap_future(self._writer.store(harvest))
        for document in harvest.documents:
            if document.kind in self._held:
                self._held[document.kind].add(document.external_id)
        self._read += len(harvest.documents)
        self._landed += landed
        self._calls += len(harvest.calls)
        self._points += sum(call.points or 0 for call in harvest.calls)
        self._gone += sum(document.kind.endswith(".gone") for document in harvest.documents)
        return landed

    def close(self) -> None:
        """Wait for what is being stored, and leave the whole truth in the file."""
        self._writer.close()
        settle(self._warehouse)

    def result(self, *, complete: bool, note: str | None) -> ScrapeResult:
        return ScrapeResult(
            source=self._source,
            read=self._read,
            landed=self._landed,
            unchanged=self._read - self._landed,
            calls=self._calls,
            points=self._points,
            complete=complete,
            note=note,
            gone=self._gone,
        )


def in_words(standing: Standing) -> str:
    """Points used and left, and the time to the reset, for the line beside the bar."""
    if standing.waiting_for:
        return standing.waiting_for
    words = [f"{standing.points_used:,} points used"]
    if standing.points_left is not None:
        words.append(f"{standing.points_left:,} left")
    if standing.seconds_to_reset is not None:
        words.append(f"reset in {max(0, standing.seconds_to_reset) // 60} min")
    return ", ".join(words)
