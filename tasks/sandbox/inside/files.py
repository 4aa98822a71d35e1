"""The files of a program: laid out, collected, and removed without a trace."""

from __future__ import annotations

import base64
import json
import os
import select
import stat
import time
import traceback
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from typing import Any

from tasks.sandbox.inside.kernel import WRITABLE, become

HOME = "/tmp/program"  # noqa: S108 - of the container, where it is empty at every start
_CLEARING_S = 20.0


def lay_out(files: Mapping[str, str]) -> None:
    """Put the files into a new folder and stay there."""
    os.umask(0o077)
    os.mkdir(HOME)
    os.chdir(HOME)
    for path, content in files.items():
        folder = os.path.dirname(path)
        if folder:
            os.makedirs(folder, exist_ok=True)
        with open(path, "wb") as file:
            file.write(base64.b64decode(content))
        os.chmod(path, 0o700)


def collect_and_clear(
    uid: int, paths: list[str], room: int, release: Callable[[], None]
) -> tuple[dict[str, Any], str]:
    """(the files asked for, "") when nothing of the user's files is left, else what is.

    `room` is for all files together, in bytes. `release` is called in the child that does it.
    """
    source, sink = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            release()
            become(uid)
            with open(sink, "w", encoding="ascii") as pipe:
                json.dump(dict(_collected(paths, room)), pipe)
            for top in WRITABLE:
                _clear(top)
            os._exit(0)
        except BaseException:  # noqa: BLE001 - a child must not go on as its parent
            traceback.print_exc()
        finally:
            os._exit(1)
    os.close(sink)
    end_by = time.monotonic() + _CLEARING_S
    told = _read_until(end_by, source)
    done, status = 0, 1
    while done == 0 and time.monotonic() < end_by:
        done, status = os.waitpid(child, os.WNOHANG)
        time.sleep(0 if done else 0.0002)
    is_clear = done != 0 and status == 0
    return json.loads(told), "" if is_clear else "files that could not be removed"


def _read_until(end_by: float, source: int) -> bytes:
    told, waiter = bytearray(), select.poll()
    waiter.register(source, select.POLLIN)
    while waiter.poll(max(end_by - time.monotonic(), 0) * 1000):
        piece = os.read(source, 1 << 20)
        if not piece:
            break
        told += piece
    os.close(source)
    return bytes(told)


def _collected(paths: list[str], room: int) -> Iterator[tuple[str, str | None]]:
    for path in paths:
        content = None
        with suppress(OSError):
            content = _plain_file(path, room)
        room -= len(content or b"")
        yield path, None if content is None else base64.b64encode(content).decode()


def _plain_file(path: str, room: int) -> bytes | None:
    """A file below the program's folder, reached through no link; None where there is none."""
    *folders, name = path.split("/")
    at = os.open(HOME, os.O_DIRECTORY | os.O_NOFOLLOW)
    try:
        for folder in folders:
            below = os.open(folder, os.O_DIRECTORY | os.O_NOFOLLOW, dir_fd=at)
            os.close(at)
            at = below
        fd = os.open(name, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK, dir_fd=at)
    finally:
        os.close(at)
    with open(fd, "rb") as file:
        if not stat.S_ISREG(os.fstat(fd).st_mode):
            return None
        content = file.read(room + 1)
    return content if len(content) <= room else None


def _clear(top: bytes) -> None:
    """Remove all below a folder, however deep it lies: inner folders are moved to the top first."""
    number = 0
    while names := os.listdir(top):
        for name in names:
            path = os.path.join(top, name)
            if not stat.S_ISDIR(os.lstat(path).st_mode):
                os.unlink(path)
                continue
            os.chmod(path, 0o700)
            for inner in os.listdir(path):
                below = os.path.join(path, inner)
                if stat.S_ISDIR(os.lstat(below).st_mode):
                    os.chmod(below, 0o700)
                    number += 1
                    moved = f"{os.urandom(8).hex()}{number}"
                    os.rename(below, os.path.join(top, moved.encode()))
                else:
                    os.unlink(below)
            os.rmdir(path)
