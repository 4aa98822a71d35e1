"""Amounts in US dollars: exact, rounded half to even once."""

from datetime import date
from decimal import Decimal

import pytest
from pydantic import ValidationError

from tasks.domain.exchange import Rates, to_usd_cents


def rates(**usd_per_unit: object) -> Rates:
    return Rates.model_validate(
        {"date": date(2023, 12, 31), "source": "us", "usd_per_unit": usd_per_unit}
    )


@pytest.mark.parametrize(
    ("cents", "rate", "usd"),
    [
        (1000, "1", 1000),
        (1, "0.5", 0),
        (3, "0.5", 2),
        (5, "0.5", 2),
        (1_000_000, "0.0121", 12_100),
        (100, "1.115", 112),
        (100, "1.125", 112),
    ],
)
def test_halves_go_to_the_even_cent(cents: int, rate: str, usd: int) -> None:
    assert to_usd_cents(cents, Decimal(rate)) == usd


def test_a_rate_has_the_digits_that_were_written() -> None:
    table = rates(USD=1, EUR=1.1, INR=0.0121)
    assert table.usd_per_unit == {
        "USD": Decimal(1),
        "EUR": Decimal("1.1"),
        "INR": Decimal("0.0121"),
    }
    assert to_usd_cents(10**15, table.usd_per_unit["EUR"]) == 11 * 10**14
    assert to_usd_cents(250, table.usd_per_unit["USD"]) == 250


@pytest.mark.parametrize(
    ("code", "rate", "said"),
    [
        ("eur", 1.1, "'eur' is no currency code"),
        ("EURO", 1.1, "'EURO' is no currency code"),
        ("EUR", "1.1", "EUR: '1.1' is no number"),
        ("EUR", True, "EUR: True is no number"),
        ("EUR", 0, "EUR: 0 dollars for one unit is no exchange rate"),
        ("EUR", -1.1, "EUR: -1.1 dollars for one unit is no exchange rate"),
        ("EUR", float("nan"), "EUR: nan dollars"),
        ("EUR", float("inf"), "EUR: inf dollars"),
        ("USD", 1.1, "USD: one dollar is one dollar, not 1.1"),
    ],
)
def test_what_is_no_rate_is_refused(code: str, rate: object, said: str) -> None:
    with pytest.raises(ValidationError, match=said):
        rates(**{code: rate})
