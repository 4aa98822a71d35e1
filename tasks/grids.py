"""Tables of metrics: which numbers stand in which row and column."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Final

from tasks.domain.metrics import Unit, meaning_of
from tasks.domain.slices import reading_order
from tasks.reporting import Arrange, Cell, Grid, Kind, ReportRun

Cells = Mapping[tuple[str, str, str], Cell]
Heads = Sequence[tuple[tuple[str, ...], str]]

_KINDS: Final[dict[Unit, Kind]] = {"cents": "cents", "share": "share", "ratio": "ratio"}
_PLACES: Final[Mapping[Arrange, int]] = {"run": 0, "slice": 1, "metric": 2}


def kind_of(metric: str) -> Kind:
    """How a metric is written."""
    return _KINDS.get(meaning_of(metric).unit, "count")


def grid(
    cells: Cells,
    down: tuple[Arrange, ...],
    across: tuple[Arrange, ...],
    rows: Heads,
    columns: Heads,
    *,
    corner: str = "",
    fixed: Mapping[Arrange, str] | None = None,
    kinds: Mapping[str, Kind] | None = None,
) -> Grid:
    """The grid of what is there: rows and columns without a single number are left out."""
    seen_rows = {_part(key, down) for key in cells}
    seen_columns = {_part(key, across) for key in cells}
    return Grid(
        across=across,
        down=down,
        corner=corner,
        rows=tuple(head for head in rows if head[0] in seen_rows),
        columns=tuple(head for head in columns if head[0] in seen_columns),
        fixed=fixed or {},
        kinds=kinds or {metric: kind_of(metric) for _, _, metric in cells},
        cells=dict(cells),
    )


def _part(key: tuple[str, str, str], names: tuple[Arrange, ...]) -> tuple[str, ...]:
    return tuple(key[_PLACES[name]] for name in names)


def run_heads(runs: Iterable[ReportRun]) -> Heads:
    return tuple(((run.run_id,), run.name) for run in runs)


def slices_in(cells: Cells, show: Callable[[str], str] | None = None) -> Heads:
    """Every slice that has a number, in reading order; `variant=ic_swe` is shown as `ic_swe`."""
    found = sorted({key[1] for key in cells}, key=reading_order)
    name = show or (lambda slice_: slice_.partition("=")[2])
    return tuple(((slice_,), name(slice_)) for slice_ in found)


def by_slice(
    cells: Cells,
    runs: Sequence[ReportRun],
    metric: str,
    corner: str,
    show: Callable[[str], str] | None = None,
) -> Grid:
    """One metric: slices down, runs across."""
    return grid(
        cells,
        ("slice",),
        ("run",),
        slices_in(cells, show),
        run_heads(runs),
        corner=corner,
        fixed={"metric": metric},
    )


def by_run(
    cells: Cells, runs: Sequence[ReportRun], labels: Mapping[str, str], slice_: str = "all"
) -> Grid:
    """One slice: runs down, metrics across under their labels."""
    return grid(
        cells,
        ("run",),
        ("metric",),
        run_heads(runs),
        tuple(((metric,), label) for metric, label in labels.items()),
        corner="Run",
        fixed={"slice": slice_},
    )
