"""Asking a service again while the way to it fails; the causes stay behind."""

from collections.abc import Awaitable, Callable, Sequence
from typing import Protocol, TypeVar
from urllib.parse import urlsplit

import stamina

from tasks.domain.collecting import Call
from tasks.sources.failures import Refused, Unanswered

Result = TypeVar("Result")


class Pauses(Protocol):
    """How many tries, and the seconds before the second one and at most before a later one."""

    @property
    def first_pause_s(self) -> float: ...

    @property
    def max_pause_s(self) -> float: ...

    @property
    def tries(self) -> int: ...


class Transient(Exception):  # noqa: N818 - `ask_again` lets none out
    """A failure that may pass: `error` in one line, and what the user is told if it does not."""

    def __init__(self, error: str | None, sentence: str | None) -> None:
        super().__init__(error)
        self.error, self.sentence = error, sentence


async def ask_again(
    once: Callable[[], Awaitable[Result]],
    pauses: Pauses,
    *,
    service: str,
    name: str,
    url: str,
    calls: Sequence[Call],
) -> Result:
    """What `once` answers, called again while it raises Transient.

    Raises Refused where the last failure has a sentence for the user, else Unanswered, with the
    `calls` that were sent by then.
    """
    failed: Transient | None = None
    try:
        async for attempt in stamina.retry_context(
            on=Transient,
            attempts=pauses.tries,
            timeout=None,
            wait_initial=pauses.first_pause_s,
            wait_max=pauses.max_pause_s,
            wait_jitter=pauses.first_pause_s,
        ):
            with attempt:
                return await once()
    except Transient as error:
        failed = error
    sent = tuple(calls)
    if failed is not None and failed.sentence is not None:
        raise Refused(failed.sentence, sent)
    reason = failed.error if failed is not None else "no try was made"
    raise Unanswered(
        f"{service} ({urlsplit(url).hostname}) gave no usable answer to {name} in {len(sent)} "
        f"tries; the last: {reason}",
        sent,
    )
