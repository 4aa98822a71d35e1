"""What a rollout costs besides the solver: with threads, with Dask, and a sample in inspect_ai.

Null rollouts of an invented manager dataset, solved and graded by the flows against a warm local
Prefect server, every row committed; the clock starts before the first flow and stops after the
second. Dask is a scheduler and two worker processes on loopback. inspect_ai evaluates as many
samples with a mock model, in a virtual environment of its own. The three take turns, and the least
disturbed of each counts.

    python -m benchmarks.orchestration [--rollouts N] [--repeats N]
"""

import argparse
import asyncio
import json
import os
import shutil
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Final

from benchmarks.dask_workers import dask_workers
from benchmarks.inspect_peer import Inspect
from benchmarks.stage_overhead import (
    build_dataset,
    committed_rows,
    open_prepared_run,
    temporary_home,
)
from flows.session import leave

_SIZES: Final = (1_000, 5_000)
_REPEATS: Final = 3
Measure = Callable[[int, int], float]


def rollout_seconds(home: Path, rollouts: int, seed: int, dask: str | None) -> float:
    """Seconds to solve and grade so many rollouts of a new run."""
    from flows.stages import grade, solve

    run_id = open_prepared_run(home, rollouts, seed)

    async def both() -> float:
        began = time.perf_counter()
        await solve(run_id, home=str(home), dask=dask)
        await grade(run_id, home=str(home), dask=dask)
        return time.perf_counter() - began

    took = asyncio.run(both())
    tables = committed_rows(home, run_id)
    counts = {name: tables[name].num_rows for name in ("rollouts", "evidence", "verdicts")}
    assert set(counts.values()) == {rollouts}, counts
    return took


def measure_all(
    ways: Mapping[str, Measure], sizes: Sequence[int], repeats: int
) -> dict[tuple[str, int], float]:
    """(way, size) → ms per rollout, the best of the repeats."""
    best: dict[tuple[str, int], float] = {}
    for repeat in range(repeats):
        for position, size in enumerate(sizes):
            for way, measure in ways.items():
                ms = 1_000 * measure(size, repeat * len(sizes) + position) / size
                best[way, size] = min(ms, best.get((way, size), ms))
                print(f"{size:>6,} with {way}: {ms:.2f} ms each", flush=True)
    return best


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--rollouts", type=int, metavar="N", help="only this many rollouts")
    parser.add_argument("--repeats", type=int, default=_REPEATS, metavar="N")
    chosen = parser.parse_args()
    sizes = (chosen.rollouts,) if chosen.rollouts else _SIZES
    os.environ["PYTHONPATH"] = str(Path(__file__).parents[1])
    home = temporary_home()
    folder = Path(tempfile.mkdtemp(prefix="paydag-inspect-"))
    try:
        peer = Inspect.installed(folder)
        build_dataset(home, max(sizes))
        with dask_workers(home / "dask", 2) as address:
            ways: dict[str, Measure] = {
                "threads": lambda size, seed: rollout_seconds(home, size, 2 * seed, None),
                "dask": lambda size, seed: rollout_seconds(home, size, 2 * seed + 1, address),
                f"inspect_ai {peer.version}": lambda size, _: peer.seconds(size),
            }
            best = measure_all(ways, sizes, chosen.repeats)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    for (way, size), ms in best.items():
        print(f"{size:>6,} rollouts, {way}: {ms:.2f} ms each, the best of {chosen.repeats}")
    largest = sizes[-1]
    ours, theirs = best["threads", largest], best[f"inspect_ai {peer.version}", largest]
    print(
        json.dumps(
            {
                "name": "orchestration",
                "ours": round(ours, 3),
                "theirs": round(theirs, 3),
                "dask": round(best["dask", largest], 3),
                "ratio": round(ours / theirs, 2),
                "unit": f"ms per rollout at {largest:,}",
            }
        )
    )


if __name__ == "__main__":
    main()
    leave(0)
