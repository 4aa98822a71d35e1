"""Zones and places drawn on paper."""

from typing import Any, Final

import pytest

from tasks.variants.freelance_code.families.geometry import FAMILY, PLACES, ZONES

SETTINGS: Final[dict[str, Any]] = {
    "group": "ward",
    "identifier": "visit_id",
    "outside": "none",
    "border": "inside",
    "overlap": "smallest",
    "metric": "straight",
}
# V1 is a corner of the triangle, V2 lies on its slanted edge, V4 on an edge of the square.
INPUTS: Final = {
    ZONES: (
        "corners,ward\n0 0; 8 0; 8 4; 8 8; 0 8; 0 0,square\n1 5; 5 1; 1 1,triangle\n"
        "-20 -20; -19 -20; -20 -19,corner\n"
    ),
    PLACES: "x,visit_id,y\n2,V6,2\n1,V1,1\n3,V2,3\n2,V3,2\n8,V4,4\n30,V5,30\n",
}
AREAS: Final = "ward,area\nsquare,64.0\ntriangle,8.0\ncorner,0.5\n\n"
HEADER: Final = "visit_id,ward,nearest,distance\n"


def test_places_get_the_smallest_zone_and_their_nearest_neighbour() -> None:
    assert FAMILY.solve(INPUTS, SETTINGS) == (
        f"{AREAS}{HEADER}V6,triangle,V3,0.00\nV1,triangle,V3,1.41\nV2,triangle,V3,1.41\n"
        "V3,triangle,V6,0.00\nV4,square,V2,5.10\nV5,none,V4,34.06\n"
    )


@pytest.mark.parametrize(
    ("metric", "distances"),
    [("streets", [0, 2, 2, 0, 6, 48]), ("king", [0, 1, 1, 0, 5, 26])],
)
def test_distances_follow_the_metric(metric: str, distances: list[int]) -> None:
    answer = FAMILY.solve(INPUTS, SETTINGS | {"metric": metric})
    found = [line.rpartition(",")[2] for line in answer.split(HEADER)[1].splitlines()]
    assert found == [str(distance) for distance in distances]


@pytest.mark.parametrize(
    ("changed", "zones"),
    [
        ({"border": "outside"}, ["triangle", "square", "square", "triangle", "none", "none"]),
        ({"overlap": "first"}, ["square"] * 5 + ["none"]),
    ],
    ids=str,
)
def test_zones_follow_the_rules(changed: dict[str, Any], zones: list[str]) -> None:
    answer = FAMILY.solve(INPUTS, SETTINGS | changed)
    assert [line.split(",")[1] for line in answer.split(HEADER)[1].splitlines()] == zones


def test_a_notch_is_outside_and_its_corners_are_on_the_outline() -> None:
    inputs = {
        ZONES: "ward,corners\nu,0 0; 6 0; 6 4; 4 4; 4 1; 2 1; 2 4; 0 4\n",
        PLACES: "visit_id,x,y\nin notch,3,3\non floor,3,1\nleft,1,4\nbeside,-1,4\nbelow,3,0\n",
    }
    answer = FAMILY.solve(inputs, SETTINGS | {"border": "outside", "outside": "-"})
    assert answer.startswith("ward,area\nu,18.0\n")
    assert {line.split(",")[1] for line in answer.split(HEADER)[1].splitlines()} == {"-"}
    answer = FAMILY.solve(inputs, SETTINGS)
    zones = [line.split(",")[1] for line in answer.split(HEADER)[1].splitlines()]
    assert zones == ["none", "u", "u", "none", "u"]


def test_a_place_alone_has_no_neighbour() -> None:
    answer = FAMILY.solve(INPUTS | {PLACES: "visit_id,x,y\nV1,2,2\n"}, SETTINGS)
    assert answer == f"{AREAS}{HEADER}V1,triangle,,\n"
