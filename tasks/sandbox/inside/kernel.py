"""What the kernel lets a supervisor be, and what it counts of the container."""

from __future__ import annotations

import os
import resource
from contextlib import suppress

# All that a program can write to; the root file system is read-only.
WRITABLE = (b"/tmp", b"/dev/shm")
_LISTS = ("/dev/mqueue", *map(os.fsdecode, WRITABLE))
# Sockets that outlive their process (a port that waits), and SysV IPC: one line of heading each.
_TABLES = (
    *(f"/proc/net/{name}" for name in ("tcp", "tcp6", "udp", "udp6", "raw", "raw6", "unix")),
    *(f"/proc/sysvipc/{name}" for name in ("shm", "sem", "msg")),
)
# (file, key, units a second) of cgroup v1, then of v2.
_CPU_USE = (
    ("/sys/fs/cgroup/cpuacct/cpuacct.usage", "", 1_000_000_000),
    ("/sys/fs/cgroup/cpu.stat", "usage_usec", 1_000_000),
)
_OOM_KILLS = (
    ("/sys/fs/cgroup/memory/memory.oom_control", "oom_kill", 1),
    ("/sys/fs/cgroup/memory.events", "oom_kill", 1),
)


def become(uid: int) -> None:
    """Be this user and no other, for good; capabilities go with it."""
    os.setgroups([])
    os.setresgid(uid, uid, uid)
    os.setresuid(uid, uid, uid)


def traces() -> str:
    """What of a program is still there, after all of it was ended and removed."""
    for folder in _LISTS:
        with suppress(FileNotFoundError):
            if os.listdir(folder):
                return f"files in {folder}"
    for table in _TABLES:
        with suppress(FileNotFoundError), open(table, encoding="ascii", errors="replace") as file:
            if len(file.readlines()) > 1:
                return f"entries in {table}"
    others = [name for name in os.listdir("/proc") if name.isdigit() and name != "1"]
    return f"processes {', '.join(others)}" if others else ""


def _count(places: tuple[tuple[str, str, int], ...]) -> float | None:
    """A number that the kernel keeps of this container; None where it does not."""
    for path, key, units in places:
        with suppress(OSError, ValueError), open(path, encoding="ascii") as file:
            for line in file:
                words = line.split()
                if not key or words[0] == key:
                    return int(words[-1]) / units
    return None


def cpu_seconds() -> float:
    """Processor time of everything in the container so far; of buried children where the kernel
    does not count it."""
    counted = _count(_CPU_USE)
    if counted is not None:
        return counted
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def oom_kills() -> int:
    """How many processes of the container were ended for want of memory so far."""
    return int(_count(_OOM_KILLS) or 0)
