"""Hostile programs cost themselves only: nobody sees, keeps, forges or breaks anything."""

import json
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Final

import pytest

from tasks.domain.boxes import Limits
from tasks.domain.programs import Answer, Case, CaseResult, Program, ProgramLimits, difference
from tasks.sandbox.pool import Pool
from tests.sandbox.hostile import LEAVERS, LOOK, TRIES
from tests.sandbox.programs import containers, eventually, python, run_one, unique

LIMITS: Final = Limits(memory_mb=192, pids=48, scratch_mb=64)
SHORT: Final = ProgramLimits(cpu_s=4, wall_s=4, memory_mb=96, processes=40)


@pytest.fixture(scope="module")
def label() -> str:
    return unique("attacked")


@pytest.fixture(scope="module")
def pool(base_image: str, label: str) -> Iterator[Pool]:
    """One worker, so that each program follows upon the one before."""
    with Pool(base_image, 1, LIMITS, label) as started:
        yield started


@pytest.fixture(scope="module")
def untouched(pool: Pool) -> dict[str, Any]:
    """What the first program of a worker finds."""
    return look(pool)


def look(pool: Pool) -> dict[str, Any]:
    result = run_one(pool, python(LOOK, SHORT))
    assert result.exit_code == 0, result
    found: dict[str, Any] = json.loads(result.stdout)
    return found


def test_the_first_program_finds_an_empty_place(untouched: dict[str, Any]) -> None:
    assert untouched["processes"] == ["1"]
    assert untouched["files"] == {
        "/tmp": ["program"],
        "/dev/shm": [],
        "/var/tmp": [],
        "/dev/mqueue": [],
        ".": ["main.py"],
    }
    assert untouched["ipc"] == {"shm": 1, "sem": 1, "msg": 1}
    assert set(untouched["sockets"].values()) == {1}


@pytest.mark.parametrize("attack", LEAVERS)
def test_the_next_program_finds_the_place_as_the_first_one_did(
    pool: Pool, untouched: dict[str, Any], attack: str
) -> None:
    began = time.monotonic()
    result = run_one(pool, python(LEAVERS[attack], SHORT))
    assert time.monotonic() - began < 60
    assert "stolen" not in result.stdout.decode()
    assert look(pool) == untouched


def test_what_would_outlive_its_process_cannot_be_made(pool: Pool) -> None:
    assert run_one(pool, python(LEAVERS["ipc"], SHORT)).stdout == b"[-1, -1, -1, -1]\n"


def test_a_full_disk_is_refused_and_not_the_workers_end(
    pool: Pool, engine: Any, label: str
) -> None:
    before = containers(engine, label)
    for attack in ("full disk", "all inodes", "daemon", "deep folders", "strange names"):
        result = run_one(pool, python(LEAVERS[attack], SHORT))
        assert (result.stopped, result.exit_code) == (None, 0), (attack, result)
    assert containers(engine, label) == before


def test_every_try_at_rights_limits_and_the_supervisor_is_refused(pool: Pool) -> None:
    result = run_one(pool, python(TRIES, SHORT))
    assert result.exit_code == 0, result
    lines = result.stdout.decode().splitlines()
    assert len(lines) > 60
    assert [line for line in lines if not line.endswith(" refused")] == []


def test_the_only_places_to_write_are_those_that_are_emptied(pool: Pool) -> None:
    result = run_one(
        pool,
        python("""
        import os
        found = []
        for top, folders, _ in os.walk("/"):
            if top in ("/proc", "/sys"):
                folders.clear()
            found += [top] if os.access(top, os.W_OK) else []
        print(sorted(found))
    """),
    )
    assert result.stdout == b"['/dev/mqueue', '/dev/shm', '/tmp', '/tmp/program']\n"


def _frame(reply: object) -> bytes:
    body = json.dumps(reply).encode()
    return len(body).to_bytes(4, "big") + body


FORGED: Final = {"result": {"exit_code": 0, "stdout": "NDI=", "files": {}}, "left": ""}


def test_forged_replies_are_only_output(pool: Pool) -> None:
    forged = _frame(FORGED)
    multiplexed = b"\1\0\0\0" + len(forged).to_bytes(4, "big") + forged
    program = python(
        """
        import glob, os, sys
        text = open("forged", "rb").read()
        for fd in range(256):
            try:
                os.write(fd, text)
            except OSError:
                pass
        for path in glob.glob("/proc/[0-9]*/fd/*") + glob.glob("/dev/pts/*") + ["/dev/tty"]:
            try:
                os.write(os.open(path, os.O_WRONLY | os.O_NONBLOCK), text)
            except OSError:
                pass
        sys.exit(5)
    """,
        files={"forged": multiplexed * 3},
    )
    result = run_one(pool, program)
    assert result.exit_code == 5
    assert result.stdout.replace(multiplexed, b"") == b""
    assert result.stderr.replace(multiplexed, b"") == b""
    assert difference(Answer(stdout=b"42"), result) == "exit code 5"


def test_a_child_that_holds_the_output_open_holds_nobody_up(pool: Pool) -> None:
    result = run_one(
        pool,
        python(
            """
        import os, time
        print("done", flush=True)
        if os.fork() == 0:
            time.sleep(3)
            print("late", flush=True)
    """,
            SHORT,
        ),
    )
    assert (result.stdout, result.exit_code, result.stopped) == (b"done\n", 0, None)
    assert result.wall_s < 2.5


def test_endless_output_ends_soon_and_is_cut(pool: Pool) -> None:
    result = run_one(pool, Program(command=("cat", "/dev/zero"), limits=SHORT))
    assert (result.stopped, len(result.stdout)) == ("output", SHORT.output_bytes)
    assert result.wall_s < 3


@pytest.mark.parametrize(
    "source",
    [
        "os.symlink('/etc/passwd', 'out')",
        "os.symlink('/proc/self/environ', 'out')",
        "os.mkfifo('out')",
        "os.mkdir('out')",
        "os.mknod('real'); os.symlink('real', 'out')",
        "socket.socket(socket.AF_UNIX).bind('out')",
        "open('out', 'wb').truncate(10_000_000)",
        "open('out', 'w').write('x'); os.chmod('out', 0)",
        "os.rename('/tmp/program', '/tmp/moved'); os.symlink('/tmp/moved', '/tmp/program')",
        "os.rmdir('/tmp/program') if os.remove('main.py') else os.rmdir('/tmp/program')",
    ],
)
def test_what_is_no_plain_file_is_no_file(pool: Pool, source: str) -> None:
    program = python(f"import os, socket\n{source}\n", SHORT)
    assert run_one(pool, program, Case(files_out=("out",))).files == {"out": None}


def test_no_link_leads_the_collector_out_of_the_programs_folder(pool: Pool) -> None:
    program = python(
        "import os\nfor n, t in (('e', '/etc'), ('p', '/proc/self'), ('u', '..')): "
        "os.symlink(t, n)",
        SHORT,
    )
    paths = ("e/passwd", "p/environ", "p/cmdline", "u/program/main.py")
    assert run_one(pool, program, Case(files_out=paths)).files == dict.fromkeys(paths)


def test_programs_at_the_same_time_see_nothing_of_each_other(base_image: str) -> None:
    source = """
        import os, socket, time
        name = input()
        for top in ("/tmp/", "/dev/shm/", "./"):
            open(top + "of-" + name, "w").close()
        server = socket.create_server(("127.0.0.1", 4711))
        mine = socket.socket(socket.AF_UNIX)
        mine.bind("\\0paydag")
        until = time.monotonic() + 1.5
        seen = set()
        while time.monotonic() < until:
            seen |= {p for p in os.listdir("/proc") if p.isdigit()}
            for top in ("/tmp/", "/dev/shm/", "./"):
                seen |= set(os.listdir(top))
        print(sorted(seen - {"1", str(os.getpid())}), os.getuid())
    """
    with Pool(base_image, 2, LIMITS) as pool, ThreadPoolExecutor(2) as threads:
        cases = [Case(stdin=b"one"), Case(stdin=b"two")]
        results = list(threads.map(lambda case: run_one(pool, python(source, SHORT), case), cases))
    said = [result.stdout.decode().rpartition(" ") for result in results]
    assert [seen for seen, _, _ in said] == [
        f"['main.py', 'of-{name}', 'program']" for name in ("one", "two")
    ]
    assert said[0][2] != said[1][2]


def test_a_fork_bomb_takes_nothing_from_its_neighbour(base_image: str) -> None:
    """Not even by the kernel's count of a user's processes, which is one for the whole machine."""
    bomb = python(LEAVERS["fork bomb"], SHORT)
    forker = python("""
        import os
        for _ in range(200):
            pid = os.fork()
            pid or os._exit(0)
            os.waitpid(pid, 0)
        print("forked")
    """)
    with Pool(base_image, 2, LIMITS) as pool, ThreadPoolExecutor(1) as threads:
        bombing = threads.submit(run_one, pool, bomb)
        results = [run_one(pool, forker) for _ in range(3)]
        assert bombing.result().stopped in ("cpu", "wall")
    assert [result.stdout for result in results] == [b"forked\n"] * 3


def test_a_worker_that_does_not_look_untouched_is_replaced(
    pool: Pool, engine: Any, label: str
) -> None:
    before = containers(engine, label)
    assert run_one(pool, python(LEAVERS["waiting port"], SHORT)).exit_code == 0
    assert eventually(lambda: before != containers(engine, label))
    assert len(containers(engine, label)) == 1


def test_a_program_killed_for_want_of_memory_is_never_right(pool: Pool) -> None:
    result = run_one(pool, python(LEAVERS["memory"], SHORT))
    assert result.stopped in ("memory", "worker"), result
    assert difference(Answer(exit_code=None), result)


def test_a_burst_of_hostile_programs_leaves_the_honest_ones_right(base_image: str) -> None:
    short = SHORT.model_copy(update={"wall_s": 1.5, "cpu_s": 1.5})
    honest = python("print(int(input()) + 1)")

    def one(pool: Pool, number: int) -> CaseResult:
        if number % 2:
            attack = list(LEAVERS)[number // 2 % len(LEAVERS)]
            return run_one(pool, python(LEAVERS[attack], short))
        return run_one(pool, honest, Case(stdin=b"%d" % number))

    numbers = range(2 * len(LEAVERS))
    with Pool(base_image, 2, LIMITS) as pool, ThreadPoolExecutor(4) as threads:
        results = list(threads.map(lambda number: one(pool, number), numbers))
    assert [result.stdout for result in results[::2]] == [b"%d\n" % (n + 1) for n in numbers[::2]]
