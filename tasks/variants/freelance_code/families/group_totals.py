"""Aggregation: count and sum the rows of a CSV by a column."""

from typing import Any, Final

from tasks.domain.coding import STDIN
from tasks.variants.freelance_code.draws import Draws
from tasks.variants.freelance_code.family import Family, Inputs, Mutant, Settings
from tasks.variants.freelance_code.subjects import Subject
from tasks.variants.freelance_code.writing import csv_text

_STATEMENT: Final = """
Write a program that reads a CSV file of {records} from standard input and prints a summary by
`{group}`, also as CSV, to standard output.

The first line of the input names the columns, in any order; `{group}` and `{amount}` are among
them. A field that holds a comma, a quote or a line break is quoted, with quotes in it doubled.
`{amount}` has at most two decimals and may be negative; rows where it is empty count, but add
nothing.

- Two values of `{group}` are the same group where they differ only by letter case or by blanks
  around them. A group is printed in small letters and without those blanks. Rows whose `{group}`
  is empty, or only blanks, belong to the group `{unknown}`.
- Print the header `{group},count,total`, then one line a group: its name, the number of its rows,
  and the sum of `{amount}` with two decimals.
- Leave out groups of fewer than {least} rows.
- The largest total comes first; groups of equal totals come in alphabetical order.
- Every line ends with a line feed. Where no group is left, print the header alone.
"""


def draw(draws: Draws, subject: Subject) -> Settings:
    return {
        "group": subject.group,
        "amount": subject.amount,
        "unknown": draws.pick(["unknown", "other", "none"]),
        "least": draws.whole(1, 2),
    }


def statement(settings: Settings, subject: Subject) -> str:
    return _STATEMENT.format(records=subject.records, **settings)


def inputs(
    draws: Draws,
    subject: Subject,
    settings: Settings,  # noqa: ARG001 - no input depends on them
    number: int,
) -> Inputs:
    """Case 0 has no row of a group that is large enough, 1 ties, 2 empty fields; then anything."""
    names = draws.shuffled([subject.identifier, subject.group, subject.label, subject.amount])
    rows = []
    for row in range(1, (1 if number == 0 else draws.whole(12, 30)) + 1):
        group = draws.pick(subject.groups)
        if number != 1 and draws.chance(30):
            group = draws.pick([group.upper(), f" {group}", f"{group.title()} ", "", "  "])
        amount = f"{draws.whole(1, 3)}.00" if number == 1 else draws.money(-40, 300)
        if number != 0 and draws.chance(40 if number == 2 else 8):
            amount = ""
        rows.append(
            {
                subject.identifier: f"{subject.prefix}{row:04d}",
                subject.group: group,
                subject.label: draws.pick(subject.labels),
                subject.amount: amount,
            }
        )
    return {STDIN: csv_text(names, rows)}


def solve(inputs: dict[str, str], settings: dict[str, Any]) -> str:
    import csv
    import io
    from decimal import Decimal

    counts: dict[str, int] = {}
    totals: dict[str, Decimal] = {}
    for row in csv.DictReader(io.StringIO(inputs["stdin"], newline="")):
        group = row[settings["group"]].strip().lower() or settings["unknown"]
        counts[group] = counts.get(group, 0) + 1
        totals[group] = totals.get(group, Decimal(0)) + Decimal(row[settings["amount"]] or "0")
    kept = [group for group in counts if counts[group] >= settings["least"]]
    lines = [f"{settings['group']},count,total"]
    for group in sorted(kept, key=lambda name: (-totals[name], name)):
        lines.append(f"{group},{counts[group]},{totals[group]:.2f}")
    return "\n".join(lines) + "\n"


FAMILY = Family(
    name="group_totals",
    title="Totals by group",
    tags={"excel": 2, "data processing": 2, "data analysis": 2, "data analytics": 2, "pivot": 3},
    words={r"\bsummar": 2, r"\btotals?\b": 2, r"\bpivot": 4, r"\baggregat": 3, r"\breport": 1},
    draw=draw,
    statement=statement,
    inputs=inputs,
    solve=solve,
    mutants=(
        Mutant("takes the spelling of a group as it is", ".strip().lower()", ".strip()"),
        Mutant("drops what has no group", ' or settings["unknown"]', ""),
        Mutant("sorts by name alone", "(-totals[name], name)", "name"),
        Mutant("smallest total first", "-totals[name]", "totals[name]"),
    ),
)
