"""Sheets calculated by hand."""

from typing import Any

import pytest

from tasks.variants.freelance_code.families.spreadsheet_formulas import FAMILY

SETTINGS: dict[str, Any] = {"separator": ",", "text": "error", "decimals": 2, "fixed": False}
SHEET = (
    "lamp, 3 ,2.50,=B1*C1\n"
    "tent,,-0.125,=b2 * $C$2,note\n"
    'total,=SUM(B1:B2),=A1,"=sum(D1:D2, 1, (B2))"\n'
    "\n"
    "mean,=AVERAGE(C2:B1),=D3/B2,=C5+A1\n"
)


def test_a_table_with_totals() -> None:
    # B1:C2 has 3, 2.5, -0.125 and an empty cell: 5.375 / 3 = 1.791666...
    assert FAMILY.solve({"stdin": SHEET}, SETTINGS) == (
        "lamp,3,2.5,7.5\ntent,,-0.13,0,note\ntotal,3,lamp,8.5\n\nmean,1.79,#DIV/0!,#DIV/0!\n"
    )


def test_fixed_decimals_and_text_that_counts_as_zero() -> None:
    settings = {"separator": ";", "text": "zero", "decimals": 3, "fixed": True}
    text = 'x,=A1-1/16,=MAX(A1;B1;-2),"=SUM(1,2)"\n=1/3,-7,=COUNT(A1:C2; 5),=A9\n'
    # C2 needs itself; A1 is text, so B1 is -0.0625.
    assert FAMILY.solve({"stdin": text}, settings) == (
        "x,-0.063,-0.063,#ERROR!\n0.333,-7.000,#CYCLE!,0.000\n"
    )


@pytest.mark.parametrize(
    ("formula", "value"),
    [
        ("2+3*4-6/4", "12.5"),
        ("8/4/2", "1"),
        ("5-3-1", "1"),
        ("-(2+1)*--2", "-6"),
        ("2*-B1", "-10"),
        ("0-1/200", "-0.01"),
        ("0-1/201", "0"),
        ("1/3*3", "1"),
        ("b$1+$B1", "10"),
        ("A1", "text"),
        ("(A1)", "text"),
        ("A1+1", "#VALUE!"),
        ("A1/0", "#VALUE!"),
        ("-A1", "#VALUE!"),
        ("1/0+A1", "#DIV/0!"),
        ("A1+1/0", "#DIV/0!"),
        ("Z9+1", "1"),
        ("Z9", "0"),
        ("COUNT(A1:B1, A1, Z9, 7, (B1))", "3"),
        ("AVERAGE(A1)", "#DIV/0!"),
        ("MIN(A1)", "0"),
        ("MAX(-1, A1)", "-1"),
        ("SUM(B1:A1, 1/0, A1+1)", "#DIV/0!"),
        ("COUNT(A1+1, 1/0)", "#VALUE!"),
        ("FOO(1/0)", "#NAME?"),
        ("FOO(1", "#ERROR!"),
        ("SUM()", "#ERROR!"),
        ("SUM(1;2)", "#ERROR!"),
        ("SUM(A1:2)", "#ERROR!"),
        ("A1:B1", "#ERROR!"),
        ("AB1", "#ERROR!"),
        ("B01", "#ERROR!"),
        ("+1", "#ERROR!"),
        ("1 2", "#ERROR!"),
        ("1.", "#ERROR!"),
        ("", "#ERROR!"),
    ],
)
def test_formulas(formula: str, value: str) -> None:
    answer = FAMILY.solve({"stdin": f'text,5,"={formula}"\n'}, SETTINGS)
    assert answer == f"text,5,{value}\n"


def test_cycles_are_told_from_what_only_uses_them() -> None:
    text = "=B1+1,=C1,=SUM(D1:D2),=E2\n7,=A1/0,=A2+1/0,=1/0,=$C$1*0,=foo(F2)\n"
    assert FAMILY.solve({"stdin": text}, SETTINGS) == (
        "#CYCLE!,#CYCLE!,#CYCLE!,#CYCLE!\n7,#CYCLE!,#DIV/0!,#DIV/0!,#CYCLE!,#CYCLE!\n"
    )
