"""Amounts in integer cents."""

import re
from decimal import Decimal
from fractions import Fraction
from typing import Final

# `[$250]`, `[$1,000]`, `[$187.50]`: only a bracketed amount is a bounty, a bare `$80.60` is not.
_PRICE_TAG = re.compile(r"\[\s*\$\s*(\d{1,3}(?:,\d{3})+|\d+)(\.\d{1,2})?\s*\]")

# Three hundred times the highest bounty that was ever advertised: what is more is no price.
MOST_CENTS: Final = 10_000_000_00


def strip_price_tags(title: str) -> str:
    """The title without its price tags; blanks are left as they are."""
    return _PRICE_TAG.sub("", title)


def dollars_to_cents(text: str) -> int:
    """`"250.0"` → 25000. Raises ValueError for what is not a finite amount of whole cents."""
    try:
        cents = Decimal(text.strip()) * 100
    except ArithmeticError as error:
        raise ValueError(f"{text!r} is not an amount in dollars") from error
    if not cents.is_finite() or cents != cents.to_integral_value() or cents < 0:
        raise ValueError(f"{text!r} is not a non-negative amount of whole cents")
    return int(cents)


def round_cents(amount: Fraction) -> int:
    """An exact sum to whole cents, half to even: the one place where dollars are rounded."""
    return round(amount)  # on a Fraction this is exact, ties included


def show_cents(cents: int | None) -> str:
    """`125000` → `$1,250`, `18750` → `$187.50`, None → `-`."""
    if cents is None:
        return "-"
    sign = "-" if cents < 0 else ""
    whole, rest = divmod(abs(cents), 100)
    return f"{sign}${whole:,}" + (f".{rest:02d}" if rest else "")
