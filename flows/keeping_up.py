"""`paydag up`: server, worker and deployments on one machine, from nothing until someone ends it.

Everything that it starts is a process of its own, so that this one stays small, and ends with it.
"""

import json
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from tasks.domain.errors import SystemFault
from tasks.page_server import pages_served
from tasks.processes import is_alive, run_logged
from tasks.server import ServerRecord, ensure_server, environment_file, read_record, stop_server
from tasks.settings import Settings, dataset_folders, make_home
from tasks.stages import open_warehouse
from tasks.upkeep import log_of, only_one, worker_running

_READY_WAIT_S: Final = 90.0
_POLL_S: Final = 0.3
_STARTED: Final = b" started!"


@dataclass(frozen=True)
class Wish:
    """What `up` was asked for. `limit` bounds the flow runs side by side; None for no limit."""

    port: int
    limit: int | None
    options: tuple[str, ...]
    """of `paydag deploy`"""
    sample: bool


def keep_up(
    home: Path, wish: Wish, note: Callable[[str], None], ready: Callable[[dict[str, Any]], None]
) -> None:
    """Start all, call `ready` with the addresses, and stay until an interrupt, a termination or
    `paydag down`; nothing that was started is left.

    Raises UsageError for a second `up` or a port that is taken, SystemFault where one of the
    processes ends.
    """
    make_home(home)
    with only_one(home), ExitStack() as stack:
        try:
            _run(home, wish, note, ready, stack)
        except KeyboardInterrupt:
            note("stopping: the worker, its flow runs, the server")
        finally:
            # What follows ends in bounded time, and half an end would leave something running.
            for number in (signal.SIGINT, signal.SIGTERM):
                signal.signal(number, signal.SIG_IGN)


def _run(
    home: Path,
    wish: Wish,
    note: Callable[[str], None],
    ready: Callable[[dict[str, Any]], None],
    stack: ExitStack,
) -> None:
    chosen = Settings().prefect_api_url
    server: ServerRecord | None = None
    if chosen is None:
        stack.callback(stop_server, home)
        server, _ = ensure_server(home, wish.port or None)
        note(f"Prefect UI: {server.ui_url} (password in {home}/prefect/server.json)")
    added = _environment(home, server) | {
        "PAYDAG_REPORTS_URL": stack.enter_context(pages_served(home))
    }
    if wish.sample and not _has_version(home):
        note("this home is empty: landing and building the bundled sample")
        _paydag(home, ["refresh", "sample"], added)
        _paydag(home, ["build", "sample"], added)
    answer = _paydag(home, ["deploy", *wish.options], added)
    offset = log_of(home).stat().st_size if log_of(home).exists() else 0
    worker = stack.enter_context(worker_running(home, added, wish.limit))
    _wait_for(worker, home, offset)
    ready(
        {
            "ui": server.ui_url if server is not None else None,
            "api": server.api_url if server is not None else chosen,
            "reports": added["PAYDAG_REPORTS_URL"],
            "environment": str(environment_file(home)) if server is not None else None,
            **answer,
        }
    )
    _watch(home, server, worker)


def _environment(home: Path, server: ServerRecord | None) -> dict[str, str]:
    """What all processes get besides this one's environment."""
    added = {
        "PAYDAG_HOME": str(home),
        "DO_NOT_TRACK": "1",
        "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
    }
    if Path("datasets").is_dir() and Settings().paydag_datasets is None:
        added["PAYDAG_DATASETS"] = str(dataset_folders()[0])  # they run in other folders
    if server is not None:
        added |= {
            "PREFECT_HOME": str(home / "prefect"),
            "PREFECT_API_URL": server.api_url,
            "PREFECT_API_AUTH_STRING": server.auth,
        }
    return added


def _has_version(home: Path) -> bool:
    with open_warehouse(home).read("core") as session:
        return bool(session.tuples("SELECT count(*) FROM core.dataset_versions")[0][0])


def _paydag(home: Path, arguments: list[str], added: dict[str, str]) -> dict[str, Any]:
    """Run a command of ours to its end; its answer. What it says goes into `up.log`."""
    log = home / "prefect" / "up.log"
    command = [sys.executable, "-P", "-m", "flows.cli", *arguments, "--json", "--home", str(home)]
    code = run_logged(command, log, folder=home, added=added)
    said = log.read_text(errors="replace").strip().splitlines()
    if code or not said:
        last = said[-1].removeprefix("paydag: ") if said else f"it ended with {code}"
        raise SystemFault(f"`paydag {arguments[0]}`: {last}")
    answer: dict[str, Any] = json.loads(said[-1])
    return answer


def _wait_for(worker: subprocess.Popen[bytes], home: Path, offset: int) -> None:
    """Until the worker says that it has started."""
    deadline = time.monotonic() + _READY_WAIT_S
    while worker.poll() is None and time.monotonic() < deadline:
        with log_of(home).open("rb") as log:
            log.seek(offset)
            if _STARTED in log.read():
                return
        time.sleep(_POLL_S)
    raise SystemFault(f"the worker did not start; what it says is in {log_of(home)}")


def _watch(home: Path, server: ServerRecord | None, worker: subprocess.Popen[bytes]) -> None:
    """Return where the server was stopped on purpose; raise SystemFault where a process ended."""
    while True:
        if worker.poll() is not None:
            raise SystemFault(
                f"the worker ended with {worker.returncode}; what it says is in {log_of(home)}, "
                "and `paydag up` starts anew"
            )
        if server is not None and not is_alive(server.pid):
            if read_record(home) is None:
                return
            raise SystemFault(
                f"the Prefect server ended; its log is {home}/prefect/server.log, and `paydag up` "
                "starts anew"
            )
        time.sleep(_POLL_S)
