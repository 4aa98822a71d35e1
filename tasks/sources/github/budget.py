"""The points of a pool of tokens, shared by all streams of a collection.

GitHub's primary limit counts points per token, resource and window of an hour; its secondary
limits are per user and address, so they pause the whole pool. All times here are those of one
monotonic clock: what the service dates is translated with the service's own Date header, so a
local clock that is wrong makes nobody wait.
"""

import asyncio
import re
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import count

from pydantic import SecretStr

from tasks.domain.errors import UsageError
from tasks.sources.failures import RateLimitStop
from tasks.sources.github.readings import Reading
from tasks.sources.github.shared_pause import SharedPause
from tasks.sources.github.windows import LONGEST_S, Window

GRAPHQL, REST = "graphql", "core"

_LONGEST_SECONDARY_S = 900.0
_SHORT_PAUSE_S = 60.0  # what a collection that must not wait still waits for
_TOKEN = re.compile(r"[!-~]+")


@dataclass(frozen=True, slots=True)
class Pace:
    """How patient the client is, in seconds.

    Transport retries pause exponentially with jitter. `secondary_floor_s` follows GitHub's
    documentation: without Retry-After wait at least a minute, then exponentially longer.
    """

    first_pause_s: float = 1.0
    max_pause_s: float = 60.0
    tries: int = 6
    secondary_floor_s: float = 60.0
    timeout_s: float = 30.0


@dataclass(frozen=True, slots=True)
class Lease:
    """The right to send one request with one token; `position` counts the tokens from 1."""

    position: int
    secret: SecretStr = field(repr=False)
    cost: int
    resource: str
    at: float


class _Token:
    def __init__(self, position: int, secret: SecretStr) -> None:
        self.position = position
        self.secret = secret
        self.windows = {GRAPHQL: Window(), REST: Window()}

    def window(self, resource: str) -> Window:
        return self.windows.setdefault(resource, Window())


class Budget:
    """What may still be sent, and when. Raises UsageError where a token cannot be one.

    `points_used` counts what the service said it charged for GraphQL. `shared` needs the machine's
    own monotonic clock.
    """

    def __init__(
        self,
        tokens: Sequence[SecretStr],
        *,
        wait: bool,
        pace: Pace | None = None,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], Awaitable[object]] = asyncio.sleep,
        shared: SharedPause | None = None,
    ) -> None:
        self.points_used = 0
        self._tokens = _checked(tokens)
        self._wait = wait
        self._floor = (pace or Pace()).secondary_floor_s
        self._clock = clock
        self._sleep = sleep
        self._shared = shared
        self._server_ahead: float | None = None
        self._paused_until = float("-inf")
        self._secondaries = 0
        self._changed = asyncio.Event()
        self._waits: dict[int, tuple[float, str]] = {}
        self._wait_ids = count()

    def __repr__(self) -> str:
        return f"Budget(tokens={len(self._tokens)}, points_used={self.points_used})"

    @property
    def tokens(self) -> int:
        """How many different tokens there are."""
        return len(self._tokens)

    @property
    def points_left(self) -> int | None:
        """GraphQL points over all tokens that have answered, None before the first answer."""
        now = self._clock()
        left = [token.window(GRAPHQL).left(now) for token in self._tokens]
        known = [points for points in left if points is not None]
        return sum(known) if known else None

    @property
    def seconds_to_reset(self) -> int | None:
        """Until the first GraphQL window of the pool ends, None before the first answer."""
        now = self._clock()
        ends = [token.window(GRAPHQL).ends for token in self._tokens]
        known = [end - now for end in ends if end is not None and end > now]
        return round(min(known)) if known else None

    @property
    def waiting_for(self) -> str | None:
        """Why streams are waiting and for how long, None while they are not."""
        if not self._waits:
            return None
        until, reason = min(self._waits.values())
        return f"{reason} in {max(0, round(until - self._clock()))} s"

    async def acquire(self, cost: int, resource: str = GRAPHQL) -> Lease:
        """The token with most points left, `cost` of them reserved until the lease is settled.

        Waits while there is none; raises RateLimitStop where the collection must not wait.
        """
        while True:
            now = self._clock()
            if now < self._pause_ends(now):
                await self._pause(self._paused_until, "secondary rate limit ends")
                continue
            token = self._richest(cost, resource, now)
            if token is not None:
                token.window(resource).reserve(cost)
                return Lease(token.position, token.secret, cost, resource, now)
            windows = [token.window(resource) for token in self._tokens]
            if any(window.freed_by_answers(cost) for window in windows):
                await self._changed.wait()
            else:
                await self._pause(min(w.opens for w in windows), "rate limit resets")

    def settle(self, lease: Lease, reading: Reading, *, sent: bool = True) -> None:
        """Take in what an answer said; `sent` is false where nothing can have been charged."""
        self._learn(lease, reading, charged=lease.cost if sent else 0)
        if reading.good and lease.at >= self._paused_until:
            self._secondaries = 0
        self._notify()

    def refused_by_primary(self, lease: Lease, reading: Reading) -> None:
        """The token has nothing left: it rests until its window ends."""
        self._learn(lease, reading, charged=0)
        self._window(lease, reading).exhaust(self._clock())
        self._notify()

    def refused_by_secondary(self, lease: Lease, reading: Reading) -> None:
        """The whole pool pauses. Answers to requests of before the pause belong to it."""
        self._learn(lease, reading, charged=0)
        now = self._clock()
        if lease.at >= self._paused_until:
            self._secondaries += 1
        if reading.retry_after is not None:
            pause = min(max(reading.retry_after, min(1.0, self._floor)), LONGEST_S)
        else:
            pause = min(self._floor * 2 ** (self._secondaries - 1), _LONGEST_SECONDARY_S)
        self._paused_until = max(self._paused_until, now + pause)
        if self._shared is not None:
            self._shared.extend(self._paused_until)
        self._notify()

    def _pause_ends(self, now: float) -> float:
        """When the pool may send again: what this process was told, or another one was."""
        if self._shared is not None:
            self._paused_until = max(self._paused_until, self._shared.until(now))
        return self._paused_until

    def _richest(self, cost: int, resource: str, now: float) -> _Token | None:
        rated = [(t.window(resource).offer(cost, now), t) for t in self._tokens]
        best = max(rated, key=lambda pair: pair[0])
        return best[1] if best[0] >= 0 else None

    def _learn(self, lease: Lease, reading: Reading, *, charged: int) -> None:
        now = self._clock()
        if reading.date is not None:
            self._server_ahead = reading.date - now
        server_now = None if self._server_ahead is None else now + self._server_ahead
        token = self._tokens[lease.position - 1]
        token.window(lease.resource).release(lease.cost)
        self._window(lease, reading).observe(reading, now, server_now, charged)
        if lease.resource == GRAPHQL and reading.cost is not None:
            self.points_used += reading.cost

    def _window(self, lease: Lease, reading: Reading) -> Window:
        return self._tokens[lease.position - 1].window(reading.resource or lease.resource)

    def _notify(self) -> None:
        self._changed.set()
        self._changed = asyncio.Event()

    async def _pause(self, until: float, reason: str) -> None:
        seconds = until - self._clock()
        secondary = reason.startswith("secondary")
        if not self._wait and not (secondary and seconds <= _SHORT_PAUSE_S):
            raise RateLimitStop(self._stop_sentence(until, reason))
        key = next(self._wait_ids)
        self._waits[key] = (until, reason)
        try:
            await self._sleep(max(0.0, seconds))
        finally:
            del self._waits[key]

    def _stop_sentence(self, until: float, reason: str) -> str:
        seconds = max(0, round(until - self._clock()))
        moment = ""
        if self._server_ahead is not None:
            at = datetime.fromtimestamp(until + self._server_ahead, UTC)
            moment = f" (at {at:%H:%M:%S} UTC)"
        return f"GitHub's {reason} in {seconds} s{moment}; resume then with the same command"


def _checked(tokens: Sequence[SecretStr]) -> list[_Token]:
    """A malformed token would come back in the transport's own error messages."""
    if not tokens:
        raise UsageError("there is no GitHub token; set GITHUB_TOKEN or GITHUB_TOKENS")
    different = list(dict.fromkeys(token.get_secret_value() for token in tokens))
    for position, token in enumerate(different, start=1):
        if not _TOKEN.fullmatch(token):
            raise UsageError(
                f"GitHub token {position} of {len(different)} is malformed: it is empty, or has "
                "spaces or other characters that no token has; set GITHUB_TOKEN again"
            )
    return [_Token(position, SecretStr(token)) for position, token in enumerate(different, 1)]
