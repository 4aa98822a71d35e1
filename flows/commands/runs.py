"""Commands that evaluate: whole runs, single stages, and the page that compares runs."""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Annotated

import typer

from flows.commands.options import (
    AskClientOption,
    BaseUrl,
    Budget,
    Cache,
    Command,
    Dask,
    Deadline,
    Instances,
    MaxTokens,
    MayDecline,
    Model,
    NetworkOption,
    PriceRule,
    Prune,
    RolloutCap,
    Runner,
    Sandbox,
    TellPrice,
    Temperature,
    Terms,
    Tokens,
    ToolCalls,
    TopP,
    Turns,
    Workers,
    solver_choice,
    solver_use,
)
from flows.session import Answer, Session
from tasks.domain.engagements import PLAIN, check_terms
from tasks.domain.runners import check_runner
from tasks.domain.sandboxes import check_sandbox, check_workers


def demo(
    session: Session,
    sandbox: Annotated[
        str, typer.Option(help="Where code runs: process (the sample is trusted) or docker.")
    ] = "process",
) -> Answer:
    """Run the whole DAG offline on the bundled sample and print what every solver earned.

    Example: paydag demo
    """
    from flows.demo import check_sample_image, next_commands, run_demo
    from flows.tables import show_demo

    if check_sandbox(sandbox) == "docker":
        check_sample_image()
    session.leave_nothing_running()
    page, summaries = session.run_flow(lambda: run_demo(session.home, session.note, sandbox))
    advice = next_commands(session.home, summaries[0].run.run_id)

    data = {"runs": [s.as_json() for s in summaries], "report": str(page)}
    return Answer(data, lambda console: show_demo(console, summaries, page, advice))


def evaluate(
    session: Session,
    dataset: Annotated[str, typer.Argument(help="name, name@latest or name@digest-prefix.")],
    solver: Annotated[str, typer.Option("--solver", help="gold, null, first, last, ...")],
    variant: Annotated[str | None, typer.Option(help="Only instances of this variant.")] = None,
    split: Annotated[str | None, typer.Option(help="Only the ids of this split.")] = None,
    attempts: Annotated[int, typer.Option(help="Attempts per instance.")] = 1,
    instance: Instances = None,
    limit: Annotated[int | None, typer.Option(help="Only the first so many, by id.")] = None,
    seed: Annotated[int, typer.Option(help="Decides every random choice.")] = 0,
    price_rule: PriceRule = None,
    terms: Terms = None,
    predictions: Annotated[
        str | None, typer.Option(help="The answers of the replay solver (JSON lines).")
    ] = None,
    new: Annotated[bool, typer.Option("--new", help="Open another run of the same.")] = False,
    sandbox: Sandbox = None,
    workers: Workers = None,
    prune: Prune = False,
    runner: Runner = None,
    dask: Dask = None,
    model: Model = None,
    base_url: BaseUrl = None,
    temperature: Temperature = None,
    top_p: TopP = None,
    max_tokens: MaxTokens = None,
    tell_price: TellPrice = False,
    may_decline: MayDecline = False,
    ask_client: AskClientOption = False,
    turns: Turns = None,
    tool_calls: ToolCalls = None,
    tokens: Tokens = None,
    deadline: Deadline = None,
    command: Command = None,
    network: NetworkOption = "none",
    budget: Budget = None,
    rollout_cap: RolloutCap = None,
    cache: Cache = False,
) -> Answer:
    """Prepare, solve, grade, score and report; the same command continues the same run.

    Example: paydag evaluate sample --solver gold
    """
    check_sandbox(sandbox)
    check_workers(workers)
    check_runner(runner, dask)
    check_terms(terms or PLAIN)
    use = solver_use(base_url, budget, rollout_cap, cache)
    choice = solver_choice(
        model=model,
        temperature=temperature,
        top_p=top_p,
        max_tokens=max_tokens,
        tell_price=tell_price,
        turns=turns,
        tool_calls=tool_calls,
        tokens=tokens,
        deadline=deadline,
        command=command,
        network=network,
        may_decline=may_decline,
        ask_client=ask_client,
    )

    async def run() -> object:
        from flows.evaluate import evaluate as flow

        return await flow(
            dataset,
            solver,
            variant=variant,
            split=split,
            instances=instance,
            limit=limit,
            attempts=attempts,
            seed=seed,
            price_rule=price_rule,
            terms=terms,
            new=new,
            predictions=predictions,
            choice=choice,
            use=use,
            sandbox=sandbox,
            workers=workers,
            prune=prune,
            runner=runner,
            dask=dask,
            home=str(session.home),
        )

    return _summarised(session, run)


def rerun(
    session: Session,
    stage: Annotated[str, typer.Argument(help="prepare, solve, grade, score or report.")],
    run: Annotated[str, typer.Option("--run", help="The run's id, or the beginning of it.")],
    instance: Instances = None,
    redo: Annotated[bool, typer.Option("--redo", help="Do again what is done.")] = False,
    price_rule: PriceRule = None,
    terms: Terms = None,
    sandbox: Sandbox = None,
    workers: Workers = None,
    prune: Prune = False,
    runner: Runner = None,
    dask: Dask = None,
    base_url: BaseUrl = None,
    budget: Budget = None,
    rollout_cap: RolloutCap = None,
    cache: Cache = False,
) -> Answer:
    """Run one stage of a run again, and what is downstream of it.

    Example: paydag rerun grade --run 3f2a9c
    """
    check_sandbox(sandbox)
    check_workers(workers)
    check_runner(runner, dask)
    check_terms(terms or PLAIN)
    use = solver_use(base_url, budget, rollout_cap, cache)

    async def start() -> object:
        from flows.evaluate import rerun as flow

        return await flow(
            stage,
            run,
            instances=instance,
            redo=redo,
            price_rule=price_rule,
            terms=terms,
            use=use,
            sandbox=sandbox,
            workers=workers,
            prune=prune,
            runner=runner,
            dask=dask,
            home=str(session.home),
        )

    return _summarised(session, start)


def _summarised(session: Session, start: Callable[[], Awaitable[object]]) -> Answer:
    """Where a run stands after its flow; where faults remain they are told first."""
    failed = False

    async def run() -> object:
        nonlocal failed
        from flows.evaluate import RunFailedError

        try:
            return await start()
        except RunFailedError as error:
            session.warn(str(error))
            failed = True
            return error.summary

    result = session.run_flow(run)
    from flows.answers import summarised

    return replace(summarised(result), exit_code=int(failed))
