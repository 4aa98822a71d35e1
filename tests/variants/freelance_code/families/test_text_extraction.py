"""Text read by hand."""

from typing import Any

import pytest

from tasks.variants.freelance_code.draws import Draws
from tasks.variants.freelance_code.families.text_extraction import FAMILY
from tasks.variants.freelance_code.subjects import subjects

SETTINGS: dict[str, Any] = {
    "record": "order",
    "prefix": "ORD",
    "digits": 4,
    "country": "44",
    "once": False,
    "order": "place",
}
LETTER = """Dear Zoë,

my order (ord 1234, not ORD12345) was $1,200.5 -- no: $1,200.50.
Call 020 7946-0958 or write to ORD-1234@Mail.Example.
It was 12 EUR; ORD-1234 again, or +49.30.1234567!
"""


def test_all_kinds_in_the_order_of_the_text() -> None:
    assert FAMILY.solve({"stdin": LETTER}, SETTINGS) == (
        "line,kind,value\n"
        "3,order,ORD-1234\n"
        "3,amount,USD 1200.50\n"
        "4,phone,+442079460958\n"
        "4,email,ord-1234@mail.example\n"
        "5,amount,EUR 12.00\n"
        "5,order,ORD-1234\n"
        "5,phone,+49301234567\n"
    )


def test_by_kind_and_each_value_once() -> None:
    assert FAMILY.solve({"stdin": LETTER}, SETTINGS | {"once": True, "order": "kind"}) == (
        "line,kind,value\n"
        "4,email,ord-1234@mail.example\n"
        "3,order,ORD-1234\n"
        "4,phone,+442079460958\n"
        "5,phone,+49301234567\n"
        "3,amount,USD 1200.50\n"
        "5,amount,EUR 12.00\n"
    )


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("ORD#0001", ["order,ORD-0001"]),
        ("ORD 0001x", []),
        ("WORD-0001", []),
        ("a.b_c%d+e-f@a-b.co.uk.", ["email,a.b_c%d+e-f@a-b.co.uk"]),
        ("a@b.c", []),
        ("+12345678", ["phone,+12345678"]),
        ("+1234567", []),
        ("0123456789012", ["phone,+44123456789012"]),
        ("01234567890123", []),
        ("x012345678", []),
        ("0 12345678", []),
        ("05.03.2024", []),
        ("€ 7", ["amount,EUR 7.00"]),
        ("€  7", []),
        ("£1,23", []),
        ("£12,345,678.90.", ["amount,GBP 12345678.90"]),
        ("1234GBP", ["amount,GBP 1234.00"]),
        ("5 USDT", []),
        ("5 usd", []),
        ("US$5", []),
    ],
)
def test_what_counts_and_what_does_not(text: str, found: list[str]) -> None:
    answer = FAMILY.solve({"stdin": text}, SETTINGS)
    assert answer == "".join(
        f"{line}\n" for line in ["line,kind,value", *(f"1,{f}" for f in found)]
    )


@pytest.mark.parametrize("seed", range(60))
def test_the_first_case_has_nothing_to_find(seed: int) -> None:
    subject = subjects()[seed % len(subjects())]
    settings = FAMILY.draw(Draws(seed), subject)
    case = FAMILY.inputs(Draws(seed, 0), subject, settings, 0)
    assert FAMILY.solve(case, settings) == "line,kind,value\n"
