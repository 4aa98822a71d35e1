"""Commands that write pages: report, and browse, which serves them."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from flows.commands.options import PriceRule, Terms
from flows.session import Answer, Session
from tasks.domain.engagements import PLAIN

if TYPE_CHECKING:
    from rich.console import Console

    from tasks.publishing import Published

Runs = Annotated[
    list[str] | None,
    typer.Argument(metavar="[RUN...]", help="Ids, or beginnings; all runs where left out."),
]
Name = Annotated[
    str | None,
    typer.Option(help="The report's folder (default: the run's id; `all` without any)."),
]
Baselines = Annotated[bool, typer.Option(help="Show the baselines' runs on the same tasks, too.")]


def report(
    session: Session,
    runs: Runs = None,
    name: Name = None,
    price_rule: PriceRule = None,
    terms: Terms = None,
    single_file: Annotated[
        bool,
        typer.Option("--single-file", help="One page, single.html, without pages of tasks."),
    ] = False,
    formats: Annotated[
        list[str] | None,
        typer.Option("--format", help="Also write md, json, csv, png or svg; may be repeated."),
    ] = None,
    leaderboard: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Also write the headline as Markdown to this file."),
    ] = None,
    baselines: Baselines = True,
) -> Answer:
    """Write a report of runs to reports/NAME/: an index, and a page for every task.

    Example: paydag report 3f2a9c 81bd02 --format csv
    """
    from tasks.publishing import Wanted, publish

    wanted = Wanted(
        runs=tuple(runs or ()),
        name=name,
        price_rule=price_rule,
        terms=terms or PLAIN,
        single=single_file,
        baselines=baselines,
        formats=tuple(formats or ()),
        leaderboard=leaderboard,
    )
    return published(publish(session.home, wanted))


def published(found: "Published") -> Answer:
    """What was written, as JSON and as the leaderboard with where the page is."""
    from flows.tables import show_leaderboard

    if found.index is None:
        return Answer(
            {"report": None, "runs": []},
            lambda console: console.print("no run yet; start one with `paydag evaluate`"),
        )
    data: dict[str, Any] = {
        "report": str(found.index),
        "files": [str(file) for file in found.files],
        "pages": found.pages,
        "runs": [summary.as_json() for summary in found.summaries],
    }

    def show(console: "Console") -> None:
        show_leaderboard(console, list(found.summaries))
        console.print(f"report: {found.index}", soft_wrap=True, markup=False)
        for file in found.files:
            console.print(f"wrote {file}", soft_wrap=True, markup=False)

    return Answer(data, show)


def browse(
    session: Session,
    runs: Runs = None,
    name: Name = None,
    price_rule: PriceRule = None,
    terms: Terms = None,
    baselines: Baselines = True,
    port: Annotated[
        int, typer.Option(min=0, max=65535, help="The port on 127.0.0.1; 0 for a free one.")
    ] = 0,
    every: Annotated[
        float, typer.Option(min=0.2, help="Seconds between two looks for new verdicts.")
    ] = 3.0,
) -> Answer:
    """Serve a report on this machine and write it anew when new verdicts land; Ctrl-C ends it.

    Example: paydag browse 3f2a9c
    """
    from tasks.browsing import browse as serve
    from tasks.publishing import Wanted

    wanted = Wanted(
        runs=tuple(runs or ()),
        name=name,
        price_rule=price_rule,
        terms=terms or PLAIN,
        baselines=baselines,
    )
    address = serve(session.home, wanted, port, every, session.note)
    return Answer({"served": address}, lambda console: console.print(f"served {address}"))
