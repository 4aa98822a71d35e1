"""Panels of the market: what became of candidates, engagements, and bounties beside budgets."""

from collections.abc import Sequence
from typing import Final

from tasks.domain.instances import REASONS
from tasks.domain.metrics import FUNNEL
from tasks.grids import by_run, grid, run_heads
from tasks.reporting import Column, Kind, Listing, Panel, ReportRun, listed
from tasks.statements import Desk, cells_of

_MARKET: Final = (
    Column(name="skill", label="Skill", kind="text"),
    Column(name="month", label="Month", kind="month"),
    Column(name="bounties", label="Bounties", kind="count"),
    Column(name="median_bounty_cents", label="Median bounty", kind="cents"),
    Column(name="postings", label="Postings in like words", kind="count"),
    Column(name="median_budget_cents", label="Median budget", kind="cents"),
    Column(name="all_postings", label="All postings", kind="count"),
    Column(name="all_median_budget_cents", label="Their median budget", kind="cents"),
)


def pipeline(desk: Desk) -> Panel:
    sql, rows = desk.ask("report_pipeline")
    table = Listing(
        columns=(
            Column(name="step", label="Step", kind="text"),
            Column(name="tasks", label="Tasks", kind="count"),
        ),
        rows=tuple(rows),
    )
    drawn = desk.chart(
        "pipeline",
        "From candidates to solved tasks",
        "A bar a step, as long as it has tasks.",
        listed(table, "step", "tasks", "count", "tasks"),
    )
    return Panel(
        name="pipeline",
        title="From candidates to solved tasks",
        sql=sql,
        chart=drawn,
        says="Every candidate is a task or a rejection with one reason.",
        table=table,
    )


def rejections(desk: Desk) -> Panel:
    sql, rows = desk.ask("report_rejections")
    told = [row | {"says": REASONS.get(row["reason"], "")} for row in rows]
    return Panel(
        name="rejections",
        title="Why candidates were rejected",
        sql=sql,
        says="One reason a candidate and variant.",
        table=Listing(
            columns=(
                Column(name="variant", label="Variant", kind="text"),
                Column(name="reason", label="Reason", kind="text"),
                Column(name="says", label="That is", kind="text"),
                Column(name="candidates", label="Candidates", kind="count"),
            ),
            rows=tuple(told),
        ),
    )


def engagement(desk: Desk, runs: Sequence[ReportRun]) -> Panel:
    labels: dict[str, tuple[str, Kind]] = {
        "offered": ("Offered", "count"),
        "accepted": ("Accepted", "count"),
        "delivered": ("Delivered", "count"),
        "approved": ("Approved", "count"),
        "invoiced_cents": ("Invoiced", "cents"),
        "paid_cents": ("Paid", "cents"),
        "questions": ("Questions", "count"),
    }
    sql, rows = desk.ask("report_engagements")
    return Panel(
        name="engagement",
        title="From offer to payment",
        sql=sql,
        says="Every attempt that was judged is an engagement of its own, so with several attempts "
        f"a task is invoiced several times. Paid by the terms of {desk.terms}.",
        table=grid(
            cells_of(rows),
            ("run",),
            ("metric",),
            run_heads(runs),
            tuple(((name,), label) for name, (label, _) in labels.items()),
            corner="Run",
            fixed={"slice": desk.terms},
            kinds={name: kind for name, (_, kind) in labels.items()},
        ),
    )


def funnel(desk: Desk, runs: Sequence[ReportRun]) -> Panel:
    labels = {f"funnel_{name}": name.capitalize() for name in FUNNEL}
    labels |= {f"funnel_{name}_cents": f"{name.capitalize()}, worth" for name in FUNNEL}
    sql, cells = desk.metrics("all", list(labels))
    return Panel(
        name="funnel",
        title="How far engagements came",
        sql=sql,
        says="Attempts, and their price, by plain terms; every step is within the one before it.",
        table=by_run(cells, runs, labels),
        folded=True,
    )


def market(desk: Desk) -> Panel:
    sql, rows = desk.ask("report_market")
    return Panel(
        name="market",
        title="Bounties beside posted budgets",
        sql=sql,
        says="Bounties of all collected issues beside fixed-price postings in like words, by skill "
        "and month of the first bounty; those with most bounties first.",
        table=Listing(columns=_MARKET, rows=tuple(rows)),
    )
