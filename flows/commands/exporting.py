"""`export`: a dataset version for other harnesses."""

from pathlib import Path
from typing import Annotated

import typer

from flows.session import Answer, Session


def export(
    session: Session,
    dataset: Annotated[str, typer.Argument(help="name, name@latest or name@digest-prefix.")],
    format_: Annotated[
        str,
        typer.Option("--format", help="parquet, jsonl, swebench, swelancer or inspect."),
    ],
    out: Annotated[Path, typer.Option("--out", help="The folder to write; a new one.")],
    split: Annotated[str | None, typer.Option(help="Only the ids of this split.")] = None,
    include_holdout: Annotated[
        bool, typer.Option("--include-holdout", help="Export held-out instances as well.")
    ] = False,
    force: Annotated[
        bool, typer.Option("--force", help="Write into a folder that is not empty.")
    ] = False,
) -> Answer:
    """Write a built version to a folder that another harness loads. It holds the answers.

    Example: paydag export sample --format parquet --out sample-parquet
    """
    from flows.exports import show_export
    from tasks.export import export as write

    done = write(
        session.home,
        dataset,
        format_,
        out.expanduser().absolute(),
        split=split,
        include_holdout=include_holdout,
        force=force,
    )
    return Answer(done.model_dump(mode="json"), lambda console: show_export(console, done))
