"""Charts of runs: numbers of a table, painted. A colour and a mark tell runs apart."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from tasks.reporting.axes import (
    LONGEST_NAME,
    ROW,
    axis_format,
    dodge,
    legend,
    legend_height,
    names_width,
    run_color,
    run_mark,
    short_name,
    spread,
)
from tasks.reporting.drawing import HEIGHT, INK, SERIES, SOFT, Drawing
from tasks.reporting.formats import cents, shown
from tasks.reporting.model import Cell, Grid, Kind, Listing, ReportRun
from tasks.reporting.texts import cut

if TYPE_CHECKING:
    from matplotlib.axes import Axes


def ranking(
    runs: Sequence[ReportRun],
    cells: Sequence[Cell | None],
    label: str,
    mark: tuple[float, str] | None = None,
) -> Drawing:
    """A row a run: a point and its interval, from 0 to 100 %; `mark` is a published line."""
    kept = [(run, cell) for run, cell in zip(runs, cells, strict=True) if cell is not None]

    def paint(ax: "Axes") -> None:
        for row, (run, cell) in enumerate(kept):
            ax.errorbar(
                cell.value,
                row,
                xerr=spread(cell),
                fmt=run_mark(run),
                color=run_color(run),
                capsize=3,
                markersize=7,
                elinewidth=1.8,
            )
            right = cell.value if cell.high is None else cell.high
            ax.annotate(
                shown("share", cell.value),
                (right, row),
                xytext=(8, 0),
                textcoords="offset points",
                va="center",
                color=INK,
            )
        if mark is not None:
            ax.axvline(mark[0], color=SOFT, linestyle=(0, (4, 3)), linewidth=1.2)
            ax.annotate(
                mark[1],
                (mark[0], -0.65),
                xytext=(-5, 0),
                textcoords="offset points",
                ha="right",
                va="center",
                color=SOFT,
                fontsize=9.5,
            )
        ax.set_yticks(range(len(kept)), [cut(run.name, LONGEST_NAME) for run, _ in kept])
        ax.tick_params(axis="y", labelcolor=INK, length=0)
        ax.set_ylim(len(kept) - 0.4, -0.9 if mark else -0.6)
        ax.set_xlim(0, 1.1)
        ax.set_xticks([0, 0.25, 0.5, 0.75, 1])
        ax.grid(visible=False, axis="y")
        ax.set_xlabel(label)
        axis_format(ax.xaxis, "share")

    return Drawing(
        paint,
        left=names_width([r.name for r, _ in kept]),
        height=(60 + ROW * 1.2 * max(2, len(kept))) / 72,
    )


def groups(
    runs: Sequence[ReportRun], names: Sequence[str], grid: Grid, kind: Kind, label: str, below: str
) -> Drawing:
    """Points with intervals, one a run in each group; `grid` has groups down and runs across."""
    shown_runs = [run for run in runs if any(_at(grid, row, run) for row, _ in grid.rows)]
    entries = [short_name(run) for run in shown_runs]
    # Long names of many groups would run into each other on one line.
    below_names = [name.replace("–", "–\n") if len(names) > 4 else name for name in names]

    def paint(ax: "Axes") -> None:
        for number, run in enumerate(shown_runs):
            shift = dodge(number, len(shown_runs))
            points = [
                (place, cell)
                for place, (row, _) in enumerate(grid.rows)
                if (cell := _at(grid, row, run)) is not None
            ]
            for place, cell in points:
                ax.errorbar(
                    place + shift,
                    cell.value,
                    yerr=spread(cell),
                    fmt=run_mark(run),
                    color=run_color(run),
                    capsize=2,
                    elinewidth=1.3,
                    clip_on=False,
                )
            ax.plot([], [], run_mark(run), color=run_color(run), label=short_name(run))
        for place in range(1, len(names)):
            ax.axvline(place - 0.5, color="#dde2e8", linewidth=0.8)
        ax.set_xticks(range(len(names)), below_names)
        ax.set_xlim(-0.5, len(names) - 0.5)
        ax.set_ylim(bottom=0, top=1.02 if kind == "share" else None)
        ax.grid(visible=False, axis="x")
        ax.set_ylabel(label)
        ax.set_xlabel(below)
        axis_format(ax.yaxis, kind)
        legend(ax, entries)

    return Drawing(
        paint, top=legend_height(entries), height=HEIGHT + (legend_height(entries) - 48) / 72
    )


def _at(grid: Grid, row: tuple[str, ...], run: ReportRun) -> Cell | None:
    return grid.at(row, (run.run_id,))


def steps(
    runs: Sequence[ReportRun],
    lines: dict[str, list[tuple[float, float]]],
    label: str,
    below: str,
    limit: list[tuple[float, float]] | None = None,
    *,
    whole: bool = False,
    kind: Kind = "cents",
) -> Drawing:
    """A line a run over a number; `limit` is what there was to be had."""
    kept = [run for run in runs if lines.get(run.run_id)]
    entries = [*(["available"] if limit else []), *(short_name(run) for run in kept)]

    def paint(ax: "Axes") -> None:
        if limit:
            ax.plot(
                *zip(*limit, strict=True),
                color=SOFT,
                linestyle=(0, (4, 3)),
                linewidth=1.3,
                label="available",
            )
        for run in kept:
            x, y = zip(*lines[run.run_id], strict=True)
            few = len(x) <= 8
            ax.plot(
                x,
                y,
                color=run_color(run),
                label=short_name(run),
                marker=run_mark(run) if few else None,
                linewidth=2.2 if run.role == "model" else 1.5,
                clip_on=False,
            )
        axis_format(ax.xaxis, "count")
        if whole:
            ticks = sorted({int(x) for points in lines.values() for x, _ in points})
            ax.set_xticks(ticks if len(ticks) <= 12 else ticks[:: len(ticks) // 8])
        ax.set_ylim(bottom=0)
        if kind == "share":
            ax.set_ylim(0, 1.02)
        ax.set_ylabel(label)
        ax.set_xlabel(below)
        axis_format(ax.yaxis, kind)
        legend(ax, entries)

    return Drawing(
        paint, top=legend_height(entries), height=HEIGHT + (legend_height(entries) - 48) / 72
    )


def against(
    runs: Sequence[ReportRun], points: dict[str, tuple[Cell, Cell]], across: str, label: str
) -> Drawing:
    """What each run cost, to the right, and what it earned, upwards: both in cents."""
    kept = [run for run in runs if run.run_id in points]
    entries = [short_name(run) for run in kept]

    def paint(ax: "Axes") -> None:
        for run in kept:
            cost, earned = points[run.run_id]
            low_high = spread(earned)
            color, mark = run_color(run), run_mark(run)
            ax.errorbar(cost.value, earned.value, yerr=low_high, color=color, capsize=3)
            ax.plot(
                cost.value, earned.value, mark, color=color, markersize=7, label=short_name(run)
            )
        furthest = max(points[run.run_id][0].value for run in kept)
        ax.set_xlim(0, 1.1 * furthest if furthest > 0 else 1)
        ax.set_ylim(bottom=0)
        ax.set_xlabel(across)
        ax.set_ylabel(label)
        ax.xaxis.set_major_formatter(lambda value, _: cents(float(value)))
        axis_format(ax.yaxis, "cents")
        legend(ax, entries)

    return Drawing(paint, top=legend_height(entries))


def bars(names: Sequence[str], values: Sequence[float], label: str, kind: Kind) -> Drawing:
    """A bar a name, downwards, with its number at the end."""

    def paint(ax: "Axes") -> None:
        ax.barh(range(len(names)), values, color=SERIES[0], height=0.62)
        for row, value in enumerate(values):
            ax.annotate(
                shown(kind, value),
                (value, row),
                xytext=(5, 0),
                textcoords="offset points",
                va="center",
                color=INK,
            )
        ax.set_yticks(range(len(names)), [cut(name, LONGEST_NAME) for name in names])
        ax.tick_params(axis="y", labelcolor=INK, length=0)
        ax.set_ylim(len(names) - 0.4, -0.6)
        ax.set_xlim(0, 1.15 * (max(values, default=0) or 1))
        ax.grid(visible=False, axis="y")
        ax.set_xlabel(label)
        axis_format(ax.xaxis, kind)

    return Drawing(paint, left=names_width(names), height=(56 + ROW * max(2, len(names))) / 72)


def stacks(
    runs: Sequence[ReportRun], parts: Sequence[tuple[str, Sequence[float]]], label: str
) -> Drawing:
    """A bar a run, of parts one behind the other."""
    names = [run.name for run in runs]
    entries = [name for name, _ in parts]

    def paint(ax: "Axes") -> None:
        start = [0.0] * len(runs)
        for number, (name, values) in enumerate(parts):
            ax.barh(
                range(len(runs)),
                values,
                left=start,
                color=SERIES[number % len(SERIES)],
                height=0.62,
                label=name,
                edgecolor="#ffffff",
                linewidth=0.6,
            )
            start = [a + b for a, b in zip(start, values, strict=True)]
        ax.set_yticks(range(len(runs)), [cut(name, LONGEST_NAME) for name in names])
        ax.tick_params(axis="y", labelcolor=INK, length=0)
        ax.set_ylim(len(runs) - 0.4, -0.6)
        ax.grid(visible=False, axis="y")
        ax.set_xlabel(label)
        axis_format(ax.xaxis, "count")
        legend(ax, entries)

    top = legend_height(entries)
    return Drawing(
        paint,
        left=names_width(names),
        top=top,
        height=(42 + top + ROW * 1.1 * max(2, len(runs))) / 72,
    )


def listed(listing: Listing, name: str, value: str, kind: Kind, label: str) -> Drawing:
    """Bars of two columns of a list."""
    rows = [row for row in listing.rows if row[value] is not None]
    return bars([str(row[name]) for row in rows], [float(row[value]) for row in rows], label, kind)
