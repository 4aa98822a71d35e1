"""Flattening: nested JSON records laid out as a table."""

import json
from typing import Any, Final

from tasks.domain.coding import STDIN
from tasks.variants.freelance_code.draws import Draws
from tasks.variants.freelance_code.family import Family, Inputs, Mutant, Settings
from tasks.variants.freelance_code.subjects import PEOPLE, Subject

_SHAPES: Final = {
    "array": "a JSON array of objects",
    "lines": "JSON objects, one a line; lines with nothing but blanks do not count",
}
_ORDERS: Final = {
    "found": "in the order in which they are found, reading the {records} from the first to the "
    "last and each from its first key to its last, with nested values where they stand",
    "name": "in the alphabetical order of their names (by the code points of the letters)",
}

_STATEMENT: Final = """
Write a program that reads {records} as JSON (UTF-8) from standard input and prints them as a table,
in CSV, to standard output.

The input is {shape}. Each object is one {record}. It has the key `{identifier}` with a text that is
not empty; all other keys may be there or not, in any order.

- Each value that is not an object is a cell. Its column is named by the keys that lead to it, from
  outside in, with `{joint}` between. An object that is empty gives no cell.
- `lines` is an array of objects, and each of them makes a row of its own: its cells in columns
  whose names begin with `lines{joint}`, and all other cells of the {record} repeated in every row.
  Rows come in the order of the input. Without `lines`, or with an empty array, there is one row.
- Any other array is one cell: its values, none of which is an array or object, written as below
  with `{between}` between.
- A text is written as it is. `true` and `false` are written `{true}` and `{false}`, and `null` as
  nothing. A number is written with the characters that it has in the input (`12.50` stays `12.50`).
- A cell that a row does not have is left empty.
- The first column is `{identifier}`. The others are all that any {record} has a cell for (of `null`
  too, and of an empty array), {order}.

Quote a field only where it holds a comma, a quote or a line break, with quotes in it doubled. The
first line names the columns. Every line ends with a line feed. Where there are no {records}, print
the name of the first column alone.
"""


def draw(draws: Draws, subject: Subject) -> Settings:
    true, false = draws.pick([("true", "false"), ("yes", "no"), ("1", "0")])
    return {
        "identifier": subject.identifier,
        "shape": draws.pick([*_SHAPES]),
        "order": draws.pick([*_ORDERS]),
        "joint": draws.pick([".", "/", "__"]),
        "between": draws.pick(["|", ";", " + "]),
        "true": true,
        "false": false,
    }


def statement(settings: Settings, subject: Subject) -> str:
    texts = {
        "shape": _SHAPES[settings["shape"]],
        "order": _ORDERS[settings["order"]].format(records=subject.records),
    }
    names = {"record": subject.record, "records": subject.records}
    return _STATEMENT.format(**{**settings, **texts, **names})


class _Written(str):
    """A number, with the characters that it has in the input."""


def inputs(draws: Draws, subject: Subject, settings: Settings, number: int) -> Inputs:
    """Case 0 has no record, 1 one with nothing but its name, 2 only records without lines; then
    anything."""
    count = number if number < 2 else draws.whole(7, 10)
    records = [_record(draws, subject, n, has_lines=number > 2) for n in range(1, count + 1)]
    if number == 1:
        records = [{subject.identifier: f"{subject.prefix}1"}]
    ascii_only = draws.chance(50)
    texts = [_text(record, ascii_only) for record in records]
    if settings["shape"] == "array":
        return {STDIN: "[" + ",\n ".join(texts) + "]\n"}
    return {STDIN: ("\n\n" if number == 3 else "\n").join([*texts, ""])}


def _record(draws: Draws, subject: Subject, number: int, has_lines: bool) -> dict[str, Any]:
    contact = {
        "email": draws.pick([None, f"a{draws.whole(1, 99)}@mail.example"]),
        "phones": draws.pick([[], ["020 1234"], [_Written(draws.whole(100, 999)), "x, y", None]]),
    }
    fields = {
        subject.person: draws.pick(
            [
                {"name": draws.pick(PEOPLE), "contact": contact},
                {"contact": {}, "name": 'Zoë "Z" Öz'},
                {"name": "two\nlines"},
            ]
        ),
        subject.group: draws.pick([*subject.groups, None]),
        "paid": draws.chance(50),
        "flags": draws.pick([[True, False], [], [_Written("1.0"), True]]),
        "rate": _Written(draws.pick(["0.10", "1e3", "-2", "7.25"])),
        subject.label: draws.pick(subject.labels),
    }
    kept = draws.shuffled([*fields])[: draws.whole(3, 6)]
    record = {subject.identifier: f"{subject.prefix}{number:03d}"}
    found = record | {name: fields[name] for name in kept}
    if has_lines and (number < 4 or draws.chance(50)):
        # The second record always has an empty array, the first and the third some lines.
        count = 0 if number == 2 else draws.whole(1, 3)
        found["lines"] = [_line(draws, subject) for _ in range(count)]
    return {name: found[name] for name in draws.shuffled([*found])}


def _line(draws: Draws, subject: Subject) -> dict[str, Any]:
    line = {
        subject.quantity: _Written(draws.whole(1, 20)),
        subject.amount: _Written(draws.money(1, 99)),
        "extra": {"gift": draws.chance(50)},
    }
    return {name: line[name] for name in draws.shuffled([*line])[: draws.whole(1, 3)]}


def _text(value: Any, ascii_only: bool) -> str:
    if isinstance(value, _Written):
        return str(value)
    if isinstance(value, dict):
        pairs = [f"{json.dumps(k)}: {_text(v, ascii_only)}" for k, v in value.items()]
        return "{" + ", ".join(pairs) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(_text(item, ascii_only) for item in value) + "]"
    return json.dumps(value, ensure_ascii=ascii_only)


def solve(inputs: dict[str, str], settings: dict[str, Any]) -> str:
    import csv
    import io
    import json

    def written(value: Any) -> str:
        if value is None:
            return ""
        if value is True or value is False:
            return str(settings["true"] if value else settings["false"])
        if isinstance(value, list):
            return str(settings["between"]).join(written(item) for item in value)
        return str(value)

    def cells_of(value: dict[str, Any], before: str) -> dict[str, str]:
        cells: dict[str, str] = {}
        for key, inner in value.items():
            name = before + key
            if isinstance(inner, dict):
                cells.update(cells_of(inner, name + settings["joint"]))
            elif name == "lines":
                for line in inner:
                    cells.update(dict.fromkeys(cells_of(line, name + settings["joint"]), ""))
            else:
                cells[name] = written(inner)
        return cells

    def parsed(text: str) -> Any:
        return json.loads(text, parse_float=str, parse_int=str)

    text = inputs["stdin"]
    if settings["shape"] == "array":
        records = parsed(text)
    else:
        records = [parsed(line) for line in text.split("\n") if line.strip()]
    columns, rows = {settings["identifier"]: ""}, []
    for record in records:
        cells = cells_of(record, "")
        columns.update(dict.fromkeys(cells, ""))
        for line in record.get("lines") or [{}]:
            rows.append({**cells, **cells_of(line, "lines" + settings["joint"])})
    first, *others = columns
    if settings["order"] == "name":
        others.sort()
    buffer = io.StringIO(newline="")
    writer = csv.DictWriter(buffer, [first, *others], restval="", lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return buffer.getvalue()


FAMILY = Family(
    name="json_to_csv",
    title="Nested records as a table",
    tags={
        "json": 4,
        "api": 3,
        "restful api": 3,
        "restful": 3,
        "rest api": 3,
        "api integration": 3,
        "api development": 2,
        "web api": 3,
        "mongodb": 3,
        "nosql couch & mongo": 3,
        "node.js": 2,
        "javascript": 2,
        "twitter api": 3,
        "elasticsearch": 2,
        "etl": 2,
        "data integration": 2,
        "typescript": 1,
        "react.js": 1,
        "python": 1,
    },
    words={
        r"\bjson\b": 5,
        r"\bapis?\b": 3,
        r"\bconver(?:t|sion)\w*": 1,
        r"\bflatten\w*": 4,
        r"\bnested\b": 3,
        r"\bexport\w*": 1,
        r"\bcsv\b": 1,
    },
    draw=draw,
    statement=statement,
    inputs=inputs,
    solve=solve,
    mutants=(
        Mutant("reads numbers as binary fractions", "parse_float=str", "parse_float=float"),
        Mutant("writes truth as the language does", "value is True or value is False", "False"),
        Mutant(
            "drops records without lines", 'record.get("lines") or [{}]', 'record.get("lines", [])'
        ),
        Mutant(
            "takes the columns of the first record alone",
            "columns.update(dict.fromkeys(cells, ",
            "len(columns) > 1 or columns.update(dict.fromkeys(cells, ",
        ),
        Mutant("orders columns the other way", '["order"] == "name"', '["order"] != "name"'),
    ),
)
