"""Two invoices added up by hand."""

from typing import Any, Final

import pytest

from tasks.domain.coding import STDIN
from tasks.variants.freelance_code.families.invoice_totals import FAMILY

SETTINGS: Final[dict[str, Any]] = {
    "quantity": "units",
    "by": "line",
    "tiers": [[10, 2], [20, 5]],
    "tax": "line",
    "rounding": "half_up",
}
# 10 x 1.99 = 19.90; 9.999 x 1.00 rounds to 10.00 but is no ten units; 5 % of -0.50 is -0.025.
TABLE: Final = """tax,units,what,unit_price,invoice
20,10,"lamp, small",1.99,A-2
5,-1,returned,0.50,A-10
5.5, 9.999 ,,1.00, A-2
"""
HEADER: Final = "invoice,lines,gross,discount,tax,total\n"


@pytest.mark.parametrize(
    ("changed", "lines"),
    [
        (
            {},
            "A-10,1,-0.50,0.00,-0.03,-0.53\nA-2,2,29.90,0.40,4.45,33.95\n"
            "all,3,29.40,0.40,4.42,33.42\n",
        ),
        (
            {"rounding": "half_even"},
            "A-10,1,-0.50,0.00,-0.02,-0.52\nA-2,2,29.90,0.40,4.45,33.95\n"
            "all,3,29.40,0.40,4.43,33.43\n",
        ),
        # Of 29.90, both lines get two percent: 0.40 and 0.20.
        (
            {"by": "invoice", "tiers": [[20, 2], [40, 5]]},
            "A-10,1,-0.50,0.00,-0.03,-0.53\nA-2,2,29.90,0.60,4.44,33.74\n"
            "all,3,29.40,0.60,4.41,33.21\n",
        ),
    ],
    ids=str,
)
def test_lines_are_discounted_and_taxed_as_stated(changed: dict[str, Any], lines: str) -> None:
    assert FAMILY.solve({STDIN: TABLE}, SETTINGS | changed) == HEADER + lines


@pytest.mark.parametrize(("tax", "amount"), [("line", "0.00"), ("invoice", "0.01")])
def test_a_rate_is_the_same_however_it_is_written(tax: str, amount: str) -> None:
    table = "invoice,units,unit_price,tax\nS,1,0.02,20\nS,1,0.02,20.00\n"
    answer = FAMILY.solve({STDIN: table}, SETTINGS | {"tax": tax})
    assert answer.splitlines()[1].split(",")[4] == amount


@pytest.mark.parametrize(("units", "discount"), [("9", "0.00"), ("10", "0.20"), ("20", "1.00")])
def test_a_tier_begins_at_its_edge(units: str, discount: str) -> None:
    table = f"invoice,units,unit_price,tax\nT,{units},1.00,0\n"
    answer = FAMILY.solve({STDIN: table}, SETTINGS)
    assert answer.splitlines()[1].split(",")[3] == discount


def test_without_lines_there_are_sums_of_nothing() -> None:
    answer = FAMILY.solve({STDIN: "invoice,units,unit_price,tax\n"}, SETTINGS)
    assert answer == f"{HEADER}all,0,0.00,0.00,0.00,0.00\n"
