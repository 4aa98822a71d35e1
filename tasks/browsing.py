"""`paydag browse`: a report served on loopback, written anew when new verdicts land."""

import threading
from collections.abc import Callable
from functools import partial
from hashlib import sha256
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Final
from urllib.parse import unquote, urlsplit

from tasks.domain.errors import PaydagError, SystemFault, UsageError
from tasks.publishing import Wanted, publish
from tasks.reporting import made_live
from tasks.stages import open_warehouse

_KINDS: Final = {
    ".html": "text/html; charset=utf-8",
    ".svg": "image/svg+xml",
    ".png": "image/png",
    ".json": "application/json",
    ".csv": "text/csv; charset=utf-8",
    ".md": "text/markdown; charset=utf-8",
}
_HEADERS: Final = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Content-Security-Policy": "frame-ancestors 'none'",
    "Cache-Control": "no-cache",
}
_HOSTS: Final = ("127.0.0.1", "localhost")


class _Handler(BaseHTTPRequestHandler):
    """Serves the files of one folder, to this machine only."""

    protocol_version = "HTTP/1.1"
    server_version = "paydag"
    sys_version = ""
    timeout = 30

    def __init__(self, folder: Path, start: str, *given: object) -> None:
        self.folder = folder
        self.start = start
        super().__init__(*given)  # type: ignore[arg-type]

    def do_GET(self) -> None:
        self._answer(with_body=True)

    def do_HEAD(self) -> None:
        self._answer(with_body=False)

    def log_message(self, format: str, *args: object) -> None:
        """Nothing: what is asked for here is nobody's news."""

    def _answer(self, *, with_body: bool) -> None:
        # Another site's page may have a name of its own lead here: it must not read the report.
        # Without a port where that is 80.
        host = (self.headers.get("Host") or "").partition(":")[0]
        if host not in _HOSTS:
            self._send(HTTPStatus.MISDIRECTED_REQUEST, b"", "text/plain", with_body)
            return
        file = self._file()
        if file is None:
            self._send(HTTPStatus.NOT_FOUND, b"not here\n", "text/plain", with_body)
            return
        content = file.read_bytes()
        if file.suffix == ".html":
            content = made_live(content)
        tag = f'"{sha256(content).hexdigest()[:32]}"'
        if self.headers.get("If-None-Match") == tag:
            self._send(HTTPStatus.NOT_MODIFIED, b"", _KINDS[file.suffix], with_body, tag)
        else:
            self._send(HTTPStatus.OK, content, _KINDS[file.suffix], with_body, tag)

    def _file(self) -> Path | None:
        """The file that the address names; None for what is not there or not a report's."""
        name = unquote(urlsplit(self.path).path).lstrip("/") or self.start
        if "\0" in name:
            return None
        file = (self.folder / name).resolve()
        inside = file.is_relative_to(self.folder.resolve())
        return file if inside and file.suffix in _KINDS and file.is_file() else None

    def _send(
        self, status: HTTPStatus, content: bytes, kind: str, with_body: bool, tag: str | None = None
    ) -> None:
        self.send_response(status)
        for name, value in _HEADERS.items():
            self.send_header(name, value)
        self.send_header("Content-Type", kind)
        if tag:
            self.send_header("ETag", tag)
        if status is not HTTPStatus.NOT_MODIFIED:
            self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        if with_body and status is not HTTPStatus.NOT_MODIFIED:
            self.wfile.write(content)


def serve(folder: Path, port: int, start: str = "index.html") -> ThreadingHTTPServer:
    """A server of the folder on 127.0.0.1, not started yet; `start` is the page of the bare
    address. Raises SystemFault for a taken port."""
    try:
        server = ThreadingHTTPServer(("127.0.0.1", port), partial(_Handler, folder, start))
    except OSError as error:
        raise SystemFault(
            f"port {port} of 127.0.0.1 cannot be used: {error.strerror}; say another with --port"
        ) from error
    server.daemon_threads = True
    return server


def browse(
    home: Path,
    wanted: Wanted,
    port: int,
    every_s: float,
    say: Callable[[str], None],
    stop: threading.Event | None = None,
) -> str:
    """Write the report, serve it, and write it again whenever the warehouse changed, until an
    interrupt (or `stop`); the address it was served at. Raises UsageError where there is no run."""
    first = publish(home, wanted)
    if first.index is None:
        raise UsageError("no run yet; start one with `paydag evaluate`")
    index = first.index
    server = serve(index.parent, port, index.name)
    name = "" if index.name == "index.html" else index.name
    address = f"http://127.0.0.1:{server.server_address[1]}/{name}"
    threading.Thread(target=server.serve_forever, daemon=True).start()
    say(f"{address} shows {index}; Ctrl-C ends it")
    over = stop or threading.Event()
    try:
        _watch(home, wanted, every_s, say, over)
    except KeyboardInterrupt:
        say("ended")
    finally:
        server.shutdown()
        server.server_close()
    return address


def _watch(
    home: Path, wanted: Wanted, every_s: float, say: Callable[[str], None], over: threading.Event
) -> None:
    """Write the report again whenever a file of the warehouse is another than before."""
    seen = _changed_at(home)
    while not over.wait(every_s):
        now = _changed_at(home)
        if now == seen:
            continue
        try:
            found = publish(home, wanted)
        except PaydagError as error:  # the next look may find the warehouse free again
            say(f"not written: {error}")
            continue
        seen = now
        say(f"written again: {found.pages} pages of tasks changed")


def _changed_at(home: Path) -> list[tuple[int, int]]:
    """When the files of the warehouse, and what is not yet in them, changed, and how large they
    are. Opening them would make writers wait."""
    folder = open_warehouse(home).folder
    names = ("core.duckdb", "core.duckdb.wal", "eval.duckdb", "eval.duckdb.wal")
    stats = [file.stat() if (file := folder / name).exists() else None for name in names]
    return [(stat.st_mtime_ns, stat.st_size) if stat else (0, 0) for stat in stats]
