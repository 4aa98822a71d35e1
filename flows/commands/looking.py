"""Commands that look at what is there, and `down`, which stops what runs in the background."""

from typing import TYPE_CHECKING, Annotated, Any

import typer

from flows.commands.options import PriceRule, Terms
from flows.session import Answer, Session

if TYPE_CHECKING:
    from rich.console import Console


def doctor(
    session: Session,
    clean: Annotated[
        bool,
        typer.Option("--clean", help="Also remove what killed commands left behind."),
    ] = False,
) -> Answer:
    """Say what this machine has and lacks, and what to do.

    Example: paydag doctor
    """
    from flows.tables import show_checks, show_cleaned
    from tasks.doctor import examine

    checks = examine(session.home)
    broken = any(c.required and c.status != "ok" for c in checks)
    data: dict[str, Any] = {"checks": [c.model_dump() for c in checks]}
    if clean:
        from tasks.sandbox.reaper import clean as remove_leftovers
        from tasks.tidying import tidy

        data["cleaned"] = [*tidy(), *remove_leftovers()]

    def show_all(console: "Console") -> None:
        show_checks(console, checks)
        if clean:
            show_cleaned(console, data["cleaned"])

    return Answer(data, show_all, exit_code=1 if broken else 0)


def show(
    session: Session,
    what: Annotated[
        str, typer.Argument(help="run, instance, rollout, ledger, card, rejections or fetches.")
    ],
    reference: Annotated[
        str | None,
        typer.Argument(metavar="ID", help="Its id; for fetches a dataset or owner/name, or none."),
    ] = None,
    price_rule: PriceRule = None,
    terms: Terms = None,
    dataset: Annotated[
        str | None,
        typer.Option(
            help="For ledger: as the overrides of this dataset correct it; for instance: as this "
            "version (name@digest) has it."
        ),
    ] = None,
) -> Answer:
    """Show a run, an instance, a rollout, a ledger, a card, rejections, or what was fetched.

    Example: paydag show ledger tally-works/tally#41
    """
    from flows.answers import shown

    return shown(session, what, reference, price_rule, dataset, terms)


def lint(
    session: Session,
    dataset: Annotated[
        str,
        typer.Argument(help="name, name@latest or name@digest-prefix."),
    ],
) -> Answer:
    """List what tells, in a built version's tasks, how their issues ended or who did the work.

    Example: paydag lint sample
    """
    from flows.findings import show_findings as print_findings
    from tasks.lint import show_findings
    from tasks.stages import open_warehouse

    found = show_findings(open_warehouse(session.home), dataset)
    return Answer(found, lambda console: print_findings(console, found))


def sql(
    session: Session,
    statement: Annotated[str, typer.Argument(help="One SELECT.")],
) -> Answer:
    """Ask the warehouse: one SELECT over raw, staging, core, eval and marts, read only.

    Example: paydag sql "SELECT variant, count(*) FROM core.task_instances GROUP BY 1"
    """
    from flows.answers import asked

    return asked(session, statement)


def down(session: Session) -> Answer:
    """Stop this home's background Prefect server, and `paydag up` where it runs.

    Example: paydag down
    """
    from tasks.server import stop_server
    from tasks.upkeep import stop_up

    ended = stop_up(session.home)
    stopped = stop_server(session.home) or ended
    text = "the Prefect server is stopped" if stopped else "no Prefect server was running"
    return Answer({"stopped": stopped}, lambda console: console.print(text))
