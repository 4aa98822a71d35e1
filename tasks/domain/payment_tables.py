"""Payment summaries set as markdown tables: `role | person | amount | paid?`."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from tasks.domain.currencies import CODES, SIGNS
from tasks.domain.payment_entries import Entry
from tasks.domain.payment_lines import Line
from tasks.domain.payment_sums import sums_in
from tasks.domain.payment_words import (
    Status,
    is_not_a_payment,
    pays_nothing,
    people_in,
    role_in,
    status_in,
)

_PERSON_COLUMN: Final = re.compile(
    r"\b(?:person|people|user(?:name)?|who|name|login|handle|payee|assignee|github|contributor)\b",
    re.IGNORECASE,
)
_AMOUNT_COLUMN: Final = re.compile(
    r"\b(?:amount|payment|payout|sum|total|due|owed|bounty|reward|usd)\b|\$", re.IGNORECASE
)
# A column of this kind holds sums even without a sign; `due` or `total` may be a date or a count.
_SUMS_COLUMN: Final = re.compile(
    r"[^a-z0-9]{0,9}(?:amount|payment|payout)[^a-z0-9]{0,9}(?:[a-z]{3}[^a-z0-9]{0,9})?",
    re.IGNORECASE,
)
_BARE_SUM: Final = re.compile(r"(?:\d{1,3}(?:,\d{3})+|\d{1,6})(?:\.\d{2})?")
_UNIT: Final = re.compile(rf"[{''.join(SIGNS)}]|\b(?:{'|'.join(CODES)})\b", re.IGNORECASE)
_ROLE_COLUMN: Final = re.compile(r"\b(?:role|type|for|work|duty|task|reason)\b", re.IGNORECASE)
_STATUS_COLUMN: Final = re.compile(r"\b(?:paid|status|state|done)\b", re.IGNORECASE)
_YES: Final = re.compile(r"\s*(?:yes|y|true|x|done|sent|\[x\])\b|✅|☑|✔|\[x\]", re.IGNORECASE)
_NO_ONE: Final = re.compile(r"[-–—?\s]*|n/?a|none|nobody|internal|employee", re.IGNORECASE)
_PLAIN_NAME: Final = re.compile(r"[^\W\d_][\w.'’ -]{0,60}")


@dataclass(frozen=True, slots=True)
class Columns:
    """Positions of the columns; person and amount are always there.

    `unit` is the currency of bare numbers in the amount's column, None where they are no sums.
    """

    person: int
    amount: int
    role: int | None
    status: int | None
    unit: str | None = None


def read_columns(header: Line) -> Columns | None:
    """What a header row names; None where the row does not head a table of payments."""
    amount = _find(header.cells, _AMOUNT_COLUMN, None)
    status = _find(header.cells, _STATUS_COLUMN, amount)
    role = _find(header.cells, _ROLE_COLUMN, amount)
    person = next(
        (
            n
            for n, cell in enumerate(header.cells)
            if n not in (amount, role, status) and _PERSON_COLUMN.search(cell)
        ),
        None,
    )
    if person is None or amount is None:
        return None
    return Columns(person, amount, role, status, _unit(header.cells[amount]))


def _unit(heading: str) -> str | None:
    if not _SUMS_COLUMN.fullmatch(heading):
        return None
    named = _UNIT.search(heading)
    return named.group() if named else "$"


def _find(cells: Sequence[str], pattern: re.Pattern[str], taken: int | None) -> int | None:
    return next((n for n, c in enumerate(cells) if n != taken and pattern.search(c)), None)


def read_row(line: Line, columns: Columns) -> list[Entry]:
    """The entries of a row under a header; totals, empty and refused rows have none."""
    cells = line.cells
    if is_not_a_payment(cells[0]) or max(columns.person, columns.amount) >= len(cells):
        return []
    amount = cells[columns.amount]
    if columns.unit is not None and _BARE_SUM.fullmatch(amount):
        amount = f"{columns.unit} {amount}"
    sums = [s for s in sums_in(amount) if s.cents > 0]
    if not sums or pays_nothing(line.text):
        return []
    role = role_in(_cell(cells, columns.role)) or role_in(cells[columns.person])
    return [
        Entry(
            role=role,
            person=person,
            cents=sums[0].cents,
            currency=sums[0].currency,
            status=_row_status(line, columns),
            bonus_cents=sums[0].bonus,
            words=_words(cells),
        )
        for person in _row_people(cells[columns.person])
    ]


def _cell(cells: Sequence[str], column: int | None) -> str:
    return cells[column] if column is not None and column < len(cells) else ""


def _row_people(cell: str) -> list[str | None]:
    people: list[str | None] = [p.login for p in people_in(cell)]
    if people:
        return people
    if _NO_ONE.fullmatch(cell):
        return []
    return [cell if _PLAIN_NAME.fullmatch(cell) else None]


def _row_status(line: Line, columns: Columns) -> Status | None:
    cell = _cell(line.cells, columns.status)
    if columns.status is None:
        return status_in(line.text)
    return "paid" if _YES.match(cell) else status_in(cell) or "due"


def row_as_text(line: Line) -> str | None:
    """A row without a header that helps, as a line: `Contributor: @ann due $125`.

    Its first cell has to be a role, a person or a sum: others (a job's price, a precedent) name
    amounts that this issue does not pay.
    """
    first, rest = line.cells[0], [cell for cell in line.cells[1:] if cell]
    if is_not_a_payment(first) or not rest:
        return None
    if people_in(first) or sums_in(first):
        return " – ".join([first, *rest])
    if role_in(first) and len(first.split()) <= 10:
        return f"{first.rstrip(': ')}: {' – '.join(rest)}"
    return None


def _words(cells: Sequence[str]) -> str:
    return " | ".join(cells)
