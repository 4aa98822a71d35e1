"""This home's local Prefect server: started once in the background, stopped by `paydag down`."""

import base64
import fcntl
import json
import os
import secrets
import shlex
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final

from pydantic import BaseModel, ValidationError

from tasks.domain.errors import SystemFault, UsageError
from tasks.prefect_template import seed_database
from tasks.settings import without_secrets

_START_WAIT_S: Final = 90.0
_STOP_WAIT_S: Final = 15.0
# The server writes what it hears of task runs and events seldom and in bulk. A request that meets
# such a write in SQLite is refused, and Prefect's client then waits 2 s before it tries again; as
# delivered, every second subflow did. Task runs show up to 5 s late, the event feed up to 15 s.
_TUNING: Final = {
    "PREFECT_SERVER_SERVICES_TASK_RUN_RECORDER_BATCH_SIZE": "500",
    "PREFECT_SERVER_SERVICES_TASK_RUN_RECORDER_READ_BATCH_SIZE": "500",
    "PREFECT_SERVER_SERVICES_TASK_RUN_RECORDER_FLUSH_INTERVAL": "5",
    "PREFECT_SERVER_SERVICES_EVENT_PERSISTER_BATCH_SIZE": "1000",
    "PREFECT_SERVER_SERVICES_EVENT_PERSISTER_FLUSH_INTERVAL": "15",
    "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
    "PREFECT_SERVER_LOGGING_LEVEL": "WARNING",
    # As delivered, the pages ask port 4200, wherever the server is.
    "PREFECT_SERVER_UI_API_URL": "/api",
    "PREFECT_SERVER_UI_SHOW_PROMOTIONAL_CONTENT": "false",
}


# Kept, because Python warns of a child whose handle is thrown away while it runs.
_started: Final[list[subprocess.Popen[bytes]]] = []


class ServerRecord(BaseModel, frozen=True, extra="forbid"):
    """What `server.json` in the home says of the server. `auth` is a secret (user:password)."""

    port: int
    auth: str
    pid: int

    @property
    def ui_url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def api_url(self) -> str:
        return f"{self.ui_url}/api"


def record_file(home: Path) -> Path:
    return home / "prefect" / "server.json"


def read_record(home: Path) -> ServerRecord | None:
    try:
        return ServerRecord.model_validate_json(record_file(home).read_bytes())
    except (OSError, ValidationError):
        return None


def running_server(home: Path) -> ServerRecord | None:
    """The home's server, if it answers to the recorded password."""
    record = read_record(home)
    return record if record is not None and _answers(record) else None


def environment_file(home: Path) -> Path:
    """What a shell reads (`. FILE`) to talk to the home's server with Prefect's own commands."""
    return home / "prefect" / "env.sh"


def ensure_server(home: Path, port: int | None = None) -> tuple[ServerRecord, bool]:
    """(the home's server, whether this call started it). Two callers start one server.

    Raises UsageError where it cannot be at `port`; where none is named, any does.
    """
    with _locked(home):
        running = running_server(home)
        if running is not None:
            if port is not None and running.port != port:
                raise UsageError(
                    f"the Prefect server of {home} already runs at port {running.port}; stop it "
                    "with `paydag down`, or leave out --port"
                )
            return running, False
        _stop(home)
        return _start(home, _free_port() if port is None else _checked_port(port)), True


def stop_server(home: Path) -> bool:
    """Stop the home's server; False where none was running."""
    if not record_file(home).exists():
        return False
    with _locked(home):
        return _stop(home)


@contextmanager
def _locked(home: Path) -> Iterator[None]:
    record_file(home).parent.mkdir(parents=True, exist_ok=True)
    with (record_file(home).parent / "server.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def answers_at(api_url: str, timeout_s: float = 3.0) -> bool:
    """Whether anything that speaks HTTP answers there; it may well ask for a password."""
    request = urllib.request.Request(f"{api_url.rstrip('/')}/health")  # noqa: S310 - a setting
    try:
        with urllib.request.urlopen(request, timeout=timeout_s):  # noqa: S310
            return True
    except urllib.error.HTTPError as error:
        error.close()
        return error.code < 500
    except (urllib.error.URLError, OSError, ValueError):
        return False


def _answers(record: ServerRecord, timeout_s: float = 2.0) -> bool:
    token = base64.b64encode(record.auth.encode()).decode()
    request = urllib.request.Request(  # noqa: S310 - always http on loopback
        f"{record.api_url}/admin/version", headers={"Authorization": f"Basic {token}"}
    )
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with opener.open(request, timeout=timeout_s) as answer:
            return bool(answer.status == 200)
    except (urllib.error.URLError, OSError, ValueError):
        return False


def _start(home: Path, port: int) -> ServerRecord:
    log = home / "prefect" / "server.log"
    auth = f"paydag:{secrets.token_urlsafe(24)}"
    environment = without_secrets(home) | _TUNING | {"PREFECT_SERVER_API_AUTH_STRING": auth}
    seed_database(home / "prefect")
    with log.open("ab") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", "prefect", "server", "start",
             "--host", "127.0.0.1", "--port", str(port)],
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            cwd=home,
            start_new_session=True,
        )  # fmt: skip
    _started.append(process)
    record = ServerRecord(port=port, auth=auth, pid=process.pid)
    _write_private(record_file(home), json.dumps(record.model_dump()))
    _write_private(environment_file(home), _exports(home, record))
    deadline = time.monotonic() + _START_WAIT_S
    while time.monotonic() < deadline:
        if _answers(record, timeout_s=1.0):
            return record
        if process.poll() is not None:
            break
        time.sleep(0.1)
    _stop(home)
    raise SystemFault(
        f"the local Prefect server did not start; its log is {log}, and --ephemeral does without"
    )


def _exports(home: Path, record: ServerRecord) -> str:
    values = {
        "PREFECT_API_URL": record.api_url,
        "PREFECT_API_AUTH_STRING": record.auth,
        "PAYDAG_HOME": str(home),
    }
    return "".join(f"export {name}={shlex.quote(value)}\n" for name, value in values.items())


def _write_private(file: Path, text: str) -> None:
    """Readable by its owner only: it holds the server's password."""
    part = file.with_suffix(".part")
    part.unlink(missing_ok=True)
    with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as output:
        output.write(text)
    part.replace(file)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _checked_port(port: int) -> int:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError as error:
            raise UsageError(
                f"port {port} cannot be used: {error.strerror}; name a free one with --port"
            ) from error
    return port


def _stop(home: Path) -> bool:
    record = read_record(home)
    if record is None:
        return False
    stopped = False
    if _is_our_server(record):
        stopped = True
        with suppress(ProcessLookupError):
            os.killpg(record.pid, signal.SIGTERM)
        deadline = time.monotonic() + _STOP_WAIT_S
        while time.monotonic() < deadline and _group_alive(record.pid):
            time.sleep(0.05)
        with suppress(ProcessLookupError):
            os.killpg(record.pid, signal.SIGKILL)
    record_file(home).unlink(missing_ok=True)
    environment_file(home).unlink(missing_ok=True)
    return stopped


def _is_our_server(record: ServerRecord) -> bool:
    """Whether the recorded process is still the server; its number may have been given away."""
    try:
        command = Path(f"/proc/{record.pid}/cmdline").read_bytes()
    except OSError:
        return _answers(record)  # no /proc on this system
    return b"prefect" in command and str(record.port).encode() in command


def _group_alive(pid: int) -> bool:
    with suppress(ChildProcessError):
        os.waitpid(pid, os.WNOHANG)
    try:
        os.killpg(pid, 0)
    except (ProcessLookupError, PermissionError):
        return False
    return True
