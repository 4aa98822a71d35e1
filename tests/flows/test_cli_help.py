"""The help: an example for every command, and an answer without the heavy imports."""

import subprocess
import sys
from pathlib import Path

import pytest
from syrupy.assertion import SnapshotAssertion

from flows.cli import app
from tests.flows.command import Paydag, clean_environment
from tests.sample_home import SampleHome

COMMANDS = sorted(str(command.name) for command in app.registered_commands)


@pytest.fixture
def plain_paydag(tmp_path: Path) -> Paydag:
    """The command line where no flow is to run; a server would be started in its home."""
    return Paydag(clean_environment(), tmp_path)


def imported(*arguments: str, cwd: Path) -> set[str]:
    """The top-level packages that a command imports."""
    finished = subprocess.run(
        [sys.executable, "-X", "importtime", "-m", "flows.cli", *arguments],
        env=clean_environment(),
        cwd=cwd,
        capture_output=True,
        text=True,
        check=True,
    )
    lines = finished.stderr.splitlines()
    return {line.rpartition("|")[2].strip().partition(".")[0] for line in lines}


def test_every_command_is_there() -> None:
    promised = (
        "attach backup browse build compare demo deploy diff doctor down evaluate export freeze "
        "import lint new refresh report rerun restore schema score show sql up validate versions"
    )
    assert promised.split() == COMMANDS


def test_the_help_lists_the_commands(plain_paydag: Paydag, snapshot: SnapshotAssertion) -> None:
    finished = plain_paydag("--help")
    assert (finished.code, finished.err) == (0, "")
    assert finished.out == snapshot


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_shows_an_example(
    plain_paydag: Paydag, name: str, snapshot: SnapshotAssertion
) -> None:
    finished = plain_paydag(name, "--help")
    assert (finished.code, finished.err) == (0, "")
    assert f"Example: paydag {name}" in finished.out
    for option in ("--home", "--json", "--debug"):
        assert option in finished.out
    assert finished.out == snapshot


def test_help_imports_neither_prefect_nor_duckdb(tmp_path: Path) -> None:
    packages = imported("--help", cwd=tmp_path)
    assert "typer" in packages
    assert packages & {"prefect", "duckdb", "pyarrow", "git", "docker", "httpx"} == set()


def test_a_question_does_without_prefect(built_sample: SampleHome, tmp_path: Path) -> None:
    packages = imported("show", "ledger", "41", "--home", str(built_sample.home), cwd=tmp_path)
    assert "duckdb" in packages
    assert "prefect" not in packages
