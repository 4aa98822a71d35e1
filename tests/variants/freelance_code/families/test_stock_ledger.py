"""Ten units at 1.00 and ten at 2.005, of which twelve go out: worked out by hand."""

from typing import Any, Final

import pytest

from tasks.domain.coding import STDIN
from tasks.variants.freelance_code.families.stock_ledger import FAMILY

SETTINGS: Final[dict[str, Any]] = {
    "label": "product",
    "method": "fifo",
    "short": "refuse",
    "rounding": "half_up",
}
TABLE: Final = """units,product,day,unit_cost,kind
20,tea,2024-01-03,,out
12,TEA ,2024-01-02,,out
1," Milk, Fresh",2024-01-09,0.1250,in
10,tea,2024-01-02,2.0050,in
10,Tea,2024-01-01,1,in
"""
HEADER: Final = "product,units,value,issued,missing\n"


@pytest.mark.parametrize(
    ("changed", "tea", "total"),
    [
        ({}, "tea,8,16.04,14.01,20", "total,,16.17,14.01,20"),
        ({"method": "lifo"}, "tea,8,8.00,22.05,20", "total,,8.13,22.05,20"),
        ({"method": "average"}, "tea,8,12.02,18.03,20", "total,,12.15,18.03,20"),
        ({"short": "part"}, "tea,0,0.00,30.05,12", "total,,0.13,30.05,12"),
    ],
    ids=str,
)
def test_what_goes_out_is_valued_by_the_method(
    changed: dict[str, str], tea: str, total: str
) -> None:
    answer = FAMILY.solve({STDIN: TABLE}, SETTINGS | changed)
    assert answer == f'{HEADER}"Milk, Fresh",1,0.13,0.00,0\n{tea}\n{total}\n'


def test_half_a_cent_may_go_to_the_even_neighbour() -> None:
    answer = FAMILY.solve({STDIN: TABLE}, SETTINGS | {"rounding": "half_even"})
    assert answer == (
        f'{HEADER}"Milk, Fresh",1,0.12,0.00,0\ntea,8,16.04,14.01,20\ntotal,,16.16,14.01,20\n'
    )


def test_an_average_changes_only_when_more_comes_in() -> None:
    table = (
        "day,product,kind,units,unit_cost\n2024-01-01,tea,in,3,1.00\n2024-01-02,tea,in,1,2.00\n"
        "2024-01-03,tea,out,2,\n2024-01-04,tea,in,2,1.75\n2024-01-05,tea,out,1,\n"
    )
    # 1.25 a unit, then (2 x 1.25 + 2 x 1.75) / 4 = 1.50.
    answer = FAMILY.solve({STDIN: table}, SETTINGS | {"method": "average"})
    assert answer == f"{HEADER}tea,3,4.50,4.00,0\ntotal,,4.50,4.00,0\n"


def test_without_movements_the_totals_are_zero() -> None:
    answer = FAMILY.solve({STDIN: "day,product,kind,units,unit_cost\n"}, SETTINGS)
    assert answer == f"{HEADER}total,,0.00,0.00,0\n"
