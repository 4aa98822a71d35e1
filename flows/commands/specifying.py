"""Commands for whoever writes a specification: a file to begin with, and the keys it may have."""

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from flows.session import Answer, Session
from tasks.domain.errors import UsageError, unknown
from tasks.settings import dataset_folders, own_datasets
from tasks.specs import known_datasets

if TYPE_CHECKING:
    from rich.console import Console


def new(
    session: Session,
    dataset: Annotated[str, typer.Argument(help="What the dataset is to be called.")],
    extends: Annotated[
        str | None, typer.Option(help="The dataset that it stands on, such as expensify.")
    ] = None,
    folder: Annotated[
        Path | None,
        typer.Option(help="Where datasets are kept (default: PAYDAG_DATASETS, else ./datasets)."),
    ] = None,
) -> Answer:
    """Write a commented specification to begin with; a file that is there is never touched.

    Example: paydag new expensify-mine --extends expensify
    """
    from tasks.specs.starter import write_starter

    root = folder.expanduser().absolute() if folder is not None else own_datasets()
    known = known_datasets([root, *dataset_folders()])
    if dataset in known:
        raise UsageError(f"{known[dataset] / 'dataset.yaml'} is there already; choose another name")
    if extends is not None and extends not in known:
        raise unknown("dataset", extends, list(known))
    file = write_starter(root, dataset, extends)
    if root not in dataset_folders():
        session.warn(f"datasets in {root} are found with PAYDAG_DATASETS={root}")
    data = {"dataset": dataset, "extends": extends, "file": str(file)}

    def show(console: "Console") -> None:
        console.print(f"wrote {file}", soft_wrap=True, markup=False, highlight=False)
        console.print(f"next: paydag build {dataset} --dry-run", markup=False, highlight=False)

    return Answer(data, show)


def schema(
    session: Session,  # noqa: ARG001 - every command has one
    what: Annotated[str, typer.Argument(help="dataset: the keys of dataset.yaml.")],
) -> Answer:
    """Print the JSON Schema of a file that people write, for their editor.

    Example: paydag schema dataset > dataset.schema.json
    """
    from tasks.specs.schema import SCHEMAS, dataset_schema

    if what not in SCHEMAS:
        raise unknown("schema", what, list(SCHEMAS))
    found = dataset_schema()
    text = json.dumps(found, indent=2)
    return Answer(
        found, lambda console: console.print(text, soft_wrap=True, markup=False, highlight=False)
    )
