"""Pivot tables: a CSV spread out by two of its columns, with totals."""

from datetime import date
from typing import Any, Final

from tasks.domain.coding import STDIN
from tasks.variants.freelance_code.draws import Draws
from tasks.variants.freelance_code.family import Family, Inputs, Mutant, Settings
from tasks.variants.freelance_code.subjects import Subject
from tasks.variants.freelance_code.writing import csv_text

DAY: Final = "day"

_PERIODS: Final = {
    "month": "month, written like `2024-03`",
    "quarter": "quarter of a year, written like `2024-Q1` (January to March)",
}
_MEASURES: Final = {
    "sum": "the sum of `{amount}`",
    "mean": "the mean of `{amount}` (exact, then rounded to two decimals, halves away from zero)",
    "largest": "the largest `{amount}`",
}
_GAPS: Final = {
    True: "from the first to the last that occurs, those between them without any row included",
    False: "that occurs; one without any row gets no column",
}
_ORDERS: Final = {
    "name": "Rows come in the alphabetical order of their group",
    "total": "The row with the largest value in `total` comes first; rows with equal ones come in "
    "the alphabetical order of their group",
}

_STATEMENT: Final = """
Write a program that reads a CSV file of {records} from standard input and prints a pivot table of
it, also as CSV, to standard output: a row for each `{group}`, a column for each {period}.

The first line of the input names the columns, in any order; `{group}`, `{day}` and `{amount}` are
among them. `{day}` is a date like `2024-03-05`; `{amount}` has at most two decimals and may be
negative. A field that holds a comma, a quote or a line break is quoted, with quotes in it doubled.

- Rows whose `{amount}` is empty are left out, as if they were not there.
- Blanks around `{group}` do not count; apart from them, groups differ where they are spelt
  differently. An empty one is the group `(blank)`.
- A cell of the table holds {measure} over the rows of its group and period, with two decimals.
  A cell without any row holds {empty_words}.
- There is a column for each {period_name} {gaps}. Columns come in the order of time.
- The last column is `total`: {measure} over all rows of the group, calculated from those rows
  and not from the cells. The last row is `total` likewise: over all rows of the {period_name}, and
  in its last cell over all rows of the file.
- {order}; alphabetical is by the code points of the letters, so `(` comes before letters. The row
  `total` is always the last.
- The header names `{group}`, the columns and `total`. A zero has no minus sign. Quote a field only
  where it holds a comma or a quote. Every line ends with a line feed.
- Where no row is left, print the header `{group},total` alone.
"""


def draw(draws: Draws, subject: Subject) -> Settings:
    return {
        "group": subject.group,
        "amount": subject.amount,
        "period": draws.pick([*_PERIODS]),
        "measure": draws.pick([*_MEASURES]),
        "gaps": draws.chance(50),
        "empty": draws.pick(["", "0.00", "-"]),
        "order": draws.pick([*_ORDERS]),
    }


def statement(settings: Settings, subject: Subject) -> str:
    empty = settings["empty"]
    return _STATEMENT.format(
        records=subject.records,
        group=settings["group"],
        amount=settings["amount"],
        day=DAY,
        period=_PERIODS[settings["period"]],
        period_name=settings["period"],
        measure=_MEASURES[settings["measure"]].format(amount=settings["amount"]),
        empty_words=f"`{empty}`" if empty else "nothing",
        gaps=_GAPS[settings["gaps"]],
        order=_ORDERS[settings["order"]],
    )


def inputs(
    draws: Draws,
    subject: Subject,
    settings: Settings,  # noqa: ARG001 - no input depends on them
    number: int,
) -> Inputs:
    """Case 0 has no row, 1 one, 2 periods without a row and only empty amounts in the last one,
    3 ties; then anything."""
    groups = ["été", *subject.groups]
    last = date(2024, 2, 20) if number == 2 else date(2025, 2, 20)
    rows = [
        {
            subject.group: draws.pick([group, group, group, f" {group} ", "", "  "]),
            DAY: draws.day(date(2023, 11, 5), last),
            subject.amount: f"{draws.whole(1, 2)}.5" if number == 3 else draws.money(-40, 300),
        }
        for group in (draws.pick(groups) for _ in range(number if number < 2 else 24))
    ]
    if number == 2:
        rows += [
            {subject.group: groups[1], DAY: date(2024, 9, 1), subject.amount: "0.25"},
            {subject.group: groups[1], DAY: date(2024, 9, 2), subject.amount: "-0.25"},
            {subject.group: groups[1], DAY: date(2024, 12, 1), subject.amount: ""},
        ]
    listed = [
        {subject.identifier: f"{subject.prefix}{row:03d}", **found}
        for row, found in enumerate(draws.shuffled(rows), 1)
    ]
    names = draws.shuffled([subject.identifier, subject.group, DAY, subject.amount])
    return {STDIN: csv_text(names, listed)}


def solve(inputs: dict[str, str], settings: dict[str, Any]) -> str:
    import csv
    import io
    from decimal import ROUND_HALF_UP, Decimal

    def period_of(day: str) -> str:
        if settings["period"] == "month":
            return day[:7]
        return f"{day[:4]}-Q{(int(day[5:7]) + 2) // 3}"

    def following(period: str) -> str:
        year = int(period[:4])
        if settings["period"] == "month":
            month = int(period[5:])
            return f"{year + 1}-01" if month == 12 else f"{year}-{month + 1:02d}"
        quarter = int(period[6:])
        return f"{year + 1}-Q1" if quarter == 4 else f"{year}-Q{quarter + 1}"

    def measured(amounts: list[Decimal]) -> Decimal:
        if settings["measure"] == "largest":
            return max(amounts)
        total = sum(amounts, Decimal(0))
        return total / len(amounts) if settings["measure"] == "mean" else total

    def shown(amounts: list[Decimal]) -> str:
        if not amounts:
            return str(settings["empty"])
        rounded = measured(amounts).quantize(Decimal("0.01"), ROUND_HALF_UP)
        return f"{rounded + 0:.2f}"

    cells: dict[tuple[str, str], list[Decimal]] = {}
    for row in csv.DictReader(io.StringIO(inputs["stdin"], newline="")):
        if not row[settings["amount"]]:
            continue
        group = row[settings["group"]].strip() or "(blank)"
        for name in (group, ""):
            for period in (period_of(row["day"]), ""):
                cells.setdefault((name, period), []).append(Decimal(row[settings["amount"]]))
    groups = sorted({name for name, _ in cells if name})
    if settings["order"] == "total":
        groups.sort(key=lambda name: -measured(cells[name, ""]))
    periods = sorted({period for _, period in cells if period})
    if settings["gaps"] and periods:
        last = periods[-1]
        periods = periods[:1]
        while periods[-1] != last:
            periods.append(following(periods[-1]))
    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer, lineterminator="\n")
    writer.writerow([settings["group"], *periods, "total"])
    for name in [*groups, ""] if groups else []:
        found = [shown(cells.get((name, period), [])) for period in [*periods, ""]]
        writer.writerow([name or "total", *found])
    return buffer.getvalue()


FAMILY = Family(
    name="pivot_table",
    title="A pivot table with totals",
    tags={
        "excel": 2,
        "pivot": 3,
        "data analysis": 1,
        "data analytics": 1,
        "power bi": 2,
        "microsoft powerbi": 2,
        "tableau": 2,
        "google sheets": 2,
        "business intelligence": 2,
        "spreadsheets": 2,
        "report development": 2,
        "data visualization": 1,
        "excel macros": 1,
    },
    words={
        r"\bpivot": 5,
        r"\bcross-?tab": 4,
        r"\bdashboard": 2,
        r"\b(?:monthly|quarterly)\b": 3,
        r"\bby (?:month|quarter)\b": 3,
        r"\bspreadsheet": 1,
    },
    draw=draw,
    statement=statement,
    inputs=inputs,
    solve=solve,
    mutants=(
        Mutant("mixes what has no group into the totals", ' or "(blank)"', ""),
        Mutant(
            "takes no amount for nothing",
            "            continue\n        group",
            '            row[settings["amount"]] = "0"\n        group',
        ),
        Mutant("orders rows the other way", '["order"] == "total"', '["order"] != "total"'),
        Mutant("does the other thing with gaps", 'if settings["gaps"]', 'if not settings["gaps"]'),
        Mutant("leaves the total column out", '[*periods, ""]]', "periods]"),
    ),
)
