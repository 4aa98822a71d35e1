"""The home's `reports/` on loopback: a browser opens no file that a page of Prefect links to."""

import secrets
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from http import HTTPStatus
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Final

from pydantic import BaseModel, ValidationError

_POLL_S: Final = 0.1


class PagesRecord(BaseModel, frozen=True, extra="forbid"):
    """Where the pages were last served, so that links of earlier days still work.

    `key` is the first part of every path: others on this machine do not know it.
    """

    port: int
    key: str


@contextmanager
def pages_served(home: Path) -> Iterator[str]:
    """Serve `reports/` for the length of the block; the address it is at, without a final slash."""
    folder = home / "reports"
    folder.mkdir(parents=True, exist_ok=True)
    file = home / "prefect" / "pages.json"
    record = _recorded(file)
    key = record.key if record is not None else secrets.token_urlsafe(12)
    server = _bound(record.port if record is not None else 0, folder, key)
    now = PagesRecord(port=server.server_address[1], key=key)
    file.touch(mode=0o600)
    file.write_text(now.model_dump_json())
    thread = threading.Thread(
        target=server.serve_forever, args=(_POLL_S,), name="pages", daemon=True
    )
    thread.start()
    try:
        yield f"http://127.0.0.1:{now.port}/{now.key}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def _recorded(file: Path) -> PagesRecord | None:
    try:
        return PagesRecord.model_validate_json(file.read_bytes())
    except (OSError, ValidationError):
        return None


class _Pages(SimpleHTTPRequestHandler):
    """Files of one folder, below a key."""

    def __init__(self, *arguments: object, key: str, directory: str) -> None:
        self._key = key
        super().__init__(*arguments, directory=directory)  # type: ignore[arg-type]

    def send_head(self) -> object:  # type: ignore[override]
        first, _, rest = self.path.lstrip("/").partition("/")
        if not secrets.compare_digest(first.encode(), self._key.encode()):
            self.send_error(HTTPStatus.NOT_FOUND)
            return None
        self.path = f"/{rest}"
        return super().send_head()

    def end_headers(self) -> None:
        self.send_header("Referrer-Policy", "no-referrer")
        self.send_header("X-Content-Type-Options", "nosniff")
        super().end_headers()

    def log_message(self, format: str, *args: object) -> None:
        """Nobody reads who looked at a page."""


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    address_family = socket.AF_INET


def _bound(port: int, folder: Path, key: str) -> ThreadingHTTPServer:
    """At that port, or at any other where somebody else has taken it."""
    handler = partial(_Pages, key=key, directory=str(folder))
    try:
        return _Server(("127.0.0.1", port), handler)
    except OSError:
        return _Server(("127.0.0.1", 0), handler)
