"""Importing published results: their files land in raw, and a run is made of what they say."""

from pathlib import Path

from tasks import runs
from tasks.build import code_version
from tasks.domain.errors import UsageError
from tasks.domain.results import ReportedRun
from tasks.results import notes_on, parameters_of, place, store_results
from tasks.sources import source_named
from tasks.stages import now, open_warehouse
from tasks.variants import variant_named
from tasks.warehouse.documents import land

SOURCE = "results"
SOLVER = "replay"


def import_run(
    home: Path,
    path: Path,
    *,
    dataset: str | None = None,
    variant: str | None = None,
    model: str | None = None,
) -> tuple[str, tuple[str, ...]]:
    """(run id, notes): the run of these results, new or as it was. Importing the same files again
    adds nothing.

    `dataset` is `name`, `name@latest` or `name@digest-prefix`; where it is left out, the newest
    version of the one dataset that has tasks of these results. Raises UsageError, before anything
    is stored, for files of an unknown form and tasks that no version has.
    """
    if variant is not None:
        variant_named(variant)
    started = now()
    source = source_named(SOURCE)
    documents = list(source.fetch(path, {}, started))
    market = source.parse(documents)
    if market.malformed:
        raise UsageError(f"{path}: {market.malformed[0].reason}")
    (reported,) = market.results  # one path, one run: what is together has one id
    warehouse = open_warehouse(home)
    with warehouse.read("core") as session:
        placed = place(session, reported, dataset, variant)
    land(
        warehouse,
        documents,
        source=SOURCE,
        dataset=placed.version.dataset,
        query=str(path),
        started_at=started,
        finished_at=now(),
    )
    run_id = runs.open_run(
        warehouse,
        placed.version,
        placed.items,
        solver=SOLVER,
        parameters=parameters_of(reported, placed, model),
        selection=runs.Selection(variant=variant),
        seed=0,
        attempts=placed.attempts,
        price_rule=placed.version.price_rule,
        new=False,
        code_version=code_version(),
        libraries={},
        now=now(),
    )
    with warehouse.read("eval") as session:
        run = runs.find_run(session, run_id)
    store_results(warehouse, run, placed, _document(reported), now())
    return run_id, notes_on(reported, placed)


def _document(reported: ReportedRun) -> str:
    return f"{SOURCE}/{reported.results_id}"
