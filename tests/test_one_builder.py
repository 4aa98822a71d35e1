"""Two builds in one home take turns, however the first one ends."""

import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tasks.one_builder import building
from tests.flows.worker import ROOT
from tests.sample_home import SampleHome

_BUILD = """
import pathlib, sys
from tests.sample_home import SAMPLE, sample_spec
from tasks.build import build_version
print(build_version(pathlib.Path(sys.argv[1]), sample_spec(), SAMPLE, workers=1).version)
"""
_HOLD = """
import pathlib, sys, time
from tasks.one_builder import building
with building(pathlib.Path(sys.argv[1])):
    print("held", flush=True)
    time.sleep(60)
"""


def started(code: str, home: Path) -> "subprocess.Popen[str]":
    return subprocess.Popen(
        [sys.executable, "-c", code, str(home)], cwd=ROOT, stdout=subprocess.PIPE, text=True
    )


@pytest.mark.exhaustive
def test_builds_at_the_same_time_read_every_issue_once(
    own_sample: SampleHome,
) -> None:
    """Staging is emptied first, so that all of them have everything to read."""
    with own_sample.warehouse.write("core") as session:
        for row in session.rows(
            "SELECT schema_name || '.' || table_name AS name FROM duckdb_tables() "
            "WHERE database_name = 'core' AND table_name NOT IN ('schema_migrations', 'view_state')"
        ):
            session.execute(f"DELETE FROM core.{row['name']}")
    builds = [started(_BUILD, own_sample.home) for _ in range(3)]
    assert {b.communicate(timeout=150)[0].strip() for b in builds} == {own_sample.result.version}
    assert [b.returncode for b in builds] == [0, 0, 0]


def test_a_killed_build_keeps_nobody_waiting(tmp_path: Path) -> None:
    with started(_HOLD, tmp_path) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == "held\n"
        holder.send_signal(signal.SIGKILL)
        holder.wait()
    began = time.monotonic()
    with building(tmp_path):
        assert time.monotonic() - began < 30
