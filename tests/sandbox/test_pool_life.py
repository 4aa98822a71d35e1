"""Pools start, lose workers, end and are refused; nothing of them stays."""

import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from tasks.domain.boxes import Limits
from tasks.domain.errors import DataError, SystemFault, UsageError
from tasks.domain.programs import Case, CaseResult, ProgramLimits
from tasks.sandbox.pool import Pool
from tests.sandbox.programs import containers, eventually, kill_at_work, python, run_one, unique

LIMITS = Limits(memory_mb=256, pids=64, scratch_mb=64)


def test_nothing_is_left_when_the_pool_ends(engine: Any, base_image: str) -> None:
    label = unique("ends")
    with Pool(base_image, 2, LIMITS, label) as pool:
        assert len(containers(engine, label)) == 2
    assert containers(engine, label) == []
    with pytest.raises(SystemFault, match="the pool of workers is closed"):
        pool.run(python("pass"), [Case()])
    with pytest.raises(ZeroDivisionError), Pool(base_image, 1, LIMITS, label):
        raise ZeroDivisionError
    assert containers(engine, label) == []


def test_a_run_that_outlives_its_pool_is_nobodys_result(base_image: str) -> None:
    with ThreadPoolExecutor(1) as threads:
        with Pool(base_image, 1, LIMITS) as pool:
            began = threading.Event()
            program = python("import time; time.sleep(8)")

            def outlive() -> CaseResult:
                began.set()
                return run_one(pool, program)

            running = threads.submit(outlive)
            began.wait()
        with pytest.raises(SystemFault, match="closed"):
            running.result()


_KILLED_HOST = """
import os, signal, sys
from tasks.sandbox.pool import Pool
with Pool(sys.argv[1], 2, label=sys.argv[2]):
    print("up", flush=True)
    signal.pause()
"""


def test_workers_end_with_the_process_that_had_them_even_a_killed_one(
    engine: Any, base_image: str
) -> None:
    label = unique("killed")
    host = subprocess.Popen(
        [sys.executable, "-c", _KILLED_HOST, base_image, label], stdout=subprocess.PIPE
    )
    assert host.stdout is not None
    assert host.stdout.readline() == b"up\n"
    assert len(containers(engine, label)) == 2
    host.kill()
    host.communicate()
    assert eventually(lambda: containers(engine, label) == [])


def test_a_worker_that_is_lost_once_costs_its_program_nothing(engine: Any, base_image: str) -> None:
    label = unique("lost")
    program = python("import time; time.sleep(2); print(input())")
    with Pool(base_image, 1, LIMITS, label) as pool, ThreadPoolExecutor(1) as threads:
        running = threads.submit(pool.run, program, [Case(stdin=b"1"), Case(stdin=b"2")])
        killed = kill_at_work(engine, label, set())
        assert [result.stdout for result in running.result()] == [b"1\n", b"2\n"]
        assert len(containers(engine, label)) == 1
        assert killed not in containers(engine, label)


def test_a_program_that_costs_two_workers_gets_no_third_and_the_next_is_undisturbed(
    engine: Any, base_image: str
) -> None:
    label = unique("costly")
    costly = python("import time; time.sleep(9)")
    with Pool(base_image, 1, LIMITS, label) as pool, ThreadPoolExecutor(1) as threads:
        running = threads.submit(pool.run, costly, [Case(), Case(), Case()])
        first = kill_at_work(engine, label, set())
        second = kill_at_work(engine, label, {first})
        assert running.result() == (CaseResult(exit_code=137, stopped="worker"),) * 3
        assert run_one(pool, python("print('fine')")).stdout == b"fine\n"
        assert not {first, second} & set(containers(engine, label))


@pytest.mark.parametrize(
    "limits",
    [ProgramLimits(memory_mb=257), ProgramLimits(processes=61)],
    ids=["memory", "processes"],
)
def test_more_than_a_worker_has_is_refused(limits: ProgramLimits) -> None:
    with pytest.raises(UsageError, match="raise the pool's limits or lower the program's"):
        Pool("any", 1, LIMITS).run(python("pass", limits), [Case()])


def test_files_in_each_others_way_are_refused() -> None:
    with pytest.raises(DataError, match="is a file, and 'main"):
        Pool("any", 1, LIMITS).run(python("pass"), [Case(files_in={"main.py/x": b""})])


def test_an_image_that_is_missing_is_a_fault_that_names_it(engine: Any) -> None:
    with pytest.raises(SystemFault, match="no-such/image:9"), Pool("no-such/image:9", 1):
        pytest.fail("it started")


def test_what_is_expected_has_no_way_to_the_workers(base_image: str) -> None:
    """A case has no room for it, and nothing but a program and a case is sent."""
    assert set(Case.model_fields) == {"stdin", "files_in", "files_out"}
    sent = Pool(base_image, 1)._request(python("pass"), Case(stdin=b"in", files_out=("out",)))
    assert sent.keys() == {"command", "files", "limits", "cpus", "path", "stdin", "files_out"}
    assert (sent["files"].keys(), sent["files_out"]) == ({"main.py"}, ("out",))


def test_an_image_with_volumes_or_without_python_is_refused(engine: Any, base_image: str) -> None:
    made = []
    for name, change in (("volumes", 'VOLUME ["/data"]'), ("no-python", "ENV PATH=/nowhere")):
        container = engine.api.create_container(base_image, labels={"paydag": "1"})["Id"]
        made.append(unique(name))
        engine.api.commit(container, repository=made[-1], tag="1", changes=change)
        engine.api.remove_container(container)
    try:
        for name, said in zip(made, ("declares volumes .*/data", "python3"), strict=True):
            with pytest.raises(SystemFault, match=said), Pool(f"{name}:1", 1):
                pytest.fail("it started")
    finally:
        for name in made:
            engine.api.remove_image(f"{name}:1")


def test_a_pool_of_nobody_is_refused() -> None:
    with pytest.raises(UsageError, match="at least one"):
        Pool("any", 0)


def test_an_engine_that_is_not_there_is_a_fault(monkeypatch: pytest.MonkeyPatch) -> None:
    from tasks.sandbox.client import close_idle

    close_idle()
    monkeypatch.setenv("DOCKER_HOST", "unix:///nowhere/docker.sock")
    with pytest.raises(SystemFault, match="no Docker engine"), Pool("any", 1):
        pytest.fail("it started")
