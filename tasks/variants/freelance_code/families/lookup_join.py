"""Joins: complete the rows of one CSV file from another one, as VLOOKUP does."""

from typing import Any, Final

from tasks.variants.freelance_code.draws import Draws
from tasks.variants.freelance_code.family import Family, Inputs, Mutant, Settings
from tasks.variants.freelance_code.subjects import Subject
from tasks.variants.freelance_code.writing import csv_text

MAIN: Final = "main.csv"
LOOKUP: Final = "lookup.csv"
RESULT: Final = "result.csv"

_STATEMENT: Final = """
Write a program that reads two CSV files of its folder and writes a third, `result.csv`.

`main.csv` lists {records}; one of its columns is `{key}`. `lookup.csv` has the columns `{key}` and
`{value}`, in any order, perhaps beside others. All three files have a header, are separated by
commas, and quote a field that holds a comma, a quote or a line break, with quotes in it doubled.

- `result.csv` has all columns of `main.csv` in their order, and `{value}` as the last one.
- Its rows are those of `main.csv` in their order, each with the `{value}` that `lookup.csv` has for
  its `{key}`. Keys are the same where they differ only by blanks around them or by letter case;
  the result shows them as `main.csv` has them.
- Where `lookup.csv` has a key more than once, its {which} row counts.
- A key that is not in `lookup.csv`, or empty, gets the value `{missing}`.
- Quote a field only where it holds a comma, a quote or a line break. Lines end with a line feed.
"""


def draw(draws: Draws, subject: Subject) -> Settings:
    return {
        "key": subject.label,
        "value": draws.pick(["rate", "code", "owner"]),
        "which": draws.pick(["first", "last"]),
        "missing": draws.pick(["#N/A", "n/a", "missing"]),
    }


def statement(settings: Settings, subject: Subject) -> str:
    return _STATEMENT.format(records=subject.records, **settings)


def inputs(draws: Draws, subject: Subject, settings: Settings, number: int) -> Inputs:
    """Case 0 has an empty table of values, 1 only doubled keys; then anything."""
    key, value = settings["key"], settings["value"]
    known = [] if number == 0 else draws.some(subject.labels, draws.whole(3, len(subject.labels)))
    keys = known * 2 if number == 1 else [*known, *draws.some(known, draws.whole(1, 2))]
    found = [{"note": "", key: _spelt(draws, name), value: _value(draws)} for name in keys]
    rows = [
        {
            subject.identifier: f"{subject.prefix}{row:03d}",
            key: "" if draws.chance(8) else _spelt(draws, draws.pick(subject.labels)),
            subject.quantity: draws.whole(1, 90),
        }
        for row in range(1, draws.whole(6, 18))
    ]
    names = draws.shuffled([subject.identifier, key, subject.quantity])
    return {
        MAIN: csv_text(names, rows),
        LOOKUP: csv_text(draws.shuffled([key, value, "note"]), draws.shuffled(found)),
    }


def _spelt(draws: Draws, name: str) -> str:
    return draws.pick([name, name, name, name.upper(), f" {name}", f"{name} "])


def _value(draws: Draws) -> str:
    return draws.pick([f"{draws.whole(1, 999)}", f"R{draws.whole(10, 99)}, new", 'the "old" one'])


def solve(inputs: dict[str, str], settings: dict[str, Any]) -> str:
    import csv
    import io

    key, value = settings["key"], settings["value"]
    values: dict[str, str] = {}
    for row in csv.DictReader(io.StringIO(inputs["lookup.csv"], newline="")):
        name = row[key].strip().lower()
        if settings["which"] == "last" or name not in values:
            values[name] = row[value]
    values[""] = settings["missing"]
    reader = csv.DictReader(io.StringIO(inputs["main.csv"], newline=""))
    names = [*(reader.fieldnames or ()), value]
    buffer = io.StringIO(newline="")
    writer = csv.DictWriter(buffer, names, lineterminator="\n")
    writer.writeheader()
    for row in reader:
        found = values.get(row[key].strip().lower(), settings["missing"])
        writer.writerow({**row, value: found})
    return buffer.getvalue()


FAMILY = Family(
    name="lookup_join",
    title="Rows completed from another table",
    tags={"excel": 1, "excel vba": 2, "database programming": 1, "microsoft access": 2},
    words={r"\bv-?lookup": 4, r"\bmerg(?:e|ing)": 3, r"\bmatch": 2, r"\bjoin": 2, r"\bcompar": 1},
    draw=draw,
    statement=statement,
    inputs=inputs,
    solve=solve,
    mutants=(
        Mutant("keys must be spelt alike", "name = row[key].strip().lower()", "name = row[key]"),
        Mutant(
            "the other one of doubled keys counts",
            'settings["which"] == "last"',
            'settings["which"] != "last"',
        ),
        Mutant(
            "drops what has no value",
            "        writer.writerow",
            '        if found != settings["missing"]:\n            writer.writerow',
        ),
        Mutant("leaves missing values empty", ', settings["missing"])', ', "")'),
    ),
    reads=(MAIN, LOOKUP),
    writes=RESULT,
)
