"""A disk that is full when it should be: a tmpfs of its own, which can be made larger."""

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import pytest

ROOMY: Final = 512 * 1024**2


@dataclass(frozen=True)
class SmallDisk:
    folder: Path

    def leave(self, free: int) -> None:
        """Make the disk so large that this many bytes are free."""
        used = shutil.disk_usage(self.folder).used
        self._mount("-o", f"remount,size={max(used + free, 4096)}")

    def make_room(self) -> None:
        self._mount("-o", f"remount,size={ROOMY}")

    def _mount(self, *options: str) -> None:
        subprocess.run(["mount", *options, str(self.folder)], check=True)


@contextmanager
def small_disk(folder: Path) -> Iterator[SmallDisk]:
    """Skips the test where nobody may mount anything."""
    if os.geteuid() != 0 or shutil.which("mount") is None:
        pytest.skip("a disk of its own (tmpfs) needs root")
    folder.mkdir(parents=True)
    command = ["mount", "-t", "tmpfs", "-o", f"size={ROOMY}", "none", str(folder)]
    mounted = subprocess.run(command, capture_output=True, text=True, check=False)
    if mounted.returncode:
        pytest.skip(f"no tmpfs can be mounted here: {mounted.stderr.strip()}")
    try:
        yield SmallDisk(folder)
    finally:
        subprocess.run(["umount", "--lazy", str(folder)], check=True)
