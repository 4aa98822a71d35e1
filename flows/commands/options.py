"""Options that several commands share."""

from typing import Annotated

import typer

Instances = Annotated[
    list[str] | None, typer.Option("--instance", help="Only this instance; may be repeated.")
]
PriceRule = Annotated[
    str | None, typer.Option("--price-rule", help="What a task is worth: initial, final, peak, ...")
]
