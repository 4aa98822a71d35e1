"""Commands that look at versions of datasets beside each other."""

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from flows.session import Answer, Session

if TYPE_CHECKING:
    from rich.console import Console


def versions(
    session: Session,
    dataset: Annotated[str, typer.Argument(help="A dataset; with --manifest also name@digest.")],
    manifest: Annotated[
        bool,
        typer.Option("--manifest", help="What one version holds and was made of, as JSON."),
    ] = False,
) -> Answer:
    """List the versions of a dataset, and what changed from each to the next.

    Example: paydag versions sample
    """
    from tasks.stages import open_warehouse

    warehouse = open_warehouse(session.home)
    if manifest:
        from tasks.manifests import manifest as manifest_of

        made = manifest_of(warehouse, dataset)
        return Answer(made, lambda _: _print_json(made))
    from flows.comparisons import show_versions
    from tasks.manifests import list_versions

    found = list_versions(warehouse, dataset)
    return Answer(found, lambda console: show_versions(console, found))


def _print_json(found: object) -> None:
    """As it is: a console would break its lines."""
    sys.stdout.write(json.dumps(found, indent=2, ensure_ascii=False) + "\n")


def diff(
    session: Session,
    first: Annotated[
        str, typer.Argument(metavar="A", help="name, name@latest or name@digest-prefix.")
    ],
    second: Annotated[
        str | None,
        typer.Argument(metavar="B", help="The same; without it, A and the version before A."),
    ] = None,
    html: Annotated[
        bool, typer.Option("--html", help="Also write a page to reports/ of the home.")
    ] = False,
) -> Answer:
    """Say what changed from one dataset version to another, and what made it change.

    Example: paydag diff sample
    """
    from flows.comparisons import show_diff
    from tasks.diffs import diff_references
    from tasks.stages import open_warehouse

    found = diff_references(open_warehouse(session.home), first, second)
    page: Path | None = None
    if html:
        from tasks.reporting import write_diff

        page = write_diff(session.home, found)

    def show(console: "Console") -> None:
        show_diff(console, found)
        if page is not None:
            console.print(f"page: {page}", soft_wrap=True, markup=False)

    return Answer(found.as_json() | {"page": str(page) if page else None}, show)
