"""1000.00 at one percent a month in three instalments, worked out by hand."""

from typing import Any, Final

import pytest

from tasks.variants.freelance_code.families.loan_schedule import EXTRA, FAMILY, LOANS

SETTINGS: Final[dict[str, Any]] = {
    "person": "patient",
    "kind": "annuity",
    "after": "shorter",
    "rounding": "half_up",
}
HEADER: Final = "loan,number,due,instalment,interest,principal,extra,balance\n"
NONE: Final = "loan,number,payment\n"
PAID: Final = "number,loan,payment\n1,L1,60.00\n7,L1,50.00\n1,L9,20.00\n1,L1,40.00\n"


def solved(extra: str, loan: str = "L1,Ana,1000.00,12,3,2024-01-31", **changed: str) -> str:
    loans = f"loan,patient,amount,rate,months,first\n{loan}\n"
    return FAMILY.solve({LOANS: loans, EXTRA: extra}, SETTINGS | changed)


@pytest.mark.parametrize(
    ("kind", "lines"),
    [
        # 1000.00 x 0.01 / (1 - 1 / 1.030301) = 340.0221...
        (
            "annuity",
            "L1,1,2024-01-31,340.02,10.00,330.02,0.00,669.98\n"
            "L1,2,2024-02-29,340.02,6.70,333.32,0.00,336.66\n"
            "L1,3,2024-03-31,340.03,3.37,336.66,0.00,0.00\n"
            "L1,total,,1020.07,20.07,1000.00,0.00,\n",
        ),
        (
            "equal",
            "L1,1,2024-01-31,343.33,10.00,333.33,0.00,666.67\n"
            "L1,2,2024-02-29,340.00,6.67,333.33,0.00,333.34\n"
            "L1,3,2024-03-31,336.67,3.33,333.34,0.00,0.00\n"
            "L1,total,,1020.00,20.00,1000.00,0.00,\n",
        ),
    ],
)
def test_the_last_instalment_takes_what_rounding_left(kind: str, lines: str) -> None:
    assert solved(NONE, kind=kind) == HEADER + lines


@pytest.mark.parametrize(
    ("after", "lines"),
    [
        (
            "shorter",
            "L1,2,2024-02-29,340.02,5.70,334.32,0.00,235.66\n"
            "L1,3,2024-03-31,238.02,2.36,235.66,0.00,0.00\n"
            "L1,total,,918.06,18.06,900.00,100.00,\n",
        ),
        # 569.98 x 0.01 / (1 - 1 / 1.0201) = 289.2719...
        (
            "lower",
            "L1,2,2024-02-29,289.27,5.70,283.57,0.00,286.41\n"
            "L1,3,2024-03-31,289.27,2.86,286.41,0.00,0.00\n"
            "L1,total,,918.56,18.56,900.00,100.00,\n",
        ),
    ],
)
def test_extra_payments_add_up_and_change_what_follows(after: str, lines: str) -> None:
    first = "L1,1,2024-01-31,340.02,10.00,330.02,100.00,569.98\n"
    assert solved(PAID, after=after) == HEADER + first + lines


def test_a_loan_ends_where_an_extra_payment_pays_it_off() -> None:
    answer = solved("loan,number,payment\nL1,2,9000.00\n", kind="equal")
    assert answer.splitlines()[2:] == [
        "L1,2,2024-02-29,340.00,6.67,333.33,333.34,0.00",
        "L1,total,,683.33,16.67,666.66,333.34,",
    ]


@pytest.mark.parametrize(("rounding", "interest"), [("half_up", "0.51"), ("half_even", "0.50")])
def test_half_a_cent_goes_where_the_rule_says(rounding: str, interest: str) -> None:
    answer = solved(NONE, "L1,Ana,101.00,6,1,2024-12-01", rounding=rounding)
    assert answer.splitlines()[1].split(",")[4] == interest


def test_without_interest_the_instalments_are_parts_of_the_amount() -> None:
    answer = solved(NONE, "L1,Ana,100.00,0,3,2023-12-30")
    assert answer == (
        f"{HEADER}L1,1,2023-12-30,33.33,0.00,33.33,0.00,66.67\n"
        "L1,2,2024-01-30,33.33,0.00,33.33,0.00,33.34\n"
        "L1,3,2024-02-29,33.34,0.00,33.34,0.00,0.00\n"
        "L1,total,,100.00,0.00,100.00,0.00,\n"
    )
