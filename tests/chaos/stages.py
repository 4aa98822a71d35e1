"""The stages as plain functions: what their flows do, in this process, without a Prefect server.

Only ever called in a child that is forked for it (see victim), so that what is replaced here stays
replaced.
"""

import asyncio
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, Final

from tasks import grade, prepare, report, runs, score, solve
from tasks.build import build_version
from tasks.export import export
from tasks.repos import import_stream
from tasks.scrape import land_source
from tasks.specs import load_spec
from tasks.stages import StageOutcome, open_warehouse
from tasks.tidying import tidy
from tasks.warehouse import documents
from tests.sample_home import DATASETS, REPOSITORY, SAMPLE

Given = dict[str, Any]

_SIDE_BY_SIDE: Final = 2
# So small that every stage commits several times, and a kill falls between two of them.
_BATCH: Final = 30


async def _batches_here(
    stage: str,
    run: Any,
    work: Sequence[Sequence[Any]],
    arguments: Callable[[Any, str], dict[str, Any]],
    **_: Any,
) -> list[str]:
    """What `fanout.run_batches` does, on threads and without task runs."""
    with ThreadPoolExecutor(_SIDE_BY_SIDE) as pool:
        parts = [pool.submit(run.fn, **arguments(batch, stage)) for batch in work]
        return [fault for part in parts for fault in part.result()]


async def _once_here(run: Any, **arguments: Any) -> Any:
    return run.fn(**arguments)


def _small(items: Sequence[Any], **_: Any) -> list[Sequence[Any]]:
    return [items[start : start + _BATCH] for start in range(0, len(items), _BATCH)]


def _without_prefect() -> None:
    for module in (prepare, solve, grade):
        module.run_batches = _batches_here  # type: ignore[attr-defined]
    for module in (solve, grade):
        module.batches = _small  # type: ignore[attr-defined]
    score.run_once = _once_here  # type: ignore[attr-defined]
    report.write_run_page = report.write_run_page.fn  # type: ignore[assignment]
    documents._BATCH = _BATCH  # type: ignore[misc]


def _run(home: Path, given: Given) -> Any:
    with open_warehouse(home).read("eval") as session:
        return runs.find_run(session, given["run_id"])


def _land(home: Path, given: Given) -> None:
    land_source(home, None, "swelancer", Path(given["file"]), {})


def _land_sample(home: Path, given: Given) -> None:
    options = {"repositories": [REPOSITORY]}
    land_source(home, "sample", "github", SAMPLE / "documents", options)
    import_stream(home, REPOSITORY, SAMPLE / "repository.fast-import")


def _build(home: Path, given: Given) -> None:
    spec, folder = load_spec(given["dataset"], [DATASETS])
    build_version(home, spec, folder, workers=1, batch=10)


def _prepare(home: Path, given: Given) -> StageOutcome:
    sandbox = given.get("sandbox", "process")
    return asyncio.run(prepare.prepare_run(home, _run(home, given), sandbox, [], redo=False))


def _solve(home: Path, given: Given) -> StageOutcome:
    return asyncio.run(solve.solve_run(home, _run(home, given), [], redo=False))


def _grade(home: Path, given: Given) -> StageOutcome:
    return asyncio.run(grade.grade_run(home, _run(home, given), [], redo=False))


def _score(home: Path, given: Given) -> StageOutcome:
    return asyncio.run(score.score_run(home, _run(home, given), "initial", "expensify"))


def _report(home: Path, given: Given) -> StageOutcome:
    return asyncio.run(report.report_run(home, _run(home, given), "initial"))


def _export(home: Path, given: Given) -> None:
    export(home, given["dataset"], "jsonl", home / "exported", force=True)


def _tidy(home: Path, given: Given) -> None:
    # What killed commands left is removed by the next one that needs such a thing, or by this.
    tidy()


STAGES: Final[dict[str, Callable[[Path, Given], Any]]] = {
    "land": _land,
    "land sample": _land_sample,
    "build": _build,
    "prepare": _prepare,
    "solve": _solve,
    "grade": _grade,
    "score": _score,
    "report": _report,
    "export": _export,
    "tidy": _tidy,
}


def perform(stage: str, home: Path, given: Given) -> None:
    """Run a stage to its end. Raises what its flow would raise, faults that remain included."""
    _without_prefect()
    outcome = STAGES[stage](home, given)
    if isinstance(outcome, StageOutcome):
        outcome.raise_for_faults()
