"""What a second worker of Dask brings: rollouts of half a second over one worker, and over two.

The flow `solve` against a warm local Prefect server; scheduler and workers are processes on
loopback with one thread each. A rollout sleeps, so that machines with few cores can say.

    python -m benchmarks.two_workers [--rollouts N]
"""

import argparse
import asyncio
import json
import os
import time
from pathlib import Path
from typing import Final

from benchmarks import sleepers  # noqa: F401 - adds its solver
from benchmarks.dask_workers import dask_workers
from benchmarks.stage_overhead import build_dataset, temporary_home
from flows.session import leave

_ROLLOUTS: Final = 400
_ENOUGH: Final = 1.7


def rollouts_per_second(home: Path, rollouts: int, workers: int) -> float:
    from flows.stages import prepare, solve
    from tasks.opening import open_run
    from tasks.runs import Selection

    run_id, _ = open_run(
        home,
        "swelancer",
        "sleeper",
        Selection(limit=rollouts),
        attempts=1,
        seed=workers,
        price_rule=None,
        new=True,
        predictions=None,
    )
    asyncio.run(prepare(run_id, home=str(home)))
    with dask_workers(home / f"dask-{workers}", workers, "benchmarks.sleepers") as address:
        started = time.perf_counter()
        outcome = asyncio.run(solve(run_id, home=str(home), dask=address))
        seconds = time.perf_counter() - started
    assert (outcome.written, outcome.faults) == (rollouts, 0)
    print(f"{workers} worker(s): {rollouts} rollouts in {seconds:.1f} s", flush=True)
    return rollouts / seconds


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--rollouts", type=int, default=_ROLLOUTS, metavar="N")
    rollouts = parser.parse_args().rollouts
    # The workers are processes of their own, which import what this one does.
    os.environ["PYTHONPATH"] = str(Path(__file__).parents[1])
    home = temporary_home()
    build_dataset(home, rollouts)
    one, two = (rollouts_per_second(home, rollouts, workers) for workers in (1, 2))
    print(
        json.dumps(
            {
                "name": "two_workers",
                "ours": round(two, 3),
                "theirs": round(one, 3),
                "ratio": round(two / one, 2),
                "unit": "rollouts per second with two workers and with one",
            }
        )
    )
    assert two / one >= _ENOUGH, f"a second worker should bring {_ENOUGH} times the throughput"


if __name__ == "__main__":
    main()
    leave(0)
