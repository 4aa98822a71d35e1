"""Two processes never spend on one run side by side where one of them has a budget."""

import os
import subprocess
import sys
from contextlib import ExitStack
from pathlib import Path

import pytest

from tasks.domain.errors import SystemFault
from tasks.one_spender import spending

HOLD = (
    "import sys; from pathlib import Path; from tasks.one_spender import spending\n"
    "with spending(Path(sys.argv[1]), 'r1', budget=sys.argv[2] == 'budget'):\n"
    "    print('held', flush=True); sys.stdin.read()\n"
)


def holder(home: Path, kind: str) -> subprocess.Popen[str]:
    process = subprocess.Popen(
        [sys.executable, "-c", HOLD, str(home), kind],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "held\n"
    return process


@pytest.mark.parametrize("budget", [True, False])
def test_whoever_comes_second_to_a_budget_is_told_who_holds_it(
    tmp_path: Path, budget: bool
) -> None:
    with holder(tmp_path, "budget") as other:
        with pytest.raises(SystemFault) as refused, spending(tmp_path, "r1", budget=budget):
            pass
        assert str(refused.value) == (
            f"run r1 is being solved by process {other.pid}, and what it may still spend is known "
            "there only; wait until it has ended, or end it, and run the command again"
        )
        with spending(tmp_path, "r2", budget=True):  # another run is another purse
            pass
        other.kill()
        other.wait()
        with spending(tmp_path, "r1", budget=budget):  # however the holder ended
            pass


def test_a_budget_waits_for_nobody_who_spends_without_one(tmp_path: Path) -> None:
    with ExitStack() as held:
        held.enter_context(spending(tmp_path, "r1", budget=False))
        held.enter_context(spending(tmp_path, "r1", budget=False))
        with (
            pytest.raises(SystemFault, match="solved by another process"),
            spending(tmp_path, "r1", budget=True),
        ):
            pass
    with spending(tmp_path, "r1", budget=True):
        assert (tmp_path / "locks" / "solve-r1").read_text() == str(os.getpid())
