"""Five visits and two rooms, assigned by hand."""

from typing import Any, Final

import pytest

from tasks.domain.coding import STDIN
from tasks.variants.freelance_code.families.interval_scheduling import FAMILY

SETTINGS: Final[dict[str, Any]] = {
    "identifier": "visit_id",
    "records": "visits",
    "place": "room",
    "count": 2,
    "gap": 10,
    "order": "file",
    "choice": "lowest",
}
TABLE: Final = """visit_id,end,what,start
V1,10:00,"x, y",9:00
V2,10:30,,09:30
V3,10:30,,10:09
V4,11:00,,10:10
V5,11:00,,11:00
"""


@pytest.mark.parametrize(
    ("changed", "rooms", "given"),
    [
        # V3 begins nine minutes after V1, one too few; V4 begins ten after it.
        ({}, ("1", "2", "none", "1"), ("1,2,110", "2,1,60")),
        ({"gap": 5}, ("1", "2", "1", "none"), ("1,2,81", "2,1,60")),
        # The shortest are V3 and V4; V1 then fits before V4 only.
        ({"order": "short"}, ("2", "none", "1", "2"), ("1,1,21", "2,2,110")),
        ({"order": "start"}, ("1", "2", "none", "1"), ("1,2,110", "2,1,60")),
    ],
    ids=str,
)
def test_rooms_are_given_in_order_and_with_time_between(
    changed: dict[str, Any], rooms: tuple[str, ...], given: tuple[str, ...]
) -> None:
    first, second, third, fourth = rooms
    assert FAMILY.solve({STDIN: TABLE}, SETTINGS | changed) == (
        "visit_id,room,clashes\n"
        f"V1,{first},1\nV2,{second},3\nV3,{third},2\nV4,{fourth},2\nV5,invalid,\n"
        f"\nroom,visits,minutes\n{given[0]}\n{given[1]}\n"
    )


def test_the_room_with_the_fewest_minutes_may_come_first() -> None:
    table = "visit_id,start,end\nA,8:00,9:00\nB,10:00,10:30\nC,12:00,13:00\n"
    answer = FAMILY.solve({STDIN: table}, SETTINGS | {"choice": "least"})
    assert answer == (
        "visit_id,room,clashes\nA,1,0\nB,2,0\nC,2,0\n\nroom,visits,minutes\n1,1,60\n2,2,90\n"
    )


def test_of_equal_starts_the_earliest_end_and_then_the_name_comes_first() -> None:
    table = "visit_id,start,end\nC,8:00,9:00\nB,8:00,9:00\nA,8:00,10:00\n"
    answer = FAMILY.solve({STDIN: table}, SETTINGS | {"order": "start"})
    assert answer.splitlines()[1:4] == ["C,2,2", "B,1,2", "A,none,2"]


def test_without_visits_the_rooms_are_listed_empty() -> None:
    answer = FAMILY.solve({STDIN: "visit_id,start,end\n"}, SETTINGS)
    assert answer == "visit_id,room,clashes\n\nroom,visits,minutes\n1,0,0\n2,0,0\n"
