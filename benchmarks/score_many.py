"""Score many runs: payouts and every metric, beside a plain DuckDB group-by of the same rows.

The generated home (scored_market.py) has 1,500 tasks, 10 runs and 3 attempts. `theirs` sums
earnings by run and variant in one query over bare tables: what no scoring can be faster than.

    python benchmarks/score_many.py [--tasks N] [--runs N] [--attempts N]
"""

import argparse
import tempfile
import time
from pathlib import Path
from typing import Final

import duckdb

from benchmarks.generated_runs import RULE, START
from benchmarks.scored_market import Made, Size, make_home

_GROUPED: Final = """
SELECT i.run_id, i.variant, count(*), count(*) FILTER (v.outcome = 'resolved'),
    sum(CASE WHEN v.outcome = 'resolved' THEN t.prices['final'] ELSE 0 END)
FROM eval.run_items i
JOIN eval.rollouts r USING (run_id, instance_id, attempt)
JOIN eval.verdicts v ON v.run_id = i.run_id AND v.rollout_id = r.rollout_id
JOIN core.task_instances t ON t.instance_digest = i.instance_digest
GROUP BY ALL
"""


def score_all(made: Made) -> tuple[float, float, dict[str, float]]:
    """(seconds, seconds of CPU, seconds by step)."""
    from tasks.domain.engagements import PLAIN
    from tasks.measures import measure_run, pay_run
    from tasks.runs import find_run
    from tasks.settling import settle_run
    from tasks.stages import check_warehouse
    from tasks.warehouse import Warehouse

    warehouse = Warehouse(made.home)
    busy = time.process_time()
    steps = dict.fromkeys(("pay", "measure", "settle", "check"), 0.0)
    for run_id in made.run_ids:
        with warehouse.read("eval") as session:
            run = find_run(session, run_id)
        marks = [time.perf_counter()]
        pay_run(warehouse, run_id, RULE)
        marks.append(time.perf_counter())
        measure_run(warehouse, run, RULE)
        marks.append(time.perf_counter())
        settle_run(warehouse, run, RULE, PLAIN, START)
        marks.append(time.perf_counter())
        check_warehouse(warehouse, ("core", "eval"), run_id)
        marks.append(time.perf_counter())
        for step, begun, ended in zip(steps, marks, marks[1:], strict=False):
            steps[step] += ended - begun
    return sum(steps.values()), time.process_time() - busy, steps


def group(home: Path) -> float:
    """Seconds for the group-by, files opened and closed."""
    started = time.perf_counter()
    with duckdb.connect() as connection:
        for name in ("core", "eval"):
            file = home / "warehouse" / f"{name}.duckdb"
            connection.execute(f"ATTACH '{file}' AS {name} (READ_ONLY)")
        connection.execute(_GROUPED).fetchall()
    return time.perf_counter() - started


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    for name, default in (("tasks", 1_500), ("runs", 10), ("attempts", 3)):
        parser.add_argument(f"--{name}", type=int, default=default)
    given = parser.parse_args()
    size = Size(given.tasks, given.runs, given.attempts)
    with tempfile.TemporaryDirectory(prefix="paydag-score-") as folder:
        made = make_home(Path(folder), size)
        theirs = min(group(made.home) for _ in range(3))
        ours, busy, steps = score_all(made)
        again, _, _ = score_all(made)
    print(f"{size.tasks} tasks x {size.runs} runs x {size.attempts} attempts")
    print(
        f"scored in {ours:.2f} s ({busy:.2f} s of CPU):",
        ", ".join(f"{k} {v:.2f} s" for k, v in steps.items()),
    )
    print(f"scored again in {again:.2f} s")
    print(f"plain group-by {theirs:.3f} s; ratio {ours / theirs:.1f}")


if __name__ == "__main__":
    main()
