"""The parameter `store` that every flow has: what the home holds is written there after its work.

A flow that runs within another one writes to the store of that one. What a stage has done is in the
home whether or not the store can be reached: within another flow that is told and the work goes on,
since the last one writes all that is missing; at the end it is a fault.
"""

import asyncio
import functools
import inspect
from collections.abc import Callable, Coroutine
from contextvars import ContextVar
from pathlib import Path
from typing import Any, Final, ParamSpec, TypeVar

from prefect import get_run_logger

from tasks.domain.errors import PaydagError, SystemFault
from tasks.settings import Settings, flow_home
from tasks.shipping import Shipped, check_store, ship
from tasks.stages import now, with_retries

P = ParamSpec("P")
R = TypeVar("R")

# The store of the flow that this one runs in, where there is one; what the command line was told.
_within: ContextVar[str | None] = ContextVar("_within", default=None)
_told: ContextVar[str | None] = ContextVar("_told", default=None)

_EXPLAINED: Final = (
    "        store: URL that everything is also written to after the work, such as\n"
    "            s3://bucket/folder; PAYDAG_STORE where left out.\n"
)


def tell_store(url: str | None) -> None:
    """Where flows write that are called from here on, and are not told otherwise."""
    _told.set(url)


def with_store(
    function: Callable[P, Coroutine[Any, Any, R]],
) -> Callable[P, Coroutine[Any, Any, R]]:
    """`function` with the parameter `store` besides its own."""
    signature = inspect.signature(function)

    @functools.wraps(function)
    async def call(*args: P.args, **kwargs: P.kwargs) -> R:
        given = kwargs.pop("store", None)
        outer = _within.get()
        url = str(given) if given else outer or _told.get() or Settings().paydag_store
        if not url:
            return await function(*args, **kwargs)
        home = flow_home(signature.bind(*args, **kwargs).arguments.get("home"))
        if outer is None:
            await asyncio.to_thread(check_store, home, url)
        token = _within.set(url)
        try:
            result = await function(*args, **kwargs)
        except Exception:
            # What was done before a fault is worth as much, and the fault is what is to be told.
            await _keep(home, url, tolerant=True)
            raise
        finally:
            _within.reset(token)
        await _keep(home, url, tolerant=outer is not None)
        return result

    parameter = inspect.Parameter(
        "store", inspect.Parameter.KEYWORD_ONLY, default=None, annotation=str | None
    )
    parameters = [*signature.parameters.values(), parameter]
    call.__signature__ = signature.replace(parameters=parameters)  # type: ignore[attr-defined]
    call.__annotations__ = {**function.__annotations__, "store": str | None}
    call.__doc__ = f"{(function.__doc__ or '').rstrip()}\n{_EXPLAINED}    "
    return call


async def _keep(home: Path, url: str, *, tolerant: bool) -> None:
    faults: list[SystemFault] = []

    def attempt(_try: int) -> Shipped:
        return ship(home, url, now())

    def noting(_try: int, fault: SystemFault) -> None:
        faults.append(fault)

    try:
        kept = await asyncio.to_thread(with_retries, attempt, noting)
        if kept is None:
            raise SystemFault(
                f"{faults[-1]}; what was done is in {home}, and the next command with this store "
                "writes it there",
                retryable=False,
            )
    except PaydagError as error:
        if not tolerant:
            raise
        get_run_logger().warning(str(error))
        return
    if kept.files:
        get_run_logger().info(
            "store: generation %d, %d new files, %.1f MB",
            kept.generation,
            kept.files,
            kept.bytes / 1e6,
        )
