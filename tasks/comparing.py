"""`paydag compare`: runs beside each other and beside the baselines, on common instances."""

from collections.abc import Sequence
from itertools import combinations
from pathlib import Path

from tasks.domain.comparisons import (
    BASELINES,
    ComparedRun,
    Comparison,
    PairedRuns,
    model_of,
    role_of,
)
from tasks.domain.metrics import Metric
from tasks.domain.rollouts import Run
from tasks.domain.scored import Results
from tasks.domain.slices import ALL
from tasks.measures import (
    grader_of,
    measure_run,
    metric_rows,
    pay_run,
    read_scored,
    stored_metrics,
)
from tasks.runs import find_run
from tasks.scoring import compare
from tasks.stages import open_warehouse
from tasks.warehouse import Session, Warehouse

_VARIANT = "variant="


def compare_runs(
    home: Path,
    references: Sequence[str],
    price_rule: str | None = None,
    *,
    baselines: bool = True,
) -> Comparison:
    """The named runs, every pair of them, and each beside the widest run of every baseline on the
    same dataset version.

    All are priced by one rule, the first run's own where none is given; what is not scored under
    it yet is scored now. The pairs are stored as slices `versus=RUN_ID`. Raises UsageError for
    unknown runs.
    """
    warehouse = open_warehouse(home)
    with warehouse.read("eval") as session:
        asked = _distinct([find_run(session, reference) for reference in references])
        beside = _baselines(session, asked) if baselines else []
    rule = price_rule or asked[0].price_rule
    runs = [*asked, *beside]
    for run in runs:
        _ensure_scored(warehouse, run, rule)
    with warehouse.read("core", "eval") as session:
        metrics = {run.run_id: stored_metrics(session, run, rule) for run in runs}
        results = {run.run_id: read_scored(session, run.run_id, rule).results() for run in runs}
    pairs = _pairs(asked, beside, results)
    _store(warehouse, rule, pairs, runs)
    return Comparison(
        price_rule=rule,
        runs=tuple(_compared(run, metrics[run.run_id], asked=run in asked) for run in runs),
        pairs=tuple(pairs),
        notes=tuple(_notes(asked, beside, pairs, rule, baselines=baselines)),
    )


def _distinct(runs: Sequence[Run]) -> list[Run]:
    return list({run.run_id: run for run in runs}.values())


def _baselines(session: Session, asked: Sequence[Run]) -> list[Run]:
    """The widest run of each baseline on the version of each run, the newest of equals; those that
    are asked aside."""
    versions = sorted({run.dataset_version for run in asked})
    rows = session.query("baseline_runs", names=list(BASELINES), versions=versions)
    named = {run.run_id for run in asked}
    found = [find_run(session, row["run_id"]) for row in rows if row["run_id"] not in named]
    return sorted(found, key=lambda run: (BASELINES.index(run.solver), run.run_id))


def _ensure_scored(warehouse: Warehouse, run: Run, rule: str) -> None:
    """Score the run where a verdict has no payout yet, or where there are no metrics."""
    with warehouse.read("core", "eval") as session:
        owed = session.query("pending_payouts", run_id=run.run_id, price_rule=rule)
        stored = stored_metrics(session, run, rule)
    if owed or not stored:
        pay_run(warehouse, run.run_id, rule)
        measure_run(warehouse, run, rule)


def _pairs(
    asked: Sequence[Run], beside: Sequence[Run], results: dict[str, Results]
) -> list[PairedRuns]:
    """Every pair with an asked run in it, in the order of the runs."""
    every = [*combinations(asked, 2), *((run, other) for run in asked for other in beside)]
    return [
        PairedRuns(
            this=this.run_id,
            other=other.run_id,
            metrics=compare(results[this.run_id], results[other.run_id], other.run_id),
        )
        for this, other in every
    ]


def _store(
    warehouse: Warehouse, rule: str, pairs: Sequence[PairedRuns], runs: Sequence[Run]
) -> None:
    """Each pair in the place of what was known of it, whichever run stood first."""
    known = {run.run_id: run for run in runs}
    with warehouse.write("eval") as session:
        for pair in pairs:
            session.execute(
                "DELETE FROM eval.metrics WHERE run_id = $this AND slice = $slice "
                "AND grader_version = $grader AND price_rule = $rule",
                {
                    "this": pair.this,
                    "slice": pair.slice,
                    "grader": grader_of(known[pair.this]),
                    "rule": rule,
                },
            )
            session.insert(
                "eval.metrics", metric_rows(known[pair.this], rule, pair.metrics.values())
            )


def _compared(run: Run, metrics: Sequence[Metric], *, asked: bool) -> ComparedRun:
    slices: dict[str, dict[str, Metric]] = {}
    for metric in metrics:
        slices.setdefault(metric.slice, {})[metric.metric] = metric
    return ComparedRun(
        run_id=run.run_id,
        dataset=run.dataset,
        dataset_version=run.dataset_version,
        solver=run.solver,
        model=model_of(run.parameters),
        attempts=run.attempts,
        role=role_of(run.solver),
        asked=asked,
        metrics=slices.get(ALL, {}),
        by_variant={
            name.removeprefix(_VARIANT): found
            for name, found in sorted(slices.items())
            if name.startswith(_VARIANT)
        },
    )


def _notes(
    asked: Sequence[Run],
    beside: Sequence[Run],
    pairs: Sequence[PairedRuns],
    rule: str,
    *,
    baselines: bool,
) -> list[str]:
    """What whoever reads the comparison should know, a sentence each."""
    notes = []
    missing = [name for name in BASELINES if name not in {r.solver for r in (*asked, *beside)}]
    if baselines and missing:
        notes.append(
            f"no run of {', '.join(missing)} on this dataset version; make one with `paydag "
            f"evaluate {asked[0].dataset}@{asked[0].dataset_version[:12]} --solver {missing[0]}`"
        )
    if len({run.dataset_version for run in asked}) > 1:
        notes.append("the runs are on different dataset versions: pairs compare common instances")
    apart = [p for p in pairs if not p.metrics["common_instances"].value]
    if apart:
        notes.append(f"{len(apart)} of {len(pairs)} pairs have no instance in common")
    others = sorted({run.price_rule for run in asked} - {rule})
    if others:
        notes.append(f"all are priced by the rule {rule}; runs of their own had {others[0]}")
    return notes
