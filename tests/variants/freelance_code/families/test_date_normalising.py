"""Dates read by hand."""

import pytest

from tasks.variants.freelance_code.families.date_normalising import FAMILY

SETTINGS = {
    "identifier": "visit_id",
    "day_first": True,
    "swap": False,
    "pivot": 39,
    "order": "input",
}


def test_a_list_with_each_note() -> None:
    text = (
        'note,visit_id,written\n,V1,"March 5, 2024"\n,"V,2",2023-02-29\n,V3,  \n'
        ",V4,next week\n,V5,1/12/2023\n,V6,05.03.24 9:05\n"
    )
    rows = [
        "V1,2024-03-05,\n",
        '"V,2",,impossible\n',
        "V3,,empty\n",
        "V4,,unreadable\n",
        "V5,2023-12-01,\n",
        "V6,2024-03-05,\n",
    ]
    header = "visit_id,date,note\n"
    assert FAMILY.solve({"stdin": text}, SETTINGS) == header + "".join(rows)
    by_date = [rows[place] for place in (4, 0, 5, 1, 2, 3)]
    settings = SETTINGS | {"order": "date"}
    assert FAMILY.solve({"stdin": text}, settings) == header + "".join(by_date)


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("2024/3/5", "2024-03-05,"),
        ("2024.12.05T14:30:05", "2024-12-05,"),
        ("20240229", "2024-02-29,"),
        ("20230229", ",impossible"),
        ("45356", "2024-03-05,"),
        ("45356 23:59", "2024-03-05,"),
        ("5/3/24", "2024-03-05,"),
        ("5/13/2024", ",impossible"),
        ("5.13.2024", ",impossible"),
        ("1-1-39", "2039-01-01,"),
        ("1-1-40", "1940-01-01,"),
        ("1-1.2024", ",unreadable"),
        ("5 MARCH 2024", "2024-03-05,"),
        ("5-Mar-24", "2024-03-05,"),
        ("5th Mar., 2024", "2024-03-05,"),
        ("Sept 31st 24", ",impossible"),
        ("sept 7 99", "1999-09-07,"),
        ("Marc 5 2024", ",unreadable"),
        ("5March 2024", ",unreadable"),
        ("2024-3", ",unreadable"),
        ("5/3/024", ",unreadable"),
    ],
)
def test_ways_of_writing_with_the_day_first(written: str, read: str) -> None:
    text = f'visit_id,written\nV1,"{written}"\n'
    assert FAMILY.solve({"stdin": text}, SETTINGS) == f"visit_id,date,note\nV1,{read}\n"


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("5/3/2024", "2024-05-03,"),
        ("5-13-2024", "2024-05-13,"),
        ("13/5/2024", "2024-05-13,swapped"),
        ("29/2/2023", ",impossible"),
        ("13/13/2024", ",impossible"),
        ("5.13.2024", ",impossible"),
        ("13.5.2024", "2024-05-13,"),
        ("2024-13-05", ",impossible"),
    ],
)
def test_ways_of_writing_with_the_month_first_and_exchanging(written: str, read: str) -> None:
    text = f"visit_id,written\nV1,{written}\n"
    settings = SETTINGS | {"day_first": False, "swap": True}
    assert FAMILY.solve({"stdin": text}, settings) == f"visit_id,date,note\nV1,{read}\n"
