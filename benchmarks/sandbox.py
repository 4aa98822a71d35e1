"""What containers cost: small programs in the pool, graded instances in boxes, both side by side.

`programs`: the pool's programs a second, against one `docker run --rm` a program and against a
plain local subprocess without any isolation, all with the same number at a time. `grading`: a
sample instance graded with its reference patch, against `docker run --rm` of the same test command
on the same files, several one after the other until the last box is gone, as they are and with
tests that take longer; as a stage with one worker does it (the next box is made while the tests of
this one run), and each when the one before it is through. `together`: several such instances at
a time, and how busy that keeps the processors of the machine.

    python -m benchmarks.sandbox [--programs N] [--repeats N] [--at-once N] [--image TAG]

Needs a Docker engine and the images paydag/base:1 and paydag/sample:1.
"""

import argparse
import io
import os
import resource
import statistics
import subprocess
import sys
import tarfile
import tempfile
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from functools import cached_property
from pathlib import Path
from typing import Final

from tasks.bench import Workbench
from tasks.domain.boxes import Limits
from tasks.domain.instances import TaskInstance
from tasks.domain.programs import Case, Program
from tasks.domain.rollouts import Submission
from tasks.machines import one_ahead
from tasks.sandbox.pool import Pool
from tasks.sandbox.removals import finish_removals
from tasks.turnstile import running_at_most
from tasks.variants import variant_named
from tests.sample_home import build_sample

_GOAL_PROGRAMS: Final = 20.0
_GOAL_RATIO: Final = 1.25
# Seconds of processor time that the tests take beyond the sample's own.
_WORK_S: Final = (0, 2)
_ROW: Final = 4
_TOGETHER: Final = (1, 2, 4)
_MAIN: Final = b"numbers = [int(n) for n in input().split()]\nprint(sum(numbers), max(numbers))\n"
_BUSY: Final = "import time\nwhile time.process_time() < {work_s}: pass"
_CONFINED: Final = (
    *("--network", "none", "--cap-drop", "ALL", "--security-opt", "no-new-privileges"),
    *("--pids-limit", "256", "--log-driver", "none"),
)
_UNPACK: Final = 'mkdir /tmp/workspace && cd /tmp/workspace && tar -x && exec "$@"'


def programs(image: str, count: int, at_once: int) -> None:
    """Print programs a second, three ways."""
    inputs = [b"%d 7 %d\n" % (number, -number) for number in range(count)]
    expected = [b"%d %d\n" % (7, max(number, 7)) for number in range(count)]
    program = Program(command=("python3", "main.py"), files={"main.py": _MAIN})
    used = list[float]()

    def in_pool(data: bytes) -> bytes:
        result = pool.run(program, [Case(stdin=data)])[0]
        used.append(result.cpu_s)
        return result.stdout

    began = time.perf_counter()
    with Pool(image, at_once, Limits(memory_mb=512)) as pool:
        started_s = time.perf_counter() - began
        of_host = time.process_time()
        # More threads than workers, as a grading stage would have: some wait, no worker does.
        ours = _rate(in_pool, inputs, expected, at_once + 2)
        of_host = time.process_time() - of_host
    few = max(count // 10, 2 * at_once)
    engine = _rate(lambda data: _docker_run(image, data), inputs[:few], expected[:few], at_once)
    with tempfile.TemporaryDirectory() as folder:
        main = Path(folder) / "main.py"
        main.write_bytes(_MAIN)
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        local = _rate(lambda data: _local_run(main, data), inputs, expected, at_once)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
    local_s = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    inside_ms, host_ms = 1000 * sum(used) / count, 1000 * of_host / count
    print(f"programs, {at_once} at once; a pool of {at_once} workers is up after {started_s:.2f} s")
    print(f"  pool             {ours:6.1f} programs/s  (goal: {_GOAL_PROGRAMS:.0f})")
    print(f"  docker run --rm  {engine:6.1f} programs/s  (pool: {ours / engine:.1f} x)")
    print(f"  local subprocess {local:6.1f} programs/s  (pool: {ours / local:.2f} x)")
    print(
        f"  processor time a program: pool {inside_ms:.0f} ms inside and {host_ms:.0f} ms in this "
        f"process, local subprocess {1000 * local_s / count:.0f} ms"
    )


def _rate(
    run: Callable[[bytes], bytes], inputs: Sequence[bytes], expected: Sequence[bytes], at_once: int
) -> float:
    """Programs a second, all of them right."""
    with ThreadPoolExecutor(at_once) as threads:
        began = time.perf_counter()
        assert list(threads.map(run, inputs)) == expected
        return len(inputs) / (time.perf_counter() - began)


def _docker_run(image: str, data: bytes) -> bytes:
    command = ["docker", "run", "--rm", "-i", *_CONFINED, "--user", "20000:20000", image]
    command += ["python3", "-c", _MAIN.decode()]
    return subprocess.run(command, input=data, capture_output=True, check=True).stdout


def _local_run(main: Path, data: bytes) -> bytes:
    command = [sys.executable, "-I", str(main)]
    return subprocess.run(command, input=data, capture_output=True, check=True).stdout


class Grading:
    """A sample instance and its reference, graded by us and by hand."""

    def __init__(self, home: Path) -> None:
        self._bench, self._variant = Workbench(home, "docker"), variant_named("ic_swe")
        found = build_sample(home).instances.values()
        self._task = next(task for task in found if task.variant == "ic_swe")

    def ours(self, work_s: float) -> float:
        """Seconds from the submission to its evidence."""
        task = self._working(work_s)
        patch = Submission(model_patch=task.reference.gold_patch)
        began = time.perf_counter()
        evidence = self._variant.collect(task, patch, self._bench)
        elapsed = time.perf_counter() - began
        # Sentinels that must fail are among the tests, so that the exit code is not 0.
        report = (evidence.report or {}).items()
        own = {n: how for n, how in report if n.rpartition("::")[2] not in evidence.sentinels}
        assert set(own.values()) == {"passed"}, (evidence.failure, evidence.killed, own)
        return elapsed

    def theirs(self, work_s: float) -> float:
        """Seconds of `docker run` with the same files and command, and nothing else."""
        task, tar = self._working(work_s), self._files
        assert task.environment.image is not None
        command = ["docker", "run", "--rm", "-i", *_CONFINED, "--user", "10001:10001"]
        command += [task.environment.image, "sh", "-c", _UNPACK, "sh"]
        command += task.environment.test_command
        began = time.perf_counter()
        subprocess.run(command, input=tar, capture_output=True, check=True)
        return time.perf_counter() - began

    def _working(self, work_s: float) -> TaskInstance:
        before = _BUSY.format(work_s=work_s)
        shell = f'python3 -c "{before}" && exec "$@"' if work_s else 'exec "$@"'
        command = ("sh", "-c", shell, "sh", *self._task.environment.test_command)
        environment = self._task.environment.model_copy(update={"test_command": command})
        return self._task.model_copy(update={"environment": environment})

    @cached_property
    def _files(self) -> bytes:
        """The fixed tree with the hidden tests, as a tar."""
        reference = self._task.reference
        history = self._bench.repository(self._task.repository)
        kept = [hidden.path for hidden in reference.hidden_tests]
        tree = history.patched(self._task.base or "", reference.gold_patch or "", kept).tar
        assert tree is not None
        file = io.BytesIO(tree)
        with tarfile.open(fileobj=file, mode="a") as archive:
            for hidden in reference.hidden_tests:
                content = hidden.content or b""
                member = tarfile.TarInfo(hidden.path)
                member.size, member.mode = len(content), 0o644
                archive.addfile(member, io.BytesIO(content))
        return file.getvalue()


def grading(home: Grading, repeats: int) -> None:
    """Print the seconds of one instance, ours and by hand, in turns so that both meet the same
    weather, and the ratio of the medians."""
    print(f"grading, {_ROW} instances one after the other, medians (and best) of {repeats}:")
    ways: dict[str, Callable[[float], float]] = {
        "as a stage": lambda work_s: _in_a_row(home.ours, work_s, one_ahead(1, [home])),
        "each alone": lambda work_s: _in_a_row(home.ours, work_s, 1),
    }
    for work_s in _WORK_S:
        took: dict[str, list[float]] = {name: [] for name in (*ways, "by hand")}
        for _ in range(repeats):
            took["by hand"].append(_in_a_row(home.theirs, work_s, 1))
            for name, way in ways.items():
                took[name].append(way(work_s))
        hand = statistics.median(took["by hand"])
        print(f"  tests of {work_s} s more: docker run {hand:.2f} s ({min(took['by hand']):.2f})")
        for name in ways:
            middle = statistics.median(took[name])
            print(
                f"    {name}: {middle:.2f} s ({min(took[name]):.2f}), {middle / hand:.2f} x, "
                f"{middle - hand:+.2f} s  (goal: {_GOAL_RATIO} x)"
            )


def _in_a_row(graded: Callable[[float], float], work_s: float, on_their_way: int) -> float:
    """Seconds of one instance of several, one testing at a time; all boxes are gone then."""
    began = time.perf_counter()
    with running_at_most(1), ThreadPoolExecutor(on_their_way) as threads:
        for begun in [threads.submit(copy_context().run, graded, work_s) for _ in range(_ROW)]:
            begun.result()
    finish_removals()
    return (time.perf_counter() - began) / _ROW


def together(home: Grading, work_s: float = 2, count: int = 8) -> None:
    """Print how long several instances take with 1, 2 and 4 at a time."""
    print(
        f"together, {count} instances with tests of {work_s} s more, {os.cpu_count()} processors:"
    )
    for at_once in _TOGETHER:
        busy, began = _busy_s(), time.perf_counter()
        with ThreadPoolExecutor(at_once) as threads:
            list(threads.map(home.ours, [work_s] * count))
        finish_removals()
        wall_s = time.perf_counter() - began
        print(
            f"  {at_once} at once: {wall_s:6.2f} s, {count / wall_s:.2f} instances/s, "
            f"{(_busy_s() - busy) / wall_s:.2f} processors of the machine busy"
        )


def _busy_s() -> float:
    """Processor seconds of the whole machine so far, by anybody."""
    spent = Path("/proc/stat").read_text(encoding="ascii").splitlines()[0].split()[1:9]
    idle = int(spent[3]) + int(spent[4])
    return (sum(map(int, spent)) - idle) / os.sysconf("SC_CLK_TCK")


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--programs", type=int, default=200)
    parser.add_argument("--repeats", type=int, default=5)
    parser.add_argument("--at-once", type=int, default=2)
    parser.add_argument("--image", default="paydag/base:1")
    asked = parser.parse_args()
    print(f"load of the machine before: {os.getloadavg()[0]:.1f}")
    programs(asked.image, asked.programs, asked.at_once)
    sys.stdout.flush()
    with tempfile.TemporaryDirectory() as folder:
        home = Grading(Path(folder) / "home")
        grading(home, asked.repeats)
        sys.stdout.flush()
        together(home)


if __name__ == "__main__":
    main()
