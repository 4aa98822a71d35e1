"""Parts that charts have in common: ticks, legends, the room for names."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Final

from tasks.reporting.drawing import MARKERS, SERIES
from tasks.reporting.model import Cell, Kind, ReportRun
from tasks.reporting.texts import cut

if TYPE_CHECKING:
    from matplotlib.axes import Axes

ROW: Final = 21.0  # units a row of bars takes
_LETTER: Final = 6.4  # units a letter is wide at most
LONGEST_NAME: Final = 26
_LEGEND_ROW: Final = 17.0
_LEGEND_MARK: Final = 34.0
_LEGEND_WIDTH: Final = 372.0
_LONGEST_ENTRY: Final = 22
_DODGE: Final = 0.62  # of the distance of two groups, what the marks of one take


def run_color(run: ReportRun) -> str:
    return SERIES[run.series % len(SERIES)]


def run_mark(run: ReportRun) -> str:
    return MARKERS[run.series % len(MARKERS)]


def _money(value: float) -> str:
    for size, letter in ((1_000_000, "M"), (1_000, "k")):
        if abs(value) >= size:
            return f"${value / size:.3g}{letter}"
    return f"${value:,.10g}"


def axis_format(axis: Any, kind: Kind) -> None:
    """Ticks as people read them; what is counted has no halves."""
    if kind == "cents":
        axis.set_major_formatter(lambda value, _: _money(value / 100))
    elif kind == "share":
        axis.set_major_formatter(lambda value, _: f"{100 * value:.0f} %")
    else:
        axis.get_major_locator().set_params(integer=True)
        axis.set_major_formatter(lambda value, _: f"{value:,.10g}")


def spread(cell: Cell) -> list[list[float]] | None:
    """What errorbar takes: how far down and how far up."""
    if cell.low is None or cell.high is None:
        return None
    return [[max(0.0, cell.value - cell.low)], [max(0.0, cell.high - cell.value)]]


def names_width(names: Sequence[str]) -> float:
    return 14 + _LETTER * max((min(len(name), LONGEST_NAME) for name in names), default=4)


def legend(ax: "Axes", names: Sequence[str]) -> None:
    """Above the axes, in rows that are read from left to right; `names` are all that it has."""
    if len(names) < 2:
        return
    columns = _columns(names)
    handles, labels = ax.get_legend_handles_labels()
    order = [at for start in range(columns) for at in range(start, len(labels), columns)]
    ax.legend(
        [handles[at] for at in order],
        [labels[at] for at in order],
        loc="lower left",
        bbox_to_anchor=(-0.01, 1.0),
        ncols=columns,
        handletextpad=0.4,
        columnspacing=1.2,
        borderaxespad=0.2,
        handlelength=1.4,
    )


def _columns(names: Sequence[str]) -> int:
    """So many that the widest row has room: what is outside of a picture is not drawn."""
    widest = _LEGEND_MARK + _LETTER * max(map(len, names), default=1)
    return max(1, min(len(names), 4, int(_LEGEND_WIDTH // widest)))


def legend_height(names: Sequence[str]) -> float:
    """The room above the axes that a legend of these names takes."""
    rows = -(-len(names) // _columns(names)) if len(names) > 1 else 0
    return 14 + _LEGEND_ROW * rows


def short_name(run: ReportRun) -> str:
    return cut(run.name, _LONGEST_ENTRY)


def dodge(number: int, count: int) -> float:
    return (number - (count - 1) / 2) * _DODGE / max(count, 2)
