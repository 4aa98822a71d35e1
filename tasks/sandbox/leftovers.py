"""What a killed process left behind: box folders, and children that outlived it."""

import os
import re
import shutil
import signal
import tempfile
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import Final

_NAME: Final = re.compile(r"paydag-box-(\d+)-")
_CHILD: Final = "child.pid"


def prefix(pid: int) -> str:
    """How the box folders of a process are called."""
    return f"paydag-box-{pid}-"


def remember_child(folder: Path, pid: int) -> None:
    """Note which process works in a box; its start time tells it from a later one of that id."""
    (folder / _CHILD).write_text(f"{pid} {started(pid) or 0}")


def abandoned_boxes() -> tuple[Path, ...]:
    """The boxes of processes that are gone."""
    found = []
    for folder in Path(tempfile.gettempdir()).glob("paydag-box-*"):
        match = _NAME.match(folder.name)
        if match and not _alive(int(match[1])):
            found.append(folder)
    return tuple(sorted(found))


def remove_box(folder: Path) -> None:
    """End what still runs in an abandoned box, and remove it."""
    _kill_child(folder)
    shutil.rmtree(folder, ignore_errors=True)


@cache
def reap_once() -> None:
    """Remove the boxes of processes that are gone, once in the life of this one."""
    for folder in abandoned_boxes():
        remove_box(folder)


def _kill_child(folder: Path) -> None:
    with suppress(OSError, ValueError):
        pid, ticks = (folder / _CHILD).read_text().split()
        if started(int(pid)) == int(ticks):
            os.killpg(int(pid), signal.SIGKILL)


def _alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def started(pid: int) -> int | None:
    """When a process started, in the kernel's ticks; None where it has ended (or no /proc)."""
    with suppress(OSError, ValueError, IndexError):
        # The second field is the program's name in parentheses, which may hold anything.
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        return None if fields[0] == "Z" else int(fields[19])
    return None
