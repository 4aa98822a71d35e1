"""Commands that bring documents in and make dataset versions of them."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer

from flows.commands.options import (
    Author,
    AuthorBudget,
    AuthorWorkers,
    BaseUrl,
    Cache,
    MaxTokens,
    PostingCap,
    Temperature,
    TopP,
    solver_use,
)
from flows.session import Answer, Session
from tasks.asking import (
    collect_request,
    moment,
    refuse_beside_author,
    refuse_files,
    refuse_without_author,
)
from tasks.domain.errors import UsageError, unknown
from tasks.domain.solver_options import SolverChoice, SolverUse
from tasks.landings import check_access, plan_landings
from tasks.settings import dataset_folders
from tasks.specs import limited, load_spec

if TYPE_CHECKING:
    from rich.console import Console

_PUBLISHED: Final = ("results", "swelancer")


def import_(
    session: Session,
    source: Annotated[str, typer.Argument(help="What is published: swelancer, or results.")],
    path: Annotated[Path, typer.Argument(help="A folder, zip or file that holds it.")],
    dataset: Annotated[
        str | None,
        typer.Option(help="Of results: name, name@latest or name@digest-prefix that they are of."),
    ] = None,
    variant: Annotated[
        str | None, typer.Option(help="Of results: the variant, where names do not tell.")
    ] = None,
    model: Annotated[
        str | None, typer.Option(help="Of results: whose they are, where files do not tell.")
    ] = None,
) -> Answer:
    """Land the files of a published benchmark, or make a scored run of published results.

    Example: paydag import swelancer ~/SWELancer-Benchmark
    """
    where = str(path.expanduser().absolute())
    if source not in _PUBLISHED:
        raise unknown("published source", source, list(_PUBLISHED))
    if source == "results":
        return _import_results(session, where, dataset, variant, model)
    if (dataset, variant, model) != (None, None, None):
        raise UsageError(
            f"--dataset, --variant and --model are for results; `paydag build {source}` makes "
            "tasks of the files"
        )

    async def run() -> list[object]:
        from flows.refresh import import_files

        return list(await import_files(source, where, str(session.home)))

    results = session.run_flow(run)
    from flows.answers import scraped

    return scraped(session, results)


def _import_results(
    session: Session, path: str, dataset: str | None, variant: str | None, model: str | None
) -> Answer:
    async def run() -> object:
        from flows.importing import import_results

        return await import_results(path, dataset, variant, model, str(session.home))

    result = session.run_flow(run)
    from flows.answers import summarised

    return summarised(result)


def refresh(
    session: Session,
    datasets: Annotated[list[str], typer.Argument(help="Names of specifications in datasets/.")],
    from_: Annotated[
        list[str] | None,
        typer.Option("--from", help="Land PATH, or SOURCE=PATH, instead of collecting."),
    ] = None,
    since: Annotated[
        str | None, typer.Option(help="Only what changed from this date or time on (UTC).")
    ] = None,
    until: Annotated[
        str | None, typer.Option(help="Only what changed up to this time; a date is its midnight.")
    ] = None,
    limit: Annotated[
        int | None, typer.Option(help="Stop after so many issues; with --author, postings.")
    ] = None,
    issue: Annotated[
        list[str] | None,
        typer.Option("--issue", help="Only this issue, N or owner/name#N; may be repeated."),
    ] = None,
    full: Annotated[
        bool, typer.Option("--full", help="Collect everything again, not only what changed.")
    ] = False,
    no_wait: Annotated[
        bool, typer.Option("--no-wait", help="Stop at an exhausted rate limit, do not wait.")
    ] = False,
    archive: Annotated[
        Path | None, typer.Option(help="Also save what landed to this folder, for --from.")
    ] = None,
    author: Author = None,
    base_url: BaseUrl = None,
    temperature: Temperature = None,
    top_p: TopP = None,
    max_tokens: MaxTokens = None,
    budget: AuthorBudget = None,
    rollout_cap: PostingCap = None,
    cache: Cache = False,
    workers: AuthorWorkers = None,
) -> Answer:
    """Land what the sources of these datasets hold; landing again adds only what changed.

    With --author nothing is collected: a model writes tasks from postings that have landed.

    Example: paydag refresh sample
    """
    choice = SolverChoice(
        model=author, temperature=temperature, top_p=top_p or None, max_tokens=max_tokens
    )
    use = solver_use(base_url, budget, rollout_cap, cache)
    if author is not None:
        others = {
            "--from": from_,
            "--since": since,
            "--until": until,
            "--issue": issue,
            "--full": full,
            "--no-wait": no_wait,
            "--archive": archive,
        }
        refuse_beside_author([option for option, value in others.items() if value])
        return _authored(session, datasets, choice, use, limit, workers)
    refuse_without_author(choice, use, workers)
    first, last = moment("--since", since), moment("--until", until)
    request = collect_request(
        since=first, until=last, limit=limit, issues=issue, full=full, wait=not no_wait
    )
    if from_:
        refuse_files(request, "--from lands files instead")
    folder = str(archive.expanduser().absolute()) if archive else None
    specs = [load_spec(name, dataset_folders()) for name in datasets]
    check_access(plan_landings(specs, from_ or [], request))

    async def run() -> list[object]:
        from flows.refresh import refresh as flow

        return list(
            await flow(
                datasets,
                from_,
                str(session.home),
                since=first,
                until=last,
                limit=limit,
                issues=issue,
                full=full,
                wait=not no_wait,
                archive=folder,
            )
        )

    results = session.run_flow(run)
    from flows.answers import scraped

    return scraped(session, results)


def _authored(
    session: Session,
    datasets: list[str],
    choice: SolverChoice,
    use: SolverUse,
    limit: int | None,
    workers: int | None,
) -> Answer:
    from flows.authored import show_authored
    from tasks.authoring import author_of, check_authoring

    for name in datasets:
        check_authoring(load_spec(name, dataset_folders())[0], limit)
    author_of(session.home, choice, use, workers)  # what is wrong with it is told at once

    async def run() -> list[object]:
        from flows.author import author as flow

        return list(await flow(datasets, choice, use, limit, workers, str(session.home)))

    return show_authored(session.run_flow(run))


def build(
    session: Session,
    dataset: Annotated[str, typer.Argument(help="Name of a specification in datasets/.")],
    limit: Annotated[
        int | None,
        typer.Option(help="At most so many postings become tasks; a version of its own."),
    ] = None,
    dry_run: Annotated[
        bool,
        typer.Option("--dry-run", help="Print what it comes to, step by step; store no version."),
    ] = False,
) -> Answer:
    """Build a dataset version from what has landed, and print it.

    Example: paydag build sample
    """
    from flows.tables import show_build

    spec, _ = load_spec(dataset, dataset_folders())
    if limit is not None:
        limited(spec, limit)

    async def run() -> object:
        from flows.build import build as flow

        return await flow(dataset, str(session.home), limit, dry_run=dry_run)

    built = session.run_flow(run)
    from flows.comparisons import show_changes
    from tasks.build import BuildResult
    from tasks.diffs import diff_last_build
    from tasks.stages import open_warehouse

    result = BuildResult.model_validate(built)
    # A dry run is no build: there is nothing that it changed.
    changes = diff_last_build(open_warehouse(session.home), dataset) if result.stored else None

    def show(console: "Console") -> None:
        show_build(console, result)
        if result.stored:
            show_changes(console, result.dataset, changes)

    return Answer(result.as_json() | {"changes": changes and changes.summary()}, show)
