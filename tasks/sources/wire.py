"""Sending one HTTP request of any source and getting a whole body or the reason why not; nothing is
raised.
"""

import asyncio
import logging
import socket
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.metadata import version
from urllib.parse import urlsplit, urlunsplit

import httpx
from pydantic import SecretStr

from tasks.domain.errors import UsageError

_CONNECTIONS = 8
_MOST_WORDS = 200
_PORTS = {"http": 80, "https": 443}
_LOOPBACK = ("localhost", "127.0.0.1", "[::1]")


@dataclass(frozen=True, slots=True)
class Received:
    """A whole HTTP answer; header names in lower case."""

    status: int
    headers: Mapping[str, str]
    body: bytes


@dataclass(frozen=True, slots=True)
class Lost:
    """No whole answer: `status` is "timeout", "connection" or "truncated"; `bytes` had come."""

    status: str
    error: str
    bytes: int = 0
    unknown_host: bool = False


class Transport:
    """Connections to one host or a few, at most eight at once (`slot`), kept alive.

    `headers` go with every request; `secrets` are taken out of what others say.
    """

    def __init__(
        self, timeout_s: float, secrets: tuple[SecretStr, ...], headers: Mapping[str, str]
    ) -> None:
        self.slot = asyncio.Semaphore(_CONNECTIONS)
        self._timeout_s = timeout_s
        self._secrets = secrets
        self._http: httpx.AsyncClient | None = None
        self._headers = {"User-Agent": f"paydag/{version('paydag')}", "Accept-Encoding": "gzip"}
        self._headers |= headers

    async def open(self) -> None:
        # Each retry and each request is a row of raw.fetches; the libraries' own lines would tear
        # the progress bar, and at DEBUG they show headers.
        for name in ("httpx", "httpcore"):
            _at_least(logging.getLogger(name), logging.WARNING)
        _at_least(logging.getLogger("stamina"), logging.ERROR)
        # A loopback server is never behind a proxy.
        mounts = {f"all://{host}": None for host in _LOOPBACK}
        self._http = httpx.AsyncClient(
            timeout=httpx.Timeout(self._timeout_s, connect=self._timeout_s / 2),
            limits=httpx.Limits(
                max_connections=_CONNECTIONS, max_keepalive_connections=_CONNECTIONS
            ),
            mounts=mounts,
            follow_redirects=False,
            headers=self._headers,
        )

    async def close(self) -> None:
        if self._http is not None:
            await self._http.aclose()
            self._http = None

    async def send(
        self, url: str, body: bytes | None, secret: SecretStr | None, kind: str = "application/json"
    ) -> Received | Lost:
        """POST the body as that kind, or GET where there is none. The time-out covers all of it."""
        status, size = "connection", 0
        response: httpx.Response | None = None
        http = self._opened()
        try:
            async with asyncio.timeout(self._timeout_s):
                response = await http.send(_request(http, url, body, secret, kind), stream=True)
                status = "truncated"
                content = await response.aread()
                headers = {name.lower(): value for name, value in response.headers.items()}
                return Received(response.status_code, headers, content)
        except TimeoutError:
            status, line, unknown = "timeout", f"no whole answer in {self._timeout_s:g} s", False
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            status = _status(error, status)
            line, unknown = one_line(f"{type(error).__name__}: {error}"), _is_unknown_host(error)
        finally:
            if response is not None:
                size = response.num_bytes_downloaded
                await response.aclose()
        return Lost(status, self.scrubbed(line), size, unknown)

    def keep_secret(self, secret: SecretStr) -> None:
        """Take this out of what others say as well."""
        if secret.get_secret_value():
            self._secrets = (*self._secrets, secret)

    def scrubbed(self, text: str) -> str:
        """Text of others without our tokens, should they have repeated one."""
        for secret in self._secrets:
            text = text.replace(secret.get_secret_value(), "***")
        return text

    def _opened(self) -> httpx.AsyncClient:
        if self._http is None:
            raise RuntimeError("the client is not open; use it as an async context manager")
        return self._http


def origin(url: str) -> tuple[str, str | None, str | None, int | None]:
    """Scheme, user, host and port: what must be the same for a token to be sent."""
    parts = urlsplit(url)
    try:
        port = parts.port or _PORTS.get(parts.scheme)
    except ValueError:
        port = None
    return parts.scheme, parts.username, parts.hostname, port


def checked_address(url: str, setting: str, service: str) -> str:
    """The address as it is. Raises UsageError, naming the setting, where it cannot be one."""
    parts = urlsplit(url)
    if parts.scheme not in {"http", "https"} or not parts.hostname or origin(url)[3] is None:
        raise UsageError(f"{setting} is no http(s) address: {without_secrets(url)!r}")
    if parts.username is not None:
        raise UsageError(f"{setting} holds a user name; only a token opens {service}'s API")
    return url


def without_secrets(url: str) -> str:
    """An address as it may be shown: no user, no password, no query."""
    parts = urlsplit(url)
    return urlunsplit((parts.scheme, parts.netloc.rpartition("@")[2], parts.path, "", ""))


def _request(
    http: httpx.AsyncClient, url: str, body: bytes | None, secret: SecretStr | None, kind: str
) -> httpx.Request:
    headers = {}
    if secret is not None:
        headers["Authorization"] = f"Bearer {secret.get_secret_value()}"
    if body is None:
        return http.build_request("GET", url, headers=headers)
    headers["Content-Type"] = kind
    return http.build_request("POST", url, content=body, headers=headers)


def _status(error: Exception, phase: str) -> str:
    if isinstance(error, httpx.ConnectTimeout):
        return "connection"
    return "timeout" if isinstance(error, httpx.TimeoutException) else phase


def _is_unknown_host(error: BaseException | None) -> bool:
    while error is not None:
        if isinstance(error, socket.gaierror):
            return True
        error = error.__cause__ or error.__context__
    return False


def _at_least(logger: logging.Logger, level: int) -> None:
    if logger.level < level:
        logger.setLevel(level)


def one_line(text: str) -> str:
    """The beginning of a message, on one line."""
    words = " ".join(text.split())
    return words if len(words) <= _MOST_WORDS else words[: _MOST_WORDS - 1] + "…"
