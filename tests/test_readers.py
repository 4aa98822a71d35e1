"""Processes that read: what they answer, what they tell when they fail, and that none is left."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tasks.domain.errors import SystemFault, UsageError
from tasks.readers import Readers
from tasks.reading import EDITS, ISSUE, PULL, Job, read
from tests.build_homes import home_with, issue, of_edits, of_issue, of_pull, pull
from tests.sample_home import ROOT

DOCUMENTS = [
    *(of_issue(issue(number), 1) for number in range(1, 9)),
    of_pull(pull(10, [7]), 2),
    of_edits(701, 4, "## Proposal\n\nFirst thought."),
]


@pytest.fixture
def jobs(tmp_path: Path) -> list[Job]:
    home = home_with(tmp_path / "home", DOCUMENTS)
    issues = [
        Job(home=home, source="github", end=100, issues=(f"ours/app#{number}",))
        for number in range(1, 9)
    ]
    small = ((PULL, "ours/app#10"), (EDITS, "IC_701"), (ISSUE, "ours/app#99"))
    return [*issues, Job(home=home, source="github", end=100, documents=small)]


@pytest.mark.parametrize("count", [1, 2])
def test_processes_answer_every_job_as_this_one_would(jobs: list[Job], count: int) -> None:
    with Readers(count) as readers:
        found = list(readers.map(jobs))
    assert sorted(str(job) for job, _ in found) == sorted(map(str, jobs))
    for job, tables in found:
        own = read(job)
        assert list(tables) == list(own)
        assert {name: t.to_pylist() for name, t in tables.items()} == {
            name: t.to_pylist() for name, t in own.items()
        }


def pids(readers: Readers) -> list[int]:
    return [process.pid for process in readers.processes]


def left(numbers: list[int]) -> list[int]:
    """Those that still run."""
    return [pid for pid in numbers if _runs(pid)]


def _runs(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2]
    except FileNotFoundError:
        return False
    return state.split()[0] != "Z"


def test_no_process_is_left_when_all_is_read_or_reading_stops_midway(jobs: list[Job]) -> None:
    with Readers(2) as readers:
        numbers = pids(readers)
        list(readers.map(jobs[:1]))
    assert len(numbers) == 2
    assert left(numbers) == []
    with Readers(2) as readers:
        numbers = pids(readers)
        next(readers.map(jobs * 50))
    assert left(numbers) == []


def test_a_failure_of_a_job_is_raised_here_as_what_it_is(jobs: list[Job], tmp_path: Path) -> None:
    locked = jobs[0].model_copy(update={"home": tmp_path / "nowhere"})
    with pytest.raises(SystemFault) as failed, Readers(1) as readers:
        list(readers.map([locked]))
    assert "nowhere" in str(failed.value)
    (tmp_path / "odd" / "warehouse").mkdir(parents=True)
    (tmp_path / "odd" / "warehouse" / "raw.duckdb").write_bytes(b"no database " * 4096)
    odd = jobs[0].model_copy(update={"home": tmp_path / "odd"})
    with pytest.raises(UsageError, match="is not a DuckDB database"), Readers(1) as readers:
        list(readers.map([odd]))


def test_a_process_that_is_killed_is_a_fault_of_the_system(jobs: list[Job]) -> None:
    def killing(readers: Readers) -> Iterator[Job]:
        yield jobs[0]
        os.kill(pids(readers)[0], signal.SIGKILL)
        yield jobs[1]

    with pytest.raises(SystemFault, match="ended"), Readers(1) as readers:
        list(readers.map(killing(readers)))


_PROGRAM = """
import sys, time
from tasks.readers import Readers
with Readers(2) as readers:
    print(*(process.pid for process in readers.processes), flush=True)
    time.sleep(60)
"""


@pytest.mark.parametrize("ended_by", [signal.SIGKILL, signal.SIGINT])
def test_no_process_outlives_the_one_that_started_it(ended_by: signal.Signals) -> None:
    # A program without a guard for __main__: whoever runs it again would start processes forever.
    with subprocess.Popen(
        [sys.executable, "-c", _PROGRAM],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    ) as program:
        assert program.stdout is not None
        numbers = [int(number) for number in program.stdout.readline().split()]
        program.send_signal(ended_by)
    assert len(numbers) == 2
    deadline = time.monotonic() + 30
    while left(numbers) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert left(numbers) == []


def test_more_jobs_may_follow_when_all_have_been_answered(jobs: list[Job]) -> None:
    with Readers(2) as readers:
        numbers = pids(readers)
        first = {str(job) for job, _ in readers.map(jobs[:3])}
        then = {str(job) for job, _ in readers.map(jobs[3:])}
        assert pids(readers) == numbers
    assert first == set(map(str, jobs[:3]))
    assert then == set(map(str, jobs[3:]))


def test_who_reads_documents_loads_nothing_that_collects_them() -> None:
    said = "import sys, tasks.readers; print(*{'httpx', 'prefect', 'docker'} & set(sys.modules))"
    found = subprocess.run([sys.executable, "-c", said], cwd=ROOT, capture_output=True, text=True)
    assert (found.returncode, found.stdout.split()) == (0, [])
