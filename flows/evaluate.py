"""Evaluation as a DAG: prepare → solve → grade → score → report, each a flow that takes a run."""

from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

from prefect import get_run_logger
from pydantic import BaseModel

from flows.declaring import checked_flow, is_retry
from flows.machines import machines_of
from flows.naming import given, marked, named, run_words, version_words
from flows.parameters import (
    AtLeastOne,
    PriceRuleName,
    RunnerName,
    SandboxName,
    StageName,
    TermsName,
)
from flows.publishing import publish_report, publish_result
from flows.stages import grade, prepare, report, run_of, score, solve
from tasks import runs
from tasks.domain.engagements import PLAIN, check_terms
from tasks.domain.errors import UsageError
from tasks.domain.runners import check_runner
from tasks.domain.sandboxes import check_sandbox, check_workers
from tasks.domain.solver_options import NO_CHOICE, NO_USE, SolverChoice, SolverUse, check_use
from tasks.opening import open_run
from tasks.queries import RunSummary, summarise_run
from tasks.settings import flow_home
from tasks.specs.model import check_price_rule
from tasks.stages import STAGES, StageFailedError, StageOutcome, check_stage, open_warehouse

_GRADING = ("prepare", "solve", "grade")
_MANY = ("workers", "runner", "dask")


class RunFailedError(StageFailedError):
    """Faults that outlived their retries; `summary` is where the run stands."""

    def __init__(self, message: str, summary: RunSummary) -> None:
        super().__init__(message)
        self.summary = summary


class Sandboxed(BaseModel, frozen=True, extra="forbid"):
    """How the stages run that need a sandbox or a model: where, how many side by side, whether
    images are removed as soon as they have served, what works rollouts off, and what may be spent.
    """

    sandbox: str | None = None
    workers: int | None = None
    prune: bool = False
    use: SolverUse = NO_USE
    runner: str = "threads"
    dask: str | None = None


def _sandboxed(
    sandbox: str | None,
    workers: int | None,
    prune: bool,
    use: SolverUse,
    runner: str | None,
    dask: str | None,
) -> Sandboxed:
    return Sandboxed(
        sandbox=check_sandbox(sandbox),
        workers=check_workers(workers),
        prune=prune,
        use=check_use(use),
        runner=check_runner(runner, dask),
        dask=dask,
    )


@checked_flow("evaluate", named("evaluate", version_words, given("solver")))
async def evaluate(
    dataset: str,
    solver: str,
    variant: str | None = None,
    split: str | None = None,
    instances: list[str] | None = None,
    limit: AtLeastOne | None = None,
    attempts: AtLeastOne = 1,
    seed: int = 0,
    price_rule: PriceRuleName | None = None,
    terms: TermsName | None = None,
    new: bool = False,
    predictions: str | None = None,
    choice: SolverChoice = NO_CHOICE,
    use: SolverUse = NO_USE,
    sandbox: SandboxName | None = None,
    workers: AtLeastOne | None = None,
    prune: bool = False,
    runner: RunnerName | None = None,
    dask: str | None = None,
    home: str | None = None,
) -> RunSummary:
    """Run every stage of an evaluation; the same parameters continue the same run.

    Args:
        dataset: `name`, `name@latest` or `name@digest-prefix`.
        solver: name of the strategy: gold, null, first, last, longest, random, replay, model,
            agent or command.
        variant: only instances of this variant.
        split: only the ids that the file of this name in `splits/` lists.
        instances: only these instance ids.
        limit: only the first so many, by instance id.
        attempts: attempts per instance.
        seed: decides every random choice.
        price_rule: what a task is worth; the dataset's rule where left out.
        terms: terms of payment for the engagements, plain or expensify; earnings do not depend
            on them.
        new: open another run even where one exists.
        predictions: absolute path of the replay solver's answers (JSON lines).
        choice: model, temperature, top_p, max_tokens, tell_price, limits, may_decline, ask_client
            (and command): what decides the answers of solvers that ask a model.
        use: base_url, budget_cents, cap_cents and cache: where they ask, and what may be spent.
        sandbox: docker or process; where left out, see the flow `prepare`.
        workers: how many instances are prepared or graded side by side, and how many rollouts
            ask a model at once, at most.
        prune: remove an instance's image as soon as it has served.
        runner: threads of this process, or dask: processes here, or the workers of `dask`.
        dask: address of a Dask scheduler, as tcp://10.0.0.5:8786.
        home: absolute path of the warehouse's home; PAYDAG_HOME where left out.
    """
    where = flow_home(home)
    sandboxed = _sandboxed(sandbox, workers, prune, use, runner, dask)
    settled = check_terms(terms or PLAIN)
    selection = runs.Selection(
        variant=variant, split=split, instances=tuple(sorted(set(instances or []))), limit=limit
    )
    run_id, rule = open_run(
        where,
        dataset,
        solver,
        selection,
        attempts=attempts,
        seed=seed,
        price_rule=price_rule,
        # A retry goes on with what the failed try opened.
        new=new and not is_retry(),
        predictions=predictions,
        choice=choice,
        use=use,
    )
    get_run_logger().info("run %s: %s on %s, %s prices", run_id, solver, dataset, rule)
    return await run_stages(where, run_id, STAGES, rule, [], terms=settled, sandboxed=sandboxed)


@checked_flow("rerun", named("rerun", given("stage"), run_words, marked("redo")))
async def rerun(
    stage: StageName,
    run_id: str,
    instances: list[str] | None = None,
    redo: bool = False,
    price_rule: PriceRuleName | None = None,
    terms: TermsName | None = None,
    use: SolverUse = NO_USE,
    sandbox: SandboxName | None = None,
    workers: AtLeastOne | None = None,
    prune: bool = False,
    runner: RunnerName | None = None,
    dask: str | None = None,
    home: str | None = None,
) -> RunSummary:
    """Run one stage of a run again, and whatever is downstream of it.

    Args:
        stage: prepare, solve, grade, score or report.
        run_id: the run, or the beginning of its id.
        instances: only these; all where left out.
        redo: do again what is done, as the next take.
        price_rule: for score and report; the run's own where left out.
        terms: for score and report: terms of payment for the engagements, plain or expensify;
            earnings do not depend on them.
        use: for solve: base_url, budget_cents, cap_cents and cache, as in the flow `evaluate`.
        sandbox: docker or process: the run is prepared there first, if it is not, and then uses
            it; the run's own where left out.
        workers: how many instances are prepared or graded side by side.
        prune: remove an instance's image as soon as it has served.
        runner: threads of this process, or dask: processes here, or the workers of `dask`.
        dask: address of a Dask scheduler, as tcp://10.0.0.5:8786.
        home: absolute path of the warehouse's home; PAYDAG_HOME where left out.
    """
    where = flow_home(home)
    first = STAGES.index(check_stage(stage))
    run = run_of(where, run_id, instances)
    rule = check_price_rule(price_rule or run.price_rule)
    sandboxed = _sandboxed(sandbox, workers, prune, use, runner, dask)
    settled = check_terms(terms or PLAIN)
    stages = STAGES[first:]
    if sandbox is not None and stage != "prepare":
        if stage not in _GRADING:
            raise UsageError(
                f"--sandbox says where code runs, and {stage} runs none; rerun prepare, solve or "
                "grade with it"
            )
        stages = ("prepare", *stages)
    return await run_stages(
        where,
        run.run_id,
        stages,
        rule,
        instances or [],
        redo=stage if redo else None,
        terms=settled,
        sandboxed=sandboxed,
    )


async def run_stages(
    home: Path,
    run_id: str,
    stages: tuple[str, ...],
    price_rule: str,
    instances: list[str],
    *,
    redo: str | None = None,
    terms: str = PLAIN,
    sandboxed: Sandboxed,
) -> RunSummary:
    """Run these stages one after the other as subflows, the stage `redo` anew; where the run then
    stands, with what the stages had to note.

    A stage that ends with faults does not keep the next from doing what can be done; the faults
    are raised together at the end, as RunFailedError.
    """
    failed: list[str] = []
    notes: list[str] = []
    money = {"price_rule": price_rule, "terms": terms}
    runner, workers = sandboxed.runner if set(stages) & set(_GRADING) else None, sandboxed.workers
    async with machines_of(home, runner, sandboxed.dask if runner else None, workers):
        for stage in stages:
            work = _subflow(stage, home, run_id, money, instances, stage == redo, sandboxed)
            try:
                outcome = await work()
                notes += [outcome.note] if outcome.note else []
            except StageFailedError as error:
                failed.append(str(error))
    summary = summarise_run(open_warehouse(home), home, run_id, price_rule, terms).noting(notes)
    await publish_result(summary)
    await publish_report(home, summary.run, price_rule, terms)
    if failed:
        raise RunFailedError(f"run {run_id}: {'; '.join(failed)}", summary)
    return summary


def _subflow(
    stage: str,
    home: Path,
    run_id: str,
    money: dict[str, Any],
    instances: list[str],
    redo: bool,
    sandboxed: Sandboxed,
) -> Callable[[], Awaitable[StageOutcome]]:
    where, how = str(home), sandboxed.model_dump(exclude={"use", "sandbox"})
    use = sandboxed.use
    early: dict[str, Any] = {"instances": instances, "redo": redo, "home": where}
    late: dict[str, Any] = {**money, "home": where}
    calls: dict[str, Callable[[], Awaitable[StageOutcome]]] = {
        "prepare": lambda: prepare(run_id, sandbox=sandboxed.sandbox, **how, **early),
        "solve": lambda: solve(run_id, use=use, **{k: how[k] for k in _MANY}, **early),
        "grade": lambda: grade(run_id, **how, **early),
        "score": lambda: score(run_id, **late),
        "report": lambda: report(run_id, **late),
    }
    return calls[stage]
