"""Panels of prices: where the dollars lie, and how earnings follow the ladders."""

from collections.abc import Callable, Sequence
from typing import Final

from tasks.domain.slices import UNPRICED
from tasks.grids import Cells, by_slice, grid, run_heads, slices_in
from tasks.reporting import (
    Column,
    Listing,
    Panel,
    ReportRun,
    groups,
    listed,
    steps,
)
from tasks.statements import Desk, cells_of

Runs = Sequence[ReportRun]

_LADDERS: Final = {
    "initial_available_cents": "Available at first",
    "initial_earned_cents": "Earned at first prices",
    "final_available_cents": "Available in the end",
    "final_earned_cents": "Earned at final prices",
    "premium_available_cents": "Premium",
    "premium_captured_cents": "Premium captured",
    "premium_rate": "Share captured",
}


def curve(desk: Desk, runs: Runs) -> Panel:
    sql, rows = desk.ask("report_curve")
    cells = cells_of(rows)
    sums: dict[str, dict[str, list[tuple[float, float]]]] = {}
    for (run_id, slice_, metric), cell in cells.items():
        sums.setdefault(metric, {}).setdefault(run_id, []).append((int(slice_), cell.value))
    available = sums.get("available_cents", {})
    # Runs of one selection have the same prices before them; the widest stands for all.
    widest = max(available, key=lambda run: available[run][-1][1], default="")
    columns = [((widest, "available_cents"), "Available")]
    columns += [((run.run_id, "earned_cents"), run.name) for run in runs]
    kept = {k: c for k, c in cells.items() if k[2] == "earned_cents" or k[0] == widest}
    drawn = (
        desk.chart(
            "curve",
            "Earnings over tasks, the best paid first",
            "A line a run rises with every task that it solved, the best paid first; the dashed "
            "line is all there was.",
            steps(
                runs,
                sums.get("earned_cents", {}),
                "earned so far",
                "tasks, the best paid first",
                available.get(widest),
            ),
        )
        if cells
        else None
    )
    return Panel(
        name="curve",
        title="Earnings over tasks sorted by price",
        sql=sql,
        chart=drawn,
        says="Steep at the left: few tasks hold many of the dollars.",
        table=grid(
            kept,
            ("slice",),
            ("run", "metric"),
            slices_in(kept, lambda s: f"{int(s):,}"),
            columns,
            corner="Tasks",
            kinds=dict.fromkeys(("available_cents", "earned_cents"), "cents"),
        ),
    )


def banded(
    desk: Desk,
    runs: Runs,
    kind: str,
    title: str,
    says: str,
    below: str,
    show: Callable[[str], str] | None = None,
) -> Panel:
    """Earn rates in the bands of one kind of slice, with their intervals."""
    sql, cells = desk.metrics(f"{kind}=%", ("earn_rate",))
    table = by_slice(cells, runs, "earn_rate", below.capitalize(), show)
    name = kind.replace("_", "-")
    drawn = (
        desk.chart(
            name,
            title,
            "Points with 95 % intervals: the earn rate of every run in every group.",
            groups(runs, [label for _, label in table.rows], table, "share", "earn rate", below),
        )
        if table.rows
        else None
    )
    return Panel(name=name, title=title, says=says, sql=sql, chart=drawn, table=table)


def money_band(slice_: str) -> str:
    """`price_band=500-1000` → `$500–1,000`."""
    band = slice_.rpartition("=")[2]
    if band == UNPRICED:
        return band
    ends = [f"{int(end):,}" for end in band.removesuffix("+").split("-")]
    return f"${'–'.join(ends)}{'+' if band.endswith('+') else ''}"


def ladders(desk: Desk, runs: Runs) -> Panel:
    sql, cells = desk.metrics("all", list(_LADDERS))
    return Panel(
        name="ladders",
        title="First prices, final prices, and the premium between",
        sql=sql,
        says="Over tasks that are priced at both ends. The premium is what raises added; captured "
        "is the part of it on tasks that were resolved.",
        table=grid(
            cells,
            ("run",),
            ("metric",),
            run_heads(runs),
            [((name,), label) for name, label in _LADDERS.items()],
            corner="Run",
            fixed={"slice": "all"},
        ),
    )


def rungs(desk: Desk, runs: Runs) -> Panel:
    sql, cells = desk.metrics("all", ("rung_[0-9]+_(earned|available)_cents",))
    depth = sorted({int(key[2].split("_")[1]) for key in cells})
    lines = {what: _rung_lines(cells, runs, depth, what) for what in ("earned", "available")}
    widest = max(lines["available"].values(), key=lambda line: max(y for _, y in line), default=[])
    drawn = None
    if len(depth) > 1:
        drawn = desk.chart(
            "rungs",
            "Had bounties stopped at a rung",
            "A line a run: what it had earned if every bounty had stopped at the k-th amount.",
            steps(runs, lines["earned"], "earned", "rung of the ladder", widest, whole=True),
        )
    columns = [
        ((f"rung_{k}_{what}_cents",), f"{what} at {k}")
        for what in ("available", "earned")
        for k in depth
    ]
    return Panel(
        name="rungs",
        title="Dollars at each rung of the ladder",
        sql=sql,
        chart=drawn,
        says="Had every bounty stopped at its k-th amount; tasks with fewer amounts stay at their "
        "last.",
        table=grid(
            cells,
            ("run",),
            ("metric",),
            run_heads(runs),
            columns,
            corner="Run",
            fixed={"slice": "all"},
        ),
    )


def _rung_lines(
    cells: Cells, runs: Runs, depth: Sequence[int], what: str
) -> dict[str, list[tuple[float, float]]]:
    """What every run had at each rung; runs without any are left out."""
    found = {
        run.run_id: [
            (float(k), cell.value)
            for k in depth
            if (cell := cells.get((run.run_id, "all", f"rung_{k}_{what}_cents")))
        ]
        for run in runs
    }
    return {run_id: line for run_id, line in found.items() if line}


def steepest(desk: Desk) -> Panel:
    sql, rows = desk.ask("report_ladders")
    columns = (
        Column(name="issue", label="Issue", kind="text"),
        Column(name="title", label="Title", kind="text"),
        Column(name="rungs", label="Ladder", kind="ladder"),
        Column(name="raises", label="Raises", kind="count"),
        Column(name="days_to_first_raise", label="Days to first raise", kind="days"),
        Column(name="premium_cents", label="Premium", kind="cents"),
    )
    return Panel(
        name="steepest",
        title="The ladders that rose most",
        sql=sql,
        folded=True,
        says="Issues of these tasks whose bounty changed, 25 at most.",
        table=Listing(columns=columns, rows=tuple(rows)),
    )


def prices(desk: Desk) -> Panel:
    sql, rows = desk.ask("report_prices")
    columns = (
        Column(name="band", label="Price", kind="text"),
        Column(name="tasks", label="Tasks", kind="count"),
        Column(name="price_cents", label="Worth", kind="cents"),
    )
    rows = [row | {"band": money_band(row["band"])} for row in rows]
    table = Listing(columns=columns, rows=tuple(rows))
    drawn = (
        desk.chart(
            "prices",
            "Tasks by price",
            "A bar a band of prices, as long as it has tasks.",
            listed(table, "band", "tasks", "count", "tasks"),
        )
        if rows
        else None
    )
    return Panel(
        name="prices",
        title="How prices are distributed",
        sql=sql,
        chart=drawn,
        says="All tasks of these runs under the price rule; a band holds its lower end.",
        table=table,
    )
