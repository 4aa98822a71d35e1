"""Options that several commands share."""

from typing import Annotated

import typer

Instances = Annotated[
    list[str] | None, typer.Option("--instance", help="Only this instance; may be repeated.")
]
PriceRule = Annotated[
    str | None, typer.Option("--price-rule", help="What a task is worth: initial, final, peak, ...")
]
Sandbox = Annotated[
    str | None,
    typer.Option(
        "--sandbox",
        help="Where code runs: docker (the default), or process for trusted code; a run keeps its "
        "own unless told otherwise.",
    ),
]
Workers = Annotated[
    int | None,
    typer.Option("--workers", help="So many sandboxes side by side (default: one a core)."),
]
Prune = Annotated[
    bool, typer.Option("--prune", help="Remove each instance's image once it has served.")
]
