"""Lets a box ask one model and nothing else: an allow-list, and the key put in on this side."""

import json
import socket
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException, HTTPResponse, HTTPSConnection
from http.server import BaseHTTPRequestHandler
from typing import Any, Final, cast
from urllib.parse import urlsplit

from pydantic import SecretStr

from tasks.domain.boxes import ModelAccess
from tasks.domain.errors import UsageError

_BODY_BYTES: Final = 32_000_000
_PIECE: Final = 65_536
_IDLE_S: Final = 60.0
# What a box may say of its request, and what it is told of the answer; anything else could carry
# secrets one way or the other, or belongs to a single connection.
_REQUEST_HEADERS: Final = ("content-type", "accept", "openai-beta", "anthropic-version")
_ANSWER_HEADERS: Final = ("content-type", "content-length", "retry-after", "x-request-id")


@dataclass(frozen=True, slots=True)
class Call:
    """One request of a box: `status` is what it was answered with, 403 where it was refused."""

    method: str
    path: str
    status: int


class ModelProxy:
    """Serves the connections of one box. Raises UsageError for an address that is none."""

    def __init__(self, access: ModelAccess) -> None:
        parts = urlsplit(access.base_url)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise UsageError(f"the model's address {access.base_url!r} is no http(s) address")
        self.access = access
        self.calls: list[Call] = []
        self._parts = parts
        self._lock = threading.Lock()
        self._taken = 0

    def serve(self, connection: socket.socket) -> None:
        """Answer what is asked over one connection, until it ends."""
        connection.settimeout(_IDLE_S)
        _Handler(connection, self)

    def refusal(self, method: str, path: str) -> str | None:
        """Why a request does not go out; None where it does, which is counted."""
        if f"{method} {path}" not in self.access.allowed:
            return f"{method} {path} is not allowed; allowed: {', '.join(self.access.allowed)}"
        with self._lock:
            if self._taken >= self.access.most_requests:
                return f"all {self.access.most_requests} requests are used up"
            self._taken += 1
        return None

    def checked(self, body: bytes) -> bytes | None:
        """The body as it goes out; None where it asks another model than the one that is named.

        It is written anew: of a name that stands there twice, one reader takes the first and
        another one the last.
        """
        if self.access.model is None:
            return body
        try:
            asked = json.loads(body)
        except (ValueError, RecursionError):
            return None
        if not isinstance(asked, dict) or asked.get("model") != self.access.model:
            return None
        return json.dumps(asked).encode()

    def told(self, method: str, path: str, status: int) -> None:
        with self._lock:
            self.calls.append(Call(method, path, status))

    def forward(
        self, method: str, path: str, headers: dict[str, str], body: bytes
    ) -> tuple[HTTPConnection, HTTPResponse]:
        """The model's answer, its body unread. A redirect is an answer like any other: nobody
        follows it. Raises OSError or HTTPException where none comes."""
        kind = HTTPSConnection if self._parts.scheme == "https" else HTTPConnection
        host = cast(str, self._parts.hostname)
        connection = kind(host, self._parts.port, timeout=self.access.timeout_s)
        if self.access.key is not None:
            headers = {**headers, "Authorization": f"Bearer {self.access.key.get_secret_value()}"}
        try:
            connection.request(method, self._parts.path.rstrip("/") + path, body or None, headers)
            return connection, connection.getresponse()
        except BaseException:
            connection.close()
            raise


class _Handler(BaseHTTPRequestHandler):
    """One request a connection: what follows would need the box to have told the truth about the
    length of the first."""

    server_version = "paydag"
    sys_version = ""
    protocol_version = "HTTP/1.1"

    def __init__(self, connection: socket.socket, proxy: ModelProxy) -> None:
        self._proxy = proxy
        # The server that this class is made for is only asked for its name, by others than us.
        super().__init__(connection, ("box", 0), cast(Any, None))

    def do_GET(self) -> None:
        self._pass()

    def do_POST(self) -> None:
        self._pass()

    def log_message(self, format: str, *args: Any) -> None:
        """Nothing: a box's requests are in its calls."""

    def _pass(self) -> None:
        self.close_connection = True
        refused = self._proxy.refusal(self.command, self.path)
        body = self._body() if refused is None else b""
        if refused is not None or body is None:
            status = 403 if refused is not None else 413
            self._say(status, refused or f"a request may have {_BODY_BYTES} bytes, and says so")
            return
        if self.command == "POST":
            body = self._proxy.checked(body)
        if body is None:
            self._say(403, f"the one model that may be asked is {self._proxy.access.model}")
            return
        named = {name: self.headers[name] for name in _REQUEST_HEADERS if self.headers[name]}
        try:
            connection, answer = self._proxy.forward(self.command, self.path, named, body)
        except (OSError, HTTPException, ValueError):
            self._say(502, "the model cannot be reached")
            return
        try:
            self._answer(answer)
        finally:
            connection.close()

    def _body(self) -> bytes | None:
        """None where it is too long, or its length is not said."""
        length = self.headers["content-length"] or "0"
        if self.headers["transfer-encoding"] or not length.isdecimal():
            return None
        return self.rfile.read(int(length)) if int(length) <= _BODY_BYTES else None

    def _answer(self, answer: HTTPResponse) -> None:
        self._proxy.told(self.command, self.path, answer.status)
        self.send_response_only(answer.status)
        for name in _ANSWER_HEADERS:
            if value := answer.headers[name]:
                self.send_header(name, value)
        self.send_header("Connection", "close")
        self.end_headers()
        try:
            for piece in without(self._proxy.access.key, _pieces(answer)):
                self.wfile.write(piece)
        except (OSError, HTTPException):
            return  # cut short, which the client sees by itself: it knows the length, or the end

    def _say(self, status: int, message: str) -> None:
        self._proxy.told(self.command, self.path, status)
        body = json.dumps({"error": {"message": message, "type": "paydag", "code": status}})
        self.send_response_only(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body.encode())))
        self.send_header("Connection", "close")
        self.end_headers()
        self.wfile.write(body.encode())


def _pieces(answer: HTTPResponse) -> Iterator[bytes]:
    """As they come: a model speaks word by word."""
    while piece := answer.read1(_PIECE):
        yield piece


def without(key: SecretStr | None, pieces: Iterator[bytes]) -> Iterator[bytes]:
    """The same with as many x in the key's place: endpoints repeat what they were sent. Only what
    may be the beginning of the key waits for the next piece."""
    secret = key.get_secret_value().encode() if key is not None else b""
    rest = b""
    for piece in pieces:
        rest = (rest + piece).replace(secret, b"x" * len(secret)) if secret else piece
        begun = (n for n in range(min(len(secret) - 1, len(rest)), 0, -1))
        held = next((n for n in begun if secret.startswith(rest[-n:])), 0)
        yield rest[: len(rest) - held]
        rest = rest[len(rest) - held :]
    yield rest
