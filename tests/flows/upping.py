"""`paydag up` as a user has it, and the server that it starts, asked over its API."""

import base64
import json
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path
from typing import Any, TypeVar

from tasks.processes import is_alive
from tasks.server import read_record
from tests.flows.command import Finished, Paydag, clean_environment

Found = TypeVar("Found")
_WAIT_S = 240.0
_PREFECT = Path(sys.executable).with_name("prefect")


def _answer(request: urllib.request.Request) -> bytes | None:
    """None where the server's database is busy: its own clients ask again, too."""
    try:
        with urllib.request.urlopen(request, timeout=30) as answer:
            return bytes(answer.read()) or b" "
    except urllib.error.HTTPError as error:
        with error:
            if error.code == HTTPStatus.SERVICE_UNAVAILABLE:
                return None
        raise


@dataclass
class Up:
    """A running `paydag up`. `answer` is what it printed when it was ready."""

    home: Path
    process: subprocess.Popen[str]
    answer: dict[str, Any]
    auth: str
    server: int

    def ask(self, method: str, path: str, body: Any = None) -> Any:
        """The JSON that the server answers with."""
        token = base64.b64encode(self.auth.encode()).decode()
        request = urllib.request.Request(
            f"{self.answer['api']}/{path}",
            method=method,
            data=None if body is None else json.dumps(body).encode(),
            headers={"Authorization": f"Basic {token}", "Content-Type": "application/json"},
        )
        text = until(lambda: _answer(request), f"an answer to {method} {path}")
        return json.loads(text) if text.strip() else None

    def deployment(self, name: str) -> dict[str, Any]:
        found: dict[str, Any] = self.ask("GET", f"deployments/name/{name}")
        return found

    def runs(self, **given: Any) -> list[dict[str, Any]]:
        """Flow runs that were begun and have these fields, the newest first."""
        found = self.ask("POST", "flow_runs/filter", {"sort": "START_TIME_DESC"})
        begun = [run for run in found if run["start_time"]]
        return [run for run in begun if all(run[k] == v for k, v in given.items())]

    def artifacts(self, flow_run: str) -> dict[str, Any]:
        """Key → data, of what a flow run left."""
        only = {"artifacts": {"flow_run_id": {"any_": [flow_run]}}}
        return {one["key"]: one["data"] for one in self.ask("POST", "artifacts/filter", only)}

    def run_deployment(self, name: str, *given: str) -> Finished:
        """`prefect deployment run ... --watch`, as in the other terminal."""
        options = [part for one in given for part in ("-p", one)]
        done = subprocess.run(
            [_PREFECT, "deployment", "run", name, *options, "--watch"],
            env=clean_environment(
                PREFECT_API_URL=self.answer["api"],
                PREFECT_API_AUTH_STRING=self.auth,
                PREFECT_HOME=str(self.home / "client"),
            ),
            cwd=self.home,
            capture_output=True,
            text=True,
            check=False,
            timeout=_WAIT_S,
        )
        return Finished(done.returncode, done.stdout, done.stderr)

    def end(self, number: signal.Signals) -> None:
        """Send a signal and wait: it ends well and says nothing, and nothing of it is left."""
        began = {self.process.pid, self.server, self.worker}
        self.process.send_signal(number)
        _, said = self.process.communicate(timeout=120)
        assert (self.process.returncode, said) == (0, "")
        assert [pid for pid in began if is_alive(pid)] == []
        assert read_record(self.home) is None

    @property
    def worker(self) -> int:
        return int(json.loads((self.home / "prefect" / "up.json").read_text())["worker"])


def first_line(process: subprocess.Popen[str]) -> str:
    assert process.stdout is not None
    line = process.stdout.readline()
    if not line:
        _, said = process.communicate(timeout=60)
        raise AssertionError(f"paydag up ended with {process.returncode}: {said}")
    return line


@contextmanager
def running_up(
    paydag: Paydag, home: Path, *options: str, environment: Mapping[str, str]
) -> Iterator[Up]:
    """`paydag up` on any free port; ended at the end of the block where a test did not."""
    process = paydag.start("up", "--port", "0", "--json", *options, home=home, **environment)
    try:
        answer = json.loads(first_line(process))
        record = read_record(home)
        assert record is not None
        yield Up(home, process, answer, record.auth, record.pid)
    finally:
        if process.poll() is None:
            process.terminate()
            process.communicate(timeout=120)
        for stream in (process.stdout, process.stderr):
            if stream is not None:
                stream.close()


def until(found: Callable[[], Found | None], what: str) -> Found:
    """The first true answer."""
    deadline = time.monotonic() + _WAIT_S
    while time.monotonic() < deadline:
        if answer := found():
            return answer
        time.sleep(0.5)
    raise AssertionError(f"waited in vain: {what}")
