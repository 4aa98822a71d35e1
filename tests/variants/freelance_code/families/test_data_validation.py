"""Tables checked by hand."""

from typing import Any

import pytest

from tasks.variants.freelance_code.families.data_validation import FAMILY

SETTINGS: dict[str, Any] = {
    "columns": {
        "identifier": "visit_id",
        "group": "ward",
        "quantity": "minutes",
        "amount": "charge",
        "person": "patient",
    },
    "prefix": "V",
    "digits": 3,
    "allowed": ["day care", "surgery"],
    "low": 5,
    "high": 60,
    "floor": "0.5",
    "first": "2024-01-10",
    "last": "2024-08-15",
    "longest": 8,
    "limit": "250",
    "every": True,
    "order": "row",
}
HEADER = "visit_id,ward,minutes,charge,day,patient\n"
VISITS = (
    HEADER
    + "V001,surgery,5,0.5,2024-01-10,Ana\n"
    + "v1,,61,-3,2024-02-30,Bo  Lindqvist\n"
    + "V002,surgery\n"
    + ' ,"a, b",x,1.,2024-08-16,\n'
    + "v1,day care,,250.01, ,\n"
    + "V001,day care,,250.00,2024-08-15,\n"
)
ROWS = [
    "2,visit_id,format,v1",
    "2,ward,required,",
    "2,minutes,range,61",
    "2,charge,range,-3",
    "2,day,date,2024-02-30",
    "2,patient,length,Bo  Lindqvist",
    "2,patient,blanks,Bo  Lindqvist",
    "3,,fields,2",
    "4,visit_id,required, ",
    '4,ward,allowed,"a, b"',
    "4,minutes,number,x",
    "4,charge,number,1.",
    "4,day,range,2024-08-16",
    "5,visit_id,format,v1",
    "5,visit_id,unique,v1",
    "5,patient,needed,",
    "6,visit_id,unique,V001",
]


def _report(rows: list[str]) -> str:
    return "\n".join(["row,column,rule,value", *rows, f"total,,,{len(rows)}", ""])


def test_every_rule_by_row() -> None:
    assert FAMILY.solve({"stdin": VISITS}, SETTINGS) == _report(ROWS)


def test_the_first_rule_of_a_field_by_column() -> None:
    columns = ["", "visit_id", "ward", "minutes", "charge", "day", "patient"]
    kept = [row for row in ROWS if row not in (ROWS[6], ROWS[14])]
    by_column = sorted(kept, key=lambda row: columns.index(row.split(",")[1]))
    settings = SETTINGS | {"every": False, "order": "column"}
    assert FAMILY.solve({"stdin": VISITS}, settings) == _report(by_column)


@pytest.mark.parametrize(
    ("field", "value", "rule"),
    [
        (0, "V1234", "format"),
        (0, "V001 ", "format"),
        (1, "Surgery", "allowed"),
        (1, "surgery ", "allowed"),
        (2, "60", None),
        (2, "005", None),
        (2, "+5", "number"),
        (2, "4", "range"),
        (3, " ", "required"),
        (3, "0.49", "range"),
        (3, "1.005", "number"),
        (4, "2024-1-10", "date"),
        (4, "20240110", "date"),
        (4, "2024-01-09", "range"),
        (5, "12345678", None),
        (5, " Ana", "blanks"),
        (5, "   ", None),
    ],
)
def test_what_keeps_and_what_breaks_a_rule(field: int, value: str, rule: str | None) -> None:
    fields = ["V001", "surgery", "30", "1", "2024-03-01", "Ana"]
    fields[field] = value
    column = HEADER.strip().split(",")[field]
    answer = FAMILY.solve({"stdin": HEADER + ",".join(fields) + "\n"}, SETTINGS)
    assert answer == _report([f"1,{column},{rule},{value}"] if rule else [])
