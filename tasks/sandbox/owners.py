"""Whose a container is: labels that tell whether the process that made it still lives."""

import os
import platform
import re
from functools import cache
from pathlib import Path
from typing import Final

from tasks.sandbox.leftovers import started

MARK: Final = "paydag"
OWNER: Final = "paydag.owner"
LABEL: Final = "paydag.label"
_OWNER: Final = re.compile(
    r"(?P<pid>\d+):(?P<ticks>\d+):(?P<machine>[^/]+)/(?P<boot>[^/]+)/(?P<space>[^/]+)"
)


def labels(label: str) -> dict[str, str]:
    """What everything that this process makes in the engine carries; `label` is the instance."""
    return {MARK: "1", OWNER: owner(), LABEL: label}


def owner() -> str:
    """`<pid>:<start ticks>:<host>`: the start tells a process from a later one of that id."""
    return f"{os.getpid()}:{started(os.getpid()) or 0}:{_host()}"


def is_gone(said: str) -> bool:
    """Whether the owner that a label names cannot be alive any more.

    Several machines, and containers with process ids of their own, may share one engine: of
    processes elsewhere nothing is known, so that they count as alive.
    """
    found = _OWNER.fullmatch(said)
    machine, boot, space = _host().split("/")
    if found is None or found["machine"] != machine:
        return False
    if found["boot"] != boot:
        return True  # this machine, before it was started again
    return found["space"] == space and started(int(found["pid"])) != int(found["ticks"])


@cache
def _host() -> str:
    """`<machine>/<boot>/<process id space>`."""
    return "/".join((platform.node() or "host", _boot(), _process_space()))


def _boot() -> str:
    try:
        return Path("/proc/sys/kernel/random/boot_id").read_text(encoding="ascii").strip()
    except OSError:
        return "boot"


def _process_space() -> str:
    try:
        return str(os.stat("/proc/self/ns/pid").st_ino)
    except OSError:
        return "pids"
