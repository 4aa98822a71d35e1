"""Correlations worked out by hand."""

from typing import Any, Final

from tasks.domain.coding import STDIN
from tasks.variants.freelance_code.families.correlation_table import FAMILY

SETTINGS: Final[dict[str, Any]] = {
    "columns": ["price", "age", "units"],
    "mark": "NA",
    "deletion": "pairwise",
    "method": "pearson",
    "layout": "pairs",
    "undefined": "-",
    "decimals": 3,
}
# Price with age: 1 2 3 4 and 2 4 5 4.5 → differences' products 4.25, squares 5 and 5.1875.
TABLE: Final = """units,age,id,price
,2,a,1
7,4,"b, ""c"" d",2
7,5,c, 3
7,4.5,d,4
7,NA,e,9
"""


def test_each_two_columns_use_the_rows_that_have_both() -> None:
    assert FAMILY.solve({STDIN: TABLE}, SETTINGS) == (
        "first,second,n,r\nprice,age,4,0.834\nprice,units,4,-\nage,units,3,-\n"
    )


def test_listwise_only_complete_rows_count() -> None:
    # 2 3 4 and 4 5 4.5: products 0.5, squares 2 and 0.5.
    assert FAMILY.solve({STDIN: TABLE}, SETTINGS | {"deletion": "listwise"}) == (
        "first,second,n,r\nprice,age,3,0.500\nprice,units,3,-\nage,units,3,-\n"
    )


def test_equal_values_share_the_mean_of_their_ranks() -> None:
    # Ranks 1 2.5 2.5 4 and 4 3 2 1: products -4.5, squares 4.5 and 5; r is the root of 0.9.
    table = "price,age,units\n1,90,1\n2,8,2\n2,7,3\n50,6,4\n"
    answer = FAMILY.solve({STDIN: table}, SETTINGS | {"method": "spearman"})
    assert answer == (
        "first,second,n,r\nprice,age,4,-0.949\nprice,units,4,0.949\nage,units,4,-1.000\n"
    )


def test_a_matrix_has_ones_on_its_diagonal_even_where_nothing_is_defined() -> None:
    assert FAMILY.solve({STDIN: TABLE}, SETTINGS | {"layout": "matrix"}) == (
        ",price,age,units\nprice,1.000,0.834,-\nage,0.834,1.000,-\nunits,-,-,1.000\n"
    )


def test_a_correlation_of_nothing_is_zero_without_a_sign() -> None:
    table = "price,age,units\n1,1,1\n2,0,2\n3,1,2\n"
    answer = FAMILY.solve({STDIN: table}, SETTINGS)
    assert answer.splitlines()[1] == "price,age,3,0.000"
