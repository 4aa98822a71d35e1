"""Reports of runs: which runs stand in one, and the files it is written to. No Prefect."""

from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

from pydantic import BaseModel

from tasks.beside import baselines_beside
from tasks.domain.comparisons import model_of, role_of
from tasks.domain.digests import short
from tasks.domain.engagements import PLAIN
from tasks.domain.rollouts import Run
from tasks.domain.verdicts import GRADER_VERSION
from tasks.instance_pages import page_name, write_instance_pages
from tasks.reporting import Report, ReportRun, Task, index_page, write_file
from tasks.runs import find_run
from tasks.sections import sections
from tasks.settings import dataset_folders
from tasks.specs.papers import load_papers
from tasks.statements import Desk
from tasks.warehouse import Row, Session, Warehouse

_ORDER: Final = {"model": 0, "reference": 1, "baseline": 2}


class Pricing(BaseModel, frozen=True, extra="forbid"):
    """What tasks are worth, and by which terms engagements are paid."""

    rule: str
    terms: str = PLAIN


class How(BaseModel, frozen=True, extra="forbid"):
    """`single`: one page, without those of tasks. `draws`: with charts, which take a second."""

    single: bool = False
    draws: bool = True


WHOLE: Final = How()


class Written(BaseModel, frozen=True, extra="forbid"):
    """A report that was written: its page, and how many pages of tasks were written anew."""

    index: Path
    report: Report
    pages: int


def runs_named(session: Session, references: Sequence[str]) -> list[Run]:
    """The runs that are named, in their order; all, newest first, where none is. Reads eval."""
    if not references:
        rows = session.tuples("SELECT run_id FROM eval.runs ORDER BY opened_at DESC, run_id")
        references = [row[0] for row in rows]
    found = {run.run_id: run for run in (find_run(session, one) for one in references)}
    return list(found.values())


def chosen_runs(
    warehouse: Warehouse, references: Sequence[str], rule: str, *, baselines: bool
) -> tuple[ReportRun, ...]:
    """The named runs as pages show them, with the baselines of their versions where those are
    asked for; runs that earned most first. Raises UsageError for unknown runs."""
    with warehouse.read("eval") as session:
        asked = runs_named(session, references)
        more = baselines_beside(session, asked) if baselines else []
        earned = _earn_rates(session, rule)
    return report_runs([*asked, *more], {run.run_id for run in asked}, earned)


def report_runs(
    runs: Sequence[Run], asked: set[str], earned: Mapping[str, float]
) -> tuple[ReportRun, ...]:
    """Runs as pages show them: models before gold before baselines, those that earned most first.
    What is called the same is told apart by the beginning of its id."""
    names = {run.run_id: model_of(run.parameters) or run.solver for run in runs}
    counted = Counter(names.values())
    ordered = sorted(
        runs, key=lambda run: (_ORDER[role_of(run.solver)], -earned.get(run.run_id, -1))
    )
    return tuple(
        ReportRun(
            run_id=run.run_id,
            name=_told_apart(names[run.run_id], run.run_id, counted),
            dataset=run.dataset,
            version=run.dataset_version,
            solver=run.solver,
            role=role_of(run.solver),
            asked=run.run_id in asked,
            attempts=run.attempts,
            seed=run.seed,
            series=place,
        )
        for place, run in enumerate(ordered)
    )


def _earn_rates(session: Session, rule: str) -> dict[str, float]:
    rows = session.rows(
        "SELECT run_id, value FROM eval.metrics WHERE slice = 'all' AND metric = 'earn_rate' "
        "AND grader_version = $grader AND price_rule = $rule",
        {"grader": GRADER_VERSION, "rule": rule},
    )
    return {row["run_id"]: row["value"] for row in rows}


def _told_apart(name: str, run_id: str, counted: Mapping[str, int]) -> str:
    return name if counted[name] == 1 else f"{name} {short(run_id)[:6]}"


def make_report(
    session: Session, runs: Sequence[ReportRun], pricing: Pricing, state: str, how: How
) -> Report:
    """All that the index shows. Reads core and eval."""
    desk = Desk(
        session,
        tuple(run.run_id for run in runs),
        tuple(sorted({run.version for run in runs})),
        pricing.rule,
        pricing.terms,
        how.draws,
    )
    tasks_sql, rows = desk.ask("report_tasks")
    attempts_sql, attempts = desk.ask("report_attempts")
    runs_sql, _ = desk.ask("report_runs")
    tasks = _tasks(rows, attempts, single=how.single)
    papers = load_papers(dataset_folders())
    return Report(
        title=_title(runs),
        state=state,
        price_rule=pricing.rule,
        grader_version=GRADER_VERSION,
        runs=tuple(runs),
        sections=sections(desk, runs, {task.variant for task in tasks}, papers),
        tasks=tasks,
        tasks_sql=tasks_sql,
        attempts_sql=attempts_sql,
        runs_sql=runs_sql,
        notes=_notes(session, runs, pricing.rule, tasks),
    )


def _title(runs: Sequence[ReportRun]) -> str:
    datasets = ", ".join(sorted({run.dataset for run in runs}))
    asked = [run for run in runs if run.asked]
    return f"{datasets}: what {asked[0].name if len(asked) == 1 else 'was'} earned"


def _tasks(rows: Sequence[Row], attempts: Sequence[Row], *, single: bool) -> tuple[Task, ...]:
    found: dict[str, dict[str, list[tuple[str, str]]]] = {}
    for row in attempts:
        of_task = found.setdefault(row["instance_digest"], {})
        of_task.setdefault(row["run_id"], []).append((row["state"], row["reason"] or ""))
    return tuple(
        Task.model_construct(
            **row,
            page=None if single else page_name(row["instance_id"], row["instance_digest"]),
            attempts={
                run: tuple(seen) for run, seen in found.get(row["instance_digest"], {}).items()
            },
        )
        for row in rows
    )


def _notes(
    session: Session, runs: Sequence[ReportRun], rule: str, tasks: Sequence[Task]
) -> tuple[str, ...]:
    """What whoever reads should know: runs without metrics, and runs that do not compare."""
    measured = _earn_rates(session, rule).keys()
    notes = [
        f"{run.name} is not scored under the rule {rule}, or none of its tasks is priced by it: "
        f"paydag score {short(run.run_id)} --price-rule {rule}"
        for run in runs
        if run.run_id not in measured
    ]
    if len({run.version for run in runs}) > 1:
        notes.append("These runs are of several dataset versions: their totals do not compare.")
    elif len({sum(run.run_id in task.attempts for task in tasks) for run in runs}) > 1:
        notes.append("These runs are of different numbers of tasks: their totals do not compare.")
    return tuple(notes)


def write_report(
    warehouse: Warehouse,
    index: Path,
    runs: Sequence[ReportRun],
    pricing: Pricing,
    state: str,
    how: How = WHOLE,
) -> Written:
    """Write the index, and beside it the pages of its tasks. `state` names what it shows."""
    with warehouse.read("core", "eval") as session:
        report = make_report(session, runs, pricing, state, how)
    pages = 0
    if not how.single:
        names = {task.instance_digest: task.page for task in report.tasks if task.page}
        pages = write_instance_pages(warehouse, index, runs, names)
    write_file(index, index_page(report))
    return Written(index=index, report=report, pages=pages)
