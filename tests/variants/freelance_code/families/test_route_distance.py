"""A small network, with ways worked out by hand."""

from typing import Any, Final

import pytest

from tasks.domain.comparing import same
from tasks.variants.freelance_code.families.route_distance import FAMILY, ROADS, TRIPS

SETTINGS: Final[dict[str, Any]] = {
    "identifier": "visit_id",
    "measure": "km",
    "both": False,
    "back": False,
    "nowhere": "none",
}
# From A to C: 30 km by B at 30 km an hour, 40.5 km directly at 90.
INPUTS: Final = {
    ROADS: (
        "speed,from,to,closed,km\n30,A,B,no,10\n30,B,C,,20\n90, A,C ,,40.5\n"
        "50,C,A, YES,1\n50,C,D e,no,7\n50,A,A,no,3\n"
    ),
    TRIPS: 'note,stops,visit_id\n"x, y",A;C,V1\n,A; B ;D e,V2\n,C;A,V3\n,Q,V4\n,B;B,V5\n',
}


@pytest.mark.parametrize(
    ("changed", "lines"),
    [
        ({}, "V1 1 30\nV2 2 37.0\nV3 1 none\nV4 0 0.0\nV5 1 0.0\ntotal 4 67.0\n"),
        # 40.5 / 90 = 0.45; 10 / 30 + 20 / 30 + 7 / 50 = 1.14.
        (
            {"measure": "hours"},
            "V1 1 0.45\nV2 2 1.14\nV3 1 none\nV4 0 0.0\nV5 1 0.0\ntotal 4 1.59\n",
        ),
        ({"both": True}, "V1 1 30.0\nV2 2 37.0\nV3 1 30.0\nV4 0 0.0\nV5 1 0.0\ntotal 5 97.0\n"),
        (
            {"both": True, "back": True},
            "V1 2 60.0\nV2 3 74.0\nV3 2 60.0\nV4 1 0.0\nV5 2 0.0\ntotal 10 194.0\n",
        ),
        ({"back": True}, "V1 2 none\nV2 3 none\nV3 2 none\nV4 1 0.0\nV5 2 0.0\ntotal 3 0.0\n"),
    ],
    ids=str,
)
def test_ways_follow_roads_that_are_open(changed: dict[str, Any], lines: str) -> None:
    settings = SETTINGS | changed
    answer = FAMILY.solve(INPUTS, settings)
    expected = f"visit_id ways {settings['measure']}\n{lines}"
    assert same(expected.encode(), answer.encode(), FAMILY.comparison), answer


def test_a_number_of_ways_is_no_measurement() -> None:
    answer = FAMILY.solve(INPUTS, SETTINGS)
    assert not same(answer.encode(), answer.replace("V1 1", "V1 2").encode(), FAMILY.comparison)
    assert same(answer.encode(), answer.replace("37.0000000000", "37").encode(), FAMILY.comparison)
