"""A series by week around New Year, worked out by hand."""

from typing import Any, Final

import pytest

from tasks.domain.coding import STDIN
from tasks.domain.comparing import same
from tasks.variants.freelance_code.families.time_series import FAMILY

SETTINGS: Final[dict[str, Any]] = {
    "amount": "charge",
    "period": "week",
    "measure": "sum",
    "fill": "zero",
    "window": 2,
    "form": "%d/%m/%Y",
}
# The 25th of December 2023 and the 8th of January 2024 are Mondays.
TABLE: Final = """charge,note,day
25,"a, b",08/01/2024
10.00,,31/12/2023
,empty,01/07/2024
2.50,,25/12/2023
"""


@pytest.mark.parametrize(
    ("fill", "lines"),
    [
        (
            "zero",
            "2023-12-25 12.5 - -\n2024-01-01 0.0 6.25 -100.0\n2024-01-08 25.0 12.5 -\n",
        ),
        (
            "previous",
            "2023-12-25 12.5 - -\n2024-01-01 12.5 12.5 0.0\n2024-01-08 25.0 18.75 100.0\n",
        ),
        (
            "straight",
            "2023-12-25 12.5 - -\n2024-01-01 18.75 15.625 50.0\n2024-01-08 25.0 21.875 33.333333\n",
        ),
    ],
)
def test_a_gap_is_filled_by_the_rule_and_then_counts_like_any_value(fill: str, lines: str) -> None:
    answer = FAMILY.solve({STDIN: TABLE}, SETTINGS | {"fill": fill})
    expected = f"week value average growth\n{lines}"
    assert same(expected.encode(), answer.encode(), FAMILY.comparison), answer


@pytest.mark.parametrize(("measure", "value"), [("sum", "12.5"), ("mean", "6.25"), ("last", "10")])
def test_a_value_sums_up_its_week(measure: str, value: str) -> None:
    answer = FAMILY.solve({STDIN: TABLE}, SETTINGS | {"measure": measure})
    given = answer.splitlines()[1]
    assert same(f"2023-12-25 {value} - -".encode(), given.encode(), FAMILY.comparison), given


def test_of_one_day_the_last_row_of_the_input_is_the_latest() -> None:
    table = "day,charge\n02/03/2024,5\n02/03/2024,1\n01/03/2024,9\n"
    answer = FAMILY.solve({STDIN: table}, SETTINGS | {"measure": "last", "period": "month"})
    assert answer == "month value average growth\n2024-03-01 1.0000000000 - -\n"


def test_months_have_their_own_lengths() -> None:
    table = "day,charge\n31/12/2023,1\n31/01/2024,2\n01/03/2024,4\n"
    answer = FAMILY.solve({STDIN: table}, SETTINGS | {"period": "month", "fill": "previous"})
    starts = [line.split()[0] for line in answer.splitlines()[1:]]
    assert starts == ["2023-12-01", "2024-01-01", "2024-02-01", "2024-03-01"]


def test_the_comparison_takes_rounded_numbers_and_no_wrong_ones() -> None:
    answer = FAMILY.solve({STDIN: TABLE}, SETTINGS | {"fill": "straight"}).encode()
    rounded = answer.replace(b"33.3333333333", b"33.333333").replace(b"25.0000000000", b"25")
    assert rounded != answer
    assert same(answer, rounded, FAMILY.comparison)
    assert not same(answer, answer.replace(b"33.3333333333", b"33.333"), FAMILY.comparison)
