"""What all flows have in common: parameters that are checked first, and no retry of a mistake."""

import functools
import time
from collections.abc import Awaitable, Callable, Coroutine
from contextlib import suppress
from typing import Any, Final, ParamSpec, TypeVar

from prefect import Flow, get_run_logger, runtime
from prefect.client.orchestration import get_client
from prefect.context import FlowRunContext
from prefect.exceptions import MissingContextError, ParameterTypeError

from flows.keeping import with_store
from tasks.domain.errors import UsageError
from tasks.event_lines import watch_records

P = ParamSpec("P")
R = TypeVar("R")

# Of a flow's parameters what says which work it was.
_IDS: Final = ("run_id", "dataset", "datasets", "solver", "stage", "price_rule")


class CheckedFlow(Flow[P, R]):
    """A flow that refuses parameters it does not know, or of the wrong type, in one sentence.

    A worker passes on whatever a deployment's server accepted, and that server accepts parameters
    that no flow has.
    """

    def validate_parameters(self, parameters: dict[str, Any]) -> dict[str, Any]:
        """`parameters` in the types of the signature. Raises UsageError."""
        known = self.parameters.properties
        strange = [name for name in parameters if name not in known]
        if strange:
            raise UsageError(
                f"the flow {self.name} takes no parameter {strange[0]!r}; known: {', '.join(known)}"
            )
        try:
            return super().validate_parameters(parameters)
        except ParameterTypeError as error:
            raise UsageError(f"the flow {self.name}: {_in_one_sentence(error)}") from None


def _in_one_sentence(error: ParameterTypeError) -> str:
    """What Prefect says in lines: a heading, then ` - place: what is wrong`."""
    lines = [line.strip().removeprefix("- ") for line in str(error).splitlines()]
    return "; ".join(line for line in lines[1:] if line) or lines[0]


def checked_flow(
    name: str, run_name: Callable[[], str]
) -> Callable[[Callable[P, Coroutine[Any, Any, R]]], CheckedFlow[P, Coroutine[Any, Any, R]]]:
    """Declare a flow whose runs are named by `run_name`, called while the run's context holds.

    It gets the parameter `store` besides its own: see flows.keeping.
    """

    def declare(
        function: Callable[P, Coroutine[Any, Any, R]],
    ) -> CheckedFlow[P, Coroutine[Any, Any, R]]:
        stored = with_store(function)
        return CheckedFlow(fn=_final_where_mistaken(stored), name=name, flow_run_name=run_name)

    return declare


def _final_where_mistaken(
    function: Callable[P, Awaitable[R]],
) -> Callable[P, Coroutine[Any, Any, R]]:
    """`function`, but of a run that ends with the user's mistake no retry is left: it would meet
    the same mistake."""

    @functools.wraps(function)
    async def call(*args: P.args, **kwargs: P.kwargs) -> R:
        watch_records()
        began = time.monotonic()
        try:
            result = await function(*args, **kwargs)
        except BaseException as error:
            _tell_end(began, type(error).__name__)
            if isinstance(error, UsageError):
                await _give_up_retries()
            raise
        _tell_end(began, None)
        return result

    return call


def _tell_end(began: float, error: str | None) -> None:
    seconds = round(time.monotonic() - began, 3)
    facts = {"event": "flow failed" if error else "flow ended", "seconds": seconds}
    parameters = {name: v for name, v in runtime.flow_run.parameters.items() if name in _IDS}
    with suppress(MissingContextError):  # a flow's function may be called without a run
        get_run_logger().info(
            "%s in %.1f s%s",
            facts["event"],
            seconds,
            f": {error}" if error else "",
            extra={"facts": {**facts, **parameters, **({"error": error} if error else {})}},
        )


def is_retry() -> bool:
    """Whether the present flow run was begun before and failed."""
    return (runtime.flow_run.run_count or 1) > 1


async def _give_up_retries() -> None:
    context = FlowRunContext.get()
    run = context.flow_run if context is not None else None
    if run is None or not run.empirical_policy.retries:
        return
    policy = run.empirical_policy.model_copy(update={"retries": 0})
    async with get_client() as client:
        await client.update_flow_run(run.id, empirical_policy=policy)
