"""The pool runs programs on cases: their input, their files, their limits, their order."""

import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from tasks.domain.boxes import Limits
from tasks.domain.programs import Case, Program, ProgramLimits
from tasks.sandbox.pool import Pool
from tasks.sandbox.worker import host_options
from tests.sandbox.programs import (
    QUICK,
    containers,
    python,
    run_one,
    unique,
)

LIMITS = Limits(memory_mb=256, pids=64, scratch_mb=64)


@pytest.fixture(scope="module")
def pool(base_image: str) -> Iterator[Pool]:
    with Pool(base_image, 2, LIMITS) as started:
        yield started


def test_stdin_goes_in_and_output_comes_out_byte_for_byte(pool: Pool) -> None:
    every_byte = bytes(range(256)) * 2000
    program = python("""
        import sys
        data = sys.stdin.buffer.read()
        sys.stdout.buffer.write(data[::-1])
        print("done", file=sys.stderr)
        sys.exit(3)
    """)
    result = run_one(pool, program, Case(stdin=every_byte))
    assert (result.stdout, result.stderr) == (every_byte[::-1], b"done\n")
    assert (result.exit_code, result.stopped, result.files) == (3, None, {})
    assert 0 < result.cpu_s < 5
    assert 0 < result.wall_s < 10


def test_files_go_in_and_only_those_asked_for_come_out(pool: Pool) -> None:
    program = python(
        """
        import os
        os.makedirs("made/of")
        with open("made/of/out.bin", "wb") as out, open("in/data.bin", "rb") as given:
            out.write(given.read() * 2)
        open("unasked", "w").write("x")
        os.mkdir("folder")
        print(sorted(os.listdir(".")), open("own.txt").read())
    """,
        files={"own.txt": b"own"},
    )
    case = Case(
        files_in={"in/data.bin": b"\0\xff\r\n"},
        files_out=("made/of/out.bin", "none", "folder", "main.py/x"),
    )
    result = run_one(pool, program, case)
    assert result.stdout == b"['folder', 'in', 'made', 'main.py', 'own.txt', 'unasked'] own\n"
    assert result.files == {
        "made/of/out.bin": b"\0\xff\r\n" * 2,
        "none": None,
        "folder": None,
        "main.py/x": None,
    }


def test_files_of_a_program_can_be_run_and_unreadable_input_is_no_matter(pool: Pool) -> None:
    script = Program(command=("./run.sh", "a b"), files={"run.sh": b'#!/bin/sh\necho "$1"\n'})
    result = run_one(pool, script, Case(stdin=b"never read" * 100_000))
    assert (result.exit_code, result.stdout, result.stopped) == (0, b"a b\n", None)


def test_cases_come_back_in_order_and_see_nothing_of_each_other(pool: Pool) -> None:
    program = python("""
        import os
        print(input(), sorted(os.listdir("/tmp")), sorted(os.listdir(".")), os.path.exists("seen"))
        for path in ("seen", "/tmp/seen", "/dev/shm/seen"):
            open(path, "w").close()
    """)
    results = pool.run(program, [Case(stdin=b"%d" % number) for number in range(4)])
    assert [result.stdout for result in results] == [
        b"%d ['program'] ['main.py'] False\n" % number for number in range(4)
    ]


def test_a_program_without_cases_runs_nothing(pool: Pool) -> None:
    assert pool.run(python("pass"), []) == ()


@pytest.mark.parametrize(
    ("command", "exit_code", "said"),
    [
        (("no-such-command",), 127, b"no-such-command: No such file or directory\n"),
        (("./main.py",), 126, b"Exec format error\n"),
        (("/tmp",), 126, b"Permission denied\n"),
        (("sh", "-c", "kill -TERM $$"), 143, b""),
        (("sh", "-c", "kill -KILL $$"), 137, b""),
        (("sh", "-c", "exit 255"), 255, b""),
    ],
)
def test_how_a_program_ended_is_told_as_a_shell_tells_it(
    pool: Pool, command: tuple[str, ...], exit_code: int, said: bytes
) -> None:
    result = run_one(pool, Program(command=command, files={"main.py": b"no interpreter"}))
    assert (result.exit_code, result.stopped) == (exit_code, None)
    assert result.stderr.endswith(said)


def _limited(**limits: float) -> ProgramLimits:
    return ProgramLimits.model_validate({**QUICK.model_dump(), **limits})


@pytest.mark.parametrize(
    ("source", "limits", "stopped"),
    [
        ("while True: pass", _limited(cpu_s=0.5), "cpu"),
        (
            "import os\nfor _ in range(5): os.fork() or [os.setsid(), [0 for _ in iter(int, 1)]]\n"
            "os.wait()",
            _limited(cpu_s=0.5),
            "cpu",
        ),
        ("import time; time.sleep(60)", _limited(wall_s=0.5), "wall"),
        (
            "import signal, time; signal.pthread_sigmask(0, range(1, 65)); time.sleep(60)",
            _limited(wall_s=0.5),
            "wall",
        ),
        ("import sys\nwhile True: print('x' * 1000)", _limited(output_bytes=50_000), "output"),
        (
            "import os\nwhile True: os.write(2, b'x' * 1000)",
            _limited(output_bytes=50_000),
            "output",
        ),
        (
            "import signal; signal.signal(signal.SIGXFSZ, signal.SIG_DFL)\n"
            "open('big', 'wb').write(b'x' * 2000)",
            _limited(file_bytes=1000),
            "disk",
        ),
        (
            "import mmap\nshared = mmap.MAP_SHARED\n"
            "maps = [mmap.mmap(-1, 32 << 20, flags=shared) for _ in range(20)]\n"
            "for found in maps:\n    for at in range(0, len(found), 4096): found[at] = 1",
            _limited(),
            "memory",
        ),
    ],
    ids=["cpu", "cpu-of-all", "wall", "wall-blocked", "output", "stderr", "file", "shared-memory"],
)
def test_a_limit_ends_a_program_and_is_named(
    pool: Pool, source: str, limits: ProgramLimits, stopped: str
) -> None:
    result = run_one(pool, python(source, limits))
    assert result.stopped == stopped, result
    assert result.exit_code >= 128
    assert len(result.stdout) + len(result.stderr) <= limits.output_bytes
    assert result.wall_s < 8


@pytest.mark.parametrize(
    ("source", "limits", "said"),
    [
        ("x = bytearray(200 << 20)", _limited(memory_mb=64), b"MemoryError"),
        ("files = [open('main.py') for _ in range(20)]", _limited(open_files=16), b"Errno 24"),
        (
            "import threading, time\nfor _ in range(9):\n"
            "    threading.Thread(target=time.sleep, args=(1,), daemon=True).start()",
            _limited(processes=8),
            b"can't start new thread",
        ),
        (
            "open('big', 'wb', 0).write(b'x' * 1000)\nopen('big', 'ab', 0).write(b'x')",
            _limited(file_bytes=1000),
            b"File too large",
        ),
        ("import os\nos.fork() if os.fork() else 0", _limited(processes=2), b"BlockingIOError"),
    ],
    ids=["memory", "files", "threads", "file", "processes"],
)
def test_a_program_is_refused_what_goes_past_its_limits(
    pool: Pool, source: str, limits: ProgramLimits, said: bytes
) -> None:
    result = run_one(pool, python(source, limits))
    assert result.exit_code == 1
    assert said in result.stderr


def test_output_up_to_the_limit_is_whole(pool: Pool) -> None:
    limits = _limited(output_bytes=100_000)
    result = run_one(pool, python("import sys; sys.stdout.write('x' * 100_000)", limits))
    assert (len(result.stdout), result.exit_code, result.stopped) == (100_000, 0, None)
    result = run_one(pool, python("import sys; sys.stdout.write('x' * 100_001)", limits))
    assert (len(result.stdout), result.stopped) == (100_000, "output")


def test_collected_files_have_the_room_of_the_output(pool: Pool) -> None:
    program = python(
        "for name in 'abc': open(name, 'w').write(name * 40)", _limited(output_bytes=100)
    )
    result = run_one(pool, program, Case(files_out=("a", "b", "c", "main.py")))
    assert (result.files["a"], result.files["b"], result.files["c"]) == (b"a" * 40, b"b" * 40, None)


def test_files_that_do_not_fit_are_the_programs_fault(pool: Pool) -> None:
    result = run_one(pool, python("pass"), Case(files_in={"big": b"x" * (40 << 20)}))
    assert (result.exit_code, result.stopped) == (1, "disk")
    assert run_one(pool, python("print(1)")).stdout == b"1\n"


def test_many_threads_share_the_workers_and_get_their_own_results(pool: Pool) -> None:
    program = python("print(int(input()) ** 2)")
    with ThreadPoolExecutor(8) as threads:
        results = threads.map(
            lambda number: run_one(pool, program, Case(stdin=b"%d" % number)), range(40)
        )
        assert [int(result.stdout) for result in results] == [n * n for n in range(40)]


def test_a_program_runs_as_nobody_in_a_closed_place(pool: Pool) -> None:
    result = run_one(
        pool,
        python("""
        import json, os, socket
        status = dict(line.split(":\\t", 1) for line in open("/proc/self/status") if ":\\t" in line)
        print(json.dumps({
            "ids": [len(set(os.getresuid() + os.getresgid())), os.getuid() >= 20_000],
            "groups": os.getgroups(),
            "capabilities": sorted({status["Cap" + k].strip() for k in ("Inh", "Prm", "Eff")}),
            "no new privileges": status["NoNewPrivs"].strip(),
            "seccomp": status["Seccomp"].strip(),
            "interfaces": [name for _, name in socket.if_nameindex()],
            "descriptors": sorted(os.listdir("/proc/self/fd")),
            "environment": sorted(os.environ),
        }))
    """),
    )
    assert json.loads(result.stdout) == {
        "ids": [1, True],
        "groups": [],
        "capabilities": ["0000000000000000"],
        "no new privileges": "1",
        "seccomp": "2",
        "interfaces": ["lo"],
        "descriptors": ["0", "1", "2", "3"],  # the last one is the listing's own
        "environment": ["HOME", "LANG", "PATH"],
    }


def test_a_worker_has_the_rights_its_supervisor_needs_and_no_others(
    pool: Pool, engine: Any, base_image: str
) -> None:
    label = unique("rights")
    with Pool(base_image, 1, LIMITS, label):
        (container,) = containers(engine, label)
        found = engine.api.inspect_container(container)["HostConfig"]
    assert found["CapAdd"] == ["SETUID", "SETGID", "KILL"]
    assert found["CapDrop"] == ["ALL"]
    assert (found["NetworkMode"], found["ReadonlyRootfs"]) == ("none", True)
    assert (found["Binds"], found["Privileged"]) == (None, False)
    assert found["LogConfig"]["Type"] == "none"
    assert found["Memory"] == found["MemorySwap"] == (256 + 32) << 20
    assert (found["PidsLimit"], found["NanoCpus"]) == (64, 1_000_000_000)
    assert found["SecurityOpt"] == ["no-new-privileges"]


def test_what_programs_write_can_never_fill_the_memory() -> None:
    for memory_mb, scratch_mb in ((16, 512), (256, 64), (512, 512)):
        options = host_options(Limits(memory_mb=memory_mb, scratch_mb=scratch_mb))
        sizes = [int(text.rpartition("size=")[2][:-1]) for text in options["tmpfs"].values()]
        assert sum(sizes) <= memory_mb // 2 + 16 < memory_mb + 32
