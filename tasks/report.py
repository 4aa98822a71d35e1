"""Report: a page of one run, and one that compares several."""

from collections.abc import Sequence
from pathlib import Path
from urllib.parse import quote

from prefect import task
from prefect.cache_policies import NO_CACHE

from tasks.domain.digests import digest
from tasks.domain.engagements import PLAIN, check_terms
from tasks.domain.rollouts import Run
from tasks.queries import RunSummary, states_digest, summarise_run
from tasks.reporting import (
    ReportItem,
    ReportRun,
    is_current,
    report_file,
    reports_file,
    write_page,
)
from tasks.settings import Settings
from tasks.stages import StageOutcome, open_warehouse, summarise


def page_run(summary: RunSummary) -> ReportRun:
    """A run's summary in the form the page takes."""
    run = summary.run
    return ReportRun(
        run_id=run.run_id,
        dataset=run.dataset,
        version=run.dataset_version,
        solver=run.solver,
        price_rule=summary.price_rule,
        seed=run.seed,
        attempts=run.attempts,
        total=summary.total,
        engagement=summary.engagement,
        by_variant=summary.by_variant,
        reasons=summary.reasons,
        items=tuple(
            ReportItem.model_validate({name: item[name] for name in ReportItem.model_fields})
            for item in summary.items
        ),
    )


def state_of(summary: RunSummary) -> str:
    return states_digest(summary.run, summary.price_rule, summary.items, summary.engagement)


@task(name="page", task_run_name="page {run_id}", cache_policy=NO_CACHE)
def write_run_page(home: str, run_id: str, price_rule: str, terms: str = PLAIN) -> bool:
    """Write the page of a run; False where it already shows the present state."""
    warehouse = open_warehouse(Path(home))
    summary = summarise_run(warehouse, Path(home), run_id, price_rule, terms)
    state = state_of(summary)
    run = summary.run
    file = report_file(Path(home), run.run_id, price_rule, run.price_rule, terms)
    if is_current(file, state):
        return False
    write_page(file, [page_run(summary)], state)
    return True


def page_address(home: Path, run: Run, price_rule: str, terms: str = PLAIN) -> str:
    """Where a browser finds the run's page: below PAYDAG_REPORTS_URL, where the `reports/` of
    PAYDAG_HOME are served, else (and for another home) the file itself."""
    file = report_file(home, run.run_id, price_rule, run.price_rule, terms)
    settings = Settings()
    served = settings.paydag_reports_url
    if served is None or settings.paydag_home not in (None, home):
        return file.as_uri()
        return file.as_uri()
    return f"{served.rstrip('/')}/{quote(file.relative_to(reports_file(home).parent).as_posix())}"


async def report_run(home: Path, run: Run, price_rule: str, terms: str = PLAIN) -> StageOutcome:
    """The report stage of one run."""
    return summarise("report", int(write_run_page(str(home), run.run_id, price_rule, terms)))


def compare_runs(
    home: Path, references: Sequence[str], terms: str = PLAIN
) -> tuple[Path, list[RunSummary]]:
    """Write the page that compares these runs (all, newest first, where none is named). Raises
    UsageError for unknown terms."""
    check_terms(terms)
    warehouse = open_warehouse(home)
    if not references:
        with warehouse.read("eval") as session:
            rows = session.tuples("SELECT run_id FROM eval.runs ORDER BY opened_at DESC")
        references = [row[0] for row in rows]
    summaries = [summarise_run(warehouse, home, reference, terms=terms) for reference in references]
    state = digest([state_of(summary) for summary in summaries])
    file = reports_file(home, terms)
    if not summaries:
        return file, []
    return write_page(file, [page_run(s) for s in summaries], state), summaries
