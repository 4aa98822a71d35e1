"""`paydag doctor` on set-ups that are broken in one way each: it says which, and what to do."""

import json
import os
import shutil
import socket
import stat
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler
from pathlib import Path

import pytest

from tasks.warehouse import Warehouse, ensure
from tests.chaos.small_disks import small_disk
from tests.flows.command import Paydag, clean_environment
from tests.serving import Serving

_GONE = 2**22 + 1  # beyond the largest process id
_HOLDER = """
import duckdb, sys
held = duckdb.connect(sys.argv[1])
print('held', flush=True)
input()
"""


@pytest.fixture
def paydag(tmp_path: Path) -> Paydag:
    return Paydag(clean_environment(), tmp_path)


@pytest.fixture
def home(tmp_path: Path) -> Path:
    home = tmp_path / "home"
    ensure(Warehouse(home), datetime(2026, 1, 1, tzinfo=UTC))
    (home / "prefect").mkdir()
    return home


def line(paydag: Paydag, home: Path, name: str, code: int, **environment: str) -> tuple[str, str]:
    """(status, detail and advice) of one line; nothing else may be told on stderr."""
    finished = paydag("doctor", "--json", home=home, **environment)
    assert (finished.code, finished.err) == (code, "")
    found = {check["name"]: check for check in finished.answer["checks"]}[name]
    assert (found["status"] == "ok") == (not found["advice"])
    return found["status"], f"{found['detail']}; {found['advice']}"


def test_a_set_up_that_is_whole_ends_with_0(paydag: Paydag, home: Path) -> None:
    answer = paydag.json("doctor", home=home)
    assert [c for c in answer["checks"] if c["required"] and c["status"] != "ok"] == []
    assert [c["name"] for c in answer["checks"] if c["status"] == "broken"] == []


def test_a_library_of_another_version_is_named(paydag: Paydag, home: Path, tmp_path: Path) -> None:
    folder = tmp_path / "older" / "duckdb-1.0.0.dist-info"
    folder.mkdir(parents=True)
    (folder / "METADATA").write_text("Metadata-Version: 2.1\nName: duckdb\nVersion: 1.0.0\n")
    path = os.pathsep.join([str(folder.parent), os.environ.get("PYTHONPATH", "")])
    status, said = line(paydag, home, "packages", 1, PYTHONPATH=path)
    assert status == "broken"
    assert "duckdb is 1.0.0, wanted " in said
    assert "make setup" in said


def test_a_git_that_is_too_old_or_not_there_is_told(
    paydag: Paydag, home: Path, tmp_path: Path
) -> None:
    folder = tmp_path / "bin"
    folder.mkdir()
    assert line(paydag, home, "git", 1, PATH=str(folder))[0] == "missing"
    git = folder / "git"
    git.write_text("#!/bin/sh\necho git version 2.11.0\n")
    git.chmod(git.stat().st_mode | stat.S_IXUSR)
    status, said = line(paydag, home, "git", 1, PATH=str(folder))
    assert (status, "git version 2.11.0; install git" in said) == ("broken", True)


def test_a_full_disk_is_told_for_the_home_and_for_temporary_files(
    paydag: Paydag, home: Path, tmp_path: Path
) -> None:
    with small_disk(tmp_path / "disk") as disk:
        disk.leave(64 * 1024)
        status, said = line(paydag, disk.folder / "home", "disk", 1)
        assert (status, "free at least 2 GiB" in said) == ("missing", True)
        status, said = line(paydag, home, "temporary folder", 1, TMPDIR=str(disk.folder))
        assert (status, "TMPDIR" in said) == ("broken", True)


@pytest.mark.parametrize(
    ("variables", "told"),
    [
        ({"GITHUB_API_URL": "api.github.test"}, "GITHUB_API_URL is no address"),
        ({"KAGGLE_USERNAME": "ada"}, "of KAGGLE_USERNAME and KAGGLE_KEY only one is set"),
        ({"PAYDAG_DATASETS": "/nowhere/at/all"}, "PAYDAG_DATASETS is /nowhere/at/all, which is no"),
        ({"PAYDAG_STORE": "here/store"}, "'here/store' is no address of a store"),
        ({"KAGGLE_API_URL": "ftp://x"}, "KAGGLE_API_URL is no address"),
    ],
)
def test_settings_that_cannot_work_are_named(
    paydag: Paydag, home: Path, variables: dict[str, str], told: str
) -> None:
    status, said = line(paydag, home, "settings", 1, **variables)
    assert (status, told in said) == ("broken", True)


def test_who_holds_the_warehouse_is_named(paydag: Paydag, home: Path) -> None:
    path = Warehouse(home).path("core")
    with subprocess.Popen(
        [sys.executable, "-c", _HOLDER, str(path)],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
    ) as holder:  # fmt: skip
        assert holder.stdout is not None
        assert holder.stdout.readline() == "held\n"
        status, said = line(paydag, home, "warehouse", 1)
        holder.communicate("\n")
    assert (status, f"locked by process {holder.pid}" in said) == ("broken", True)


def test_a_file_that_is_no_database_is_told_and_a_half_made_one_is_none(
    paydag: Paydag, home: Path
) -> None:
    path = Warehouse(home).path("eval")
    path.write_bytes(path.read_bytes()[:4096])
    assert line(paydag, home, "warehouse", 0)[0] == "ok"
    path.write_text("nonsense" * 4096)
    status, said = line(paydag, home, "warehouse", 1)
    assert (status, "not a DuckDB database" in said) == ("broken", True)


def record(home: Path, port: int) -> None:
    text = json.dumps({"port": port, "auth": "paydag:s3cr3t-of-the-server", "pid": _GONE})
    (home / "prefect" / "server.json").write_text(text)


def test_a_server_that_has_died_is_in_nobody_s_way(paydag: Paydag, home: Path) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        record(home, free.getsockname()[1])
    status, said = line(paydag, home, "prefect server", 0)
    assert status == "broken"
    assert f"(process {_GONE}, port " in said
    assert "has died; nothing to do" in said
    assert "s3cr3t" not in said


class _Stranger(Serving):
    def __init__(self) -> None:
        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                self.send_error(404)

            def log_message(self, *_: object) -> None: ...

        self.listen(Handler)


@contextmanager
def stranger() -> Iterator[int]:
    with _Stranger() as serving:
        yield int(serving.url.rpartition(":")[2])


def test_a_port_that_another_program_took_is_told(paydag: Paydag, home: Path) -> None:
    with stranger() as port:
        record(home, port)
        status, said = line(paydag, home, "prefect server", 1)
    assert (status, f"port {port}, where this home's server was, is taken" in said) == (
        "broken",
        True,
    )
    assert "paydag down" in said


def test_a_server_that_is_named_and_does_not_answer_is_told(paydag: Paydag, home: Path) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{free.getsockname()[1]}/api"
    status, said = line(paydag, home, "prefect server", 1, PREFECT_API_URL=url)
    assert (status, f"nothing answers at PREFECT_API_URL, {url}" in said) == ("broken", True)


def test_what_a_killed_up_left_is_told(paydag: Paydag, home: Path) -> None:
    (home / "prefect" / "up.json").write_text(json.dumps({"pid": _GONE, "worker": None}))
    status, said = line(paydag, home, "paydag up", 0)
    assert (status, f"process {_GONE} was killed" in said) == ("broken", True)


def test_folders_of_killed_commands_are_told_and_cleaned(
    paydag: Paydag, home: Path, tmp_path: Path
) -> None:
    place = tmp_path / "tmp"
    left = [place / f"paydag-box-{_GONE}-x", place / f"paydag-mirror-{_GONE}-y"]
    for folder in left:
        folder.mkdir(parents=True)
    mine = place / f"paydag-box-{os.getpid()}-z"
    mine.mkdir()
    status, said = line(paydag, home, "left behind", 0, TMPDIR=str(place))
    assert status == "broken"
    assert all(str(folder) in said for folder in left)
    assert "paydag doctor --clean" in said
    # There is no engine: that is told, and what needs none is cleaned all the same.
    paydag("doctor", "--clean", home=home, TMPDIR=str(place))
    assert sorted(place.iterdir()) == [mine]
    shutil.rmtree(place)
