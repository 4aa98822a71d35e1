"""A loopback endpoint that speaks Chat Completions, driven by a script: a function of the request.

    with ModelServer(lambda asked: Say("hello")) as server:
        ...  # --base-url server.url

It counts what came in and what went out whole, keeps the headers, and does on request what
endpoints do on bad days.
"""

import hashlib
import json
import random
import threading
import time
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self

from tests.chat_completions import Asked, Say, chunks, completion

PATH = "/v1/chat/completions"


@dataclass(frozen=True)
class Refuse:
    """An HTTP error."""

    status: int
    message: str = "on purpose"
    code: str | None = None
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Cut:
    """An answer that breaks off in the middle."""


@dataclass(frozen=True)
class Garble:
    """An answer that is no JSON, though the status says that all is well."""


@dataclass(frozen=True)
class Slow:
    """Another reaction, so many seconds later."""

    seconds: float
    then: "Reaction"


Reaction = Say | Refuse | Cut | Garble | Slow
Script = Callable[[Asked], Reaction]


def too_many(milliseconds: int = 20) -> Refuse:
    return Refuse(429, "too many", headers={"Retry-After-Ms": str(milliseconds)})


def flaky(script: Script, share: float, seed: int = 0) -> Script:
    """The script with that share of bad days: 429, 500, cut and garbled in turns, by chance that
    depends on what is asked and how often it was asked before."""

    def react(asked: Asked) -> Reaction:
        chance = random.Random(f"{seed} {asked.key} {asked.nth}")
        if chance.random() >= share:
            return script(asked)
        bad_days: list[Reaction] = [too_many(), Refuse(500), Cut(), Garble()]
        return chance.choice(bad_days)

    return react


class ModelServer:
    """Serves while its block lasts. `asked` are all requests, `delivered` the keys of those whose
    answer went out whole."""

    def __init__(self, script: Script) -> None:
        self.script = script
        self.asked: list[Asked] = []
        self.delivered: list[str] = []
        self.most_at_once = 0
        self._at_once = 0
        self._seen: Counter[str] = Counter()
        self._lock = threading.Lock()
        server = _Server(("127.0.0.1", 0), _Handler)
        server.model_server = self
        self._server = server

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_address[1]}/v1"

    def __enter__(self) -> Self:
        threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()

    def keys_sent(self) -> set[str]:
        """What stood in the header Authorization."""
        return {asked.headers.get("authorization", "") for asked in self.asked}

    def take(self, path: str, headers: Mapping[str, str], body: dict[str, Any]) -> Asked:
        text = json.dumps(body.get("messages"), sort_keys=True)
        key = hashlib.sha256(text.encode()).hexdigest()[:16]
        with self._lock:
            self._seen[key] += 1
            lower = {name.lower(): value for name, value in headers.items()}
            asked = Asked(len(self.asked) + 1, self._seen[key], key, body, lower, path)
            self.asked.append(asked)
            self._at_once += 1
            self.most_at_once = max(self.most_at_once, self._at_once)
        return asked

    def ended(self, asked: Asked, *, whole: bool) -> None:
        with self._lock:
            self._at_once -= 1
            if whole:
                self.delivered.append(asked.key)


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128
    model_server: ModelServer


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, format: str, *args: Any) -> None:
        """Nobody reads it."""

    def do_POST(self) -> None:
        assert isinstance(self.server, _Server)
        server = self.server.model_server
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        asked = server.take(self.path, dict(self.headers), body)
        whole = False
        try:
            if self.path != PATH:
                self._send(404, b'{"error": {"message": "no such path"}}')
            else:
                whole = self._react(server.script(asked), asked)
        except OSError:
            self.close_connection = True  # whoever asked has gone
        finally:
            server.ended(asked, whole=whole)

    def _react(self, reaction: Reaction, asked: Asked) -> bool:
        """Whether an answer went out whole."""
        while isinstance(reaction, Slow):
            time.sleep(reaction.seconds)
            reaction = reaction.then
        if isinstance(reaction, Refuse):
            error = {"message": reaction.message, "code": reaction.code, "type": "error"}
            self._send(reaction.status, json.dumps({"error": error}).encode(), reaction.headers)
            return False
        if isinstance(reaction, Garble):
            self._send(200, b"<html>all is well</html>")
            return False
        said = reaction if isinstance(reaction, Say) else Say("cut off")
        content = json.dumps(completion(said, asked)).encode()
        if isinstance(reaction, Cut):
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content[: len(content) // 2])
            self.wfile.flush()
            self.close_connection = True
            return False
        if asked.body.get("stream"):
            self._stream(said, asked)
        else:
            self._send(200, content)
        return True

    def _send(self, status: int, content: bytes, headers: Mapping[str, str] | None = None) -> None:
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(content)))
        for name, value in (headers or {}).items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(content)
        self.wfile.flush()

    def _stream(self, said: Say, asked: Asked) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream")
        self.send_header("Connection", "close")
        self.end_headers()
        self.close_connection = True
        for chunk in chunks(said, asked):
            self.wfile.write(f"data: {json.dumps(chunk)}\n\n".encode())
            self.wfile.flush()
        self.wfile.write(b"data: [DONE]\n\n")
