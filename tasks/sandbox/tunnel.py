"""The host's end of a relay: connections made in a box, as sockets of this process."""

import socket
import struct
import threading
from collections.abc import Callable
from contextlib import suppress
from typing import Final

from tasks.domain.errors import SystemFault
from tasks.sandbox.hijack import PIECE, Frames

_HEAD: Final = struct.Struct(">IcI")
_OPENED: Final = b"o"
_DATA: Final = b"d"
_CLOSED: Final = b"c"
_FRAME_BYTES: Final = 1_000_000
_STUCK_S: Final = 60.0

Serve = Callable[[socket.socket], None]


class Tunnel:
    """`attached` is the engine's stream to the relay's container; `serve` gets every connection,
    in a thread of its own, and may block. The relay is ours, what comes through it is not.
    """

    def __init__(self, attached: socket.socket, serve: Serve) -> None:
        self._socket = attached
        self._socket.setblocking(True)
        self._serve = serve
        self._sending = threading.Lock()
        self._ready = threading.Event()
        self._open: dict[int, socket.socket] = {}
        self._frames = Frames()
        self._buffer = bytearray()
        self._thread = threading.Thread(target=self._carry, daemon=True)

    def start(self, timeout_s: float) -> None:
        """Returns once the relay listens. Raises SystemFault where it does not in time."""
        self._thread.start()
        if not self._ready.wait(timeout_s):
            raise SystemFault("the relay to the model does not start: its image needs a python3")

    def close(self) -> None:
        """End all connections; the relay ends with its input."""
        for side in [self._socket, *list(self._open.values())]:
            with suppress(OSError):
                side.shutdown(socket.SHUT_RDWR)
        if self._thread.is_alive():
            self._thread.join(_STUCK_S)

    def _carry(self) -> None:
        with suppress(OSError, ConnectionError):
            while True:
                channel, kind, size = _HEAD.unpack(self._exactly(_HEAD.size))
                if size > _FRAME_BYTES:
                    raise ConnectionError(f"a frame of {size} bytes")
                self._take(channel, kind, self._exactly(size))
        for near in list(self._open.values()):
            with suppress(OSError):
                near.shutdown(socket.SHUT_RDWR)

    def _take(self, channel: int, kind: bytes, content: bytes) -> None:
        if channel == 0:
            self._ready.set()
        elif kind == _OPENED:
            near, far = socket.socketpair()
            near.settimeout(_STUCK_S)
            self._open[channel] = near
            threading.Thread(target=self._serve_one, args=(far,), daemon=True).start()
            threading.Thread(target=self._back, args=(channel, near), daemon=True).start()
        elif channel in self._open:
            near = self._open[channel]
            try:
                if kind == _DATA:
                    near.sendall(content)
                else:
                    near.shutdown(socket.SHUT_WR)
            except OSError:  # nobody reads it any more
                with suppress(OSError):
                    near.shutdown(socket.SHUT_RDWR)

    def _serve_one(self, far: socket.socket) -> None:
        with far:
            self._serve(far)

    def _back(self, channel: int, near: socket.socket) -> None:
        """What is answered, to the box, until the answer ends."""
        with suppress(OSError):
            while True:
                try:
                    piece = near.recv(PIECE)
                except TimeoutError:  # a model may think for long
                    continue
                if not piece:
                    break
                self._send(channel, _DATA, piece)
        self._open.pop(channel, None)
        near.close()
        with suppress(OSError):
            self._send(channel, _CLOSED, b"")

    def _send(self, channel: int, kind: bytes, content: bytes) -> None:
        with self._sending:
            self._socket.sendall(_HEAD.pack(channel, kind, len(content)) + content)

    def _exactly(self, size: int) -> bytes:
        """So many bytes of the relay's standard output."""
        while len(self._buffer) < size:
            piece = self._socket.recv(PIECE)
            if not piece:
                raise ConnectionError("the relay ended")
            self._buffer += self._frames.payload(piece)
        taken = bytes(self._buffer[:size])
        del self._buffer[:size]
        return taken
