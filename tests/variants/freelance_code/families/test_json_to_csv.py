"""Records flattened by hand."""

from typing import Any

from tasks.variants.freelance_code.families.json_to_csv import FAMILY

SETTINGS: dict[str, Any] = {
    "identifier": "order_id",
    "shape": "array",
    "order": "found",
    "joint": ".",
    "between": "|",
    "true": "yes",
    "false": "no",
}
ORDERS = r"""[
 {"paid": true, "order_id": "A", "to": {"name": "Zo\u00eb", "at": {"city": null}, "x": {}}},
 {"order_id": "B", "lines": [{"price": 12.50}, {"units": 3, "box": {"w": 1e2}}], "flags": []},
 {"lines": [], "order_id": "C", "flags": [1.0, "x, y", null, false], "note": "two\nlines"}
]"""


def test_lines_make_rows_and_columns_come_as_they_are_found() -> None:
    assert FAMILY.solve({"stdin": ORDERS}, SETTINGS) == (
        "order_id,paid,to.name,to.at.city,lines.price,lines.units,lines.box.w,flags,note\n"
        "A,yes,Zoë,,,,,,\n"
        "B,,,,12.50,,,,\n"
        "B,,,,,3,1e2,,\n"
        'C,,,,,,,"1.0|x, y||no","two\nlines"\n'
    )


def test_lines_of_json_in_the_order_of_names() -> None:
    settings = SETTINGS | {"shape": "lines", "order": "name", "joint": "__", "between": ";"}
    text = (
        '{"b": {"c": -0.10, "B": ""}, "order_id": "1"}\n \n'
        '{"order_id": "2", "lines": [{"z": true}], "a": [true, 7]}\n'
    )
    assert FAMILY.solve({"stdin": text}, settings) == (
        "order_id,a,b__B,b__c,lines__z\n1,,,-0.10,\n2,yes;7,,,yes\n"
    )


def test_without_records_there_is_the_first_column() -> None:
    assert FAMILY.solve({"stdin": "[]"}, SETTINGS) == "order_id\n"
    assert FAMILY.solve({"stdin": ""}, SETTINGS | {"shape": "lines"}) == "order_id\n"
