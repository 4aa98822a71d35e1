"""Asking again: while the way to Upwork fails, and after its limits."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import urlsplit

import stamina

from tasks.domain.collecting import Call
from tasks.sources.upwork.failures import RateLimitStop, Refused, Unanswered
from tasks.sources.upwork.replies import Meaning, Verdict

_SHORT_S: Final = 5.0  # what a collection that must not wait still waits for


@dataclass(frozen=True, slots=True)
class Pace:
    """How patient the client is, in seconds.

    `gap_s` lies between two requests: Upwork allows ten a second from one address. `longest_s` is
    how long one request waits for the limit in all.
    """

    first_pause_s: float = 1.0
    max_pause_s: float = 60.0
    tries: int = 6
    gap_s: float = 0.12
    longest_s: float = 900.0
    timeout_s: float = 30.0


@dataclass(frozen=True, slots=True)
class Sent:
    """What is asked; `calls` grows by every request that is sent for it."""

    name: str
    text: str
    variables: Mapping[str, Any]
    calls: list[Call]


class _Transient(Exception):  # noqa: N818 - never leaves this module
    def __init__(self, verdict: Verdict) -> None:
        super().__init__(verdict.error)
        self.verdict = verdict


class Patience:
    """`waiting_for` says in words what is waited for, None while nothing is."""

    def __init__(
        self, pace: Pace, *, wait: bool, sleep: Callable[[float], Awaitable[object]]
    ) -> None:
        self.waiting_for: str | None = None
        self._pace, self._wait, self._sleep = pace, wait, sleep

    async def answered(
        self, once: Callable[[], Awaitable[Verdict]], call: Sent, url: str
    ) -> Verdict:
        """Tried again while the way fails, and after every limit; the causes stay behind."""
        failed: Verdict | None = None
        try:
            async for attempt in stamina.retry_context(
                on=_Transient,
                attempts=self._pace.tries,
                timeout=None,
                wait_initial=self._pace.first_pause_s,
                wait_max=self._pace.max_pause_s,
                wait_jitter=self._pace.first_pause_s,
            ):
                with attempt:
                    return await self._within_limits(once, call)
        except _Transient as error:
            failed = error.verdict
        raise self._exhausted(failed, call, url)

    async def _within_limits(self, once: Callable[[], Awaitable[Verdict]], call: Sent) -> Verdict:
        waited, pause = 0.0, self._pace.first_pause_s
        while True:
            verdict = await once()
            if verdict.meaning is Meaning.ANSWER:
                return verdict
            if verdict.meaning is not Meaning.LIMITED:
                if verdict.meaning is Meaning.TRANSIENT and verdict.pause_s and self._wait:
                    await self._sleep(min(verdict.pause_s, self._pace.max_pause_s))
                raise _failure(verdict, call)
            seconds = pause if verdict.pause_s is None else verdict.pause_s
            if waited + seconds > self._pace.longest_s or not (self._wait or seconds <= _SHORT_S):
                raise RateLimitStop(
                    f"Upwork limits requests, for {seconds:.0f} s more; the same command goes on "
                    "later",
                    tuple(call.calls),
                )
            self.waiting_for = f"waiting {seconds:.0f} s for Upwork's rate limit"
            try:
                await self._sleep(seconds)
            finally:
                self.waiting_for = None
            waited += max(seconds, self._pace.first_pause_s)
            pause = min(pause * 2, self._pace.max_pause_s)

    def _exhausted(self, failed: Verdict | None, call: Sent, url: str) -> Exception:
        calls = tuple(call.calls)
        if failed is not None and failed.sentence is not None:
            return Refused(failed.sentence, calls)
        reason = failed.error if failed is not None else "no try was made"
        return Unanswered(
            f"Upwork ({urlsplit(url).hostname}) gave no usable answer to {call.name} in "
            f"{len(calls)} tries; the last: {reason}",
            calls,
        )


def _failure(verdict: Verdict, call: Sent) -> Exception:
    calls = tuple(call.calls)
    if verdict.meaning is Meaning.REFUSED:
        return Refused(verdict.sentence or "", calls)
    if verdict.meaning is Meaning.REJECTED:
        return Unanswered(verdict.sentence or "", calls, retryable=False)
    return _Transient(verdict)
