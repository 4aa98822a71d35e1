"""Listens on the loopback of a box and carries what arrives to the host, over standard input and
output; nothing else leads out.

Frames both ways: channel (4 bytes), kind (1: o opened, d data, c closed), length (4), content.
"""

import contextlib
import os
import socket
import struct
import sys
import threading
from typing import BinaryIO

HEAD = struct.Struct(">IcI")
PIECE = 65536
OPENED, DATA, CLOSED = b"o", b"d", b"c"
MOST = 64
# A client that reads nothing costs itself its connection, and the others this long.
STUCK_S = 20


class Relay:
    def __init__(self, incoming: BinaryIO, outgoing: BinaryIO) -> None:
        self.incoming, self.outgoing = incoming, outgoing
        self.lock = threading.Lock()
        self.open: dict[int, socket.socket] = {}
        self.last = 0

    def listen(self, port: int) -> None:
        server = socket.socket()
        server.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        server.bind(("127.0.0.1", port))
        server.listen(MOST)
        self.send(0, OPENED)
        threading.Thread(target=self.accept, args=(server,), daemon=True).start()

    def accept(self, server: socket.socket) -> None:
        while True:
            client, _ = server.accept()
            client.settimeout(None)
            with self.lock:
                full = len(self.open) >= MOST
                if not full:
                    self.last += 1
                    channel = self.last
                    self.open[channel] = client
            if full:
                client.close()
                continue
            self.send(channel, OPENED)
            threading.Thread(target=self.up, args=(channel, client), daemon=True).start()

    def up(self, channel: int, client: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while piece := client.recv(PIECE):
                self.send(channel, DATA, piece)
        self.send(channel, CLOSED)

    def down(self) -> None:
        while True:
            channel, kind, size = HEAD.unpack(self.exactly(HEAD.size))
            content = self.exactly(size)
            client = self.open.get(channel)
            if client is None:
                continue
            if kind == CLOSED:
                self.end(channel)
                continue
            try:
                client.settimeout(STUCK_S)
                client.sendall(content)
                client.settimeout(None)
            except OSError:
                self.end(channel)

    def end(self, channel: int) -> None:
        client = self.open.pop(channel, None)
        if client is not None:
            with contextlib.suppress(OSError):
                client.shutdown(socket.SHUT_RDWR)
            client.close()

    def send(self, channel: int, kind: bytes, content: bytes = b"") -> None:
        with self.lock:
            self.outgoing.write(HEAD.pack(channel, kind, len(content)) + content)
            self.outgoing.flush()

    def exactly(self, size: int) -> bytes:
        content = self.incoming.read(size)
        if len(content) < size:  # the host is gone, and so is the way out
            os._exit(0)
        return content


def main(port: int) -> None:
    relay = Relay(sys.stdin.buffer, sys.stdout.buffer)
    relay.listen(port)
    relay.down()
