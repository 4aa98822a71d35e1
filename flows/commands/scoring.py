"""Commands that turn verdicts into numbers: score a run, and compare runs."""

from typing import Annotated

import typer

from flows.commands.options import PriceRule, Terms
from flows.session import Answer, Session
from tasks.domain.errors import UsageError


def score(
    session: Session,
    run: Annotated[str, typer.Argument(metavar="RUN", help="The run's id, or its beginning.")],
    price_rule: PriceRule = None,
    terms: Terms = None,
    check: Annotated[
        bool,
        typer.Option("--check", help="Change nothing: recompute, and name the rows that differ."),
    ] = False,
) -> Answer:
    """Score a run under a price rule, its own by default, and print what it measures.

    Example: paydag score 3f2a9c --price-rule initial
    """
    from flows.scores import checked, scored

    if check:
        return checked(session, run, price_rule)

    async def start() -> object:
        from flows.stages import score as flow

        return await flow(run, price_rule=price_rule, terms=terms, home=str(session.home))

    session.run_flow(start)
    return scored(session, run, price_rule)


def compare(
    session: Session,
    runs: Annotated[list[str], typer.Argument(metavar="RUN...", help="Ids, or beginnings.")],
    price_rule: PriceRule = None,
    baselines: Annotated[
        bool, typer.Option(help="Show the baselines' runs on the same dataset version, too.")
    ] = True,
    html: Annotated[
        bool, typer.Option("--html", help="Also write a report of these runs, with their pairs.")
    ] = False,
) -> Answer:
    """Compare runs, each with the others and with the baselines, on the instances they share.

    Example: paydag compare 3f2a9c 81bd02
    """
    from flows.scores import compared

    if not runs:
        raise UsageError("compare needs the id of a run; see `paydag compare --help`")
    return compared(session, runs, price_rule, baselines=baselines, html=html)
