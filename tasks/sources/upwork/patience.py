"""Asking again: while the way to Upwork fails, and after its limits."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from tasks.domain.collecting import Call
from tasks.sources.asking_again import Transient, ask_again
from tasks.sources.failures import RateLimitStop, Refused, Unanswered
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
        return await ask_again(
            lambda: self._within_limits(once, call),
            self._pace,
            service="Upwork",
            name=call.name,
            url=url,
            calls=call.calls,
        )

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


def _failure(verdict: Verdict, call: Sent) -> Exception:
    calls = tuple(call.calls)
    if verdict.meaning is Meaning.REFUSED:
        return Refused(verdict.sentence or "", calls)
    if verdict.meaning is Meaning.REJECTED:
        return Unanswered(verdict.sentence or "", calls, retryable=False)
    return Transient(verdict.error, verdict.sentence)
