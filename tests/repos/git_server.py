"""Repositories served over HTTP on the loopback interface, by git's own program for it."""

import base64
import os
import subprocess
from collections.abc import Callable
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from urllib.parse import urlsplit

from tests.serving import Serving

# What a server answers instead of serving: a status, and headers.
Instead = tuple[int, dict[str, str]]


@dataclass(frozen=True)
class Asked:
    """One request as it came in."""

    path: str
    authorization: str | None

    @property
    def token(self) -> str | None:
        """The password of the credentials."""
        kind, _, pair = (self.authorization or "").partition(" ")
        return base64.b64decode(pair).decode().partition(":")[2] if kind == "Basic" else None


@dataclass
class GitServer(Serving):
    """Serves `<root>/<owner>/<name>.git`. `before` may answer a request in git's place."""

    root: Path
    before: Callable[[int, Asked], Instead | None] = lambda _number, _asked: None
    asked: list[Asked] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.listen(type("Bound", (_Handler,), {"served": self}))


class _Handler(BaseHTTPRequestHandler):
    served: GitServer

    def do_GET(self) -> None:
        self._answer(b"")

    def do_POST(self) -> None:
        self._answer(self._body())

    def log_message(self, format: str, *args: object) -> None:
        """Silence."""

    def _body(self) -> bytes:
        if self.headers.get("Transfer-Encoding") != "chunked":
            return self.rfile.read(int(self.headers.get("Content-Length") or 0))
        whole = b""
        while size := int(self.rfile.readline(), 16):
            whole += self.rfile.read(size)
            self.rfile.readline()
        self.rfile.readline()
        return whole

    def _answer(self, body: bytes) -> None:
        asked = Asked(self.path, self.headers.get("Authorization"))
        self.served.asked.append(asked)
        instead = self.served.before(len(self.served.asked), asked)
        if instead is not None:
            status, headers = instead
            self.send_response(status)
            for name, value in {"Content-Length": "0", **headers}.items():
                self.send_header(name, value)
            self.end_headers()
            return
        parts = urlsplit(self.path)
        done = subprocess.run(
            ["git", "http-backend"],
            input=body,
            capture_output=True,
            env={
                "PATH": os.environ["PATH"],
                "GIT_CONFIG_GLOBAL": os.devnull,
                "GIT_PROJECT_ROOT": str(self.served.root),
                "GIT_HTTP_EXPORT_ALL": "1",
                "REQUEST_METHOD": self.command,
                "PATH_INFO": parts.path,
                "QUERY_STRING": parts.query,
                "CONTENT_TYPE": self.headers.get("Content-Type", ""),
                "CONTENT_LENGTH": str(len(body)),
                "HTTP_CONTENT_ENCODING": self.headers.get("Content-Encoding", ""),
                "GIT_PROTOCOL": self.headers.get("Git-Protocol", ""),
                "REMOTE_ADDR": "127.0.0.1",
            },
            check=False,
        )
        head, _, content = done.stdout.partition(b"\r\n\r\n")
        headers = dict(line.split(": ", 1) for line in head.decode().split("\r\n") if line)
        self.send_response(int(headers.pop("Status", "200").split()[0]))
        for name, value in {**headers, "Content-Length": str(len(content))}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(content)
