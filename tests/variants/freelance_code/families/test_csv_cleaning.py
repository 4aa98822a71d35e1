"""Messy lists, cleaned by hand."""

import pytest

from tasks.variants.freelance_code.families.csv_cleaning import FAMILY

SETTINGS = {
    "columns": ["order_id", "category", "product", "price"],
    "separator": ",",
    "keep": "first",
    "letters": "small",
    "fill": "other",
}
MESSY = (
    "\ufeff Price,ORDER_ID,product ,Category\r\n"
    '"$1,234.5", ord1 ,"tent,\u00a0 2p", Garden\r\n'  # 1: kept
    "\r\n"  # 2: empty
    "5,,kettle,toys\r\n"  # 3: no identifier
    "12 USD,ORD2,kettle,toys\r\n"  # 4: no amount
    "-,ORD3,N/A,null\r\n"  # 5: kept, all but empty
    ' , ,"",\t\r\n'  # 6: empty
    "9,ORD1,yo-yo,toys\r\n"  # 7: as row 1
    "9,ORD4,yo-yo\r\n"  # 8: too short
    "9,ORD5,yo-yo,toys,\r\n"  # 9: too long
    '-$7.05,ord-6,"say ""é""\nnow",OFFICE\r\n'  # 10: kept
)


def test_every_flaw_is_mended_or_reported() -> None:
    assert FAMILY.solve({"stdin": MESSY}, SETTINGS) == (
        "order_id,category,product,price\n"
        'ORD1,garden,"tent, 2p",1234.50\n'
        "ORD3,other,,\n"
        'ORD-6,office,"say ""é"" now",-7.05\n'
        "\n"
        "row 3: no order_id\n"
        "row 4: bad price\n"
        "row 7: duplicate of row 1\n"
        "row 8: 3 fields\n"
        "row 9: 5 fields\n"
        "kept 3, rejected 5\n"
    )


def test_the_last_of_doubled_rows_counts_where_it_is_asked_for() -> None:
    settings = SETTINGS | {"keep": "last", "letters": "capital", "separator": ";"}
    text = "order_id;category;product;price\na;x;;1,5\nA;y;;2\nb;-;;3\na;z;;free\n"
    assert FAMILY.solve({"stdin": text}, settings) == (
        "order_id,category,product,price\nA,Y,,2.00\nB,other,,3.00\n\n"
        "row 1: duplicate of row 2\nrow 4: bad price\nkept 2, rejected 2\n"
    )


@pytest.mark.parametrize("amount", ["", "0", "-$1", "1,2,3", "1.5", "$12.05"])
def test_amounts_that_count(amount: str) -> None:
    assert "rejected 0" in _one(amount)


@pytest.mark.parametrize(
    "amount", ["$", "1.", "1.005", "$-1", "- 1", "1 2", ".5", ",5", "٣", "1e2"]
)
def test_amounts_that_do_not(amount: str) -> None:
    assert "row 1: bad price" in _one(amount)


def _one(amount: str) -> str:
    return FAMILY.solve({"stdin": f'order_id,category,product,price\nA,b,c,"{amount}"\n'}, SETTINGS)
