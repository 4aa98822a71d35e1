"""Amounts of other currencies in US dollars, by a dated table."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Final

from pydantic import BaseModel, Field, field_validator

from tasks.domain.money import round_cents

# Between the cheapest currency there is and the dearest lie six orders of magnitude.
_LEAST: Final = Decimal("0.000001")
_MOST: Final = Decimal(1_000_000)


class Rates(BaseModel, frozen=True, extra="forbid"):
    """US dollars per unit of each currency, on one date; `source` says who says so."""

    date: date
    source: str = Field(min_length=1)
    usd_per_unit: Mapping[str, Decimal]

    @field_validator("usd_per_unit", mode="before")
    @classmethod
    def as_written(cls, value: object) -> object:
        """A number in a file has the digits that were written, not those of its binary form."""
        if not isinstance(value, Mapping):
            raise ValueError("write a mapping from currency to dollars, such as EUR: 1.08")
        return {str(code): _decimal(str(code), rate) for code, rate in value.items()}


def to_usd_cents(cents: int | Fraction, usd_per_unit: Decimal) -> int:
    """Exact inside, rounded half to even once."""
    return round_cents(Fraction(cents) * Fraction(usd_per_unit))


def _decimal(code: str, rate: object) -> Decimal:
    if len(code) != 3 or not (code.isascii() and code.isalpha() and code.isupper()):
        raise ValueError(f"{code!r} is no currency code; write three capital letters")
    if isinstance(rate, bool) or not isinstance(rate, int | float | Decimal):
        raise ValueError(f"{code}: {rate!r} is no number")
    found = Decimal(str(rate))
    if not found.is_finite() or not _LEAST <= found <= _MOST:
        raise ValueError(f"{code}: {rate} dollars for one unit is no exchange rate")
    if code == "USD" and found != 1:
        raise ValueError(f"USD: one dollar is one dollar, not {rate}")
    return found
