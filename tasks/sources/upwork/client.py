"""The client of Upwork's GraphQL API: one request in, one answer or one clear failure out.

Every request that was sent comes back as a Call, in the answer or in the exception. Tokens exist as
text only while a request is built: httpx's exceptions refer to their request, so none of them
leaves this module, not even as a cause.
"""

import asyncio
import json
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from types import TracebackType
from typing import Any, Final, Self
from urllib.parse import urlsplit

from pydantic import SecretStr

from tasks.domain.collecting import Access, Call, Oauth
from tasks.domain.errors import UsageError
from tasks.sources.failures import RateLimitStop, Refused, Unanswered
from tasks.sources.upwork.patience import Pace, Patience, Sent
from tasks.sources.upwork.replies import (
    Error,
    Meaning,
    Verdict,
    judge,
    judge_lost,
    judge_token,
    why_missing,
)
from tasks.sources.upwork.tokens import Tokens, refusal
from tasks.sources.wire import Lost, Received, Transport, checked_address, without_secrets

_FORM: Final = "application/x-www-form-urlencoded"
_SETTINGS: Final = "UPWORK_GRAPHQL_URL and UPWORK_TOKEN_URL"


@dataclass(frozen=True, slots=True)
class Answer:
    """`errors` are those of single fields, whose data is null; `calls` the requests it took."""

    data: Mapping[str, Any]
    errors: Sequence[Error]
    calls: tuple[Call, ...]

    def error_at(self, field: str) -> Error | None:
        """The error of a field of the query; one that names no place may be of any."""
        for error in self.errors:
            path = error.get("path")
            if not isinstance(path, list) or not path or path[0] == field:
                return error
        return None


class Client:
    """An open connection to Upwork; use it as an async context manager.

    Raises UsageError where an address cannot be one.
    """

    def __init__(
        self,
        access: Access,
        *,
        wait: bool,
        pace: Pace | None = None,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
        sleep: Callable[[float], Awaitable[object]] = asyncio.sleep,
    ) -> None:
        oauth = access.oauth or Oauth()
        self.pace = pace or Pace()
        self._patience = Patience(self.pace, wait=wait, sleep=sleep)
        self._now = now
        self._url = checked_address(access.graphql_url, "UPWORK_GRAPHQL_URL", "Upwork")
        self._token_url = checked_address(oauth.token_url, "UPWORK_TOKEN_URL", "Upwork")
        more = {"X-Upwork-API-TenantId": oauth.tenant_id} if oauth.tenant_id else {}
        headers = {"Accept": "application/json", **more}
        try:
            self._web = Transport(self.pace.timeout_s, oauth.secrets(), headers)
            # The tenant is no business of the token endpoint, nor is a token of ours.
            self._counter = Transport(
                self.pace.timeout_s, oauth.secrets(), {"Accept": "application/json"}
            )
        except ValueError as error:
            raise UsageError("UPWORK_TENANT_ID is no id of an organization") from error
        self.tokens = Tokens(oauth, self._grant, self._learn)
        self._grants: list[Call] = []
        self._turn = asyncio.Lock()
        self._free_at = 0.0

    async def __aenter__(self) -> Self:
        await self._web.open()
        await self._counter.open()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self._web.close()
        await self._counter.close()

    @property
    def waiting_for(self) -> str | None:
        return self._patience.waiting_for

    async def ask(
        self, name: str, text: str, variables: Mapping[str, Any], *, alone: bool = False
    ) -> Answer:
        """Ask GraphQL. `alone`: an answer of nothing but errors that explain nothing is asked
        for again, as there is nothing smaller to ask for.

        Raises Refused (a UsageError), Unanswered (a SystemFault), and RateLimitStop where the
        limit must not be waited for, or lasts.
        """
        body = json.dumps({"query": text, "variables": dict(variables)}).encode()
        call = Sent(name, text, variables, [])

        async def once() -> Verdict:
            verdict = await self._authorized(body, call)
            nothing = verdict.errors and not any((verdict.data or {}).values())
            if alone and nothing and all(why_missing(e) is None for e in verdict.errors):
                return replace(verdict, meaning=Meaning.TRANSIENT)
            return verdict

        try:
            verdict = await self._patience.answered(once, call, self._url)
        except (RateLimitStop, Refused, Unanswered) as failure:
            failure.calls = tuple(call.calls)
            raise
        return Answer(verdict.data or {}, verdict.errors, tuple(call.calls))

    async def _authorized(self, body: bytes, call: Sent) -> Verdict:
        """Sent again with another token, once, where the first is not accepted."""
        secret = await self._token(call, self.tokens.current())
        verdict = await self._post(self._web, self._url, body, secret, call)
        if verdict.meaning is not Meaning.UNAUTHORIZED:
            return verdict
        secret = await self._token(call, self.tokens.after(secret))
        verdict = await self._post(self._web, self._url, body, secret, call)
        if verdict.meaning is not Meaning.UNAUTHORIZED:
            return verdict
        return replace(
            verdict,
            meaning=Meaning.REFUSED,
            sentence="Upwork does not accept the token that it has just given; check that "
            f"{_SETTINGS} belong together",
        )

    async def _token(self, call: Sent, wanted: Awaitable[SecretStr]) -> SecretStr:
        try:
            return await wanted
        finally:
            call.calls.extend(self._grants)
            self._grants.clear()

    async def _grant(self, form: bytes) -> Mapping[str, object]:
        """Ask the token endpoint. What is sent there and what comes back stands in no Call."""
        call = Sent("token", "POST token", {}, self._grants)

        async def once() -> Verdict:
            return await self._post(self._counter, self._token_url, form, None, call)

        verdict = await self._patience.answered(once, call, self._token_url)
        return dict(verdict.data or {})

    def _learn(self, secret: SecretStr) -> None:
        self._web.keep_secret(secret)
        self._counter.keep_secret(secret)

    async def _post(
        self, web: Transport, url: str, body: bytes, secret: SecretStr | None, call: Sent
    ) -> Verdict:
        """One request: wait for the turn, send, judge, record."""
        await self._turn_comes()
        started_at, began = self._now(), time.perf_counter()
        kind = "application/json" if secret is not None else _FORM
        got = await web.send(url, body, secret, kind)
        verdict = self._scrubbed(_judged(got, url, token=secret is None))
        call.calls.append(
            Call(
                query=call.name,
                text=call.text,
                variables=call.variables,
                status=verdict.status,
                points=None,
                bytes=got.bytes if isinstance(got, Lost) else len(got.body),
                started_at=started_at,
                duration_ms=round((time.perf_counter() - began) * 1000),
                error=verdict.error,
            )
        )
        return verdict

    async def _turn_comes(self) -> None:
        async with self._turn:
            left = self._free_at - time.monotonic()
            if left > 0:
                await asyncio.sleep(left)
            self._free_at = time.monotonic() + self.pace.gap_s

    def _scrubbed(self, verdict: Verdict) -> Verdict:
        """What a server answers may repeat what it was sent."""
        scrub = self._web.scrubbed
        return replace(
            verdict,
            error=scrub(verdict.error) if verdict.error else None,
            sentence=scrub(verdict.sentence) if verdict.sentence else None,
        )


def _judged(got: Received | Lost, url: str, *, token: bool) -> Verdict:
    if isinstance(got, Lost):
        return judge_lost(got, urlsplit(url).hostname or "", _SETTINGS)
    address = without_secrets(url)
    if not token:
        return judge(got, address, time.time())
    verdict = judge_token(got, address, time.time())
    if verdict.meaning is Meaning.REFUSED and verdict.sentence is None:
        return replace(verdict, sentence=refusal(verdict.status))
    if verdict.meaning is Meaning.UNAUTHORIZED:
        return replace(verdict, meaning=Meaning.REFUSED, sentence=refusal("invalid_client"))
    return verdict
