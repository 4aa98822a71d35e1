"""Several processes write at once, and some of them are killed: nothing committed is lost."""

import random
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import pytest

from tasks.warehouse import Warehouse
from tests.warehouse.homes import ROOT, fresh

# Writes numbered pairs, one transaction a pair, and says which are committed.
WRITER: Final = """
import sys
from pathlib import Path
from tasks.warehouse import Warehouse

warehouse, writer, writes = Warehouse(Path(sys.argv[1])), int(sys.argv[2]), int(sys.argv[3])
for number in range(writes):
    with warehouse.write("raw") as session:
        session.insert("raw.numbers", [{"writer": writer, "number": number, "half": 1}])
        session.execute(f"INSERT INTO raw.numbers VALUES ({writer}, {number}, 2)")
    print(number, flush=True)
"""


def with_numbers(home: Path) -> Warehouse:
    warehouse = fresh(home)
    with warehouse.write("raw") as session:
        session.execute("CREATE TABLE raw.numbers (writer INTEGER, number INTEGER, half INTEGER)")
    return warehouse


def stored(warehouse: Warehouse) -> list[tuple[int, int, int]]:
    with warehouse.read("raw") as session:
        rows = session.tuples("SELECT writer, number, half FROM raw.numbers ORDER BY ALL")
    return [(writer, number, half) for writer, number, half in rows]


def pairs(writer: int, count: int) -> list[tuple[int, int, int]]:
    return [(writer, number, half) for number in range(count) for half in (1, 2)]


@contextmanager
def writing(home: Path, writer: int, writes: int) -> Iterator[subprocess.Popen[str]]:
    command = [sys.executable, "-c", WRITER, str(home), str(writer), str(writes)]
    with subprocess.Popen(
        command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        try:
            yield process
        finally:
            process.kill()


@pytest.mark.exhaustive
@pytest.mark.slow
def test_four_writers_of_one_file_lose_nothing(tmp_path: Path) -> None:
    warehouse = with_numbers(tmp_path)
    with (
        writing(tmp_path, 0, 200) as first,
        writing(tmp_path, 1, 200) as second,
        writing(tmp_path, 2, 200) as third,
        writing(tmp_path, 3, 200) as fourth,
    ):
        for process in (first, second, third, fourth):
            said, complaint = process.communicate(timeout=120)
            assert (process.returncode, complaint) == (0, "")
            assert said.split() == [str(number) for number in range(200)]
    assert stored(warehouse) == [row for writer in range(4) for row in pairs(writer, 200)]


@pytest.mark.slow
def test_a_killed_writer_loses_nothing_it_committed_and_leaves_no_half(tmp_path: Path) -> None:
    warehouse = with_numbers(tmp_path)
    chance = random.Random(20250901)
    for writer in range(6):
        with writing(tmp_path, writer, 10**6) as process:
            assert process.stdout is not None
            first = process.stdout.readline()
            time.sleep(chance.uniform(0, 0.4))
            process.send_signal(signal.SIGKILL)
            said = [int(line) for line in (first + process.stdout.read()).split()]
        kept = [row for row in stored(warehouse) if row[0] == writer]
        assert said == list(range(len(said)))
        # The last one may have been committed just before it could be said.
        assert kept in (pairs(writer, len(said)), pairs(writer, len(said) + 1))
