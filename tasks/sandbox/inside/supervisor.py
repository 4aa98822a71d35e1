"""The first process of a worker's container: runs one program after the other as told on stdin.

This file is not imported there but handed to the image's python3 as text: standard library only,
nothing newer than Python 3.9. It is root without rights over files, with three capabilities:
SETUID and SETGID, to become the program's user (another one every time), and KILL, to end what it
left. Whatever touches a program's files is a child that has become that user first, so that a link
the program laid leads no further than the program itself could go.

Being the first process it cannot be signalled from within, every orphan becomes its child, and
`kill(-1)` reaches all but itself. Requests and replies are JSON behind a length of four bytes, on
descriptors that no program inherits. When its stdin ends, so does the container.
"""

from __future__ import annotations

import json
import os
import signal
import sys
from collections.abc import Mapping
from typing import Any

from tasks.sandbox.inside.files import collect_and_clear
from tasks.sandbox.inside.kernel import traces
from tasks.sandbox.inside.turn import Run


class Channel:
    """The way to the host; standard input and output are /dev/null from here on."""

    def __init__(self) -> None:
        self._source, self._sink = os.dup(0), os.dup(1)
        null = os.open("/dev/null", os.O_RDWR)
        os.dup2(null, 0)
        os.dup2(null, 1)

    def receive(self) -> dict[str, Any]:
        received: dict[str, Any] = json.loads(self._read(int.from_bytes(self._read(4), "big")))
        return received

    def send(self, reply: Mapping[str, Any]) -> None:
        body = json.dumps(reply).encode()
        rest = memoryview(len(body).to_bytes(4, "big") + body)
        while rest:
            rest = rest[os.write(self._sink, rest) :]

    def close(self) -> None:
        os.close(self._source)
        os.close(self._sink)

    def _read(self, size: int) -> bytes:
        got = bytearray()
        while len(got) < size:
            piece = os.read(self._source, min(size - len(got), 1 << 20))
            if not piece:
                sys.exit(0)
            got += piece
        return bytes(got)


def main() -> None:
    channel = Channel()
    wake, woken = os.pipe2(os.O_NONBLOCK | os.O_CLOEXEC)
    signal.signal(signal.SIGCHLD, lambda *_: None)
    signal.set_wakeup_fd(woken, warn_on_full_buffer=False)
    channel.send({"ready": os.getpid() == 1, "left": traces()})
    while True:
        request = channel.receive()
        result = Run(request, wake, channel.close).result()
        paths, room = request["files_out"], request["limits"]["output_bytes"]
        files, left = collect_and_clear(request["uid"], paths, room, channel.close)
        result["files"] = {path: files.get(path) for path in paths}
        channel.send({"result": result, "left": left or traces()})


if __name__ == "__main__":
    main()
