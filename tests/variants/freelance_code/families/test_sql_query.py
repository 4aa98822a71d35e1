"""Every question, answered by hand from three small tables."""

from typing import Any, Final

import pytest

from tasks.variants.freelance_code.families.sql_query import (
    FAMILY,
    ITEMS_FILE,
    PEOPLE_FILE,
    RECORDS_FILE,
)

SETTINGS: Final[dict[str, Any]] = {
    "group": "category",
    "amount": "price",
    "identifier": "order_id",
    "quantity": "units",
    "first": "2024-01-01",
    "last": "2024-02-29",
    "status": "void",
}
# What counts: P1 has O1 of 10.00, P2 has O3 of 10.00 and O4 of 5.00.
INPUTS: Final = {
    PEOPLE_FILE: 'name,id\nZoë,P3\nAna,P1\n"Roe, Max",P2\nSomebody else,P1\n',
    ITEMS_FILE: "category,id,product,price\ngarden,1,spade,2.50\ntoys,2,yo-yo,10.00\n",
    RECORDS_FILE: (
        "order_id,person,item,day,units,status\n"
        "O1,P1,1,2024-01-01,4,open\n"
        "O2,P1,2,2024-02-29,1, VOID\n"
        "O3,P2,2,2024-02-29,1,done\n"
        "O4,P2,1,2024-02-29,2,done\n"
        "O5,P1,2,2024-03-01,9,open\n"
        "O6,P1,2,2023-12-31,9,open\n"
        "O7,P9,2,2024-02-01,9,open\n"
        "O8,P3,7,2024-02-01,9,open\n"
    ),
}


@pytest.mark.parametrize(
    ("question", "answer"),
    [
        ({"question": "top", "number": 1}, 'id,name,value\nP2,"Roe, Max",15.00\n'),
        (
            {"question": "top", "number": 3},
            'id,name,value\nP2,"Roe, Max",15.00\nP1,Ana,10.00\n',
        ),
        ({"question": "never", "choice": "toys"}, "id,name\nP1,Ana\nP3,Zoë\n"),
        (
            {"question": "latest", "choice": "first"},
            'id,name,order_id,day\nP1,Ana,O1,2024-01-01\nP2,"Roe, Max",O3,2024-02-29\n',
        ),
        (
            {"question": "latest", "choice": "last"},
            'id,name,order_id,day\nP1,Ana,O1,2024-01-01\nP2,"Roe, Max",O4,2024-02-29\n',
        ),
        (
            {"question": "variety", "number": 2},
            'id,name,different,count\nP2,"Roe, Max",2,2\n',
        ),
        # The mean is 25.00 / 3; 120 percent of it are exactly 10.00, which is not more.
        ({"question": "above", "number": 100}, "id,name,count,value\nP1,Ana,1,10.00\n"),
        ({"question": "above", "number": 120}, "id,name,count,value\n"),
        (
            {"question": "months", "choice": "latest"},
            'month,id,name,value\n2024-02,P2,"Roe, Max",15.00\n2024-01,P1,Ana,10.00\n',
        ),
        (
            {"question": "months", "choice": "earliest"},
            'month,id,name,value\n2024-01,P1,Ana,10.00\n2024-02,P2,"Roe, Max",15.00\n',
        ),
    ],
    ids=str,
)
def test_a_question_is_answered_from_what_counts(question: dict[str, Any], answer: str) -> None:
    assert FAMILY.solve(INPUTS, SETTINGS | question) == answer


def test_those_equal_to_the_last_one_are_listed_too() -> None:
    records = INPUTS[RECORDS_FILE].replace("O4,P2,1,2024-02-29,2,", "O4,P2,1,2024-02-29,0,")
    answer = FAMILY.solve(
        INPUTS | {RECORDS_FILE: records}, SETTINGS | {"question": "top", "number": 1}
    )
    assert answer == 'id,name,value\nP1,Ana,10.00\nP2,"Roe, Max",10.00\n'
