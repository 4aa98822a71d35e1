"""Limits that hold across processes, and are given back however a holder ends."""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tasks.domain.errors import UsageError
from tasks.settings import machine_limit
from tests.flows.worker import ROOT

# Each takes a place, writes when it had it, and gives it back; `hold` keeps it for ever.
_MODEL = """
import asyncio, json, sys, time
from tasks.solvers.asking.shared_places import SharedPlaces
async def main():
    async with SharedPlaces("openai", "http://x.test", 2).place():
        began = time.monotonic()
        print("in", flush=True)
        time.sleep(60 if sys.argv[1] == "hold" else 0.3)
        print(json.dumps([began, time.monotonic()]), flush=True)
asyncio.run(main())
"""
_BOX = """
import json, sys, time
from tasks.sandbox.box_places import box_place
with box_place(2), box_place(2):
    began = time.monotonic()
    print("in", flush=True)
    time.sleep(60 if sys.argv[1] == "hold" else 0.3)
    print(json.dumps([began, time.monotonic()]), flush=True)
"""


def started(code: str, tmp_path: Path, how: str = "leave") -> "subprocess.Popen[str]":
    environment = os.environ | {"TMPDIR": str(tmp_path), "PYTHONPATH": str(ROOT)}
    environment["DOCKER_HOST"] = "unix:///nowhere/docker.sock"
    command = [sys.executable, "-c", code, how]
    return subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True)


def most_at_once(spans: list[Any]) -> int:
    return max(sum(int(b <= began < e) for b, e in spans) for began, _ in spans)


@pytest.mark.parametrize("code", [_MODEL, _BOX], ids=["models", "containers"])
def test_no_more_processes_than_places_are_in_and_a_killed_one_gives_its_place_back(
    code: str, tmp_path: Path
) -> None:
    with started(code, tmp_path, "hold") as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == "in\n"
        processes = [started(code, tmp_path) for _ in range(3)]
        spans = [json.loads(p.communicate(timeout=60)[0].splitlines()[-1]) for p in processes]
        assert most_at_once(spans) == 1  # the second place is the holder's
        holder.send_signal(signal.SIGKILL)
        holder.wait()
    processes = [started(code, tmp_path) for _ in range(4)]
    spans = [json.loads(p.communicate(timeout=60)[0].splitlines()[-1]) for p in processes]
    assert most_at_once(spans) <= 2


def test_a_limit_is_a_number_or_a_mistake(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("PAYDAG_CONTAINERS", raising=False)
    assert machine_limit("PAYDAG_CONTAINERS") is None
    monkeypatch.setenv("PAYDAG_CONTAINERS", "4")
    assert machine_limit("PAYDAG_CONTAINERS") == 4
    for wrong in ("0", "many", "-1"):
        monkeypatch.setenv("PAYDAG_CONTAINERS", wrong)
        with pytest.raises(UsageError, match="write a number of at least 1"):
            machine_limit("PAYDAG_CONTAINERS")
