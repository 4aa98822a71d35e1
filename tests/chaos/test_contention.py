"""Many processes at one home: the same stage several times over, and somebody who holds the locks;
and a clock that jumps."""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.chaos.arena import beside_of
from tests.chaos.conftest import STAGES, Trials
from tests.chaos.sizes import FULL, SEED
from tests.chaos.soundness import assert_holds

_COPIES = 4 if FULL else 3
_DAY_S = 86_400.0
# Takes the files one after the other, for writing, for as long as a large build's batch does.
_HOLDER = """
import random, sys, time, duckdb
chance = random.Random(sys.argv[1])
while True:
    for path in sys.argv[2:]:
        try:
            with duckdb.connect(path):
                time.sleep(chance.uniform(0, 0.2))
        except duckdb.Error:
            pass
        time.sleep(chance.uniform(0, 0.1))
"""


@contextmanager
def holding(home: Path) -> Iterator[None]:
    paths = sorted(str(path) for path in (home / "warehouse").glob("*.duckdb"))
    command = [sys.executable, "-c", _HOLDER, str(SEED), *paths]
    with subprocess.Popen(command) as process:
        try:
            yield
        finally:
            process.kill()


@pytest.mark.parametrize(
    ("start", "stage"), [*(("many", stage) for stage in STAGES), ("tested", "build")]
)
def test_a_stage_that_several_processes_run_at_once_is_done_once(
    start: str, stage: str, trials: Trials, tmp_path: Path
) -> None:
    trial = trials(start, stage)
    home = trial.home(tmp_path / "home")
    with holding(home):
        ended = trial.run(home, copies=_COPIES)
    if not ended.finished:
        # Two exports to one folder: the second is told so. All other stages share their work.
        assert stage == "export", ended
        assert (ended.exit_code, "another export" in ended.message) == (1, True)
    assert_holds(home, beside_of(home).told)
    trial.assert_ends_as_if_undisturbed(home)


@pytest.mark.parametrize("shift_s", [-_DAY_S, _DAY_S] if FULL else [-_DAY_S])
@pytest.mark.parametrize("stage", STAGES)
def test_a_clock_that_jumps_changes_nothing_but_times(
    stage: str, shift_s: float, trials: Trials, tmp_path: Path
) -> None:
    """Killed in the middle with one clock, and ended with the other."""
    trial = trials("many", stage)
    home = trial.home(tmp_path / "home")
    trial.run(home, shift_s=shift_s, after_s=trial.seconds / 2)
    assert trial.run(home, shift_s=-shift_s).finished
    trial.assert_ends_as_if_undisturbed(home)
