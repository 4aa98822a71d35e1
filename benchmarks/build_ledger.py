"""How long a build of everything takes, against what DuckDB alone needs for the least of it.

An invented market: 60,000 issues with some 2,000,000 comments and 400,000 events, 2.2 GB of JSON.
A build from nothing makes staging, ledgers, proposals, links and the fate of every issue; then one
issue in a hundred changes, and a second build follows.

    python -m benchmarks.build_ledger [--issues N] [--keep HOME]

With --keep, the documents in HOME are used again where they are there.
"""

import argparse
import json
import resource
import shutil
import subprocess
import sys
import tempfile
import threading
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from benchmarks.ledger_market import Market, land_market
from benchmarks.ledger_runs import CORES
from tasks.warehouse import Warehouse, ensure

_ISSUES: Final = 60_000
_CHANGED: Final = 0.01
_GOAL: Final = 3.0
_INCREMENTAL_GOAL: Final = 0.1
_MEMORY_GB: Final = 4.0
_SAMPLE_S: Final = 0.1
_COUNTS: Final = ("issues", "comments", "issue_events", "proposals", "pulls")


@dataclass(frozen=True, slots=True)
class Run:
    """`cpu` seconds of all processes together; `peak_gb` the most memory they held at once."""

    found: dict[str, Any]
    seconds: float
    cpu: float
    peak_gb: float

    def show(self, name: str, rows: int) -> None:
        print(
            f"{name:<34} {self.seconds:>7.1f} s  {rows / self.seconds:>9,.0f} comments/s  "
            f"cpu/wall {self.cpu / self.seconds:.2f}  peak {self.peak_gb:.2f} GB",
            flush=True,
        )


class _Watch(threading.Thread):
    """Samples the memory of a process and all that it started."""

    def __init__(self, pid: int) -> None:
        super().__init__(daemon=True)
        self._pid = pid
        self._over = threading.Event()
        self.peak = 0

    def run(self) -> None:
        while not self._over.wait(_SAMPLE_S):
            self.peak = max(self.peak, sum(map(_resident, _family(self._pid))))

    def stop(self) -> None:
        self._over.set()
        self.join()


def _family(pid: int) -> list[int]:
    found = [pid]
    for task in Path(f"/proc/{pid}/task").glob("*/children"):
        try:
            children = task.read_text(encoding="ascii").split()
        except OSError:  # it ended meanwhile
            continue
        for child in children:
            found += _family(int(child))
    return found


def _resident(pid: int) -> int:
    """Bytes of memory that are this process's own, and its share of what it has in common."""
    try:
        for line in Path(f"/proc/{pid}/smaps_rollup").read_text(encoding="ascii").splitlines():
            if line.startswith("Pss:"):
                return int(line.split()[1]) * 1024
    except OSError:
        return 0
    return 0


def run(kind: str, home: Path) -> Run:
    command = [sys.executable, "-m", "benchmarks.ledger_runs", kind, str(home)]
    before = _cpu()
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        watch = _Watch(process.pid)
        watch.start()
        told, _ = process.communicate()
        watch.stop()
    if process.returncode:
        raise SystemExit(f"{kind} failed")
    found = json.loads(told.splitlines()[-1])
    return Run(found, found.pop("seconds"), _cpu() - before, watch.peak / 1e9)


def _cpu() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def _documents(home: Path, issues: int) -> None:
    warehouse = Warehouse(home)
    if not warehouse.path("raw").exists():
        ensure(warehouse, datetime.now(UTC))
        size = land_market(warehouse, Market(), range(1, issues + 1))
        print(f"{issues:,} issues have landed, {size / 1e9:.2f} GB of JSON", flush=True)


def _counts(home: Path) -> dict[str, int]:
    with Warehouse(home).read("core") as session:
        return {
            table: session.tuples(f"SELECT count(*) FROM staging.{table}")[0][0]
            for table in _COUNTS
        }


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--issues", type=int, default=_ISSUES, metavar="N")
    parser.add_argument("--keep", type=Path, metavar="HOME")
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="paydag-build-") as folder:
        landed = chosen.keep or Path(folder) / "landed"
        _documents(landed, chosen.issues)
        home = Path(folder) / "home"
        shutil.copytree(landed, home)
        floor = run("floor", home)
        comments = floor.found["comments"]
        share = floor.found["candidates"] / comments
        print(f"{comments:,} comments, {share:.0%} of them candidates", flush=True)
        floor.show(f"DuckDB alone, {CORES} cores", comments)
        full = run("build", home)
        full.show("a build from nothing", comments)
        print(", ".join(f"{count:,} {table}" for table, count in _counts(home).items()))
        again = run("build", home)
        again.show("nothing changed", comments)
        changed = max(1, round(chosen.issues * _CHANGED))
        step = chosen.issues // changed
        land_market(Warehouse(home), Market(), range(step, chosen.issues + 1, step), turn=1)
        part = run("build", home)
        part.show(f"{changed:,} issues changed", comments)
    ratio, incremental = full.seconds / floor.seconds, part.seconds / full.seconds
    peak = max(full.peak_gb, part.peak_gb)
    print(
        f"goals: at most {_GOAL} x DuckDB alone, {_INCREMENTAL_GOAL:.0%} for a change of "
        f"{_CHANGED:.0%}, {_MEMORY_GB} GB; it was {ratio:.2f} x, {incremental:.1%}, {peak:.2f} GB"
    )
    print(
        json.dumps(
            {
                "name": "build_ledger",
                "ours": round(full.seconds, 1),
                "theirs": round(floor.seconds, 1),
                "ratio": round(ratio, 2),
                "incremental": round(incremental, 3),
                "unit": "s",
            }
        )
    )


if __name__ == "__main__":
    main()
