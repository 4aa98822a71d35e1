"""Three orders on two pages, set by hand."""

from typing import Any, Final

from tasks.domain.coding import STDIN
from tasks.variants.freelance_code.families.markdown_report import FAMILY

SETTINGS: Final[dict[str, Any]] = {
    "columns": ["id", "product", "units", "price"],
    "style": "plain",
    "width": 8,
    "size": 2,
    "sums": "page",
    "thousands": ",",
}
TABLE: Final = """price,note,units,product,id
1234.50,,1000,"a | b
c",O1
-0.30,"x, y",,Größeres Zelt,O2
,,-7,8 tables,O3
"""


def test_plain_pages_are_aligned_and_end_with_their_sums() -> None:
    assert FAMILY.solve({STDIN: TABLE}, SETTINGS) == (
        "Page 1 of 2\n"
        "\n"
        "id   product   units     price\n"
        "---  --------  -----  --------\n"
        "O1   a | b c   1,000  1,234.50\n"
        "O2   Größere…            -0.30\n"
        "sum            1,000  1,234.20\n"
        "\f\n"
        "Page 2 of 2\n"
        "\n"
        "id   product   units     price\n"
        "---  --------  -----  --------\n"
        "O3   8 tables     -7\n"
        "sum               -7      0.00\n"
    )


def test_markdown_escapes_what_would_part_cells() -> None:
    changed = {"style": "markdown", "sums": "running", "thousands": "'", "width": 5}
    assert FAMILY.solve({STDIN: TABLE}, SETTINGS | changed) == (
        "Page 1 of 2\n"
        "\n"
        "| id  | product | units |    price |\n"
        "| --- | ------- | ----: | -------: |\n"
        "| O1  | a \\| …  | 1'000 | 1'234.50 |\n"
        "| O2  | Größ…   |       |    -0.30 |\n"
        "| sum |         | 1'000 | 1'234.20 |\n"
        "\n"
        "---\n"
        "\n"
        "Page 2 of 2\n"
        "\n"
        "| id  | product | units |    price |\n"
        "| --- | ------- | ----: | -------: |\n"
        "| O3  | 8 ta…   |    -7 |          |\n"
        "| sum |         |   993 | 1'234.20 |\n"
    )


def test_without_rows_there_is_one_page() -> None:
    assert FAMILY.solve({STDIN: "id,product,units,price\n"}, SETTINGS) == (
        "Page 1 of 1\n\nid   product  units  price\n---  -------  -----  -----\n"
        "sum               0   0.00\n"
    )


def test_rows_that_fill_a_page_need_no_other_one() -> None:
    answer = FAMILY.solve({STDIN: TABLE.rsplit("\n", 2)[0] + "\n"}, SETTINGS)
    assert answer.count("Page") == 1
