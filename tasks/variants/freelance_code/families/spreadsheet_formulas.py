"""Formulas: a small spreadsheet calculated, with its errors and its cycles."""

import csv
import io
from typing import Final

from tasks.domain.coding import STDIN
from tasks.variants.freelance_code.draws import Draws
from tasks.variants.freelance_code.families.spreadsheet_solution import solve
from tasks.variants.freelance_code.family import Family, Inputs, Mutant, Settings
from tasks.variants.freelance_code.subjects import Subject

_TEXTS: Final = {
    "error": "text gives `#VALUE!`",
    "zero": "text counts as 0, too",
}
_DIGITS: Final = {
    True: "with {decimals} decimals always",
    False: "with at most {decimals} decimals: zeros at the end of the decimals are not printed, "
    "nor is a point without decimals behind it",
}

_STATEMENT: Final = """
Write a program that calculates a small spreadsheet of {records}. It reads the sheet as CSV from
standard input and prints it, with all formulas replaced by their values, as CSV to standard output.

The sheet has no header: its first line is row 1, its fields are the columns A, B, C and so on (Z at
most). Lines may have different numbers of fields; print as many as there are. A field that holds a
comma, a quote or a line break is quoted, with quotes in it doubled. Spaces around a field do not
count and are not printed. A field is

- empty, and printed so;
- a formula, where it begins with `=`;
- a number, where it is digits, perhaps with a minus sign in front, perhaps with a point and more
  digits behind;
- text otherwise, and printed as it is.

Behind its `=`, a formula has these parts, in any letter case and with any spaces between them:

- numbers, written as above but without a minus sign; the operators `+`, `-`, `*`, `/`, and `-` in
  front of what it applies to; parentheses. `-` in front comes first, then `*` and `/`, then `+` and
  `-`; what is equal is calculated from left to right.
- cells: a letter and the number of a row (without zeros in front), each perhaps with a `$` before
  it, which changes nothing. What is outside of the sheet is empty.
- the functions `SUM`, `AVERAGE`, `MIN`, `MAX` and `COUNT`: the name, and in parentheses one or more
  arguments with `{separator}` between. An argument is a formula of such parts, or a range like
  `A1:B3`, which is all cells between its two corners, in whichever order they are named. Ranges
  stand nowhere else.

How it is calculated:

- A formula that is not built like this is `#ERROR!`. A name followed by parentheses that is not one
  of the five functions is `#NAME?`, in a formula that is built well otherwise. Names are letters.
- A cell that needs its own value, directly or through other cells, is `#CYCLE!`, whatever else is
  in its formula. What stands in a formula is needed: every cell, and every cell of a range.
- For operators, empty cells count as 0 and {text}. Division by 0 gives `#DIV/0!`.
- Where an operand is an error, so is the result: the same one, that of the left operand if both
  are. This goes before `#VALUE!`, and `#VALUE!` before `#DIV/0!`.
- Functions take the numbers among their arguments and the cells of their ranges; text and empty
  cells do not count. If there is an error among them, the result is the first one: arguments from
  left to right, ranges row by row. `COUNT` is how many numbers there are. Without any, `SUM`,
  `COUNT`, `MIN` and `MAX` are 0, and `AVERAGE` is `#DIV/0!`.
- A formula that is just a cell has its value, text included; an empty one makes it 0.

Calculate exactly and round only what is printed: numbers, those that are no formulas too, are
printed {digits}, halves rounded away from zero; a zero has no minus sign. Quote a field only where
it holds a comma or a quote. Every line ends with a line feed.
"""


def draw(draws: Draws, subject: Subject) -> Settings:  # noqa: ARG001 - one signature for all
    return {
        "separator": draws.pick([",", ";"]),
        "text": draws.pick([*_TEXTS]),
        "decimals": draws.whole(2, 4),
        "fixed": draws.chance(50),
    }


def statement(settings: Settings, subject: Subject) -> str:
    texts = {
        "text": _TEXTS[settings["text"]],
        "digits": _DIGITS[settings["fixed"]].format(decimals=settings["decimals"]),
    }
    return _STATEMENT.format(records=subject.records, **{**settings, **texts})


def inputs(draws: Draws, subject: Subject, settings: Settings, number: int) -> Inputs:
    """Case 0 has text alone, 1 one formula, 2 a chain that ends in itself; all others a table with
    totals, and formulas with every difficulty beside it."""
    if number == 0:
        return {STDIN: f"{subject.label},\n"}
    if number == 1:
        return {STDIN: f"={draws.whole(2, 9)}*({draws.whole(2, 9)}-1)\n"}
    if number == 2:
        return {STDIN: f"=B1+1,=C1,=sum(D1:D2),=E2\n{draws.whole(2, 99)},=A1/0,=A2,=1/0,=$C$1\n"}
    count = draws.whole(8, 14)
    lines = [[subject.label, subject.quantity, subject.amount, "", "notes"]]
    for row in range(2, count + 2):
        quantity = draws.pick(["", str(draws.whole(1, 9)), str(draws.whole(1, 9)), "n/a"])
        if row < 4:
            quantity = str(draws.whole(2, 9))
        elif row == 4:
            quantity = ""
        price = draws.pick([draws.money(1, 99), f"-{draws.whole(1, 9)}.125", " 12 "])
        lines.append([draws.pick(subject.labels), quantity, price, f"=B{row}*C{row}"])
    lines.append([f"=A{count}", f"=SUM(B2:B{count + 1})", "", f"=sum( $D$2 : D{count + 1} )"])
    lines.append(["mean", f"=AVERAGE(B{count + 1}:B2)", f"=MAX(C2:C{count + 1})", f"=D{count}/B2"])
    for place, formula in enumerate(draws.shuffled(_odd(draws, settings["separator"]))):
        lines[1 + place % (len(lines) - 1)].append(formula)
    buffer = io.StringIO(newline="")
    csv.writer(buffer, lineterminator="\n").writerows(lines)
    return {STDIN: buffer.getvalue()}


def _odd(draws: Draws, separator: str) -> list[str]:
    """One formula for each rule: row 4 has no quantity, row 1 has text, rows 2 and 3 have both
    numbers."""
    other = ";" if separator == "," else ","
    one, two = draws.whole(2, 9), draws.whole(2, 9)
    return [
        f"={one}+{two}*4-6/4",
        f"={one}-{two}-1/-8",
        "=1/8",
        "=-1/16",
        "=1/32",
        "=2/3",
        f"=A1+{one}",
        f"=C3/(B2-b2)+{two}",
        f"=COUNT(A1:C4{separator}{one}{separator}(C2)) - $B$3",
        f"=SUM({one}{other}{two})",
        f"=MIN(B2:C3{separator}{one}{separator}-B2)",
        "=Z99",
        f"=AVERAGE(B2:B4{separator}B4)",
        draws.pick(["=AVERAGE(A1:A3)", "=A1/0", "=1/0-A1"]),
        draws.pick(["=ROUND(B2)", "=SUM2(B2)", "=B2:B3", "=1+", "=A1B2", "=(B2", "=SUM()", "=+1"]),
        draws.pick([f"=B2*({one}+{two})/{two}", f"=({one}-{two})*--B3", "=MAX(A1:A2)"]),
    ]


FAMILY = Family(
    name="spreadsheet_formulas",
    title="A spreadsheet calculated",
    tags={
        "excel": 2,
        "excel vba": 4,
        "excel macros": 4,
        "excel vb capabilities": 4,
        "visual basic": 3,
        "visual basic for apps": 4,
        "vb.net": 2,
        "google sheets": 4,
        "google spreadsheets": 4,
        "spreadsheets": 4,
        "microsoft office": 3,
        "financial modeling": 2,
        "algorithm": 2,
        "microsoft": 2,
        "google apps scripts": 3,
        "office 365": 2,
    },
    words={
        r"\bformulas?\b": 5,
        r"\bspreadsheets?\b": 3,
        r"\bmacros?\b": 4,
        r"\bvba\b": 4,
        r"\bexcel\b": 1,
        r"\bcalculat\w+": 2,
        r"\b(?:work|time) ?(?:book|sheet)s?\b": 2,
    },
    draw=draw,
    statement=statement,
    inputs=inputs,
    solve=solve,
    mutants=(
        Mutant("does the other thing with text", '["text"] == "error"', '["text"] != "error"'),
        Mutant(
            "rounds halves to even",
            "int(abs(value) * 10**decimals + Fraction(1, 2))",
            "round(abs(value) * 10**decimals)",
        ),
        Mutant(
            "counts empty cells in means",
            'len(numbers) if name == "AVERAGE"',
            'len(found) if name == "AVERAGE"',
        ),
        Mutant(
            "leaves the last row of ranges out",
            "range(rows[0], rows[1] + 1)",
            "range(rows[0], rows[1])",
        ),
        Mutant("takes cycles for nothing", 'CellError("#CYCLE!")', "Fraction(0)"),
        Mutant(
            "calculates from the right",
            "left = [sign, left, operand()]",
            "left = [sign, left, operation(signs, operand)]",
        ),
    ),
)
