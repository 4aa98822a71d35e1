"""Opening a run: from what was asked on the command line to a run id."""

from pathlib import Path
from typing import Final

from tasks import runs
from tasks.build import code_version
from tasks.domain.errors import UsageError
from tasks.domain.solver_options import NO_CHOICE, NO_USE, SolverChoice, SolverUse, check_options
from tasks.replays import keep_predictions
from tasks.settings import dataset_folders
from tasks.solvers import wants_of
from tasks.specs import load_spec, load_split
from tasks.specs.model import check_price_rule
from tasks.stages import now, open_warehouse
from tasks.strategies import library_versions, new_strategy
from tasks.variants import variant_named

# What every reader of JSON takes for the same number.
MOST_SEED: Final = 2**53 - 1


def open_run(
    home: Path,
    dataset: str,
    solver: str,
    selection: runs.Selection,
    *,
    attempts: int,
    seed: int,
    price_rule: str | None,
    new: bool,
    predictions: str | None,
    choice: SolverChoice = NO_CHOICE,
    use: SolverUse = NO_USE,
) -> tuple[str, str]:
    """(run id, price rule): the run that this question continues, or a new one."""
    if attempts < 1:
        raise UsageError(f"--attempts {attempts}: at least one attempt is needed")
    if not 0 <= seed <= MOST_SEED:
        raise UsageError(f"--seed {seed}: a seed is a number from 0 to {MOST_SEED}")
    if selection.limit is not None and selection.limit < 1:
        raise UsageError(f"--limit {selection.limit}: at least one instance is needed")
    if selection.variant is not None:
        variant_named(selection.variant)
    check_options(solver, wants_of(solver), choice, use)
    options = {}
    if predictions is not None:
        options["predictions"] = str(keep_predictions(home, Path(predictions)))
    name = dataset.partition("@")[0]
    _, folder = load_spec(name, dataset_folders())
    split_ids = load_split(folder, selection.split) if selection.split else None
    warehouse = open_warehouse(home)
    with warehouse.read("core") as session:
        version = runs.find_version(session, dataset)
        items = runs.select_instances(session, version, selection, split_ids)
    rule = check_price_rule(price_rule or version.price_rule)
    strategy = new_strategy(
        home,
        solver,
        choice,
        use,
        options,
        variants=sorted({row["variant"] for row in items}),
        price_rule=rule,
    )
    run_id = runs.open_run(
        warehouse,
        version,
        items,
        solver=solver,
        parameters=strategy.solver.parameters(),
        selection=selection,
        seed=seed,
        attempts=attempts,
        price_rule=rule,
        new=new,
        code_version=code_version(),
        libraries=library_versions(solver),
        now=now(),
    )
    return run_id, rule
