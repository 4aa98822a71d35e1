"""What a rollout costs besides the solver: flows solve → grade → score, rows committed.

Null rollouts of an invented manager dataset, against a warm local Prefect server; the clock
starts inside the first flow. `theirs` is the floor: the same rows written to a plain DuckDB file
with Arrow in batches of the same size, and nothing else.

    python benchmarks/stage_overhead.py [--rollouts N]
"""

import argparse
import asyncio
import atexit
import json
import os
import shutil
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import duckdb
import pyarrow as pa

from benchmarks.invented_market import write_tasks
from flows.session import Session, leave

_SIZES: Final = (1_000, 5_000)
_REPEATS: Final = 3
_BATCH: Final = 250
_TABLES: Final = ("rollouts", "evidence", "verdicts", "payouts")


@dataclass(frozen=True)
class Timing:
    """Seconds: every stage, all of them together, and the same rows without any of it."""

    stages: dict[str, float]
    ours: float
    theirs: float


def temporary_home() -> Path:
    """A home with a Prefect server of its own; both are gone when the process ends."""
    os.environ.pop("PREFECT_API_URL", None)
    home = Path(tempfile.mkdtemp(prefix="paydag-overhead-"))
    atexit.register(shutil.rmtree, home, ignore_errors=True)
    session = Session(home=home, as_json=True, debug=False)
    session.leave_nothing_running()
    session.connect()
    return home


def build_dataset(home: Path, tasks: int) -> None:
    """Import and build as the product does, without flows."""
    from tasks.build import build_version
    from tasks.scrape import land_source
    from tasks.settings import dataset_folders
    from tasks.specs import load_spec

    spec, _ = load_spec("swelancer", dataset_folders())
    file = home / "tasks.csv"
    write_tasks(file, tasks)
    land_source(home, spec.name, "swelancer", file, {})
    build_version(home, spec)


def open_prepared_run(home: Path, rollouts: int, seed: int) -> str:
    """The id of a run that only has to be solved; no two seeds share answers."""
    from flows.stages import prepare
    from tasks.opening import open_run
    from tasks.runs import Selection

    run_id, _ = open_run(
        home,
        "swelancer",
        "null",
        Selection(limit=rollouts),
        attempts=1,
        seed=seed,
        price_rule=None,
        new=False,
        predictions=None,
    )
    asyncio.run(prepare(run_id, home=str(home)))
    return run_id


def stage_seconds(home: Path, run_id: str) -> dict[str, float]:
    """Seconds of each stage of the run, and of all as `total`."""
    from prefect import flow

    from flows.stages import grade, score, solve

    @flow(name="overhead")
    async def overhead() -> dict[str, float]:
        began = time.perf_counter()
        spent = {}
        for stage in (solve, grade, score):
            started = time.perf_counter()
            await stage(run_id, home=str(home))
            spent[stage.name] = time.perf_counter() - started
        return spent | {"total": time.perf_counter() - began}

    return asyncio.run(overhead())


def committed_rows(home: Path, run_id: str) -> dict[str, pa.Table]:
    """The rows of every stage table of the run, as they are stored."""
    with duckdb.connect(str(home / "warehouse" / "eval.duckdb"), read_only=True) as connection:
        return {
            table: connection.table(table).filter(f"run_id = '{run_id}'").to_arrow_table()
            for table in _TABLES
        }


def plain_seconds(file: Path, tables: dict[str, pa.Table]) -> float:
    """Seconds to write the same rows to a new file: no keys, no Prefect, no judge."""
    started = time.perf_counter()
    with duckdb.connect(str(file)) as connection:
        for name, rows in tables.items():
            for start in range(0, rows.num_rows, _BATCH):
                connection.register("batch", rows.slice(start, _BATCH))
                if start == 0:
                    connection.execute(f"CREATE TABLE {name} AS FROM batch")
                else:
                    connection.execute(f"INSERT INTO {name} FROM batch")
                connection.unregister("batch")
    return time.perf_counter() - started


def measure(home: Path, rollouts: int, seed: int) -> Timing:
    run_id = open_prepared_run(home, rollouts, seed)
    spent = stage_seconds(home, run_id)
    tables = committed_rows(home, run_id)
    assert {rows.num_rows for rows in tables.values()} == {rollouts}
    theirs = plain_seconds(home / f"plain-{run_id}.duckdb", tables)
    return Timing(stages=spent, ours=spent.pop("total"), theirs=theirs)


def run_all(home: Path, sizes: Sequence[int]) -> dict[int, list[Timing]]:
    """Every size several times."""
    build_dataset(home, max(sizes))
    timings: dict[int, list[Timing]] = {size: [] for size in sizes}
    for repeat in range(_REPEATS):
        for position, size in enumerate(sizes):
            timings[size].append(measure(home, size, seed=repeat * len(sizes) + position))
    return timings


def show(rollouts: int, timings: Sequence[Timing]) -> tuple[float, float]:
    """Print one size; (ours, theirs) in ms per rollout, each the least disturbed of all."""
    best = min(timings, key=lambda timing: timing.ours)
    ours = 1_000 * best.ours / rollouts
    theirs = 1_000 * min(timing.theirs for timing in timings) / rollouts
    stages = ", ".join(f"{name} {seconds:.2f} s" for name, seconds in best.stages.items())
    each = ", ".join(f"{1_000 * timing.ours / rollouts:.2f}" for timing in timings)
    print(
        f"{rollouts:>6,} rollouts: {ours:.2f} ms per rollout ({stages}; best of {each}), "
        f"plain DuckDB {theirs:.2f} ms"
    )
    return ours, theirs


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--rollouts", type=int, metavar="N", help="only this many rollouts")
    chosen = parser.parse_args().rollouts
    sizes = (chosen,) if chosen else _SIZES
    timings = run_all(temporary_home(), sizes)
    for size in sizes:
        ours, theirs = show(size, timings[size])
    print(
        json.dumps(
            {
                "name": "stage_overhead",
                "ours": round(ours, 3),
                "theirs": round(theirs, 3),
                "ratio": round(ours / theirs, 2),
                "unit": f"ms per rollout at {sizes[-1]:,}",
            }
        )
    )


if __name__ == "__main__":
    main()
    leave(0)
