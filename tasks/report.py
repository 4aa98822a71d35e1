"""Report: the page of one run and of its tasks, and its tables as artifacts of the flow run."""

from pathlib import Path
from typing import Final
from urllib.parse import quote

from prefect import task
from prefect.artifacts import acreate_markdown_artifact
from prefect.cache_policies import NO_CACHE
from prefect.context import FlowRunContext

from tasks.domain.digests import short
from tasks.domain.engagements import PLAIN
from tasks.domain.rollouts import Run
from tasks.queries import summarise_run
from tasks.reporting import REPORTS, as_markdown, is_current, report_file
from tasks.reports import How, Pricing, chosen_runs, write_report
from tasks.settings import Settings
from tasks.stages import StageOutcome, open_warehouse, summarise

# Of few attempts the tables say it all, and a stage that takes a second should not take two;
# `paydag report` draws always.
_DRAWN_FROM: Final = 50


@task(name="page", task_run_name="page {run_id}", cache_policy=NO_CACHE)
def write_run_page(home: str, run_id: str, price_rule: str, terms: str = PLAIN) -> str | None:
    """Write the page of a run and the pages of its tasks; its tables as Markdown, None where the
    page shows the present state."""
    warehouse = open_warehouse(Path(home))
    summary = summarise_run(warehouse, Path(home), run_id, price_rule, terms)
    run = summary.run
    file = report_file(Path(home), run.run_id, price_rule, run.price_rule, terms)
    if is_current(file, summary.state):
        return None
    pricing = Pricing(rule=price_rule, terms=terms)
    runs = chosen_runs(warehouse, [run_id], price_rule, baselines=True)
    how = How(draws=len(summary.items) >= _DRAWN_FROM)
    return as_markdown(write_report(warehouse, file, runs, pricing, summary.state, how).report)


def page_address(home: Path, run: Run, price_rule: str, terms: str = PLAIN) -> str:
    """Where a browser finds the run's page: below PAYDAG_REPORTS_URL, where the `reports/` of
    PAYDAG_HOME are served, else (and for another home) the file itself."""
    file = report_file(home, run.run_id, price_rule, run.price_rule, terms)
    settings = Settings()
    served = settings.paydag_reports_url
    if served is None or settings.paydag_home not in (None, home):
        return file.as_uri()
    return f"{served.rstrip('/')}/{quote(file.relative_to(home / REPORTS).as_posix())}"


async def report_run(home: Path, run: Run, price_rule: str, terms: str = PLAIN) -> StageOutcome:
    """The report stage of one run."""
    tables = write_run_page(str(home), run.run_id, price_rule, terms)
    if tables is not None:
        await _publish(tables, run, price_rule)
    return summarise("report", int(tables is not None))


async def _publish(tables: str, run: Run, price_rule: str) -> None:
    """The report's tables beside the flow run; without one there is nothing to put them to."""
    if FlowRunContext.get() is None:
        return
    await acreate_markdown_artifact(
        tables,
        key=f"tables-{short(run.run_id)}",
        description=f"{run.solver} on {run.dataset}, {price_rule} prices",
    )
