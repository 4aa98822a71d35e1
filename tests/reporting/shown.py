"""What a page shows, read back: the numbers of its panels and the statements beside them."""

from dataclasses import dataclass, field
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

from tasks.reporting.formats import exact
from tasks.warehouse import Warehouse
from tasks.warehouse.sql import select

_VOID = {"meta", "br", "hr", "img", "input", "line", "path", "circle", "use", "rect", "link"}


@dataclass
class ShownPanel:
    """A panel: its statements, the numbers of a grid by key, the rows of a list."""

    name: str
    statements: list[str] = field(default_factory=list)
    numbers: dict[tuple[str, str, str], tuple[str, str, str]] = field(default_factory=dict)
    rows: list[dict[str, str]] = field(default_factory=list)


class PanelReader(HTMLParser):
    """Reads the panels of an index page."""

    def __init__(self) -> None:
        super().__init__()
        self.panels: dict[str, ShownPanel] = {}
        self._open: list[tuple[str, str | None]] = []
        self._in_sql = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        name = given.get("id") or ""
        if tag not in _VOID:
            self._open.append((tag, name if name.startswith("panel-") else None))
        if name.startswith("panel-"):
            self.panels[name] = ShownPanel(name)
        panel = self._panel()
        if panel is None:
            return
        if tag == "code" and "data-sql" in given:
            self._in_sql = True
            panel.statements.append("")
        elif tag == "tr":
            panel.rows.append({})
        elif "data-metric" in given:
            key = (str(given["data-run"]), str(given["data-slice"]), str(given["data-metric"]))
            ends = (given.get("data-low") or "", given.get("data-high") or "")
            panel.numbers[key] = (str(given["data-value"]), *ends)
        elif "data-column" in given:
            panel.rows[-1][str(given["data-column"])] = given.get("data-value") or ""

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Parts of charts: nothing is in them."""

    def handle_endtag(self, tag: str) -> None:
        while tag not in _VOID and self._open and self._open.pop()[0] != tag:
            pass
        self._in_sql = self._in_sql and tag != "code"

    def handle_data(self, data: str) -> None:
        panel = self._panel()
        if self._in_sql and panel is not None:
            panel.statements[-1] += data

    def _panel(self) -> ShownPanel | None:
        names = [name for _, name in self._open if name]
        return self.panels[names[-1]] if names else None


def panels_of(page: Path) -> dict[str, ShownPanel]:
    reader = PanelReader()
    reader.feed(page.read_text(encoding="utf-8"))
    return reader.panels


def asked(warehouse: Warehouse, line: str) -> list[dict[str, Any]]:
    """What `paydag sql` answers to a line that a page shows."""
    statement = line.removeprefix('paydag sql "').removesuffix('"')
    assert statement != line
    columns, rows = select(warehouse, statement)
    return [dict(zip(columns, row, strict=True)) for row in rows]


def assert_reproducible(warehouse: Warehouse, page: Path) -> int:
    """Every number of every panel is what its statement gives; how many numbers there are."""
    count = 0
    for panel in panels_of(page).values():
        listed = [row for row in panel.rows if row]
        assert len(panel.statements) == 1, panel.name
        rows = asked(warehouse, panel.statements[0])
        if panel.numbers:
            given = {
                (row["run_id"], row["slice"], row["metric"]): tuple(
                    exact(row[name]) for name in ("value", "low", "high")
                )
                for row in rows
            }
            assert {key: given.get(key) for key in panel.numbers} == panel.numbers, panel.name
        elif "published" in panel.name:
            given_values = {exact(row["value"]) for row in rows}
            assert {value for row in listed for value in row.values() if value} <= given_values
        else:
            expected = [{name: exact(row[name]) for name in listed[0]} for row in rows]
            assert listed == expected, panel.name
        count += len(panel.numbers) + sum(map(len, listed))
    return count
