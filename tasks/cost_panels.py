"""Panels of what hangs on what: costs, few large tasks, and what a model may remember."""

from collections.abc import Sequence
from typing import Final

from tasks.domain.slices import reading_order
from tasks.grids import by_run, grid
from tasks.reporting import Panel, ReportRun, against
from tasks.statements import Desk

_COSTS: Final = {
    "cost_cents": "Cost",
    "answer_cost_cents": "List price of answers",
    "earned_cents": "Earned",
    "cost_per_earned_dollar": "Paid per dollar earned",
    "model_contribution_ratio": "Model cost per dollar of work",
    "cost_savings": "Cost savings",
    "cost_known": "Costs known",
    "cost_unknown": "Costs unknown",
}
_CONCENTRATION: Final = {
    "largest_share": "Largest task's share",
    "gini": "Gini of earnings",
    "available_gini": "Gini of prices",
    "earn_rate_leave_one_out": "Earn rate, any one task left out",
    "earned_winsorised_cents": "Earned, prices capped",
    "available_winsorised_cents": "Available, prices capped",
    "earn_rate_winsorised": "Earn rate, prices capped",
}
Runs = Sequence[ReportRun]


def costs(desk: Desk, runs: Runs) -> Panel:
    asked = [run for run in runs if run.role == "model"]
    sql, cells = desk.metrics("all", list(_COSTS))
    points = {
        run.run_id: (cost, earned)
        for run in asked
        if (cost := cells.get((run.run_id, "all", "cost_cents")))
        and (earned := cells.get((run.run_id, "all", "earned_cents")))
    }
    drawn = (
        desk.chart(
            "costs",
            "What a run cost, and what it earned",
            "A point a run: dollars paid for answers to the right, dollars earned upwards.",
            against(asked, points, "paid for answers", "earned"),
        )
        if points
        else None
    )
    return Panel(
        name="costs",
        title="Cost against earnings",
        sql=sql,
        chart=drawn,
        says="Cost is all that was paid for answers, retries included. Cost savings is "
        "1 − (model cost + price of what failed) ÷ price of everything; the contribution ratio is "
        "model cost per dollar of solved work: both as published.",
        table=by_run({key: cell for key, cell in cells.items() if key[0] in points}, runs, _COSTS),
    )


def concentration(desk: Desk, runs: Runs) -> Panel:
    sql, cells = desk.metrics("all", list(_CONCENTRATION))
    return Panel(
        name="concentration",
        title="How much hangs on few tasks",
        sql=sql,
        says="The share of earnings that the best paid task brought; Gini 0 is all alike; below "
        "the earn rate stands its range when any one task is left out; capped prices end at their "
        "95th percentile.",
        table=by_run(cells, runs, _CONCENTRATION),
    )


def cutoffs(desk: Desk, runs: Runs) -> Panel:
    sql, cells = desk.metrics("cutoff=%", ("earn_rate", "pass@1", "resolve_rate", "instances"))
    rows = [
        ((key[0], key[1]), f"{run.name} · {key[1].rpartition(':')[2]}")
        for run in runs
        for key in sorted(
            {k[:2] for k in cells if k[0] == run.run_id}, key=lambda one: reading_order(one[1])
        )
    ]
    labels = {
        "instances": "Tasks",
        "earn_rate": "Earn rate",
        "pass@1": "pass@1",
        "resolve_rate": "Resolved of attempted",
    }
    return Panel(
        name="cutoff",
        title="Before and after a model's cutoff",
        sql=sql,
        says="By the merge of the fix against the end of the training of the run's own model, "
        "where its maker states it. Better results before than after may be memory.",
        table=grid(
            cells,
            ("run", "slice"),
            ("metric",),
            rows,
            [((name,), label) for name, label in labels.items()],
            corner="Run and side",
        ),
    )
