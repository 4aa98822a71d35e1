"""The stages of a run, each a flow of its own that takes the run: prepare, solve, grade, score,
report."""

from pathlib import Path

from prefect import get_run_logger

from flows.declaring import checked_flow
from flows.machines import machines_of
from flows.naming import marked, named, run_words
from flows.parameters import AtLeastOne, PriceRuleName, RunnerName, SandboxName, TermsName
from flows.publishing import publish_report, publish_result
from tasks import runs
from tasks.domain.digests import short
from tasks.domain.engagements import PLAIN, check_terms
from tasks.domain.errors import UsageError
from tasks.domain.rollouts import Run
from tasks.domain.sandboxes import check_sandbox, check_workers
from tasks.domain.solver_options import NO_USE, SolverUse, check_use
from tasks.grade import grade_run
from tasks.prepare import prepare_run
from tasks.queries import summarise_run
from tasks.report import report_run
from tasks.score import score_run
from tasks.settings import flow_home
from tasks.solve import solve_run
from tasks.specs.model import check_price_rule
from tasks.stages import StageOutcome, open_warehouse


def run_of(home: Path, run_id: str, instances: list[str] | None) -> Run:
    with open_warehouse(home).read("eval") as session:
        run = runs.find_run(session, run_id)
        runs.check_instances(session, run, instances or [])
    return run


def _working_run(home: Path, run_id: str, instances: list[str] | None, stage: str) -> Run:
    """A run that a stage can do something about. Raises UsageError for one that was imported."""
    run = run_of(home, run_id, instances)
    if run.is_published:
        raise UsageError(
            f"run {run.run_id} was imported with its verdicts, so that {stage} has nothing to do; "
            "rerun score or report, or grade its answers as a run of their own with `paydag "
            "evaluate --solver replay --predictions FILE`"
        )
    return run


def _log(run: Run, outcome: StageOutcome) -> None:
    get_run_logger().info(
        "run %s, %s: %d written, %d faults",
        short(run.run_id),
        outcome.stage,
        outcome.written,
        outcome.faults,
    )
    if outcome.note:
        get_run_logger().warning("run %s, %s: %s", short(run.run_id), outcome.stage, outcome.note)
    outcome.raise_for_faults()


@checked_flow("prepare", named("prepare", run_words, marked("redo")))
async def prepare(
    run_id: str,
    instances: list[str] | None = None,
    redo: bool = False,
    sandbox: SandboxName | None = None,
    workers: AtLeastOne | None = None,
    prune: bool = False,
    runner: RunnerName | None = None,
    dask: str | None = None,
    home: str | None = None,
) -> StageOutcome:
    """Check that every instance of the run can be graded, once per recipe.

    Args:
        run_id: the run, or the beginning of its id.
        instances: only these; all where left out.
        redo: check again what has been checked.
        sandbox: docker or process; where left out, the one that an instance of the run was
            prepared in, else docker, else process for trusted code where no engine answers.
        workers: how many instances are checked side by side; as many as there are cores where
            left out.
        prune: remove an instance's image as soon as it is checked.
        runner: threads of this process, or dask: processes here, or the workers of `dask`.
        dask: address of a Dask scheduler, as tcp://10.0.0.5:8786.
        home: absolute path of the warehouse's home; PAYDAG_HOME where left out.
    """
    where = flow_home(home)
    check_sandbox(sandbox)
    check_workers(workers)
    run = _working_run(where, run_id, instances, "prepare")
    async with machines_of(where, runner, dask, workers):
        outcome = await prepare_run(
            where, run, sandbox, instances or [], redo=redo, workers=workers, prune=prune
        )
    _log(run, outcome)
    return outcome


@checked_flow("solve", named("solve", run_words, marked("redo")))
async def solve(
    run_id: str,
    instances: list[str] | None = None,
    redo: bool = False,
    workers: AtLeastOne | None = None,
    use: SolverUse = NO_USE,
    runner: RunnerName | None = None,
    dask: str | None = None,
    home: str | None = None,
) -> StageOutcome:
    """Make the rollouts that the run still lacks, as far as the budget reaches.

    Args:
        run_id: the run, or the beginning of its id.
        instances: only these; all where left out.
        redo: solve again what has been solved, as the next take.
        workers: how many rollouts run side by side where they ask a model, at most.
        use: base_url, budget_cents, cap_cents and cache, for solvers that ask a model.
        runner: threads of this process, or dask: processes here, or the workers of `dask`.
        dask: address of a Dask scheduler, as tcp://10.0.0.5:8786.
        home: absolute path of the warehouse's home; PAYDAG_HOME where left out.
    """
    where = flow_home(home)
    check_workers(workers)
    run = _working_run(where, run_id, instances, "solve")
    async with machines_of(where, runner, dask, workers):
        outcome = await solve_run(
            where, run, instances or [], redo=redo, use=check_use(use), workers=workers
        )
    _log(run, outcome)
    return outcome


@checked_flow("grade", named("grade", run_words, marked("redo")))
async def grade(
    run_id: str,
    instances: list[str] | None = None,
    redo: bool = False,
    workers: AtLeastOne | None = None,
    prune: bool = False,
    runner: RunnerName | None = None,
    dask: str | None = None,
    home: str | None = None,
) -> StageOutcome:
    """Collect the evidence that is missing and judge what the present grader has not judged.

    It runs in the sandboxes that the run was prepared in.

    Args:
        run_id: the run, or the beginning of its id.
        instances: only these; all where left out.
        redo: collect evidence anew, as the next take.
        workers: how many submissions are graded side by side; as many as there are cores where
            left out.
        prune: remove an instance's image as soon as it is graded.
        runner: threads of this process, or dask: processes here, or the workers of `dask`.
        dask: address of a Dask scheduler, as tcp://10.0.0.5:8786.
        home: absolute path of the warehouse's home; PAYDAG_HOME where left out.
    """
    where = flow_home(home)
    check_workers(workers)
    run = _working_run(where, run_id, instances, "grade")
    async with machines_of(where, runner, dask, workers):
        outcome = await grade_run(
            where, run, instances or [], redo=redo, workers=workers, prune=prune
        )
    _log(run, outcome)
    return outcome


@checked_flow("score", named("score", run_words))
async def score(
    run_id: str,
    price_rule: PriceRuleName | None = None,
    terms: TermsName | None = None,
    home: str | None = None,
) -> StageOutcome:
    """Turn verdicts into dollars under a price rule, and store the run's metrics.

    Args:
        run_id: the run, or the beginning of its id.
        price_rule: the rule; the run's own where left out.
        terms: terms of payment for the engagements, plain or expensify; earnings do not depend
            on them.
        home: absolute path of the warehouse's home; PAYDAG_HOME where left out.
    """
    where = flow_home(home)
    run = run_of(where, run_id, None)
    rule = check_price_rule(price_rule or run.price_rule)
    outcome = await score_run(where, run, rule, check_terms(terms or PLAIN))
    summary = summarise_run(open_warehouse(where), where, run.run_id, rule)
    await publish_result(summary)
    _log(run, outcome)
    return outcome


@checked_flow("report", named("report", run_words))
async def report(
    run_id: str,
    price_rule: PriceRuleName | None = None,
    terms: TermsName | None = None,
    home: str | None = None,
) -> StageOutcome:
    """Write the run's page.

    Args:
        run_id: the run, or the beginning of its id.
        price_rule: the rule; the run's own where left out.
        terms: terms of payment for the engagements, plain or expensify; earnings do not depend
            on them.
        home: absolute path of the warehouse's home; PAYDAG_HOME where left out.
    """
    where = flow_home(home)
    run = run_of(where, run_id, None)
    rule = check_price_rule(price_rule or run.price_rule)
    settled = check_terms(terms or PLAIN)
    outcome = await report_run(where, run, rule, settled)
    await publish_report(where, run, rule, settled)
    _log(run, outcome)
    return outcome
