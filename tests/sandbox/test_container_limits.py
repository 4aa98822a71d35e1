"""Nothing that runs in a box gets past its limits, outlives its command or harms a neighbour."""

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tasks.domain.boxes import CUT, OUTPUT_CAP, Limits
from tasks.domain.protocols import Box
from tests.sandbox.starting import SMALL, box_in, inspected, left_of, running, said, sh

LABEL = "limited"

# Ends everything of its own user but itself, again and again: also what would end it.
SPITEFUL = """
import os, signal, time
if os.fork():
    time.sleep(0.3)
    os._exit(0)
os.setsid()
signal.signal(signal.SIGTERM, signal.SIG_IGN)
while True:
    try:
        os.kill(-1, signal.SIGKILL)
    except OSError:
        pass
"""
# Is always another process than a moment ago.
HOPPING = """
import os
if os.fork():
    os._exit(0)
os.setsid()
while True:
    if os.fork():
        os._exit(0)
"""
BOMB = """
import os
if os.fork():
    os._exit(0)
os.setsid()
while True:
    try:
        os.fork()
    except OSError:
        pass
"""


@pytest.fixture
def box(engine: Any, base_image: str) -> Iterator[Box]:
    with box_in(base_image, LABEL) as started:
        yield started
    assert left_of(engine, LABEL) == []


def python(box: Box, script: str, timeout_s: float = 30) -> Any:
    return box.run(["python3", "-c", script], timeout_s)


def test_memory_beyond_the_limit_kills_the_command_and_not_the_box(box: Box) -> None:
    result = python(box, "x = bytearray(400 << 20)")
    assert (result.exit_code, result.killed, result.timed_out) == (137, "memory", False)
    child = "import subprocess, sys; sys.exit(subprocess.call(sys.argv[1:]) != 0)"
    result = box.run(["python3", "-c", child, "python3", "-c", "x = bytearray(400 << 20)"], 30)
    assert (result.exit_code, result.killed) == (1, "memory")
    assert sh(box, "exit 3").killed is None
    assert said(box, "echo lives") == "lives\n"


def test_memory_under_the_limit_is_no_reason(box: Box) -> None:
    assert python(box, "x = bytearray(150 << 20)").exit_code == 0


@pytest.mark.parametrize("folder", ["/workspace", "/tmp"])
def test_a_full_file_system_is_named_and_harms_nobody(box: Box, folder: str) -> None:
    result = sh(box, f"head -c 100M /dev/zero >{folder}/big")
    assert (result.exit_code, result.killed) == (1, "disk")
    assert "No space left on device" in result.output
    assert sh(box, f"fallocate -l 50G {folder}/huge").exit_code != 0
    sh(box, f"rm -f {folder}/big {folder}/huge")
    assert sh(box, "exit 1").killed is None
    assert said(box, "echo x >fits && cat fits") == "x\n"


def test_files_that_use_up_the_memory_are_the_submission_s_doing(
    engine: Any, base_image: str
) -> None:
    limits = Limits(memory_mb=64, pids=64, disk_mb=256, scratch_mb=16)
    with box_in(base_image, LABEL, limits) as box:
        result = sh(box, "head -c 200M /dev/zero >big")
        assert (result.exit_code != 0, result.killed) == (True, "memory")
        # Not even a shell fits beside them: that is no fault of the engine's.
        result = python(box, "x = bytearray(20 << 20)")
        assert (result.exit_code != 0, result.killed) == (True, "memory")


def test_a_keeper_that_the_memory_killer_takes_is_the_submission_s_doing(
    engine: Any, base_image: str
) -> None:
    with box_in(base_image, LABEL) as box:
        said(box, "head -c 60M /dev/zero >file")
        keeper = inspected(engine, LABEL)["State"]["Pid"]
        shells = Path(f"/proc/{keeper}/task/{keeper}/children").read_text(encoding="ascii").split()
        # As if nothing else were left to kill: nobody in the box can have it so.
        for shell in (keeper, *shells):
            Path(f"/proc/{shell}/oom_score_adj").write_text("1000", encoding="ascii")
        spared = "open('/proc/self/oom_score_adj', 'w').write('0'); x = bytearray(400 << 20)"
        result = python(box, spared)
        assert (result.exit_code, result.killed) == (137, "memory")
        assert sh(box, "echo again").killed == "memory"
        assert box.get_text("any") is None
        box.still()


def test_a_writable_layer_past_its_cap_ends_the_box(engine: Any, base_image: str) -> None:
    with box_in(base_image, LABEL, kind="swelancer") as box:
        assert said(box, "head -c 30M /dev/zero >/var/some; sleep 1; echo fine") == "fine\n"
        began = time.monotonic()
        result = sh(box, "while :; do head -c 10M /dev/zero >>/var/more; sleep 0.05; done")
        assert (result.exit_code, result.killed) == (137, "disk")
        assert time.monotonic() - began < 20
        assert left_of(engine, LABEL) == []  # its room is given back at once
        assert sh(box, "echo again").killed == "disk"
        assert box.get_text("any") is None
        box.put_text("any", "x")
        box.remove("any")
        box.give(["any"], "code")
        box.serve(["sleep", "1"])
        box.still()


def test_output_without_end_is_stopped(box: Box) -> None:
    result = sh(box, "yes")
    assert (result.exit_code, result.killed, result.timed_out) == (137, "output", False)
    assert len(result.output) == OUTPUT_CAP + len(CUT)
    assert said(box, "echo lives") == "lives\n"


def test_what_stays_behind_neither_holds_the_command_up_nor_lives_on(engine: Any, box: Box) -> None:
    began = time.monotonic()
    script = "sleep 600 & (setsid sleep 601 &); nohup sleep 602 >/dev/null 2>&1 & echo done; exit 3"
    result = sh(box, script, 60)
    assert (result.exit_code, result.output, result.timed_out) == (3, "done\n", False)
    assert time.monotonic() - began < 20
    assert running(engine, LABEL) == []


def test_a_command_that_closed_its_output_is_waited_for(box: Box) -> None:
    result = sh(box, "exec >&- 2>&-; sleep 1; exit 5")
    assert (result.exit_code, result.timed_out) == (5, False)
    assert sh(box, "exec >&- 2>&-; sleep 60", 1).timed_out


@pytest.mark.parametrize("script", [SPITEFUL, HOPPING, BOMB], ids=["spiteful", "hopping", "bomb"])
def test_nothing_that_resists_outlives_its_command(engine: Any, box: Box, script: str) -> None:
    result = python(box, script, 20)
    assert not result.timed_out
    assert running(engine, LABEL) == []
    for _ in range(3):
        assert said(box, "echo lives") == "lives\n"
    box.put_text("later", "x")
    assert box.get_text("later") == "x"


@pytest.mark.parametrize("script", [SPITEFUL, BOMB], ids=["spiteful", "bomb"])
def test_a_service_that_resists_is_stilled(engine: Any, box: Box, script: str) -> None:
    box.serve(["python3", "-c", script])
    time.sleep(1)
    # There may be no process left for it: that is the submission's doing and no fault.
    result = sh(box, "echo ran", role="grader")
    assert result.output == "ran\n" or result.exit_code != 0
    box.still()
    assert running(engine, LABEL) == []
    assert said(box, "echo lives") == "lives\n"


def test_a_bomb_in_the_foreground_ends_with_its_time(engine: Any, box: Box) -> None:
    result = python(box, "import os\nwhile True:\n  try: os.fork()\n  except OSError: pass", 2)
    assert (result.timed_out, result.exit_code) == (True, 137)
    assert running(engine, LABEL) == []
    assert said(box, "echo lives") == "lives\n"


def test_orphans_that_ended_use_up_no_processes(box: Box) -> None:
    for _ in range(3):
        # As many as there may be at once, thrice over; nobody of their own waits for them.
        assert said(box, "for i in 1 2 3 4 5 6 7 8 9 10; do (sleep 0.05 &); done; sleep 0.5") == ""
    orphans = (
        "import os\nfor _ in range(200):\n  if os.fork() == 0:\n    os.fork()\n    os._exit(0)\n"
    )
    assert python(box, orphans + "  os.wait()").exit_code == 0


def test_the_processor_is_shared_out(engine: Any, base_image: str) -> None:
    half = Limits(cpus=0.25, memory_mb=128, pids=64, disk_mb=16, scratch_mb=16)
    with box_in(base_image, LABEL, half) as box:
        script = (
            "import time; t=time.time()\nwhile time.time()-t < 2: pass\nprint(time.process_time())"
        )
        assert float(python(box, script).output) < 1.2


def test_the_limits_are_the_environment_s(box: Box) -> None:
    assert said(box, "df -Pm /workspace /tmp | tail -n +2 | awk '{print $2}'") == (
        f"{SMALL.disk_mb}\n{SMALL.scratch_mb}\n"
    )
