"""A Docker engine of a test's own, beside any other, that can be killed and started again."""

import os
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import pytest

_TRIES: Final = 3


class OwnEngine:
    """dockerd with its own socket and data, without a bridge: two engines would share addresses."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.host = f"unix://{folder}/docker.sock"
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Skips the test where the engine does not start, however often it is tried: on a busy
        machine its containerd may take longer than it waits for it."""
        for _ in range(_TRIES):
            if self._started():
                return
            self._end_containerd()
        last = (self._folder / "log").read_text().splitlines()[-3:]
        pytest.skip(f"no Docker engine can be started here: {' '.join(last)}")

    def _started(self) -> bool:
        (self._folder / "pid").unlink(missing_ok=True)
        command = ["dockerd", "--host", self.host, "--data-root", str(self._folder / "data")]
        command += ["--exec-root", str(self._folder / "exec")]
        command += ["--pidfile", str(self._folder / "pid"), "--bridge", "none"]
        with (self._folder / "log").open("ab") as log:
            self._process = subprocess.Popen(command, stdout=log, stderr=log)
        version = ["docker", "--host", self.host, "version"]
        for _ in range(300):
            if subprocess.run(version, capture_output=True, check=False).returncode == 0:
                return True
            if self._process.poll() is not None:
                return False
            time.sleep(0.2)
        self.kill()
        return False

    def kill(self) -> None:
        """End the engine as a crash does; what it runs goes on without it."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()

    def end(self) -> None:
        if self._process is not None and self._process.poll() is None:
            self._process.terminate()
            try:
                self._process.wait(20)
            except subprocess.TimeoutExpired:
                self.kill()
        self._end_containerd()

    def _end_containerd(self) -> None:
        containerd = self._folder / "exec" / "containerd" / "containerd.pid"
        if containerd.exists():
            try:
                os.kill(int(containerd.read_text()), signal.SIGTERM)
            except (OSError, ValueError):
                return

    def load(self, image: str, host: str) -> None:
        """Copy an image from the engine at `host`."""
        save = ["docker", "--host", host, "save", image]
        load = ["docker", "--host", self.host, "load", "--quiet"]
        with subprocess.Popen(save, stdout=subprocess.PIPE) as saved:
            subprocess.run(load, stdin=saved.stdout, stdout=subprocess.DEVNULL, check=True)
        assert saved.returncode == 0


@contextmanager
def own_engine(folder: Path) -> Iterator[OwnEngine]:
    if os.geteuid() != 0 or shutil.which("dockerd") is None:
        pytest.skip("an engine of its own needs root and dockerd")
    folder.mkdir(parents=True)
    engine = OwnEngine(folder)
    try:
        engine.start()
        yield engine
    finally:
        engine.end()
        mounts = Path("/proc/mounts").read_text().splitlines()
        for place in sorted((m.split()[1] for m in mounts), reverse=True):
            if place.startswith(f"{folder}/"):
                subprocess.run(["umount", "--lazy", place], check=False)
