"""A stage that is killed or interrupted; the same command ends where an undisturbed run ends."""

import os
import random
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from tests.flows.command import Paydag
from tests.flows.published import Published
from tests.flows.tables import assert_sound, final_state, query, read_tables
from tests.flows.worker import Worker

pytestmark = [pytest.mark.prefect, pytest.mark.slow]

# Rows of these tables are never taken back; metrics are measured anew by every score.
_KEPT = ("environments", "runs", "run_items", "rollouts", "evidence", "verdicts", "payouts")


@dataclass(frozen=True)
class Undisturbed:
    """A run that nobody stopped: what it came to, and when each stage began and ended."""

    home: Path  # as it was before the run
    question: dict[str, Any]
    run_id: str
    final: list[tuple[Any, ...]]
    seconds: dict[str, float]

    @property
    def command(self) -> list[str]:
        options = [(f"--{name}", str(value)) for name, value in self.question.items()]
        plain = [text for option in options for text in option if text != "--dataset"]
        return ["evaluate", *plain, "--debug"]


def started_lines(process: subprocess.Popen[str]) -> Iterator[tuple[str, float]]:
    """(stage, moment) as the log says that a stage begins; ("", moment) when the run ends."""
    assert process.stderr is not None
    for line in process.stderr:
        if "Beginning subflow run" in line:
            yield line.split("Beginning subflow run '")[1].split()[0], time.monotonic()
    yield "", time.monotonic()


def undisturbed(paydag: Paydag, start: Path, home: Path, question: dict[str, Any]) -> Undisturbed:
    blank = Undisturbed(start, question, "", [], {})
    process = paydag.start(*blank.command, home=home)
    marks = list(started_lines(process))
    process.communicate(timeout=60)
    assert process.returncode == 0
    seconds = {stage: following - begun for (stage, begun), (_, following) in pairwise(marks)}
    ((run_id,),) = query(
        home, "SELECT run_id FROM eval.runs WHERE solver = $solver", solver=question["solver"]
    )
    return Undisturbed(start, question, run_id, final_state(home, run_id), seconds)


def kill_in(paydag: Paydag, run: Undisturbed, home: Path, stage: str, after_s: float) -> None:
    """Run the command and kill its process group so many seconds into the stage."""
    process = paydag.start(*run.command, home=home)
    try:
        next(mark for mark in started_lines(process) if mark[0] in (stage, ""))
        time.sleep(after_s)
    finally:
        os.killpg(process.pid, signal.SIGKILL)
    process.communicate(timeout=60)
    assert process.returncode == -signal.SIGKILL


@pytest.fixture(scope="module")
def many(
    managers: Published,
    flow_environment: dict[str, str],
    tmp_path_factory: pytest.TempPathFactory,
) -> Undisturbed:
    """1,800 decisions in eight batches: solving and grading commit several times."""
    folder = tmp_path_factory.mktemp("many")
    question = {"dataset": "swelancer", "solver": "random", "attempts": 3, "seed": 11}
    home = managers.copied_to(folder / "home")
    return undisturbed(Paydag(flow_environment, folder), managers.home, home, question)


@pytest.fixture(scope="module")
def tested(
    prepared_sample: Path,
    flow_environment: dict[str, str],
    tmp_path_factory: pytest.TempPathFactory,
) -> Undisturbed:
    """The sample's fixes, each tested in a process of its own."""
    folder = tmp_path_factory.mktemp("tested")
    home = folder / "home"
    shutil.copytree(prepared_sample, home)
    question = {"dataset": "sample", "solver": "gold", "variant": "ic_swe", "limit": 6}
    return undisturbed(Paydag(flow_environment, folder), prepared_sample, home, question)


@pytest.mark.exhaustive
@pytest.mark.parametrize(
    ("dataset", "seed"),
    [
        ("many", 1),
        ("tested", 1),
        *(
            pytest.param(*more, marks=pytest.mark.exhaustive)
            for more in (("many", 2), ("many", 3), ("tested", 2))
        ),
    ],
)
def test_a_run_killed_in_solve_and_in_grade_ends_as_if_undisturbed(
    request: pytest.FixtureRequest,
    paydag: Paydag,
    worker: Worker,
    tmp_path: Path,
    dataset: str,
    seed: int,
) -> None:
    """Two kills a round, ten in all, each followed by the same command."""
    run: Undisturbed = request.getfixturevalue(dataset)
    moments = random.Random(f"{dataset} {seed}")
    home = Path(shutil.copytree(run.home, tmp_path / "home"))
    committed = None
    for stage in ("solve", "grade"):
        kill_in(paydag, run, home, stage, moments.uniform(0, 0.9) * run.seconds[stage])
        after_kill = read_tables(home, *_KEPT)
        if committed is not None:
            after_kill.added_since(committed)
        committed = after_kill
        assert_sound(home)
    assert committed is not None

    continued = (
        paydag.json(*run.command[:-1], home=home)
        if seed == 1
        else worker.run("evaluate", home, **run.question)
    )
    read_tables(home, *_KEPT).added_since(committed)
    assert continued["run_id"] == run.run_id
    assert final_state(home, run.run_id) == run.final
    assert_sound(home)


@pytest.mark.exhaustive
@pytest.mark.parametrize(("sent", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_an_interrupt_is_told_in_one_sentence_with_its_own_code(
    paydag: Paydag, prepared_sample: Path, tmp_path: Path, sent: signal.Signals, code: int
) -> None:
    home = Path(shutil.copytree(prepared_sample, tmp_path / "home"))
    process = paydag.start("evaluate", "sample", "--solver", "gold", "--debug", home=home)
    next(mark for mark in started_lines(process) if mark[0] in ("grade", ""))
    os.kill(process.pid, sent)
    _, said = process.communicate(timeout=60)
    assert process.returncode == code
    last = "paydag: interrupted; the same command goes on where this one stopped"
    assert said.splitlines()[-1] == last


@pytest.mark.exhaustive
def test_what_ignores_interrupts_can_still_be_terminated(
    paydag: Paydag, prepared_sample: Path, tmp_path: Path
) -> None:
    """A command in the background of a script has interrupts ignored from its start."""
    home = Path(shutil.copytree(prepared_sample, tmp_path / "home"))
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        process = paydag.start("evaluate", "sample", "--solver", "gold", "--debug", home=home)
    finally:
        signal.signal(signal.SIGINT, before)
    next(mark for mark in started_lines(process) if mark[0] in ("grade", ""))
    process.terminate()
    process.communicate(timeout=60)
    assert process.returncode == 143
