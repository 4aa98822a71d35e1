"""The HTTP client of GitHub: one request in, one answer or one clear failure out.

Transport failures are tried again, limits are waited for through the shared budget, and every
request that was sent comes back as a Call, in the answer or in the exception. Tokens exist as
text only while a request's header is built: httpx's exceptions refer to their request, so none
of them leaves this module, not even as a cause.
"""

import json
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from types import TracebackType
from typing import Any, Self
from urllib.parse import urljoin

from tasks.domain.collecting import Access, Call
from tasks.domain.errors import UsageError
from tasks.sources.asking_again import Transient, ask_again
from tasks.sources.failures import RateLimitStop, Refused, TooHeavy, Unanswered
from tasks.sources.github.budget import GRAPHQL, REST, Budget, Lease, Pace
from tasks.sources.github.readings import Reading
from tasks.sources.github.replies import (
    Asked,
    Meaning,
    Path,
    Verdict,
    judge_graphql,
    judge_lost,
    judge_rest,
)
from tasks.sources.github.shared_pause import SharedPause
from tasks.sources.wire import Lost, Received, Transport, checked_address, origin, without_secrets

__all__ = ["Client", "Pace", "RateLimitStop", "Refused", "Reply", "RestReply", "TooHeavy"]

_MOST_REDIRECTS = 5
_PERMANENT = {301, 308}
_HEADERS = {"Accept": "application/vnd.github+json", "X-GitHub-Api-Version": "2022-11-28"}


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer to a GraphQL query.

    `missing` are the paths that are null because the service shows this token no such thing;
    `calls` are the requests it took, failed ones first; `date` is the service's own clock (epoch).
    """

    data: dict[str, Any]
    missing: tuple[Path, ...]
    calls: tuple[Call, ...]
    date: float | None = None

    @property
    def call(self) -> Call:
        """The request that was answered."""
        return self.calls[-1]


@dataclass(frozen=True, slots=True)
class RestReply:
    """An answer to a REST request: also that something moved (`location`), is missing or gone."""

    status: int
    location: str | None
    body: Any
    calls: tuple[Call, ...]

    @property
    def call(self) -> Call:
        """The request that was answered."""
        return self.calls[-1]


@dataclass(frozen=True, slots=True)
class _Request:
    """`body` is None for GET. `calls` grows by every request that is sent for it."""

    name: str
    text: str
    variables: Mapping[str, Any]
    cost: int
    resource: str
    body: bytes | None
    url: str
    calls: list[Call]


def _shared_pause(access: Access) -> SharedPause | None:
    if access.pauses is None:
        return None
    return SharedPause(access.pauses, access.api_url, access.tokens)


class Client:
    """An open connection to one GitHub; use it as an async context manager.

    Raises UsageError where a token or an address cannot be one.
    """

    def __init__(
        self,
        access: Access,
        *,
        wait: bool,
        pace: Pace | None = None,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
        budget: Budget | None = None,
    ) -> None:
        self.pace = pace or Pace()
        self.budget = budget or Budget(
            access.tokens, wait=wait, pace=self.pace, shared=_shared_pause(access)
        )
        self._graphql_url = checked_address(access.graphql_url, "GITHUB_GRAPHQL_URL", "GitHub")
        self._api_url = checked_address(access.api_url, "GITHUB_API_URL", "GitHub").rstrip("/")
        self._now = now
        self._transport = Transport(self.pace.timeout_s, access.tokens, _HEADERS)

    def __repr__(self) -> str:
        return f"Client({without_secrets(self._graphql_url)!r}, {self.budget!r})"

    async def __aenter__(self) -> Self:
        await self._transport.open()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self._transport.close()

    async def query(self, name: str, text: str, variables: Mapping[str, Any], cost: int) -> Reply:
        """Ask GraphQL. `cost` is the number of points that it is expected to take.

        Raises TooHeavy where a smaller page has to be asked for, RateLimitStop where the
        collection must not wait, Refused (a UsageError) and Unanswered (a SystemFault).
        """
        body = json.dumps({"query": text, "variables": dict(variables)}).encode()
        request = _Request(name, text, variables, cost, GRAPHQL, body, self._graphql_url, calls=[])
        verdict, _ = await self._answer(request)
        return Reply(verdict.content, verdict.missing, tuple(request.calls), verdict.reading.date)

    async def get(self, name: str, path: str) -> RestReply:
        """Ask REST for a path below the API's address, or for an address of the same host.

        Raises as `query` does, but never TooHeavy.
        """
        url = path if "://" in path else f"{self._api_url}/{path.lstrip('/')}"
        if origin(url) != origin(self._api_url):
            raise UsageError(f"{without_secrets(url)} is not on the GitHub API's own host")
        request = _Request(name, f"GET {path}", {}, 1, REST, None, url, calls=[])
        verdict, received = await self._answer(request)
        location = self._transport.scrubbed(received.headers.get("location", "")) or None
        return RestReply(received.status, location, verdict.content, tuple(request.calls))

    async def _answer(self, request: _Request) -> tuple[Verdict, Received]:
        return await ask_again(
            lambda: self._within_limits(request),
            self.pace,
            service="GitHub",
            name=request.name,
            url=request.url,
            calls=request.calls,
        )

    async def _within_limits(self, request: _Request) -> tuple[Verdict, Received]:
        """Sent again as often as a limit refuses it or as it is sent elsewhere."""
        url, redirects = request.url, 0
        while True:
            verdict, received = await self._send(request, url)
            if verdict.meaning is Meaning.ANSWER and received is not None:
                return verdict, received
            if verdict.meaning is Meaning.REDIRECT and received is not None:
                redirects += 1
                url = self._next_address(request, received, url, redirects)
            elif verdict.meaning not in {Meaning.PRIMARY, Meaning.SECONDARY}:
                raise _failure(verdict, request)

    async def _send(self, request: _Request, url: str) -> tuple[Verdict, Received | None]:
        """One request: lease, send, judge, settle, record."""
        async with self._transport.slot:
            lease = await self._lease(request)
            started_at, began = self._now(), time.perf_counter()
            settled = False
            try:
                got = await self._transport.send(url, request.body, lease.secret)
                verdict = self._scrubbed(self._judge(request, got, lease, url))
                self._settle(lease, verdict)
                settled = True
            finally:
                if not settled:
                    self.budget.settle(lease, Reading())
        size = got.bytes if isinstance(got, Lost) else len(got.body)
        request.calls.append(
            Call(
                query=request.name,
                text=request.text,
                variables=request.variables,
                status=verdict.status,
                points=verdict.reading.cost,
                bytes=size,
                started_at=started_at,
                duration_ms=round((time.perf_counter() - began) * 1000),
                error=verdict.error,
            )
        )
        return verdict, None if isinstance(got, Lost) else got

    async def _lease(self, request: _Request) -> Lease:
        try:
            return await self.budget.acquire(request.cost, request.resource)
        except RateLimitStop as stop:
            stop.calls = tuple(request.calls)
            raise

    def _judge(self, request: _Request, got: Received | Lost, lease: Lease, url: str) -> Verdict:
        graphql = request.resource == GRAPHQL
        if isinstance(got, Lost):
            return judge_lost(got, url, graphql=graphql)
        asked = Asked(
            address=without_secrets(url),
            token=f"token {lease.position} of {self.budget.tokens}",
            setting="GITHUB_GRAPHQL_URL" if graphql else "GITHUB_API_URL",
            variables=request.variables,
        )
        return (judge_graphql if graphql else judge_rest)(got, asked)

    def _scrubbed(self, verdict: Verdict) -> Verdict:
        """What a server answers may repeat what it was sent."""
        scrub = self._transport.scrubbed
        return replace(
            verdict,
            error=scrub(verdict.error) if verdict.error else None,
            sentence=scrub(verdict.sentence) if verdict.sentence else None,
        )

    def _settle(self, lease: Lease, verdict: Verdict) -> None:
        if verdict.meaning is Meaning.PRIMARY:
            self.budget.refused_by_primary(lease, verdict.reading)
        elif verdict.meaning is Meaning.SECONDARY:
            self.budget.refused_by_secondary(lease, verdict.reading)
        else:
            unsent = verdict.meaning in {Meaning.REDIRECT, Meaning.REFUSED}
            self.budget.settle(lease, verdict.reading, sent=not unsent)

    def _next_address(self, request: _Request, received: Received, url: str, redirects: int) -> str:
        target = urljoin(url, received.headers.get("location", ""))
        calls = tuple(request.calls)
        if origin(target) != origin(url):
            raise Refused(
                f"GitHub at {without_secrets(url)} sends requests on to "
                f"{self._transport.scrubbed(without_secrets(target))}, another host, which gets "
                "no token; correct GITHUB_GRAPHQL_URL",
                calls,
            )
        if redirects > _MOST_REDIRECTS:
            raise Refused(
                f"{without_secrets(request.url)} redirects more than {_MOST_REDIRECTS} times; "
                "correct GITHUB_GRAPHQL_URL",
                calls,
            )
        if received.status in _PERMANENT and url == self._graphql_url:
            self._graphql_url = target
        return target


def _failure(verdict: Verdict, request: _Request) -> Exception:
    calls = tuple(request.calls)
    if verdict.meaning is Meaning.TOO_HEAVY:
        return TooHeavy(f"{request.name}: {verdict.error}", calls)
    if verdict.meaning is Meaning.REFUSED:
        return Refused(verdict.sentence or "", calls)
    if verdict.meaning is Meaning.REJECTED:
        return Unanswered(verdict.sentence or "", calls, retryable=False)
    return Transient(verdict.error, verdict.sentence)
