"""A command that is killed at any moment of a stage; the same command ends as if undisturbed."""

import os
import random
import signal
import time
from pathlib import Path
from typing import Any

import pytest

from tests.chaos.arena import Trial
from tests.chaos.conftest import Trials
from tests.chaos.sizes import KILLED_COMMANDS, KILLS_OF_COMMANDS, SEED
from tests.chaos.soundness import assert_holds, came_to
from tests.flows.command import Paydag

# Start-up, imports and the server's answers come before a stage of which no log line tells.
_BEFORE_S = (0.5, 3.0)
_ALONE = ("land", "build", "export")


def command_of(trial: Trial, home: Path) -> list[str]:
    given = trial.given
    if trial.stage == "land":
        return ["import", "swelancer", given["file"]]
    if trial.stage == "build":
        return ["build", given["dataset"]]
    if trial.stage == "export":
        out = ["--out", str(home / "exported"), "--force"]
        return ["export", given["dataset"], "--format", "jsonl", *out]
    priced = ["--price-rule", "initial", "--terms", "expensify"]
    return ["rerun", trial.stage, "--run", given["run_id"], *priced]


def kill(paydag: Paydag, trial: Trial, home: Path, chance: random.Random) -> bool:
    """Start the command and kill its group somewhere in the stage; whether it was still there."""
    process = paydag.start(*command_of(trial, home), "--debug", home=home)
    assert process.stderr is not None
    try:
        if trial.stage in _ALONE:
            time.sleep(chance.uniform(*_BEFORE_S))
        else:
            for line in process.stderr:
                if f"Beginning subflow run '{trial.stage}" in line:
                    break
            # Prefect doubles what a stage takes, and more.
            time.sleep(chance.uniform(0, 2) * trial.seconds)
    finally:
        os.killpg(process.pid, signal.SIGKILL)
    process.communicate(timeout=60)
    return process.returncode == -signal.SIGKILL


def without_files(found: dict[str, Any]) -> dict[str, Any]:
    """Pages bear the terms they were asked for; the kills of stage functions compare them."""
    return {name: held for name, held in found.items() if name != "files"}


@pytest.mark.prefect
@pytest.mark.parametrize("stage", KILLED_COMMANDS)
def test_a_killed_command_that_is_given_again_ends_as_if_undisturbed(
    stage: str, trials: Trials, paydag: Paydag, tmp_path: Path
) -> None:
    trial = trials("many", stage)
    # A rerun goes on to the report.
    end = trials("many", stage if stage in _ALONE else "report")
    chance = random.Random(f"{SEED} command {stage}")
    home = trial.home(tmp_path)
    killed = 0
    for _ in range(KILLS_OF_COMMANDS):
        killed += kill(paydag, trial, home, chance)
        assert_holds(home)
    print(f"seed {SEED}: {killed} of {KILLS_OF_COMMANDS} killed in {stage}")
    paydag.json(*command_of(trial, home), home=home)
    assert_holds(home)
    assert without_files(came_to(home)) == without_files(end.came_to)
    if stage == "export":
        assert came_to(home)["files"] == end.came_to["files"]
