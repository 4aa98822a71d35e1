"""Two processes never ask for the answers of one run side by side."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tasks.domain.errors import SystemFault
from tasks.one_spender import spending

HOLD = (
    "import sys; from pathlib import Path; from tasks.one_spender import spending\n"
    "with spending(Path(sys.argv[1]), 'r1'):\n"
    "    print('held', flush=True); sys.stdin.read()\n"
)


def holder(home: Path) -> subprocess.Popen[str]:
    process = subprocess.Popen(
        [sys.executable, "-c", HOLD, str(home)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "held\n"
    return process


def test_whoever_comes_second_is_told_who_came_first(tmp_path: Path) -> None:
    with holder(tmp_path) as other:
        with pytest.raises(SystemFault) as refused, spending(tmp_path, "r1"):
            pass
        assert str(refused.value) == (
            f"run r1 is being solved by process {other.pid}, and what it asks and may still "
            "spend is known there only; wait "
            "until it has ended, or end it, and run the command again"
        )
        with spending(tmp_path, "r2"):  # another run is another purse
            pass
        other.kill()
        other.wait()
        with spending(tmp_path, "r1"):  # however the holder ended
            pass


def test_the_holder_stands_in_the_file_and_goes_with_the_work(tmp_path: Path) -> None:
    file = tmp_path / "locks" / "solve-r1"
    with spending(tmp_path, "r1"):
        assert file.read_text() == str(os.getpid())
    assert file.read_text() == ""
