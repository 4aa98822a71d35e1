"""Connections that the engine turns from HTTP into streams of frames."""

import socket
import time
from collections.abc import Iterator, Mapping
from typing import Any, Final, Self

from docker.errors import APIError

PIECE: Final = 1 << 16
STDERR: Final = 2
_HEADER: Final = 8


class Frames:
    """Takes the engine's frames apart: a byte for the stream (STDERR or another), three of
    nothing, four for the length of what follows."""

    def __init__(self) -> None:
        self._head = b""
        self._stream = 0
        self._left = 0

    def parts(self, data: bytes) -> Iterator[tuple[int, bytes]]:
        """Stream and content of the frames in `data`; one may begin or end in the middle of it."""
        while data:
            if self._left:
                part, data = data[: self._left], data[self._left :]
                self._left -= len(part)
                yield self._stream, part
                continue
            wanted = _HEADER - len(self._head)
            self._head, data = self._head + data[:wanted], data[wanted:]
            if len(self._head) == _HEADER:
                self._stream, self._left = self._head[0], int.from_bytes(self._head[4:], "big")
                self._head = b""

    def payload(self, data: bytes) -> bytes:
        """The content alone, of whatever stream."""
        return b"".join(part for _, part in self.parts(data))


class Hijacked:
    """`connection` does not block. `early` is what came with the head of the engine's answer: the
    SDK hands out the socket alone, and loses what its reader has taken in already."""

    def __init__(self, api: Any, path: str, body: Mapping[str, Any] | None = None) -> None:
        """Raises the SDK's exceptions."""
        self._response = api.post(
            f"{api.base_url}/v{api.api_version}{path}",
            json=body,
            headers={"Connection": "Upgrade", "Upgrade": "tcp"},
            stream=True,
            timeout=api.timeout,
        )
        if self._response.status_code >= 400:
            text = self._response.text
            self._response.close()
            raise APIError(text, response=self._response, explanation=text)
        reader = self._response.raw._fp.fp
        self.connection: socket.socket = reader.raw._sock
        self.connection.setblocking(False)
        self.early: bytes = reader.peek() or b""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Not to be used for another question: it is no HTTP any more."""
        self._response.raw._fp.close()
        self._response.close()
        self.connection.close()


def received(connection: socket.socket) -> bytes | None:
    """None where there is nothing yet, no bytes at the end."""
    try:
        return connection.recv(PIECE)
    except BlockingIOError:
        return None
    except ConnectionResetError:  # the end as well, of a command that did not read all its input
        return b""


def drained(connection: socket.socket, within_s: float) -> bytes:
    """What comes within a time."""
    until, parts = time.monotonic() + within_s, list[bytes]()
    while time.monotonic() < until and len(parts) < 1000:
        data = received(connection)
        if data == b"":
            break
        if data is None:
            time.sleep(0.01)
        else:
            parts.append(data)
    return b"".join(parts)
