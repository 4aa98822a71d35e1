"""The same tables as Markdown, JSON and CSV, the charts as files, and a leaderboard."""

import csv
import io
import json
import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

from tasks.domain.digests import short
from tasks.reporting.drawing import draw
from tasks.reporting.formats import NOTHING, NUMBERS, interval, shown
from tasks.reporting.model import Grid, Listing, Panel, Report
from tasks.reporting.texts import line

FORMATS: Final = ("md", "json", "csv", "png", "svg")
Rows = list[list[str]]
_MARKDOWN: Final = re.compile(r"([\\`*_{}\[\]<>#|!&~@])")
# A spreadsheet would take what begins so for a formula.
_FORMULAS: Final = ("=", "+", "-", "@", "\t")


def table_rows(panel: Panel) -> tuple[list[str], list[bool], Rows]:
    """(heads, which columns are numbers, rows) of a panel's table, as people read it."""
    if isinstance(panel.table, Grid):
        return _grid_rows(panel.table)
    return _listing_rows(panel.table)


def _grid_rows(grid: Grid) -> tuple[list[str], list[bool], Rows]:
    rows = []
    for row, label in grid.rows:
        shown_row = [label]
        for column, _ in grid.columns:
            cell = grid.at(row, column)
            kind = grid.kinds.get(grid.key(row, column)[2], "count")
            if cell is None:
                shown_row.append(NOTHING)
                continue
            ends = interval(kind, cell)
            shown_row.append(shown(kind, cell.value) + (f" ({ends})" if ends else ""))
        rows.append(shown_row)
    heads = [grid.corner, *(label for _, label in grid.columns)]
    return heads, [False, *(True for _ in grid.columns)], rows


def _listing_rows(listing: Listing) -> tuple[list[str], list[bool], Rows]:
    rows = [[shown(c.kind, row[c.name]) for c in listing.columns] for row in listing.rows]
    numbers = [column.kind in NUMBERS for column in listing.columns]
    return [column.label for column in listing.columns], numbers, rows


def as_markdown(report: Report) -> str:
    """Every table of a report, with the statements that give the numbers."""
    parts = [f"# {_escaped(report.title)}", _about(report)]
    parts += [f"> {_escaped(note)}" for note in report.notes]
    for section in report.sections:
        parts.append(f"## {section.title}")
        for panel in section.panels:
            parts += [f"### {panel.title}", _escaped(panel.says), markdown_table(panel)]
            parts += [_escaped(note) for note in panel.notes]
            if panel.sql:
                parts.append(f'```\npaydag sql "{panel.sql}"\n```')
            elif panel.source:
                parts.append(_escaped(panel.source))
    return "\n\n".join(parts) + "\n"


def _about(report: Report) -> str:
    runs = ", ".join(f"{_escaped(run.name)} (`{short(run.run_id)}`)" for run in report.runs)
    return (
        f"{len(report.tasks):,} tasks, prices under the rule `{report.price_rule}`, grader version "
        f"{report.grader_version}. Runs: {runs}."
    )


def markdown_table(panel: Panel) -> str:
    """A panel's table as GitHub's Markdown has them, numbers to the right."""
    heads, numbers, rows = table_rows(panel)
    ends = ["---:" if number else "---" for number in numbers]
    shown_rows = [[_escaped(text) for text in row] for row in (heads, *rows)]
    return "\n".join(f"| {' | '.join(row)} |" for row in [shown_rows[0], ends, *shown_rows[1:]])


def _escaped(text: str) -> str:
    """Text of others on one line that Markdown takes as nothing but text."""
    return _MARKDOWN.sub(r"\\\1", line(text, 600))


def as_leaderboard(report: Report) -> str:
    """A file for a repository: the headline, and how it was made."""
    headline = next((panel for panel in report.panels if panel.name == "headline"), None)
    table = markdown_table(headline) if headline else "No run is scored yet."
    versions = sorted({f"{run.dataset}@{short(run.version)}" for run in report.runs})
    how = (
        f"{len(report.tasks):,} tasks of {', '.join(versions)}, prices under the rule "
        f"`{report.price_rule}`, grader version {report.grader_version}. In brackets: 95 % "
        "intervals, from resampled issues. Invalid attempts are failures of the machine and earn "
        "nothing. Baselines need no model."
    )
    sql = f'```\npaydag sql "{headline.sql}"\n```' if headline else ""
    return "\n\n".join(part for part in ("# Leaderboard", table, how, sql) if part) + "\n"


def as_json(report: Report) -> str:
    """Every number as it is stored: panels with their statements, tasks with every attempt."""
    data = {
        "title": report.title,
        "price_rule": report.price_rule,
        "grader_version": report.grader_version,
        "runs": [run.model_dump() for run in report.runs],
        "notes": list(report.notes),
        "panels": [_panel_data(panel) for panel in report.panels],
        "tasks": [task.model_dump(mode="json") for task in report.tasks],
    }
    return json.dumps(data, default=str, indent=1) + "\n"


def _panel_data(panel: Panel) -> dict[str, Any]:
    table = panel.table
    if isinstance(table, Grid):
        rows: list[Mapping[str, Any]] = [
            {"run_id": run, "slice": slice_, "metric": metric, **cell._asdict()}
            for (run, slice_, metric), cell in table.cells.items()
        ]
    else:
        rows = list(table.rows)
    return {"name": panel.name, "title": panel.title, "sql": panel.sql, "rows": rows}


def as_csv(panel: Panel) -> str:
    """The rows of a panel with all digits; texts cannot be taken for formulas."""
    rows = _panel_data(panel)["rows"]
    held = io.StringIO()
    writer = csv.writer(held, lineterminator="\n")
    heads = list(rows[0]) if rows else []
    writer.writerow(heads)
    writer.writerows([[_field(row[head]) for head in heads] for row in rows])
    return held.getvalue()


def _field(value: Any) -> Any:
    if isinstance(value, list):
        return " ".join(map(str, value))
    if not isinstance(value, str):
        return value
    text = line(value, 2_000)
    return f"'{text}" if text.startswith(_FORMULAS) else text


def files_of(report: Report, kind: str) -> Iterator[tuple[str, str | bytes]]:
    """The files of a format: (path beside the index, content), one after the other."""
    if kind == "md":
        yield "report.md", as_markdown(report)
    if kind == "json":
        yield "report.json", as_json(report)
    for panel in report.panels:
        if kind == "csv":
            yield f"tables/{panel.name}.csv", as_csv(panel)
        if kind == "svg" and panel.chart:
            yield f"charts/{panel.chart.name}.svg", panel.chart.svg
        if kind == "png" and panel.chart:
            name, drawing = panel.chart.name, panel.chart.drawing
            yield f"charts/{name}.png", draw(name, drawing, "png")
