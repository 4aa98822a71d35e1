"""Four people and three places, matched by hand."""

from typing import Any, Final

import pytest

from tasks.variants.freelance_code.families.matching import FAMILY, PEOPLE_FILE, PLACES_FILE

SETTINGS: Final[dict[str, Any]] = {
    "person": "patient",
    "group": "ward",
    "rule": "people",
    "listing": "people",
    "nobody": "none",
}
INPUTS: Final = {
    PEOPLE_FILE: ('patient,points,wishes\n"A, a",5,x; y;x\nC,9,y;x\nB,9,x\nD,1,z;elsewhere;x\n'),
    PLACES_FILE: 'seats,ranking,ward\n1,"C;B;A, a;D",x\n1,"A, a; C",y\n2,"A, a",z\n',
}


@pytest.mark.parametrize(
    ("rule", "matched"),
    [
        # A makes room for B, C for A and B for C, one after the other.
        ("people", {"A": "y", "B": "none", "C": "x"}),
        ("places", {"A": "y", "B": "none", "C": "x"}),
        # B and C have equal points; A finds both seats taken.
        ("points", {"A": "none", "B": "x", "C": "y"}),
    ],
)
def test_each_rule_matches_what_suits(rule: str, matched: dict[str, str]) -> None:
    assert FAMILY.solve(INPUTS, SETTINGS | {"rule": rule}) == (
        f'patient,ward\n"A, a",{matched["A"]}\nC,{matched["C"]}\nB,{matched["B"]}\nD,none\n'
    )


def test_places_are_listed_with_all_whom_they_took() -> None:
    assert FAMILY.solve(INPUTS, SETTINGS | {"listing": "places"}) == (
        'ward,taken,people\nx,1,C\ny,1,"A, a"\nz,0,\nnone,2,B;D\n'
    )


@pytest.mark.parametrize(("rule", "wards"), [("people", "xy"), ("places", "yx")])
def test_where_both_sides_disagree_those_who_ask_do_better(rule: str, wards: str) -> None:
    inputs = {
        PEOPLE_FILE: "patient,points,wishes\nA,1,x;y\nB,1,y;x\n",
        PLACES_FILE: "ward,seats,ranking\nx,1,B;A\ny,1,A;B\n",
    }
    answer = FAMILY.solve(inputs, SETTINGS | {"rule": rule})
    assert answer == f"patient,ward\nA,{wards[0]}\nB,{wards[1]}\n"


def test_a_place_asks_once_for_each_seat() -> None:
    inputs = {
        PEOPLE_FILE: "patient,points,wishes\nA,1,x\nB,1,y;x\nC,1,x\n",
        PLACES_FILE: "ward,seats,ranking\nx,2,B;A;C\ny,1,B\nz,0,A\n",
    }
    answer = FAMILY.solve(inputs, SETTINGS | {"rule": "places", "listing": "places"})
    assert answer == "ward,taken,people\nx,2,A;C\ny,1,B\nz,0,\nnone,0,\n"
