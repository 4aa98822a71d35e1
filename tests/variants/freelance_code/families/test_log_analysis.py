"""A log read by hand."""

from typing import Any

import pytest

from tasks.variants.freelance_code.families.log_analysis import FAMILY

SETTINGS: dict[str, Any] = {
    "errors": 400,
    "zone": "utc",
    "top": 2,
    "least": 2,
    "measure": "mean",
    "robots": False,
    "key": "class",
}


def line(time: str, target: str, status: int, agent: str = "Opera", took: str = "-") -> str:
    request = f'"GET {target} HTTP/1.1" {status} - "-" "{agent}" {took}'
    return f"10.0.0.1 - ana [{time}] {request}\n"


LOG = "".join(
    [
        line("01/Mar/2024:00:10:00 +0130", "/a/?x=/", 200, took="10"),
        line("01/Mar/2024:00:20:00 +0130", "/a", 404, took="11"),  # 29 February, 22:50
        "\n",
        line("29/Feb/2024:17:40:59 -0530", "/?q", 500, "A RoBot", "3"),  # 29 February, 23:10
        line("29/Feb/2024:22:00:00 +0000", "/", 503, took="18"),
        line("29/Feb/2024:22:00:00 +0000", '/"b"', 200, took="900"),  # a quote: unreadable
        line("29/Feb/2024:22:00:00 +0000", "/b,c", 200, took="900"),  # slow, but once
        line("29/Feb/2024:22:00:00 +0000", "/b,c", 302),
        "restarted",
    ]
)


def test_hours_in_utc_and_means() -> None:
    # / has 3 and 18 ms, /a 10 and 11: both 10.5. Of 6 lines 2, 1, 1 and 2 are of a class.
    assert FAMILY.solve({"stdin": LOG}, SETTINGS) == (
        "part,key,value\n"
        "errors,2024-02-29 22:00,2\n"
        "errors,2024-02-29 23:00,1\n"
        "slow,/,10.5\n"
        "slow,/a,10.5\n"
        "status,2xx,33.3\n"
        "status,3xx,16.7\n"
        "status,4xx,16.7\n"
        "status,5xx,33.3\n"
        "lines,read,6\n"
        "lines,bots,1\n"
        "lines,unreadable,2\n"
    )


def test_hours_of_the_line_and_largest_times_without_robots() -> None:
    settings = SETTINGS | {
        "errors": 500,
        "zone": "local",
        "least": 1,
        "measure": "most",
        "robots": True,
        "key": "code",
    }
    assert FAMILY.solve({"stdin": LOG.replace("503", "404")}, settings) == (
        "part,key,value\n"
        'slow,"/b,c",900\n'
        "slow,/,18\n"
        "status,200,40.0\n"
        "status,302,20.0\n"
        "status,404,40.0\n"
        "lines,read,5\n"
        "lines,bots,1\n"
        "lines,unreadable,2\n"
    )
    answer = FAMILY.solve({"stdin": LOG}, settings | {"errors": 400})
    assert answer.splitlines()[1:3] == [
        "errors,2024-02-29 22:00,1",
        "errors,2024-03-01 00:00,1",
    ]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (" ana ", " ana  "),
        ("Mar", "mar"),
        ("+0130", "0130"),
        (" HTTP/1.1", ""),
        ("404", "4040"),
        (" - ana", " ana"),
        ('"Opera"', '"Op"era"'),
        (" 11", " 1.1"),
        (" 11", " 11 "),
    ],
)
def test_lines_of_another_form_are_unreadable(old: str, new: str) -> None:
    text = line("01/Mar/2024:00:20:00 +0130", "/a", 404, took="11")
    assert "unreadable,0" in FAMILY.solve({"stdin": text}, SETTINGS)
    assert FAMILY.solve({"stdin": text.replace(old, new)}, SETTINGS) == (
        "part,key,value\nlines,read,0\nlines,bots,0\nlines,unreadable,1\n"
    )
