"""A short text, counted by hand."""

from typing import Any, Final

import pytest

from tasks.domain.coding import STDIN
from tasks.variants.freelance_code.families.text_statistics import FAMILY

SETTINGS: Final[dict[str, Any]] = {
    "size": 1,
    "apostrophes": "keep",
    "stops": ["the"],
    "top": 3,
    "bounds": "line",
    "drop": "after",
}
# The accent is a character of its own.
TEXT: Final = (
    "It's the tea. The TEA, the Tea!\r\n"
    "cafe\N{COMBINING ACUTE ACCENT} 2x isn’t rest-day Tea the cup"
)
KEPT: Final = "words\t15\ndifferent\t9\n"


@pytest.mark.parametrize(
    ("changed", "answer"),
    [
        ({}, KEPT + "4\t36.36\ttea\n1\t9.09\tcafé\n1\t9.09\tcup\n"),
        (
            {"apostrophes": "split"},
            "words\t17\ndifferent\t11\n4\t30.77\ttea\n1\t7.69\tcafé\n1\t7.69\tcup\n",
        ),
        (
            {"size": 2, "drop": "before"},
            KEPT + "2\t22.22\ttea tea\n1\t11.11\tcafé x\n1\t11.11\tday tea\n",
        ),
        (
            {"size": 2, "drop": "before", "bounds": "sentence"},
            KEPT + "1\t12.50\tcafé x\n1\t12.50\tday tea\n1\t12.50\tisn't rest\n",
        ),
        ({"size": 2}, KEPT + "1\t20.00\tcafé x\n1\t20.00\tday tea\n1\t20.00\tisn't rest\n"),
        (
            {"size": 3},
            KEPT + "1\t25.00\tcafé x isn't\n1\t25.00\tisn't rest day\n1\t25.00\trest day tea\n",
        ),
    ],
    ids=str,
)
def test_words_and_their_runs_are_counted_as_stated(changed: dict[str, Any], answer: str) -> None:
    assert FAMILY.solve({STDIN: TEXT}, SETTINGS | changed) == answer


def test_quotation_marks_are_no_part_of_a_word() -> None:
    answer = FAMILY.solve({STDIN: "'tea' ’tea’ tea' 'n' tea"}, SETTINGS)
    assert answer == "words\t5\ndifferent\t2\n4\t80.00\ttea\n1\t20.00\tn\n"


def test_an_empty_text_has_no_words() -> None:
    assert FAMILY.solve({STDIN: ""}, SETTINGS) == "words\t0\ndifferent\t0\n"
