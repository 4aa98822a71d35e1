"""Runs trusted code in a child process of this machine. No isolation: trusted code only."""

import errno
import io
import os
import resource
import shutil
import signal
import subprocess
import sys
import tarfile
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO, ClassVar, Final

from tasks.domain.boxes import CUT, OUTPUT_CAP, BoxFile, ExecResult, Network, Role
from tasks.domain.errors import DataError, SystemFault
from tasks.domain.instances import Environment
from tasks.domain.protocols import Box
from tasks.sandbox import leftovers

_SERVICE_S: Final = 3600
_FILE_BYTES: Final = 256 * 1024 * 1024
_MEMORY_BYTES: Final = 4 * 1024 * 1024 * 1024
CHILD_ENVIRONMENT: Final = {
    "PATH": os.pathsep.join([str(Path(sys.executable).parent), "/usr/bin", "/bin"]),
    "LANG": "C.UTF-8",
    "PYTHONHASHSEED": "0",
    "PYTHONDONTWRITEBYTECODE": "1",
}
"""Small and fixed: nothing of ours, no secrets, the same on any machine."""


class ProcessSandbox:
    """Refuses whatever is not marked trusted: such code belongs in a container."""

    name: ClassVar[str] = "process"

    @contextmanager
    def start(
        self, environment: Environment, label: str, *, network: Network = "none"
    ) -> Iterator[Box]:
        if network != "none":
            raise SystemFault(
                f"{label} asks for the network {network}, which only the Docker sandbox has",
                retryable=False,
            )
        if not environment.trusted:
            raise SystemFault(
                f"{label} is not marked trusted: the process sandbox refuses it, it needs the "
                "Docker sandbox",
                retryable=False,
            )
        leftovers.reap_once()
        with _full_disk_told(label):
            folder = Path(tempfile.mkdtemp(prefix=leftovers.prefix(os.getpid())))
            try:
                box = ProcessBox(folder)
                try:
                    yield box
                finally:
                    box.still()
            finally:
                shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def _full_disk_told(label: str) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        if error.errno != errno.ENOSPC:
            raise
        raise SystemFault(
            f"{label}: the disk of {tempfile.gettempdir()} is full; free some room, or name "
            "another folder with TMPDIR, and run the same command again",
            retryable=False,
        ) from error


class ProcessBox:
    """A workspace folder and the processes started in it.

    There is one user, so that roles change nothing.
    """

    image: str | None = None

    def __init__(self, folder: Path) -> None:
        self._home = folder
        self._workspace = folder / "workspace"
        self._workspace.mkdir()
        self._services: list[subprocess.Popen[bytes]] = []

    def put_tar(self, tar: bytes, *, role: Role = "code") -> None:  # noqa: ARG002
        with tarfile.open(fileobj=io.BytesIO(tar)) as archive:
            archive.extractall(self._workspace, filter="data")

    def put_text(self, path: str, text: str, *, role: Role = "code") -> None:  # noqa: ARG002
        file = self._inside(path)
        file.parent.mkdir(parents=True, exist_ok=True)
        if file.is_symlink():
            file.unlink()
        file.write_text(text, encoding="utf-8", newline="")

    def put_file(
        self,
        path: str,
        content: bytes,
        mode: str = "100644",
        *,
        role: Role = "code",  # noqa: ARG002
    ) -> None:
        self._clear_way(path)
        self.remove(path)
        file = self._inside(path)
        file.parent.mkdir(parents=True, exist_ok=True)
        if mode == "120000":
            self._link(file, os.fsdecode(content))
            return
        file.write_bytes(content)
        file.chmod(0o755 if mode == "100755" else 0o644)

    def remove(self, path: str) -> None:
        file = self._inside(path)
        if file.is_dir() and not file.is_symlink():
            shutil.rmtree(file)
        else:
            with suppress(FileNotFoundError, NotADirectoryError):
                file.unlink()

    def give(self, paths: Sequence[str], role: Role) -> None:  # noqa: ARG002
        for path in paths:
            self._inside(path).mkdir(parents=True, exist_ok=True)

    def get_file(self, path: str, max_bytes: int = 8_000_000) -> BoxFile | None:
        file = self._inside(path)
        if file.is_symlink() or not file.is_file() or file.stat().st_size > max_bytes:
            return None
        found = file.stat()
        return BoxFile(
            content=file.read_bytes(),
            modified_at=found.st_mtime,
            is_program=bool(found.st_mode & 0o100),
        )

    def get_text(self, path: str, max_bytes: int = 8_000_000) -> str | None:
        file = self.get_file(path, max_bytes)
        return None if file is None else file.content.decode("utf-8", errors="replace")

    @contextmanager
    def archive(self) -> Iterator[IO[bytes] | None]:
        with tempfile.TemporaryFile(dir=self._home) as packed:
            with tarfile.open(fileobj=packed, mode="w") as archive:
                archive.add(self._workspace, ".")
            packed.seek(0)
            yield packed

    def now(self) -> float:
        # A file's own stamp: the kernel stamps by a coarser clock than it tells the time by.
        with tempfile.TemporaryFile(dir=self._home) as stamped:
            return os.fstat(stamped.fileno()).st_mtime

    def run(
        self,
        command: Sequence[str],
        timeout_s: float,
        *,
        role: Role = "code",  # noqa: ARG002
        stdin: bytes = b"",
        env: Mapping[str, str] | None = None,
    ) -> ExecResult:
        """Run a command in the workspace; it and its children are gone when this returns."""
        with (
            tempfile.TemporaryFile(dir=self._home) as output,
            tempfile.TemporaryFile(dir=self._home) as given,
        ):
            given.write(stdin)
            given.seek(0)
            process = self._start(command, given, output, env)
            if process is None:
                return ExecResult(exit_code=127, output=f"{command[0]}: cannot be started")
            limit_process(process.pid, timeout_s)
            leftovers.remember_child(self._home, process.pid)
            timed_out = False
            try:
                process.wait(timeout=timeout_s)
            except subprocess.TimeoutExpired:
                timed_out = True
            finally:
                end_group(process)
            return ExecResult(
                exit_code=process.returncode, output=_read_capped(output), timed_out=timed_out
            )

    def serve(self, command: Sequence[str], *, env: Mapping[str, str] | None = None) -> None:
        with tempfile.TemporaryFile(dir=self._home) as sink:
            process = self._start(command, subprocess.DEVNULL, sink, env)
        if process is not None:
            limit_process(process.pid, _SERVICE_S)
            self._services.append(process)

    def still(self) -> None:
        while self._services:
            end_group(self._services.pop())

    def _start(
        self,
        command: Sequence[str],
        stdin: IO[bytes] | int,
        output: IO[bytes],
        env: Mapping[str, str] | None,
    ) -> "subprocess.Popen[bytes] | None":
        """The started process, in a group of its own; None where there is no such program."""
        try:
            return subprocess.Popen(
                list(command),
                cwd=self._workspace,
                env={**self._environment(), **(env or {})},
                stdin=stdin,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        except OSError:
            return None

    def _environment(self) -> dict[str, str]:
        return {
            **CHILD_ENVIRONMENT,
            "HOME": str(self._home),
            "TMPDIR": str(self._home),
            "GIT_CONFIG_GLOBAL": os.devnull,
            "GIT_CONFIG_NOSYSTEM": "1",
            # `git apply` must not find a repository above the workspace and skip paths for it.
            "GIT_CEILING_DIRECTORIES": str(self._home),
        }

    def _clear_way(self, path: str) -> None:
        """Remove links and files that stand where the folders of `path` have to be: through them
        a file would land elsewhere, or nowhere."""
        folder, parts = self._workspace, Path(path).parts
        if ".." in parts or Path(path).is_absolute():
            return  # refused by _inside
        for part in parts[:-1]:
            folder = folder / part
            if folder.is_symlink() or folder.is_file():
                folder.unlink()

    def _link(self, file: Path, target: str) -> None:
        place = Path(os.path.normpath(file.parent / target))
        if not place.is_relative_to(self._workspace):
            raise DataError(f"the link {file.name!r} leads out of the workspace")
        file.symlink_to(target)

    def _inside(self, path: str) -> Path:
        file, parts = self._workspace / path, Path(path).parts
        named = bool(parts) and ".." not in parts  # `a/..` would be the workspace itself
        if not named or not file.parent.resolve().is_relative_to(self._workspace.resolve()):
            raise DataError(f"{path!r} lies outside the workspace")
        return file


def limit_process(pid: int, timeout_s: float) -> None:
    """Hold a child to processor time, size of files and memory."""
    seconds = int(timeout_s) + 5
    limits = {
        resource.RLIMIT_CPU: seconds,
        resource.RLIMIT_FSIZE: _FILE_BYTES,
        resource.RLIMIT_AS: _MEMORY_BYTES,
        resource.RLIMIT_CORE: 0,
    }
    with suppress(ProcessLookupError, PermissionError):
        for kind, value in limits.items():
            resource.prlimit(pid, kind, (value, value))


def end_group(process: "subprocess.Popen[bytes]") -> None:
    """Kill a child with all that it started, and wait for it."""
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def _read_capped(output: IO[bytes]) -> str:
    output.seek(0)
    raw = output.read(OUTPUT_CAP + 1)
    text = raw[:OUTPUT_CAP].decode("utf-8", errors="replace")
    return text + CUT if len(raw) > OUTPUT_CAP else text
