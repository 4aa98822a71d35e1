"""Progress on the terminal: bars where there is one, silence where there is none."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    TaskID,
    TextColumn,
    TimeElapsedColumn,
)

from tasks import progress


@contextmanager
def progress_shown(*, silent: bool) -> Iterator[None]:
    """Show a bar for every stage that runs in the block, on stderr."""
    if silent or not sys.stderr.isatty():
        yield
        return
    columns = (
        TextColumn("{task.description:<16}"),
        BarColumn(bar_width=16),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        TextColumn("{task.fields[detail]}", style="dim", markup=False),
    )
    with Progress(*columns, console=Console(stderr=True), transient=True) as bars:
        known: dict[str, TaskID] = {}

        def observe(stage: str, done: int, total: int | None, detail: str) -> None:
            if stage not in known or (done == 0 and not detail):
                known[stage] = bars.add_task(stage, total=total, detail="")
            bars.update(known[stage], completed=done, total=total, detail=detail)

        with progress.watched_by(observe):
            yield
