"""The first process of a box: it keeps the container, takes in orphans, and counts.

Its counts are the kernel's, of the container's own control group, so that nobody in the box can
forge them. Asking the engine for the same takes it up to a second, or starts a process in a box
that may have no room for one; a shell that waits at the other end of a connection answers at once.
It runs as a user of its own, whom no submission can signal or trace.
"""

import select
import time
from dataclasses import dataclass
from typing import Any, Final

from tasks.domain.errors import SystemFault
from tasks.sandbox.hijack import Frames, Hijacked, received

USER: Final = "10003:10003"
# A shell that answers, and one that waits for it.
PROCESSES: Final = 2
_ANSWER_S: Final = 60.0
# The first shell takes in whatever ends, its own or not, without which orphans would fill the limit
# as zombies. The second one is forked before any command runs, and nothing forks later: a box whose
# processes are used up must not cost it its keeper. Should it be killed, or its line be cut because
# the process at the other end is gone, the first one ends, and the container with it. Where the
# counts lie tells the two kinds of control groups.
_SCRIPT: Final = """
(
  cd /sys/fs/cgroup
  if [ -e pids/pids.current ]; then
    pids=pids/pids.current used=memory/memory.usage_in_bytes events=memory/memory.oom_control
  else
    pids=pids.current used=memory.current events=memory.events
  fi
  while read -r asked; do
    count= bytes=0 kills=0
    { read -r count <$pids; read -r bytes <$used
      while read -r key value; do
        if [ "$key" = oom_kill ]; then kills=$value; fi
      done <$events
    } 2>/dev/null
    echo "$asked ${count:--1} $bytes $kills"
  done
)
exit
"""
COMMAND: Final = ("/bin/sh", "-c", _SCRIPT)


@dataclass(frozen=True, slots=True)
class Count:
    """`processes` counts threads and the keeper's own too, None where the engine has no such
    control group; `oom_kills` are those since the box was started."""

    processes: int | None
    memory_bytes: int
    oom_kills: int


class Keeper:
    """The connection to the first process of a container, made before that is started."""

    def __init__(self, api: Any, container: str) -> None:
        """Raises the SDK's exceptions."""
        self._line = Hijacked(api, f"/containers/{container}/attach?stdin=1&stdout=1&stream=1")
        self._frames = Frames()
        self._text = self._frames.payload(self._line.early)
        self._asked = 0

    def count(self) -> Count | None:
        """None where the container has ended. Raises SystemFault where no answer comes."""
        self._asked += 1
        try:
            self._line.connection.send(b"%d\n" % self._asked)
        except OSError:
            return None
        wanted = str(self._asked)
        until = time.monotonic() + _ANSWER_S
        while time.monotonic() < until:
            line = self._read_line(until)
            if line is None:
                return None
            asked, _, rest = line.partition(" ")
            if asked == wanted:
                processes, memory, kills = (int(number) for number in rest.split())
                return Count(None if processes < 0 else processes, memory, kills)
        raise SystemFault(f"a box did not answer within {_ANSWER_S:.0f} s")

    def close(self) -> None:
        self._line.close()

    def _read_line(self, until: float) -> str | None:
        """The next line, empty where none came in time, None at the end."""
        connection = self._line.connection
        while b"\n" not in self._text:
            left = until - time.monotonic()
            if left <= 0 or not select.select([connection], [], [], left)[0]:
                return ""
            data = received(connection)
            if data == b"":
                return None
            self._text += self._frames.payload(data or b"")
        line, _, self._text = self._text.partition(b"\n")
        return line.decode()
