"""Where a flow has its rollouts worked off: opened once for all its stages, closed with it."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from tasks.domain.runners import check_runner
from tasks.fanout import spare_cores
from tasks.machines import chosen, working_on


@asynccontextmanager
async def machines_of(
    home: Path, runner: str | None, dask: str | None, workers: int | None
) -> AsyncIterator[None]:
    """Have the stages of the block worked off by the runner; a flow in a flow uses what is there.

    Raises UsageError and SystemFault as `check_runner` and `opened_cluster` do.
    """
    if check_runner(runner, dask) == "threads" or chosen() is not None:
        yield
        return
    from tasks.cluster import opened_cluster

    opened = opened_cluster(home, dask, workers or spare_cores())
    # Not in this thread: a loop runs here, and Dask's client would take it for its own.
    cluster = await asyncio.to_thread(opened.__enter__)
    try:
        with working_on(cluster):
            yield
    finally:
        await asyncio.to_thread(opened.__exit__, None, None, None)
