"""What a command starts ends with it, wherever it has moved to."""

import json
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tasks.domain.errors import UsageError
from tasks.processes import descendants, end_tree, is_alive, run_logged
from tasks.upkeep import only_one, stop_up
from tests.flows.worker import ROOT

# A child in a session of its own, and both deaf to SIGTERM where an argument says so.
_PARENT = """
import signal, subprocess, sys, time
deaf = "signal.signal(signal.SIGTERM, signal.SIG_IGN);" if sys.argv[1] == "deaf" else ""
exec(f"import signal;{deaf}")
code = f"import signal, time;{deaf}print('here', flush=True);time.sleep(60)"
subprocess.Popen([sys.executable, "-c", code], start_new_session=True)
time.sleep(60)
"""


@pytest.fixture(params=["willing", "deaf"])
def family(request: pytest.FixtureRequest) -> Iterator[tuple[int, int]]:
    """(parent, child), both asleep."""
    command = [sys.executable, "-c", _PARENT, request.param, "worker start"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as parent:
        assert parent.stdout is not None
        assert parent.stdout.readline() == "here\n"
        (child,) = descendants(parent.pid)
        yield parent.pid, child
        parent.kill()


def test_a_process_ends_with_what_it_started(family: tuple[int, int]) -> None:
    parent, child = family
    end_tree(parent, 0.3)
    assert (is_alive(parent), is_alive(child)) == (False, False)


def test_what_a_killed_up_left_is_ended_by_the_next(
    family: tuple[int, int], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tasks.upkeep._END_WAIT_S", 0.3)
    record = tmp_path / "prefect" / "up.json"
    record.parent.mkdir()
    record.write_text(json.dumps({"pid": 2**22 + 1, "worker": family[0]}))
    assert stop_up(tmp_path)
    assert [is_alive(pid) for pid in family] == [False, False]
    assert not record.exists()
    assert not stop_up(tmp_path)


def test_a_number_that_was_given_away_is_left_alone(tmp_path: Path) -> None:
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as stranger:
        (tmp_path / "prefect").mkdir()
        record = {"pid": 1, "worker": stranger.pid}
        (tmp_path / "prefect" / "up.json").write_text(json.dumps(record))
        with only_one(tmp_path):
            assert is_alive(stranger.pid)
        stranger.kill()


def test_a_second_up_is_refused_and_the_first_leaves_no_record(tmp_path: Path) -> None:
    refused = pytest.raises(UsageError, match=r"already runs on .*process \d+")
    with only_one(tmp_path), refused, only_one(tmp_path):
        raise AssertionError("two at a time")
    assert not (tmp_path / "prefect" / "up.json").exists()
    with only_one(tmp_path):
        pass


_WAITING = """
import pathlib, sys
from tasks.processes import run_logged
folder = pathlib.Path(sys.argv[1])
code = "import os, time; print(os.getpid(), flush=True); time.sleep(60)"
run_logged([sys.executable, "-c", code], folder / "log", folder=folder, added={})
"""


def test_an_interrupt_ends_a_command_that_is_waited_for(tmp_path: Path) -> None:
    log = tmp_path / "log"
    command = [sys.executable, "-c", _WAITING, str(tmp_path)]
    with subprocess.Popen(command, cwd=ROOT, stderr=subprocess.DEVNULL) as waiting:
        while not log.exists() or not log.read_text():
            time.sleep(0.02)
        waiting.send_signal(signal.SIGINT)
        waiting.wait()
    assert not is_alive(int(log.read_text()))


def test_a_command_runs_with_what_is_added_and_its_words_are_kept(tmp_path: Path) -> None:
    code = "import os; print(os.environ['X'], os.getcwd()); raise SystemExit(3)"
    command = [sys.executable, "-c", code]
    assert run_logged(command, tmp_path / "log", folder=tmp_path, added={"X": "y"}) == 3
    assert (tmp_path / "log").read_text() == f"y {tmp_path}\n"


@pytest.mark.parametrize("ours", [signal.SIG_IGN, signal.default_int_handler])
def test_what_is_started_hears_interrupts_although_they_are_ignored_here(
    ours: Any, tmp_path: Path
) -> None:
    asking = "import signal; print(signal.getsignal(signal.SIGINT).__name__)"
    before = signal.signal(signal.SIGINT, ours)
    try:
        command = [sys.executable, "-c", asking]
        assert run_logged(command, tmp_path / "log", folder=tmp_path, added={}) == 0
        assert signal.getsignal(signal.SIGINT) == ours
    finally:
        signal.signal(signal.SIGINT, before)
    assert (tmp_path / "log").read_text() == "default_int_handler\n"
