"""Amounts converted by hand."""

from typing import Any

import pytest

from tasks.variants.freelance_code.families.currency_conversion import FAMILY

SETTINGS: dict[str, Any] = {
    "identifier": "order_id",
    "amount": "price",
    "target": "EUR",
    "direction": "times",
    "half": "away",
    "stale": 5,
}
RATES = (
    "rate,currency,day\n"
    "0.9,USD,2024-03-01\n"
    "1.05,GBP,2024-03-02\n"
    "0.5,USD,2024-03-04\n"
    "0.8,USD,2024-03-04\n"
    "2,USD,2024-03-20\n"
)
AMOUNTS = (
    "price,day,order_id\n"
    "$10,2024-02-29,a\n"  # before the first rate
    "$10,2024-03-03,b\n"  # 9.00, by the rate of 1 March
    '"1.234,5 usd",2024-03-04,c\n'  # 987.60, by the later line of two
    "USD -10,2024-03-09,d\n"  # -8.00, by a rate of five days ago
    "USD 10,2024-03-10,e\n"  # by none: six days
    "£0.10,2024-03-02,f\n"  # 0.105
    "-0.1 GBP,2024-03-02,g\n"  # -0.105
    '"7,5",2024-03-02,h\n'  # 7.50, euros
    "¥7,2024-03-02,i\n"  # never a rate
    "CHF 7,2024-03-02,j\n"
    "-0 €,2024-03-02,k\n"
)


def test_rates_of_the_day_or_of_a_few_days_before() -> None:
    rows = [
        *("a,,no rate", "b,9.00,", "c,987.60,", "d,-8.00,", "e,,no rate", "f,0.11,", "g,-0.11,"),
        *("h,7.50,", "i,,no rate", "j,,unreadable", "k,0.00,", "total,996.10,4"),
    ]
    answer = FAMILY.solve({"amounts.csv": AMOUNTS, "rates.csv": RATES}, SETTINGS)
    assert answer == "\n".join(["order_id,EUR,note", *rows]) + "\n"


def test_halves_to_the_even_cent_are_told_after_an_exact_division() -> None:
    settings = SETTINGS | {"direction": "by", "half": "even"}
    rates = "day,currency,rate\n2024-03-01,USD,8\n2024-03-01,GBP,3\n"
    # 0.36 / 8 = 0.045, 0.44 / 8 = 0.055, 0.01 / 3 = 0.00333..., 10 / 3 = 3.333...
    amounts = (
        "order_id,day,price\na,2024-03-01,$0.36\nb,2024-03-01,$ 0.44\nc,2024-03-01,£0.01\n"
        "d,2024-03-01,-10 gbp\n"
    )
    assert FAMILY.solve({"amounts.csv": amounts, "rates.csv": rates}, settings) == (
        "order_id,EUR,note\na,0.04,\nb,0.06,\nc,0.00,\nd,-3.33,\ntotal,-3.23,0\n"
    )


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("1,234", "1234.00"),
        ("1.234", "1234.00"),
        ("1.234,50", "1234.50"),
        ("1'234.5", "1234.50"),
        ("1 234,5\u00a0€", "1234.50"),
        ("1,23", "1.23"),
        ("12,34,567.8", "1234567.80"),
        ("1.2.3", "12.30"),
        (" - 5", "-5.00"),
        ("-eur 5", "-5.00"),
        ("€-5", "-5.00"),
        ("-€-5", None),
        ("5,", None),
        (".5", None),
        ("€ 5 EUR", None),
        ("Eur", None),
        ("EU 5", None),
    ],
)
def test_ways_of_writing(written: str, read: str | None) -> None:
    amounts = f'order_id,day,price\na,2024-03-01,"{written}"\n'
    answer = FAMILY.solve({"amounts.csv": amounts, "rates.csv": "day,currency,rate\n"}, SETTINGS)
    row = f"a,{read},\ntotal,{read},0" if read else "a,,unreadable\ntotal,0.00,1"
    assert answer == f"order_id,EUR,note\n{row}\n"
