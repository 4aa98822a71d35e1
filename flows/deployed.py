"""The flows as `prefect.yaml` deploys them: those of the command line, with retries and timeouts.

A person at a terminal sees a failure and decides; a schedule tries again. Both go on where the
failed try stopped, and the user's mistakes are never retried.
"""

import atexit
import functools
import os
import sys
from collections.abc import Callable, Coroutine
from typing import Any, Final

from flows import author as authoring
from flows import build as building
from flows import evaluate as evaluating
from flows import nightly as nights
from flows import refresh as refreshing
from flows import stages
from flows import validate as validating
from flows.declaring import CheckedFlow, P, R

_MINUTE: Final = 60
_HOUR: Final = 60 * _MINUTE


def _lasting(
    flow: CheckedFlow[P, Coroutine[Any, Any, R]],
    hours: int,
    *,
    retries: int = 1,
    delay_s: int = _MINUTE,
) -> CheckedFlow[P, Coroutine[Any, Any, R]]:
    """`flow`, ended after so many hours, and tried again so often where it fails."""
    return CheckedFlow(  # with_options would make a flow of Prefect's own class
        fn=_with_quiet_end(flow.fn),
        name=flow.name,
        flow_run_name=flow.flow_run_name,
        retries=retries,
        retry_delay_seconds=delay_s,
        timeout_seconds=hours * _HOUR,
    )


def _with_quiet_end(
    function: Callable[P, Coroutine[Any, Any, R]],
) -> Callable[P, Coroutine[Any, Any, R]]:
    """`function`; a process that called it says nothing more once it ends.

    Prefect's threads outlive DuckDB's bindings, which then print pages about leaks into the
    worker's log. By that time the flow run's own logs are with the server.
    """

    @functools.wraps(function)
    async def call(*args: P.args, **kwargs: P.kwargs) -> R:
        atexit.register(_say_nothing_more)
        return await function(*args, **kwargs)

    return call


def _say_nothing_more() -> None:
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stderr.fileno())


# What fails here is mostly a service that is down or a limit that is used up: that takes time.
refresh = _lasting(refreshing.refresh, 6, retries=2, delay_s=10 * _MINUTE)
resweep = _lasting(refreshing.refresh, 48, retries=2, delay_s=30 * _MINUTE)
author = _lasting(authoring.author, 24, delay_s=5 * _MINUTE)
build = _lasting(building.build, 6)
validate = _lasting(validating.validate, 24)
evaluate = _lasting(evaluating.evaluate, 24, delay_s=5 * _MINUTE)
rerun = _lasting(evaluating.rerun, 24)
nightly = _lasting(nights.nightly, 24, delay_s=10 * _MINUTE)
prepare = _lasting(stages.prepare, 12)
solve = _lasting(stages.solve, 24, delay_s=5 * _MINUTE)
grade = _lasting(stages.grade, 12)
score = _lasting(stages.score, 1)
report = _lasting(stages.report, 1)
