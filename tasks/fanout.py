"""Spreading a stage's work over Prefect task runs, and hearing how far it is."""

import asyncio
import os
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from itertools import accumulate
from typing import Any, Final, Generic, TypeVar
from uuid import UUID

from prefect import Task
from prefect.artifacts import acreate_progress_artifact, aupdate_progress_artifact
from prefect.context import SyncClientContext
from prefect.futures import PrefectFuture
from prefect.utilities.annotations import quote

from tasks import progress

Item = TypeVar("Item")
Result = TypeVar("Result")

CHEAP_BATCH: Final = 500
# Small programs: a container for so many tasks starts in less time than one of them takes.
POOLED_BATCH: Final = 50
MAX_TASK_RUNS: Final = 2_000
_ARTIFACT_EVERY_S: Final = 2.0
DOCKER: Final = "docker"

_interrupted: Final = threading.Event()


def batches(
    items: Sequence[Item], *, single: bool, size: int = CHEAP_BATCH
) -> Iterator[Sequence[Item]]:
    """Hundreds (`size`) to a task run for cheap work; one each for containers and models, and
    several where that would be more task runs than a flow run can show."""
    if single:
        size = max(1, -(-len(items) // MAX_TASK_RUNS))
    for start in range(0, len(items), size):
        yield items[start : start + size]


def is_interrupted() -> bool:
    """Whether nobody waits for the batches of this process any more: a batch of many items ends
    after the one at hand, and commits what it has."""
    return _interrupted.is_set()


def spare_cores() -> int:
    """How much sandboxed work runs side by side where nobody says: what this process may use."""
    allowed = getattr(os, "sched_getaffinity", None)
    return len(allowed(0)) if allowed else os.cpu_count() or 1


def engine_of(batch: Sequence[Mapping[str, Any]]) -> list[str]:
    """The tag of batches that run in containers."""
    return [DOCKER] if any(item["sandbox"] == DOCKER for item in batch) else []


async def run_batches(
    stage: str,
    run: Task[..., Any],
    work: Sequence[Sequence[Item]],
    arguments: Callable[[Sequence[Item], str], dict[str, Any]],
    *,
    workers: int | None = None,
    uses: Callable[[Sequence[Item]], Sequence[str]] | None = None,
) -> list[str]:
    """Submit one task run a batch, wait for all, and return the faults that they report.

    At most `workers` are on their way at a time; all at once where there is no such limit. What a
    batch `uses` are the tags of its task run, whose limits a server holds for all its machines. A
    failing task run does not stop the others; the first exception is raised at the end.
    """
    total = sum(len(batch) for batch in work)
    if not total:
        return []
    progress.report(stage, 0, total)
    meter = _Meter(stage, total)
    _interrupted.clear()
    try:
        tagged = _Tagged(run, uses)
        await _run_all(tagged, work, arguments, workers or len(work), meter)
    except BaseException:
        _interrupted.set()
        raise
    return await meter.end()


class _Tagged(Generic[Item]):
    """A task, as it is for batches that use something whose use may be limited."""

    def __init__(
        self, run: Task[..., Any], uses: Callable[[Sequence[Item]], Sequence[str]] | None
    ) -> None:
        self._run, self._uses = run, uses
        self._made: dict[tuple[str, ...], Task[..., Any]] = {(): run}

    def of(self, batch: Sequence[Item]) -> Task[..., Any]:
        tags = tuple(sorted(set(self._uses(batch)))) if self._uses else ()
        if tags not in self._made:
            self._made[tags] = self._run.with_options(tags=tags)
        return self._made[tags]


async def _run_all(
    run: _Tagged[Item],
    work: Sequence[Sequence[Item]],
    arguments: Callable[[Sequence[Item], str], dict[str, Any]],
    workers: int,
    meter: "_Meter",
) -> None:
    finished: asyncio.Queue[tuple[PrefectFuture[Any], int]] = asyncio.Queue()
    starts = accumulate((len(batch) for batch in work), initial=0)
    waiting = list(zip(starts, work, strict=False))[::-1]
    on_their_way = 0
    # One client for all: a task run without one makes two, at 27 ms each for their certificates.
    with SyncClientContext.get_or_create():
        while waiting or on_their_way:
            while waiting and on_their_way < workers:
                before, batch = waiting.pop()
                label = f"{before + 1}-{before + len(batch)}"
                # Unquoted, Prefect looks for futures in every value of every row: 1 ms a row.
                quoted = {name: quote(value) for name, value in arguments(batch, label).items()}
                _queue_when_done(run.of(batch).submit(**quoted), len(batch), finished)
                on_their_way += 1
            future, size = await finished.get()
            on_their_way -= 1
            await meter.count(future, size)


def _queue_when_done(
    future: PrefectFuture[Any], size: int, finished: "asyncio.Queue[tuple[PrefectFuture[Any], int]]"
) -> None:
    loop = asyncio.get_running_loop()

    def tell(_: PrefectFuture[Any]) -> None:
        # A flow that was interrupted waits no longer, and its loop may be closed.
        with suppress(RuntimeError):
            loop.call_soon_threadsafe(finished.put_nowait, (future, size))

    future.add_done_callback(tell)


async def run_once(run: Task[..., Result], **arguments: Any) -> Result:
    """One task run for work that is not spread; the flow's event loop stays alive meanwhile."""
    with SyncClientContext.get_or_create():
        future = run.submit(**arguments)
        return await asyncio.to_thread(future.result)


class _Meter:
    """Counts finished batches; keeps Prefect's progress artifact up to date on long stages."""

    def __init__(self, stage: str, total: int) -> None:
        self._stage, self._total, self._done = stage, total, 0
        self._artifact: UUID | None = None
        self._shown_at = time.monotonic()
        self._faults: list[str] = []
        self._failure: BaseException | None = None

    async def count(self, future: PrefectFuture[Any], size: int) -> None:
        """A batch of `size` has finished: take over its faults, or keep what it raised."""
        result = await asyncio.to_thread(future.result, raise_on_failure=False)
        if isinstance(result, BaseException):
            self._failure = self._failure or result
        else:
            self._faults += result
        self._done += size
        progress.report(self._stage, self._done, self._total)
        await self._show()

    async def end(self) -> list[str]:
        """All faults; raises the first exception of a batch instead."""
        if self._artifact is not None:
            await self._update()
        if self._failure is not None:
            raise self._failure
        return self._faults

    async def _show(self) -> None:
        if time.monotonic() - self._shown_at < _ARTIFACT_EVERY_S:
            return
        self._shown_at = time.monotonic()
        if self._artifact is None:
            created = await acreate_progress_artifact(
                progress=self._percent(), description=f"{self._stage}: {self._total} to do"
            )
            self._artifact = created if isinstance(created, UUID) else None
        else:
            await self._update()

    async def _update(self) -> None:
        if self._artifact is not None:
            # The artifact is for watchers; losing one is no reason to lose the stage.
            with suppress(Exception):
                await aupdate_progress_artifact(self._artifact, progress=self._percent())

    def _percent(self) -> float:
        return 100.0 * self._done / self._total
