"""HTTP on 127.0.0.1, a thread a connection, with the ways in which a connection can fail."""

import socket
import struct
import threading
from collections.abc import Callable, Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from tests.github_server.exchange import Reply

Handle = Callable[[str, str, Mapping[str, str], bytes], tuple[Reply, Callable[[], None]]]
_RESET_ON_CLOSE = struct.pack("ii", 1, 0)


class Listener:
    """Listens from `start` to `stop`. What `handle` raises goes to `crashes` and answers 599."""

    def __init__(self, handle: Handle, crashes: list[BaseException]) -> None:
        self._server = _Server(handle, crashes)
        self._thread = threading.Thread(
            target=self._server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True
        )

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._server.shutdown()
        self._server.hang_up()
        self._server.server_close()
        self._thread.join()


class _Server(ThreadingHTTPServer):
    request_queue_size = 128
    daemon_threads = False  # so that closing waits for them and no socket outlives a test
    block_on_close = True

    def __init__(self, handle: Handle, crashes: list[BaseException]) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.handle_call = handle
        self.crashes = crashes
        self._open: set[socket.socket] = set()
        self._guard = threading.Lock()

    def process_request(self, request: Any, client_address: Any) -> None:
        with self._guard:
            self._open.add(request)
        super().process_request(request, client_address)

    def shutdown_request(self, request: Any) -> None:
        with self._guard:
            self._open.discard(request)
        super().shutdown_request(request)

    def hang_up(self) -> None:
        """End connections that clients keep alive."""
        with self._guard:
            for connection in self._open:
                try:
                    connection.shutdown(socket.SHUT_RDWR)
                except OSError:
                    continue  # it is gone already

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that hung up; what fails on this side is in `crashes`."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    wbufsize = -1  # one packet an answer
    disable_nagle_algorithm = True
    server: _Server

    def do_GET(self) -> None:
        self._serve()

    def do_POST(self) -> None:
        self._serve()

    def _serve(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        try:
            headers = {name.lower(): value for name, value in self.headers.items()}
            reply, after = self.server.handle_call(self.command, self.path, headers, body)
        except BaseException as error:  # noqa: BLE001 - kept, and raised when the server is left
            self.server.crashes.append(error)
            reply, after = Reply(599, repr(error).encode()), _nothing
        if reply.reset:
            self._reset()
        else:
            self._send(reply)
        after()

    def _reset(self) -> None:
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET_ON_CLOSE)
        self.close_connection = True
        self.connection.close()  # takes effect, as a reset, when the reader is closed too

    def _send(self, reply: Reply) -> None:
        self.send_response_only(reply.status)
        for name, value in reply.headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(reply.body)))
        self.end_headers()
        self.wfile.write(reply.body if reply.sent is None else reply.body[: reply.sent])
        self.wfile.flush()
        if reply.sent is not None:
            self.close_connection = True

    def log_message(self, format: str, *args: Any) -> None:
        """Silent: the record of calls is elsewhere."""


def _nothing() -> None:
    return None
