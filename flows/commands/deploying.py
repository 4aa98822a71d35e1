"""Commands that deploy: register with a server, or keep server and worker up on this machine."""

from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console

from flows.session import Answer, Session
from flows.tables import plain, table
from tasks.settings import deployments_file
from tasks.specs.deployments import AUTOMATIONS, load_automations

File = Annotated[
    Path | None,
    typer.Option("--file", help="Another prefect.yaml than the one that comes with paydag."),
]
WithAutomations = Annotated[
    bool,
    typer.Option("--with-automations", help="Create those of automations.yaml beside it, too."),
]


def deploy(
    session: Session, file: File = None, with_automations: WithAutomations = False
) -> Answer:
    """Register the deployments with the server at PREFECT_API_URL, else with this home's.

    Example: paydag deploy --home /srv/paydag
    """
    chosen = _chosen(file)
    automations = load_automations(chosen.with_name(AUTOMATIONS)) if with_automations else []
    session.connect()
    import asyncio

    from flows.registering import register

    registered, names = asyncio.run(register(session.home, chosen, automations))
    data = {"deployments": [one.model_dump(mode="json") for one in registered]}
    answer: dict[str, Any] = {**data, "automations": names}
    return Answer(answer, lambda console: _show(console, answer))


def up(
    session: Session,
    port: Annotated[
        int, typer.Option(min=0, max=65535, help="Where the server listens; 0 for any free port.")
    ] = 4200,
    limit: Annotated[
        int | None, typer.Option(min=1, help="So many flow runs side by side, at most.")
    ] = None,
    with_automations: WithAutomations = False,
    file: File = None,
    sample: Annotated[
        bool, typer.Option(help="Land and build the bundled sample where the home is empty.")
    ] = True,
) -> Answer:
    """Run a Prefect server, a worker and all deployments on this machine until Ctrl-C.

    Example: paydag up --with-automations
    """
    from flows.keeping_up import Wish, keep_up

    options = ["--file", str(_chosen(file))]
    options += ["--with-automations"] if with_automations else []
    wish = Wish(port=port, limit=limit, options=tuple(options), sample=sample)

    def ready(found: dict[str, Any]) -> None:
        session.finish(Answer(found, lambda console: _show_up(console, session.home, found)))

    keep_up(session.home, wish, session.note, ready)
    session.note("all stopped")
    raise typer.Exit(0)


def _chosen(file: Path | None) -> Path:
    return (file or deployments_file()).expanduser().absolute()


def _show(console: Console, found: dict[str, Any]) -> None:
    made = table("deployment", "schedule", "work pool", "tags")
    for one in found["deployments"]:
        schedule = "; ".join(one["schedules"])
        made.add_row(
            plain(one["name"]),
            f"{schedule} (paused)" if one["paused"] and schedule else schedule or "on demand",
            plain(one["work_pool"] or "-"),
            ", ".join(one["tags"]),
        )
    console.print(made)
    for name in found["automations"]:
        console.print(f"automation: {plain(name)}")


def _show_up(console: Console, home: Path, found: dict[str, Any]) -> None:
    _show(console, found)
    console.print(f"reports: {found['reports']}/", soft_wrap=True)
    console.print(f"worker's log: {home}/prefect/worker.log", soft_wrap=True)
    console.print("ready; Ctrl-C stops all. In another terminal:")
    if found["environment"] is not None:
        console.print(f"  . {found['environment']}", soft_wrap=True)
    console.print(
        "  prefect deployment run 'evaluate/evaluate' -p dataset=sample -p solver=gold --watch",
        soft_wrap=True,
    )
