"""Cleaning: a messy CSV made regular, and every row that was left out reported."""

import csv
import io
from typing import Any, Final

from tasks.domain.coding import STDIN
from tasks.variants.freelance_code.draws import Draws
from tasks.variants.freelance_code.family import Family, Inputs, Mutant, Settings
from tasks.variants.freelance_code.subjects import Subject

_SEPARATORS: Final = {",": "commas", ";": "semicolons", "\t": "tabs"}

_STATEMENT: Final = """
Write a program that cleans a messy list of {records}. It reads the list from standard input and
prints the clean list, then a report, to standard output.

The input is UTF-8 text, perhaps with a byte order mark (U+FEFF) in front, which does not count.
Its lines end with a line feed, or with a carriage return and a line feed. Fields are separated by
{separators}; a field that holds a separator, a double quote or a line break stands in double
quotes, with quotes in it doubled. The first row names the columns `{identifier}`, `{group}`,
`{label}` and `{amount}`, in any order, in any letter case, perhaps with blanks around the names.
The rows after it are numbered from 1, and empty ones have a number too.

- Blanks are spaces, tabs, no-break spaces (U+00A0) and line breaks. In every field, blanks at the
  ends go, and each run of blanks inside becomes a single space. A field that is then `-`, `n/a` or
  `null`, in any letter case, is empty.
- A row whose fields are all blank before this (or that has none) is empty: it is left out and not
  reported.
- Any other row is rejected for the first of these reasons that it gives:
  1. it has more or fewer fields than the first row: `3 fields` (how many it has);
  2. its `{identifier}` is empty: `no {identifier}`;
  3. its `{amount}` is neither empty nor an amount: `bad {amount}`. An amount is an optional `-`,
     an optional `$`, a digit, any more digits and commas, and perhaps a point with one or two
     digits behind it; nothing else;
  4. another row with the same `{identifier}`, letter case aside, counts: `duplicate of row 2`. Of
     all rows with the same `{identifier}` that are not rejected for reasons 1 to 3, the {keep} one
     counts.
- `{identifier}` is printed in capital letters, `{group}` in {letters} letters, and as `{fill}`
  where it is empty; an amount without `$` and commas, with two decimals. What is empty stays so.

Print the clean list as CSV, separated by commas and quoted only where a field holds a comma or a
quote: the header `{identifier},{group},{label},{amount}`, then the rows that were kept, in the
order of the input. Then print an empty line, a line like `row 4: no {identifier}` for each rejected
row by number, and the line `kept K, rejected R` with both counts. All lines end with a line feed.
"""


def draw(draws: Draws, subject: Subject) -> Settings:
    return {
        "columns": [subject.identifier, subject.group, subject.label, subject.amount],
        "separator": draws.pick([*_SEPARATORS]),
        "keep": draws.pick(["first", "last"]),
        "letters": draws.pick(["small", "capital"]),
        "fill": draws.pick(["other", "unknown", "none"]),
    }


def statement(settings: Settings, subject: Subject) -> str:
    identifier, group, label, amount = settings["columns"]
    return _STATEMENT.format(
        records=subject.records,
        separators=_SEPARATORS[settings["separator"]],
        identifier=identifier,
        group=group,
        label=label,
        amount=amount,
        keep=settings["keep"],
        letters=settings["letters"],
        fill=settings["fill"],
    )


def inputs(draws: Draws, subject: Subject, settings: Settings, number: int) -> Inputs:
    """Case 0 has a header alone, 1 one row, 2 the line ends and the mark of spreadsheets; then
    anything. Every case but those two has a row of each flaw."""
    columns = settings["columns"]
    order = draws.shuffled(range(len(columns)))
    count = number if number < 2 else draws.whole(12, 22)
    rows = [_row(draws, subject, n) for n in range(1, count + 1)]
    if number > 1:
        rows = _flawed(draws, rows)
    header = [draws.pick([name, name.upper(), f" {name} "]) for name in columns]
    buffer = io.StringIO(newline="")
    ends = "\r\n" if number == 2 else "\n"
    writer = csv.writer(buffer, delimiter=settings["separator"], lineterminator=ends)
    for row in [header, *rows]:
        writer.writerow([row[place] for place in order] if len(row) == len(order) else row)
    return {STDIN: ("\ufeff" if number == 2 else "") + buffer.getvalue()}


def _row(draws: Draws, subject: Subject, number: int) -> list[str]:
    group = draws.pick(subject.groups)
    label = draws.pick([*subject.labels, 'the "Zoë" one'])
    amount = draws.money(1, 3000)
    return [
        f"{subject.prefix}{number:03d}",
        draws.pick([group, group.upper(), f" {group}", f"{group.title()}\u00a0", "N/A", " "]),
        draws.pick([label, f"{label}  ", f"\tno  {label}", f"{label}\nused", "", "null"]),
        draws.pick(
            [
                amount,
                f"${amount}",
                f" {amount[:-1]}",
                amount[:-3],
                f"-$1,{draws.whole(100, 999)}.5",
                "-",
            ]
        ),
    ]


def _flawed(draws: Draws, rows: list[list[str]]) -> list[list[str]]:
    """The rows and, among them, one of each flaw. What comes twice does so with a difference."""
    twice = [[*row[:2], f"new {row[2]}", "7.10"] for row in draws.some(rows, draws.whole(1, 3))]
    twice[0][0] = f" {twice[0][0].lower()} "
    nameless, bad, short, long = (list(row) for row in draws.some(rows, 4))
    nameless[0] = draws.pick(["", "n/a", "NULL", "  "])
    bad[3] = draws.pick(["1.234,50", "12 USD", "free", "12.505", "$ 5", "--4"])
    flaws = [*twice, nameless, bad, short[:3], [*long, draws.pick(["", "x"])]]
    empty = [[], ["", " ", "", "\t"]]
    return [rows[0], *empty, *draws.shuffled([*rows[1:], *flaws])]


def solve(inputs: dict[str, str], settings: dict[str, Any]) -> str:
    import csv
    import io
    import re
    from decimal import Decimal

    def cleaned(field: str) -> str:
        text = " ".join(field.split())
        return "" if text.lower() in ("-", "n/a", "null") else text

    text = inputs["stdin"].lstrip("\ufeff")
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=settings["separator"])
    header = [" ".join(name.split()).lower() for name in next(reader)]
    places = [header.index(name) for name in settings["columns"]]
    identifier, _, _, amount = settings["columns"]
    sound: dict[int, list[str]] = {}
    reasons: dict[int, str] = {}
    for number, fields in enumerate(reader, 1):
        if not any(field.strip() for field in fields):
            continue
        if len(fields) != len(header):
            reasons[number] = f"{len(fields)} fields"
            continue
        row = [cleaned(fields[place]) for place in places]
        if not row[0]:
            reasons[number] = f"no {identifier}"
        elif row[3] and not re.fullmatch(r"-?\$?[0-9][0-9,]*(\.[0-9]{1,2})?", row[3]):
            reasons[number] = f"bad {amount}"
        else:
            sound[number] = row
    counting: dict[str, int] = {}
    for number, row in sound.items():
        name = row[0].upper()
        if settings["keep"] == "last" or name not in counting:
            counting[name] = number
    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer, lineterminator="\n")
    writer.writerow(settings["columns"])
    kept = 0
    for number, (name, group, label, price) in sound.items():
        if counting[name.upper()] != number:
            reasons[number] = f"duplicate of row {counting[name.upper()]}"
            continue
        group = group.upper() if settings["letters"] == "capital" else group.lower()
        if price:
            price = f"{Decimal(price.replace('$', '').replace(',', '')):.2f}"
        writer.writerow([name.upper(), group or settings["fill"], label, price])
        kept += 1
    lines = [f"row {number}: {reasons[number]}" for number in sorted(reasons)]
    lines.append(f"kept {kept}, rejected {len(reasons)}")
    return buffer.getvalue() + "\n" + "\n".join(lines) + "\n"


FAMILY = Family(
    name="csv_cleaning",
    title="A messy list made clean",
    tags={
        "data cleansing": 4,
        "data entry": 2,
        "excel": 1,
        "data processing": 1,
        "python": 1,
        "data management": 2,
        "etl": 2,
        "spreadsheets": 2,
        "copy typing": 1,
        "pandas": 1,
    },
    words={
        r"\bclean(?:ing|sing|up|ed)?\b": 4,
        r"\bmess(?:y|ed)\b": 4,
        r"\bcsv\b": 2,
        r"\bformat(?:ting|ted)?\b": 1,
        r"\b(?:organi[sz]|standardi[sz])\w+": 2,
        r"\bpre-?process\w*": 2,
    },
    draw=draw,
    statement=statement,
    inputs=inputs,
    solve=solve,
    mutants=(
        Mutant("only strips the ends of fields", '" ".join(field.split())', "field.strip()"),
        Mutant("takes words for nothing at face value", '("-", "n/a", "null")', '("",)'),
        Mutant(
            "gives empty rows no number",
            "enumerate(reader, 1)",
            "enumerate(filter(any, reader), 1)",
        ),
        Mutant(
            "counts the other one of doubled rows",
            'settings["keep"] == "last"',
            'settings["keep"] != "last"',
        ),
        Mutant(
            "drops rows of another length in silence", "if len(fields) != len(header)", "if False"
        ),
    ),
)
