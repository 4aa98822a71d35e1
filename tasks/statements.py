"""Statements that pages show: what they say is what was executed, so that anybody can ask again."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from tasks.domain.verdicts import GRADER_VERSION
from tasks.reporting import Cell, Chart, Drawing, chart
from tasks.warehouse import Row, Session, query_text

_COMMENT: Final = re.compile(r"--[^\n]*")
_PARAMETER: Final = re.compile(r"\$(\w+)")
# What a shell would read inside of double quotes, in which a statement is shown.
_SHELL: Final = re.compile(r'["$`\\!]')

Value = str | Sequence[str]


def statement(name: str, parameters: Mapping[str, Value]) -> str:
    """`queries/<name>.sql` on one line, with literals in the place of its parameters.

    Raises ValueError for a value that could not be typed into `paydag sql "..."`.
    """
    text = " ".join(_COMMENT.sub("", query_text(name)).split()).removesuffix(";")
    return _PARAMETER.sub(lambda found: _literal(parameters[found.group(1)]), text)


def _literal(value: Value) -> str:
    if not isinstance(value, str):
        return f"({', '.join(_literal(one) for one in value)})"
    if _SHELL.search(value):
        raise ValueError(f"{value!r} cannot stand in a statement on a command line")
    return "'" + value.replace("'", "''") + "'"


@dataclass(frozen=True)
class Desk:
    """Asks the warehouse about some runs under one price rule and terms. Reads core and eval."""

    session: Session
    runs: tuple[str, ...]
    versions: tuple[str, ...]
    rule: str
    terms: str
    draws: bool = True

    def chart(self, name: str, title: str, says: str, drawing: Drawing) -> Chart | None:
        """The drawn chart; None where this report is to have none."""
        return chart(name, title, says, drawing) if self.draws else None

    def ask(self, name: str, **more: Value) -> tuple[str, list[Row]]:
        """(the statement, its rows)."""
        known: dict[str, Value] = {
            "runs": self.runs,
            "versions": self.versions,
            "rule": self.rule,
            "terms": self.terms,
            "grader": GRADER_VERSION,
        }
        asked = statement(name, known | more)
        return asked, self.session.rows(asked)

    def metrics(
        self, slices: str, metrics: Sequence[str]
    ) -> tuple[str, dict[tuple[str, str, str], Cell]]:
        """Numbers of slices `LIKE slices`; `metrics` are whole names or expressions for them."""
        asked, rows = self.ask("report_metrics", slices=slices, metrics="|".join(metrics))
        return asked, cells_of(rows)


def cells_of(rows: Sequence[Row]) -> dict[tuple[str, str, str], Cell]:
    """Rows with run_id, slice, metric, value, low and high, by their key."""
    return {
        (row["run_id"], row["slice"], row["metric"]): Cell(row["value"], row["low"], row["high"])
        for row in rows
    }
