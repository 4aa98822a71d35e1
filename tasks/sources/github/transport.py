"""Sending one HTTP request and getting a whole body or the reason why not; nothing is raised."""

import asyncio
import logging
import socket
from importlib.metadata import version
from urllib.parse import urlsplit, urlunsplit

import httpx
from pydantic import SecretStr

from tasks.domain.errors import UsageError
from tasks.sources.github.replies import Lost, Received, one_line

_CONNECTIONS = 8
_PORTS = {"http": 80, "https": 443}
_LOOPBACK = ("localhost", "127.0.0.1", "[::1]")


class Transport:
    """Connections to one host or a few, at most eight at once (`slot`), kept alive."""

    def __init__(self, timeout_s: float, secrets: tuple[SecretStr, ...]) -> None:
        self.slot = asyncio.Semaphore(_CONNECTIONS)
        self._timeout_s = timeout_s
        self._secrets = secrets
        self._http: httpx.AsyncClient | None = None
        self._agent = f"paydag/{version('paydag')}"

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
            headers={
                "User-Agent": self._agent,
                "Accept": "application/vnd.github+json",
                "Accept-Encoding": "gzip",
                "X-GitHub-Api-Version": "2022-11-28",
            },
        )

    async def close(self) -> None:
        if self._http is not None:
            await self._http.aclose()
            self._http = None

    async def send(self, url: str, body: bytes | None, secret: SecretStr) -> Received | Lost:
        """POST the body as JSON, or GET where there is none. The time-out covers all of it."""
        status, size = "connection", 0
        response: httpx.Response | None = None
        http = self._opened()
        try:
            async with asyncio.timeout(self._timeout_s):
                response = await http.send(_request(http, url, body, secret), stream=True)
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


def checked_address(url: str, setting: str) -> str:
    """The address as it is. Raises UsageError, naming the setting, where it cannot be one."""
    parts = urlsplit(url)
    if parts.scheme not in {"http", "https"} or not parts.hostname or origin(url)[3] is None:
        raise UsageError(f"{setting} is no http(s) address: {without_secrets(url)!r}")
    if parts.username is not None:
        raise UsageError(f"{setting} holds a user name; only a token opens GitHub's API")
    return url


def without_secrets(url: str) -> str:
    """An address as it may be shown: no user, no password, no query."""
    parts = urlsplit(url)
    return urlunsplit((parts.scheme, parts.netloc.rpartition("@")[2], parts.path, "", ""))


def _request(
    http: httpx.AsyncClient, url: str, body: bytes | None, secret: SecretStr
) -> httpx.Request:
    headers = {"Authorization": f"Bearer {secret.get_secret_value()}"}
    if body is None:
        return http.build_request("GET", url, headers=headers)
    headers["Content-Type"] = "application/json"
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
