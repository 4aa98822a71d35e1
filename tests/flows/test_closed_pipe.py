"""A reader that has seen enough, as `| head` has, is no fault."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest


def closed(*arguments: str, home: Path) -> tuple[int, str]:
    """(exit code, stderr) of a call whose stdout nobody reads any more."""
    reading, writing = os.pipe()
    os.close(reading)
    call = "from flows.cli import main; main()"
    finished = subprocess.run(
        [sys.executable, "-c", call, *arguments],
        stdout=writing,
        stderr=subprocess.PIPE,
        text=True,
        check=False,
        env={**os.environ, "PAYDAG_HOME": str(home)},
    )
    os.close(writing)
    return finished.returncode, finished.stderr


@pytest.mark.parametrize("shape", [(), ("--json",)])
def test_a_closed_pipe_ends_a_command_in_order_and_without_a_word(
    tmp_path: Path, shape: tuple[str, ...]
) -> None:
    assert closed("sql", "SELECT 1 AS one", *shape, home=tmp_path) == (0, "")


def test_an_end_that_a_library_chooses_is_an_orderly_one_too(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    from flows import cli

    def ends(**_: object) -> None:
        raise SystemExit(1)

    left: list[int] = []
    monkeypatch.setattr(cli, "app", ends)
    monkeypatch.setattr(cli, "leave", left.append)
    monkeypatch.setattr(signal, "signal", lambda *_: None)
    cli.main()
    assert left == [1]
