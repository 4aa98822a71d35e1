"""Validation: a table checked against rules, and every violation reported by row and column."""

from datetime import date
from typing import Any, Final

from tasks.domain.coding import STDIN
from tasks.variants.freelance_code.draws import Draws
from tasks.variants.freelance_code.family import Family, Inputs, Mutant, Settings
from tasks.variants.freelance_code.subjects import PEOPLE, Subject
from tasks.variants.freelance_code.writing import csv_text

DAY: Final = "day"

_ORDERS: Final = {
    "row": "by row, those of a row in the order of the columns in the list above, those of a field "
    "in the order of its rules there",
    "column": "by column, in the order of the list above and those without a column first, those "
    "of a column by row, and those of a field in the order of its rules there",
}
_EVERY: Final = {
    True: "A field may break several rules, each of which is reported.",
    False: "Of the rules that a field breaks, report only the first of the list.",
}

_STATEMENT: Final = """
Write a program that checks a CSV file of {records} from standard input and prints every violation
of the rules below, also as CSV, to standard output.

The input has a header with the columns {columns}, in any order, perhaps beside others, which are
not checked. A field that holds a comma, a quote or a line break is quoted, with quotes in it
doubled. Rows are numbered from 1, the header not included.

| column | rule | what it asks for |
|---|---|---|
| `{identifier}` | `required` | is not empty |
| | `format` | `{prefix}` in capital letters and exactly {digits} digits, nothing else |
| | `unique` | no row above has the same text, whether it breaks another rule or not |
| `{group}` | `required` | is not empty |
| | `allowed` | one of {allowed}, spelt like that |
| `{quantity}` | `number` | digits, perhaps with a minus sign in front, nothing else |
| | `range` | from {low} to {high}, both included |
| `{amount}` | `required` | is not empty |
| | `number` | digits, perhaps with a minus sign in front, perhaps with a point and one or two \
digits behind, nothing else |
| | `range` | {floor} or more |
| `{day}` | `date` | written like `2024-03-05`, nothing else, and in the calendar |
| | `range` | from {first} to {last}, both included |
| `{person}` | `length` | at most {longest} characters, blanks included |
| | `blanks` | no space at the beginning or at the end, and no two in a row |
| | `needed` | is not empty where `{amount}` keeps its rule `number` and is more than {limit} |

- A field with nothing but spaces is empty. Empty fields break no rule but `required` and `needed`.
- `range` is asked for only where the rule above it is kept.
- Digits are 0 to 9. Letter case and spaces count, if nothing else is said.
- {every}
- A row that has more or fewer fields than the header is not checked: it gets a single violation,
  with an empty column, the rule `fields`, and the number of its fields as the value. It does not
  count for `unique`.

Print the header `row,column,rule,value` and a line for each violation, with the field as it is as
the value: {order}. The last line is `total,,,` and the number of violations. Quote a field only
where it holds a comma or a quote. Every line ends with a line feed.
"""


def draw(draws: Draws, subject: Subject) -> Settings:
    low = draws.whole(0, 5)
    return {
        "columns": {
            "identifier": subject.identifier,
            "group": subject.group,
            "quantity": subject.quantity,
            "amount": subject.amount,
            "person": subject.person,
        },
        "prefix": subject.prefix,
        "digits": draws.whole(3, 5),
        "allowed": sorted(draws.some(subject.groups, draws.whole(3, 4))),
        "low": low,
        "high": low + draws.whole(20, 90),
        "floor": draws.pick(["-10", "0", "0.5"]),
        "first": f"2024-01-{draws.whole(1, 20):02d}",
        "last": f"2024-{draws.whole(7, 12):02d}-15",
        "longest": draws.whole(14, 18),
        "limit": f"{draws.whole(5, 9) * 50}",
        "every": draws.chance(50),
        "order": draws.pick([*_ORDERS]),
    }


def statement(settings: Settings, subject: Subject) -> str:
    columns = settings["columns"]
    texts = {
        "columns": ", ".join(f"`{name}`" for name in [*columns.values(), DAY]),
        "allowed": ", ".join(f"`{name}`" for name in settings["allowed"]),
        "every": _EVERY[settings["every"]],
        "order": _ORDERS[settings["order"]],
    }
    return _STATEMENT.format(records=subject.records, day=DAY, **{**settings, **columns, **texts})


def inputs(draws: Draws, subject: Subject, settings: Settings, number: int) -> Inputs:
    """Case 0 has no row, 1 one with one violation; all others have every violation, and values at
    the very ends of ranges, which are none."""
    count = number if number < 2 else draws.whole(11, 16)
    rows = [_sound(draws, subject, settings, row) for row in range(1, count + 1)]
    names = [*settings["columns"].values(), DAY]
    if number == 1:
        rows[0][subject.group] = "?"
    elif number > 1:
        _spoil(draws, subject, settings, rows)
    names = draws.shuffled([*names, subject.label])
    text = csv_text(names, rows)
    if number > 1:
        lines = text.splitlines(keepends=True)
        short, long = f"{subject.prefix}9,x\n", "," * (len(names) + draws.whole(0, 2)) + "\n"
        lines.insert(draws.whole(1, 5), short)
        lines.insert(draws.whole(6, 10), long)
        text = "".join(lines)
    return {STDIN: text}


def _sound(draws: Draws, subject: Subject, settings: Settings, row: int) -> dict[str, str]:
    low, high = settings["low"], settings["high"]
    first, last = (date.fromisoformat(settings[end]) for end in ("first", "last"))
    return {
        subject.identifier: f"{subject.prefix}{row:0{settings['digits']}d}",
        subject.group: draws.pick(settings["allowed"]),
        subject.quantity: draws.pick(["", str(draws.whole(low, high)), str(low), str(high)]),
        subject.amount: draws.pick([draws.money(1, 500), f"{draws.whole(1, 200)}.5", "7"]),
        subject.person: draws.pick(PEOPLE),
        subject.label: draws.pick([*subject.labels, ""]),
        DAY: draws.pick([str(draws.day(first, last)), str(first), str(last), ""]),
    }


def _spoil(draws: Draws, subject: Subject, settings: Settings, rows: list[dict[str, str]]) -> None:
    """Breaks every rule at least once, in any rows; and sets what looks broken and is not."""
    over = f"{int(settings['limit']) + draws.whole(1, 9)}"
    rows[0][subject.quantity] = str(settings["low"])
    rows[0][DAY] = settings["last"]
    rows[1][subject.amount], rows[1][subject.person] = f"{settings['limit']}.0", ""
    rows[1][subject.quantity] = draws.pick([" ", "   "])
    rows[2][subject.amount], rows[2][subject.person] = over, draws.pick(["", "  "])
    flawed = f"{subject.prefix.lower()}{draws.whole(1, 99)}"
    rows[3][subject.identifier] = rows[5][subject.identifier] = flawed
    rows[4][subject.group] = "   "
    rows[6][DAY] = "2024-02-30"
    rows[7][subject.person] = f" Zoë  {draws.pick(PEOPLE)} of Graz"
    spoilt = [
        (subject.identifier, ["", f"{subject.prefix} 12", rows[8][subject.identifier]]),
        (subject.group, ["", subject.groups[0].upper(), "other, new", f"{subject.groups[1]} "]),
        (subject.quantity, ["12.0", "1e1", "+5", "5 pcs", "many"]),
        (subject.quantity, [str(settings["low"] - 1), str(settings["high"] + 1)]),
        (subject.amount, ["", " "]),
        (subject.amount, ["1,50", "12.505", "$5", "5.", ".5", "--1"]),
        (subject.amount, ["-10.01", "-11"]),
        (DAY, ["2024-3-5", "05.03.2024", "2024-13-01", "soon", "20240305"]),
        (DAY, ["2023-12-31", "2024-12-16", "1999-01-01"]),
        (subject.person, ["A  B", " Al", "Al "]),
    ]
    for row, (name, values) in zip(draws.shuffled(range(8, len(rows))) * 4, spoilt, strict=False):
        rows[row][name] = draws.pick(values)


def solve(inputs: dict[str, str], settings: dict[str, Any]) -> str:
    import csv
    import io
    import re
    from datetime import date
    from decimal import Decimal

    names = settings["columns"]
    identifier, group, person = names["identifier"], names["group"], names["person"]
    quantity, amount, day = names["quantity"], names["amount"], "day"
    order = ["", identifier, group, quantity, amount, day, person]
    seen: set[str] = set()

    def is_date(text: str) -> bool:
        if not re.fullmatch("[0-9]{4}-[0-9]{2}-[0-9]{2}", text):
            return False
        try:
            date.fromisoformat(text)
        except ValueError:
            return False
        return True

    def rules_of(row: dict[str, str]) -> list[tuple[str, str, bool]]:
        """Column, rule, and whether it is kept, apart from what holds for empty fields."""
        name, count, price, who = row[identifier], row[quantity], row[amount], row[person]
        is_new = name not in seen
        seen.add(name)
        counts = bool(re.fullmatch("-?[0-9]+", count))
        prices = bool(re.fullmatch(r"-?[0-9]+(\.[0-9]{1,2})?", price))
        needed = prices and Decimal(price) > Decimal(settings["limit"])
        form = f"{settings['prefix']}[0-9]{{{settings['digits']}}}"
        in_time = settings["first"] <= row[day] <= settings["last"]
        return [
            (identifier, "required", bool(name.strip(" "))),
            (identifier, "format", bool(re.fullmatch(form, name))),
            (identifier, "unique", is_new),
            (group, "required", bool(row[group].strip(" "))),
            (group, "allowed", row[group] in settings["allowed"]),
            (quantity, "number", counts),
            (quantity, "range", not counts or settings["low"] <= int(count) <= settings["high"]),
            (amount, "required", bool(price.strip(" "))),
            (amount, "number", prices),
            (amount, "range", not prices or Decimal(price) >= Decimal(settings["floor"])),
            (day, "date", is_date(row[day])),
            (day, "range", not is_date(row[day]) or in_time),
            (person, "length", len(who) <= settings["longest"]),
            (person, "blanks", who == who.strip(" ") and "  " not in who),
            (person, "needed", not needed or bool(who.strip(" "))),
        ]

    reader = csv.reader(io.StringIO(inputs["stdin"], newline=""))
    header = next(reader)
    found: list[tuple[int, str, str, str]] = []
    for number, fields in enumerate(reader, 1):
        if len(fields) != len(header):
            found.append((number, "", "fields", str(len(fields))))
            continue
        row = dict(zip(header, fields))  # noqa: B905 - as long as the other
        broken: set[str] = set()
        for column, rule, kept in rules_of(row):
            is_empty = not row[column].strip(" ")
            if kept or (is_empty and rule not in ("required", "needed")):
                continue
            if settings["every"] or column not in broken:
                found.append((number, column, rule, row[column]))
            broken.add(column)
    if settings["order"] == "column":
        found.sort(key=lambda violation: order.index(violation[1]))
    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer, lineterminator="\n")
    writer.writerow(["row", "column", "rule", "value"])
    writer.writerows(found)
    writer.writerow(["total", "", "", len(found)])
    return buffer.getvalue()


FAMILY = Family(
    name="data_validation",
    title="A table checked against rules",
    tags={
        "data entry": 3,
        "data processing": 1,
        "data management": 3,
        "data governance": 4,
        "data cleansing": 2,
        "software testing": 3,
        "testing / qa": 3,
        "test automation": 2,
        "audit": 4,
        "electronic forms": 3,
        "survey research": 2,
        "data collection": 2,
        "excel": 1,
        "excel vba": 1,
        "database administration": 2,
        "proofreading": 2,
    },
    words={
        r"\bvalidat\w+": 5,
        r"\bverif(?:y|ied|ication)\b": 3,
        r"\baccura(?:te|cy)\b": 2,
        r"\b(?:check|error)s?\b": 1,
        r"\bquality\b": 2,
        r"\bdata entry\b": 2,
        r"\bconstraints?\b": 2,
        r"\bforms?\b": 1,
    },
    draw=draw,
    statement=statement,
    inputs=inputs,
    solve=solve,
    mutants=(
        Mutant(
            "leaves the ends of ranges out", '["low"] <= int(count) <= ', '["low"] < int(count) < '
        ),
        Mutant("numbers rows as spreadsheets do", "enumerate(reader, 1)", "enumerate(reader, 2)"),
        Mutant(
            "takes for a date what looks like one",
            "except ValueError:\n            return False",
            "except ValueError:\n            return True",
        ),
        Mutant(
            "takes blanks for text",
            'is_empty = not row[column].strip(" ")',
            "is_empty = not row[column]",
        ),
        Mutant("reports in the other order", '["order"] == "column"', '["order"] != "column"'),
        Mutant(
            "reports the other number of rules",
            'if settings["every"] or',
            'if not settings["every"] or',
        ),
    ),
)
