"""A survey tabulated by hand."""

from typing import Any, Final

import pytest

from tasks.variants.freelance_code.families.survey_crosstab import ANSWERS, CODEBOOK, FAMILY

SETTINGS: Final[dict[str, Any]] = {
    "rows": "ease",
    "columns": "ward",
    "missing": "9",
    "percent": "row",
    "decimals": 1,
    "nobody": ".",
}
INPUTS: Final = {
    CODEBOOK: (
        'label,variable,code\nhard,ease,2\n"easy, mostly",ease, 1\nso so,ease,3\n'
        "no answer,ease,9\nday,ward,1\nnight,ward,2\nred,colour,5\n"
    ),
    ANSWERS: ("ward,id,ease\n1,a,1\n2,b, 1\n1,c,1\n2,d,2\n9,e,2\n1,f,9\n,g,1\n2,h,\n"),
}
FREQUENCIES: Final = (
    'ease,count,percent,valid\nhard,2,25.0,33.3\n"easy, mostly",4,50.0,66.7\nso so,0,0.0,0.0\n'
    "missing,2,25.0,\ntotal,8,100.0,100.0\n"
)


@pytest.mark.parametrize(
    ("percent", "crosstab"),
    [
        (
            "row",
            'hard,0.0,100.0,100.0\n"easy, mostly",66.7,33.3,100.0\nso so,.,.,.\n'
            "total,50.0,50.0,100.0\n",
        ),
        (
            "column",
            'hard,0.0,50.0,25.0\n"easy, mostly",100.0,50.0,75.0\nso so,0.0,0.0,0.0\n'
            "total,100.0,100.0,100.0\n",
        ),
        (
            "total",
            'hard,0.0,25.0,25.0\n"easy, mostly",50.0,25.0,75.0\nso so,0.0,0.0,0.0\n'
            "total,50.0,50.0,100.0\n",
        ),
    ],
)
def test_both_tables_leave_missing_answers_out_of_their_bases(percent: str, crosstab: str) -> None:
    assert FAMILY.solve(INPUTS, SETTINGS | {"percent": percent}) == (
        f"{FREQUENCIES}\nease,day,night,total\n{crosstab}"
    )


def test_a_half_goes_upwards() -> None:
    # One of 16 is 6.25 %.
    answers = "ward,ease\n" + "1,1\n" + "1,2\n" * 15
    answer = FAMILY.solve(INPUTS | {ANSWERS: answers}, SETTINGS)
    assert answer.splitlines()[1:3] == ["hard,15,93.8,93.8", '"easy, mostly",1,6.3,6.3']


def test_without_respondents_there_is_nobody_to_take_a_percentage_of() -> None:
    assert FAMILY.solve(INPUTS | {ANSWERS: "ward,ease\n"}, SETTINGS) == (
        'ease,count,percent,valid\nhard,0,.,.\n"easy, mostly",0,.,.\nso so,0,.,.\n'
        "missing,0,.,\ntotal,0,.,.\n"
        '\nease,day,night,total\nhard,.,.,.\n"easy, mostly",.,.,.\nso so,.,.,.\ntotal,.,.,.\n'
    )
