"""Statistics worked out by hand: 1, 2, 4 and 5 have squares of differences that sum to 10."""

from typing import Any, Final

import pytest

from tasks.domain.coding import STDIN
from tasks.variants.freelance_code.families.descriptive_statistics import FAMILY

SETTINGS: Final[dict[str, Any]] = {
    "group": "ward",
    "amount": "charge",
    "overall": "all",
    "quartiles": "inclusive",
    "deviation": "sample",
    "rounding": "half_up",
    "ties": "smallest",
    "decimals": 2,
}
TABLE: Final = """charge,note,ward
4.00,"two
lines",a
1.00,,a
,"b, empty",a
2.00,x, b
5.00,x,a
2.00,x,a\x20
,x,c
"""


def test_each_group_and_all_together_have_their_statistics() -> None:
    assert FAMILY.solve({STDIN: TABLE}, SETTINGS) == (
        "ward,n,mean,median,mode,q1,q3,sd\n"
        "a,4,3.00,3.00,1.00,1.75,4.25,1.83\n"
        "b,1,2.00,2.00,2.00,2.00,2.00,\n"
        "all,5,2.80,2.00,2.00,2.00,4.00,1.64\n"
    )


@pytest.mark.parametrize(
    ("changed", "line"),
    [
        ({"quartiles": "exclusive"}, "a,4,3.00,3.00,1.00,1.25,4.75,1.83"),
        ({"quartiles": "halves"}, "a,4,3.00,3.00,1.00,1.50,4.50,1.83"),
        ({"deviation": "population"}, "a,4,3.00,3.00,1.00,1.75,4.25,1.58"),
        ({"ties": "largest", "decimals": 1}, "a,4,3.0,3.0,5.0,1.8,4.3,1.8"),
        ({"rounding": "half_even", "decimals": 1}, "a,4,3.0,3.0,1.0,1.8,4.2,1.8"),
    ],
)
def test_methods_differ_as_stated(changed: dict[str, Any], line: str) -> None:
    answer = FAMILY.solve({STDIN: TABLE}, SETTINGS | changed)
    assert answer.splitlines()[1] == line


def test_of_a_single_value_the_population_deviates_by_nothing() -> None:
    answer = FAMILY.solve({STDIN: TABLE}, SETTINGS | {"deviation": "population"})
    assert answer.splitlines()[2] == "b,1,2.00,2.00,2.00,2.00,2.00,0.00"


def test_halves_of_negative_values_go_away_from_zero_and_zero_has_no_sign() -> None:
    table = "ward,charge\na,-0.25\na,-0.25\nb,-0.04\n"
    assert FAMILY.solve({STDIN: table}, SETTINGS | {"decimals": 1}) == (
        "ward,n,mean,median,mode,q1,q3,sd\n"
        "a,2,-0.3,-0.3,-0.3,-0.3,-0.3,0.0\n"
        "b,1,0.0,0.0,0.0,0.0,0.0,\n"
        "all,3,-0.2,-0.3,-0.3,-0.3,-0.1,0.1\n"
    )


def test_without_a_value_there_is_a_header_alone() -> None:
    answer = FAMILY.solve({STDIN: "ward,charge\na,\n"}, SETTINGS)
    assert answer == "ward,n,mean,median,mode,q1,q3,sd\n"
