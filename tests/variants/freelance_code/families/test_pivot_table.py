"""Pivot tables worked out by hand."""

from tasks.variants.freelance_code.families.pivot_table import FAMILY

SETTINGS = {
    "group": "ward",
    "amount": "charge",
    "period": "month",
    "measure": "sum",
    "gaps": True,
    "empty": "-",
    "order": "name",
}
VISITS = {
    "stdin": "charge,day,ward\n"
    "10,2023-12-31,surgery\n"
    "-2.5,2024-02-01, surgery \n"
    "0.25,2024-02-29,\n"
    ",2024-07-01,dentist\n"
    '4,2023-12-01,"x, y"\n'
    "3.01,2023-12-02,surgery\n"
    "-0.25,2024-02-03,  \n"
}


def test_sums_with_a_month_that_has_no_row() -> None:
    assert FAMILY.solve(VISITS, SETTINGS) == (
        "ward,2023-12,2024-01,2024-02,total\n"
        "(blank),-,-,0.00,0.00\n"
        "surgery,13.01,-,-2.50,10.51\n"
        '"x, y",4.00,-,-,4.00\n'
        "total,17.01,-,-2.50,14.51\n"
    )


def test_means_are_of_rows_and_round_away_from_zero() -> None:
    settings = SETTINGS | {"measure": "mean", "gaps": False, "empty": "", "order": "total"}
    # surgery: 13.01 / 2 = 6.505, 10.51 / 3 = 3.503...; all: 17.01 / 3 = 5.67, 14.51 / 6 = 2.418...
    assert FAMILY.solve(VISITS, settings) == (
        "ward,2023-12,2024-02,total\n"
        '"x, y",4.00,,4.00\n'
        "surgery,6.51,-2.50,3.50\n"
        "(blank),,0.00,0.00\n"
        "total,5.67,-0.83,2.42\n"
    )


def test_largest_by_quarter() -> None:
    settings = SETTINGS | {"measure": "largest", "period": "quarter", "empty": "0.00"}
    assert FAMILY.solve(VISITS, settings) == (
        "ward,2023-Q4,2024-Q1,total\n"
        "(blank),0.00,0.25,0.25\n"
        "surgery,10.00,-2.50,10.00\n"
        '"x, y",4.00,0.00,4.00\n'
        "total,10.00,0.25,10.00\n"
    )


def test_quarters_go_on_after_new_year_and_equal_totals_are_in_order_of_name() -> None:
    text = "ward,day,charge\nb,2023-07-01,1\na,2024-06-30,1\n"
    settings = SETTINGS | {"period": "quarter", "order": "total", "empty": ""}
    assert FAMILY.solve({"stdin": text}, settings) == (
        "ward,2023-Q3,2023-Q4,2024-Q1,2024-Q2,total\n"
        "a,,,,1.00,1.00\nb,1.00,,,,1.00\ntotal,1.00,,,1.00,2.00\n"
    )


def test_no_row_leaves_the_header() -> None:
    text = "ward,day,charge\na,2024-01-01,\n"
    assert FAMILY.solve({"stdin": text}, SETTINGS) == "ward,total\n"
