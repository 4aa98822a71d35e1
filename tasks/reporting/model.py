"""What a report is made of: runs, panels with tables and charts, and tasks. Nothing is computed."""

from collections.abc import Mapping, Sequence
from typing import Any, Literal, NamedTuple

from pydantic import BaseModel

Kind = Literal["text", "ladder", "cents", "share", "count", "ratio", "days", "month"]
Role = Literal["model", "baseline", "reference"]
Arrange = Literal["run", "slice", "metric"]


class Cell(NamedTuple):
    """A number, and its 95 % interval where it has one."""

    value: float
    low: float | None = None
    high: float | None = None


class ReportRun(BaseModel, frozen=True, extra="forbid"):
    """One run as pages show it. `name` tells it from the others; `asked`: it was named, and does
    not only stand beside what was. `series` is its place among the colours."""

    run_id: str
    name: str
    dataset: str
    version: str
    solver: str
    role: Role
    asked: bool
    attempts: int
    seed: int
    series: int


class Column(BaseModel, frozen=True, extra="forbid"):
    """A column of a list. Of a number, `low` and `high` name the columns of its interval."""

    name: str
    label: str
    kind: Kind
    low: str | None = None
    high: str | None = None


class Listing(BaseModel, frozen=True, extra="forbid"):
    """The rows of a statement, one below the other."""

    kind: Literal["list"] = "list"
    columns: tuple[Column, ...]
    rows: tuple[Mapping[str, Any], ...]


class Grid(BaseModel, frozen=True, extra="forbid"):
    """Metrics of runs and slices in two directions: `rows` and `columns` hold (key, label).

    `cells` maps (run id, slice, metric) to its number; the two directions and `fixed` (the third
    key, where one is the same all over) say where each stands.
    """

    kind: Literal["grid"] = "grid"
    across: tuple[Arrange, ...]
    down: tuple[Arrange, ...]
    corner: str
    rows: tuple[tuple[tuple[str, ...], str], ...]
    columns: tuple[tuple[tuple[str, ...], str], ...]
    fixed: Mapping[Arrange, str]
    kinds: Mapping[str, Kind]
    cells: Mapping[tuple[str, str, str], Cell]

    def key(self, row: Sequence[str], column: Sequence[str]) -> tuple[str, str, str]:
        """(run id, slice, metric) of a place in the grid."""
        found: dict[Arrange, str] = dict(self.fixed)
        found |= dict(zip(self.down, row, strict=True)) | dict(
            zip(self.across, column, strict=True)
        )
        return found["run"], found["slice"], found["metric"]

    def at(self, row: Sequence[str], column: Sequence[str]) -> Cell | None:
        return self.cells.get(self.key(row, column))


class Chart(BaseModel, frozen=True, extra="forbid"):
    """A drawn chart: `svg` as the library made it, in the colours of a light page, and the
    drawing itself, for other kinds of pictures."""

    name: str
    title: str
    says: str
    svg: str
    drawing: Any = None


class Panel(BaseModel, frozen=True, extra="forbid"):
    """A heading, a chart or none, one table, and the statement that gives every number of it.

    `sql` is None where the numbers are not of the warehouse: `source` then says whose they are.
    """

    name: str
    title: str
    says: str
    table: Grid | Listing
    sql: str | None = None
    source: str | None = None
    chart: Chart | None = None
    notes: tuple[str, ...] = ()
    folded: bool = False

    @property
    def is_empty(self) -> bool:
        held = self.table.cells if isinstance(self.table, Grid) else self.table.rows
        return not held


class Section(BaseModel, frozen=True, extra="forbid"):
    """Panels under one heading."""

    name: str
    title: str
    panels: tuple[Panel, ...]


class Task(BaseModel, frozen=True, extra="forbid"):
    """A task in the list of all: `attempts` has, per run, (state, reason) of each attempt."""

    instance_id: str
    instance_digest: str
    title: str
    variant: str
    repository: str
    price_cents: int | None
    raises: int | None
    page: str | None
    attempts: Mapping[str, tuple[tuple[str, str], ...]]


class Report(BaseModel, frozen=True, extra="forbid"):
    """All that an index page shows. `state` names it, so that a page can be known as current."""

    title: str
    state: str
    price_rule: str
    grader_version: str
    runs: tuple[ReportRun, ...]
    sections: tuple[Section, ...]
    tasks: tuple[Task, ...]
    tasks_sql: str
    attempts_sql: str
    runs_sql: str
    notes: tuple[str, ...] = ()

    @property
    def panels(self) -> list[Panel]:
        return [panel for section in self.sections for panel in section.panels]
