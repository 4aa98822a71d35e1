"""Panels of papers: their tables as published, our runs on the same kinds of work beside them."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from tasks.domain.papers import (
    Paper,
    PublishedRow,
    Reproduced,
    earn_rate_of,
    inconsistencies,
    pass_rate_of,
)
from tasks.reporting import Cell, Column, Listing, Panel, ReportRun
from tasks.statements import Desk

# The kinds of work that a paper has figures of.
VARIANTS: Final[Mapping[str, tuple[str, ...]]] = {
    "swelancer": ("ic_swe", "swe_manager"),
    "freelancer": ("freelance_code",),
}
PUBLISHED: Final = "published"
_COLUMNS: Final = (
    Column(name="whose", label="Whose", kind="text"),
    Column(name="tasks", label="Tasks", kind="text"),
    Column(name="model", label="Model", kind="text"),
    Column(name="pass@1", label="pass@1", kind="share"),
    Column(name="earned_cents", label="Earned", kind="cents"),
    Column(name="available_cents", label="Of", kind="cents"),
    Column(name="earn_rate", label="Earn rate", kind="share"),
    Column(name="checked", label="By the paper's own counts", kind="text"),
)
_OURS: Final = ("pass@1", "earned_cents", "available_cents", "earn_rate")


def published(desk: Desk, runs: Sequence[ReportRun], paper: Paper) -> Panel:
    """A paper's table, what its own counts give, and ours below it."""
    kinds = VARIANTS.get(paper.name, ())
    sql, cells = desk.metrics("variant=%", _OURS)
    ours = [
        _ours(run, kind, cells)
        for kind in kinds
        for run in runs
        if (run.run_id, f"variant={kind}", "available_cents") in cells
    ]
    return Panel(
        name=f"published-{paper.name}",
        title=f"{paper.title} as published, and ours",
        says=f"Published in {paper.source}; not measured here. Rows marked here are of this report "
        "and of other tasks unless the dataset is the paper's. The last column recomputes a "
        "published rate from the paper's own counts, as far as they suffice.",
        source=f"published: {paper.source}",
        sql=sql,
        table=Listing(columns=_COLUMNS, rows=(*(_theirs(paper, row) for row in paper.rows), *ours)),
        notes=(*inconsistencies(paper), *paper.notes),
        folded=True,
    )


def _theirs(paper: Paper, row: PublishedRow) -> dict[str, Any]:
    told = [row.model]
    told += [f"{row.effort} effort"] if row.effort else []
    told += [] if row.user_tool is None else ["user tool" if row.user_tool else "no user tool"]
    dollars = paper.sets[row.set].dollars
    return {
        "whose": PUBLISHED,
        "tasks": row.set,
        "model": ", ".join(told),
        "pass@1": row.pass_percent / 100,
        "earned_cents": 100 * (row.exact or row.earned),
        "available_cents": None if dollars is None else 100 * dollars,
        "earn_rate": None if row.earn_percent is None else row.earn_percent / 100,
        "checked": _checked(paper, row),
    }


def _checked(paper: Paper, row: PublishedRow) -> str:
    rate, passed = earn_rate_of(paper, row), pass_rate_of(paper, row)
    return f"earn rate {_said(rate)}; pass@1 {_said(passed)}"


def _said(found: Reproduced) -> str:
    if found.low is None or found.high is None:
        return "cannot be told: the counts are not printed"
    ends = f"{found.low:.2f}" if found.low == found.high else f"{found.low:.2f}–{found.high:.2f}"
    return f"{ends} %, {'agrees' if found.agrees else 'does not agree'}"


def _ours(run: ReportRun, kind: str, cells: Mapping[tuple[str, str, str], Cell]) -> dict[str, Any]:
    found = {name: cells.get((run.run_id, f"variant={kind}", name)) for name in _OURS}
    values = {name: cell.value if cell else None for name, cell in found.items()}
    return {"whose": "here", "tasks": kind, "model": run.name, "checked": "", **values}
