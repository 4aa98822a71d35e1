"""One command in a running container: its input, its output up to a cap, its time."""

import selectors
import socket
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any, Final

from tasks.domain.boxes import CUT, OUTPUT_CAP, Killed
from tasks.sandbox.hijack import PIECE, Frames, Hijacked, drained, received

# Far past the cap: nobody prints this much, and draining it costs a processor.
FLOOD_BYTES: Final = 64_000_000
_GLANCE_S: Final = 0.25
_LONG_GLANCE_S: Final = 1.0

Watch = Callable[[], Killed | None]


def nothing() -> Killed | None:
    """A watch where nothing has to be watched."""
    return None


@dataclass(slots=True)
class Exec:
    """An ended, or given up, command. `exit_code` is None where it has not ended; `began` is false
    where the engine could not start it."""

    exec_id: str = ""
    began: bool = True
    exit_code: int | None = None
    timed_out: bool = False
    killed: Killed | None = None
    output: "Output" = field(default_factory=lambda: Output())


class Output:
    """The first bytes of a stream, and how many there were."""

    def __init__(self) -> None:
        self.seen = 0
        self._kept = bytearray()
        self._frames = Frames()

    def feed(self, data: bytes) -> None:
        """Bytes in the engine's frames."""
        self.add(self._frames.payload(data))

    def add(self, words: bytes) -> None:
        """Bytes without frames around them."""
        self.seen += len(words)
        self._kept += words[: max(0, OUTPUT_CAP - len(self._kept))]

    def text(self) -> str:
        """Decoded, with the marker where it was cut."""
        text = self._kept.decode("utf-8", errors="replace")
        return text + CUT if self.seen > OUTPUT_CAP else text


def create(
    api: Any,
    container: str,
    command: Sequence[str],
    *,
    user: str,
    env: Mapping[str, str],
    stdin: bool = False,
) -> str:
    """The id of a command that is not started yet. Raises the SDK's exceptions."""
    # The kernel's killer takes the command before the keeper, with which the box would end. One
    # stream for both outputs: the engine keeps no order between two.
    script = 'exec 2>&1; { echo 1000 >/proc/self/oom_score_adj; } 2>/dev/null; exec "$@"'
    made = api.exec_create(
        container,
        ["/bin/sh", "-c", script, "sh", *command],
        stdin=stdin,
        user=user,
        environment=dict(env),
        workdir="/workspace",
    )
    return str(made["Id"])


def follow(api: Any, exec_id: str, stdin: bytes, timeout_s: float, watch: Watch) -> Exec:
    """Start a command and stay until it ends, its time is over or `watch` says what killed it.

    What it started may go on after that, also with its output in hand: that is no reason to wait.
    Raises the SDK's exceptions, and OSError, where the engine fails.
    """
    done = Exec(exec_id)
    deadline = time.monotonic() + timeout_s
    with Hijacked(api, f"/exec/{exec_id}/start", {"Detach": False, "Tty": False}) as line:
        done.output.feed(line.early)
        _pump(api, done, line.connection, stdin, deadline, watch)
    _await_end(api, done, deadline, watch)
    return done


def _pump(
    api: Any, done: Exec, connection: socket.socket, stdin: bytes, deadline: float, watch: Watch
) -> None:
    """Carry input and output until the output ends, or there is a reason not to wait for that."""
    waiting = memoryview(stdin)
    looked, pause = time.monotonic(), _GLANCE_S
    with selectors.DefaultSelector() as selector:
        both = selectors.EVENT_READ | selectors.EVENT_WRITE
        selector.register(connection, both if waiting else selectors.EVENT_READ)
        while True:
            now = time.monotonic()
            if now >= deadline:
                done.timed_out = True
                return
            ready = {mask for _, mask in selector.select(min(_GLANCE_S, deadline - now))}
            if any(mask & selectors.EVENT_WRITE for mask in ready):
                waiting = _sent(connection, waiting)
                if not waiting:
                    selector.modify(connection, selectors.EVENT_READ)
            if any(mask & selectors.EVENT_READ for mask in ready):
                data = received(connection)
                if data == b"":
                    return
                done.output.feed(data or b"")
                if done.output.seen > FLOOD_BYTES:
                    done.killed = "output"
                    return
            if time.monotonic() - looked >= pause:
                done.killed = watch()
                if done.killed or _has_ended(api, done):
                    # Others may hold its output open for ever.
                    done.output.feed(drained(connection, _GLANCE_S))
                    return
                looked, pause = time.monotonic(), min(2 * pause, _LONG_GLANCE_S)


def _sent(connection: socket.socket, waiting: memoryview) -> memoryview:
    try:
        rest = waiting[connection.send(waiting[:PIECE]) :]
    except BlockingIOError:
        return waiting
    except OSError:  # it reads no more
        return waiting[:0]
    if not rest:
        with suppress(OSError):
            connection.shutdown(socket.SHUT_WR)
    return rest


def _has_ended(api: Any, done: Exec) -> bool:
    told = api.exec_inspect(done.exec_id)
    if told["Running"] or told["ExitCode"] is None:
        return False
    done.exit_code = int(told["ExitCode"])
    done.began = bool(told["Pid"])
    return True


def _await_end(api: Any, done: Exec, deadline: float, watch: Watch) -> None:
    """A command may close its output and go on; the engine may know of its end a little later."""
    pause = 0.005
    while not (
        done.timed_out or done.killed or done.exit_code is not None or _has_ended(api, done)
    ):
        if time.monotonic() >= deadline:
            done.timed_out = True
            return
        time.sleep(pause)
        pause = min(2 * pause, _GLANCE_S)
        if pause >= _GLANCE_S:
            done.killed = watch()
