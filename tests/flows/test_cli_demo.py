"""The first thing a user runs, and the background server that flow commands start and stop."""

import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from tasks.server import read_record, running_server
from tests.flows.command import Paydag

pytestmark = [pytest.mark.prefect, pytest.mark.slow]

SOLVERS = ("gold", "longest", "last", "first", "random", "null")
# What makes a page load something: a source, a style, a script, an import.
_LOADS = re.compile(r"""src\s*=|<link|@import|url\((?!#)|<iframe|<object|<embed""")


def processes_of(home: Path) -> list[str]:
    """Command lines of running processes that were told of this home."""
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            known = (folder / "environ").read_bytes() + (folder / "cmdline").read_bytes()
            state = (folder / "stat").read_text().rpartition(")")[2].split()[0]
        except OSError:
            continue
        if str(home).encode() in known and state != "Z":
            found.append((folder / "cmdline").read_bytes().replace(b"\0", b" ").decode())
    return found


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
def test_the_demo_ends_with_every_solver_a_page_and_nothing_running(
    lone_paydag: Paydag, tmp_path: Path
) -> None:
    home = tmp_path / "home"
    finished = lone_paydag("demo", home=home)
    assert finished.code == 0
    assert "Traceback" not in finished.err
    lines = finished.out.splitlines()
    rows = {line.split()[0]: line for line in lines if line.split()[:1] and line[0].isalpha()}
    assert [name for name in rows if name in SOLVERS] == list(SOLVERS)
    assert re.search(r"10/10 +9/9 +0 +\$11,437\.50 +\$11,437\.50 +100\.0 %", rows["gold"])
    assert re.search(r"0/10 +0/9 +0 +\$0 +\$11,437\.50 +0\.0 %", rows["null"])
    report = Path(rows["report:"].removeprefix("report: "))
    advised = [shlex.split(line) for line in lines[lines.index("next:") + 1 :]]
    assert [words[1] for words in advised] == ["show", "show", "rerun", "sql"]
    assert processes_of(home) == []
    assert read_record(home) is None

    for program, *words in (advised[0], advised[1], advised[3]):
        tried = subprocess.run(
            [program, *words],
            cwd=lone_paydag.folder,
            env=dict(lone_paydag.environment),
            capture_output=True,
            text=True,
        )
        assert (tried.returncode, tried.stderr) == (0, "")
    assert processes_of(home) == []

    page = report.read_text(encoding="utf-8")
    assert _LOADS.findall(page) == []
    assert """<meta http-equiv="Content-Security-Policy" content="default-src 'none';""" in page
    assert all(solver in page for solver in SOLVERS)


@pytest.mark.exhaustive
def test_a_flow_command_starts_the_server_that_down_stops(
    lone_paydag: Paydag, tmp_path: Path
) -> None:
    home = tmp_path / "home"
    finished = lone_paydag("refresh", "sample", home=home)
    try:
        record = running_server(home)
        assert record is not None
        assert finished.code == 0
        assert f"Prefect UI: {record.ui_url}" in finished.err
        assert record.auth not in finished.err + finished.out
        checks = {c["name"]: c for c in lone_paydag.json("doctor", home=home)["checks"]}
        assert checks["prefect server"]["status"] == "ok"
        assert checks["warehouse"]["status"] == "ok"
    finally:
        stopped = lone_paydag.json("down", home=home)
    assert stopped == {"stopped": True}
    assert running_server(home) is None
    assert lone_paydag.json("down", home=home) == {"stopped": False}


def test_the_doctor_says_what_is_missing_and_what_to_do(
    lone_paydag: Paydag, tmp_path: Path
) -> None:
    answer = lone_paydag.json("doctor", home=tmp_path / "home", DOCKER_HOST="unix:///nowhere.sock")
    checks = {check["name"]: check for check in answer["checks"]}
    assert set(checks) >= {"python", "git", "disk", "prefect server", "docker", "GITHUB_TOKEN"}
    assert {check["status"] for check in checks.values()} <= {"ok", "missing", "broken"}
    missing = [check for check in checks.values() if check["status"] == "missing"]
    assert {"docker", "GITHUB_TOKEN"} <= {check["name"] for check in missing}
    assert all(check["advice"] for check in missing)
    assert not (tmp_path / "home").exists()
