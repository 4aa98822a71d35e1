"""The currencies that people name: signs, codes and words."""

import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Final

SIGNS: Final[Mapping[str, str]] = {
    "$": "USD",
    "€": "EUR",
    "£": "GBP",
    "₹": "INR",
    "¥": "JPY",
    "₱": "PHP",
    "₦": "NGN",
    "₩": "KRW",
    "₽": "RUB",
    "₺": "TRY",
    "₫": "VND",
    "₴": "UAH",
    "₪": "ILS",
}
# What may stand before a dollar sign.
SIGNED_DOLLARS: Final[Mapping[str, str]] = {
    "us": "USD",
    "u.s.": "USD",
    "au": "AUD",
    "a": "AUD",
    "ca": "CAD",
    "can": "CAD",
    "c": "CAD",
    "nz": "NZD",
    "hk": "HKD",
    "sg": "SGD",
    "s": "SGD",
    "nt": "TWD",
    "mx": "MXN",
    "r": "BRL",
}
# Codes that are also other words stay out: PHP the language, TRY and ALL the verbs.
CODES: Final = (
    *("usdt?", "eur", "gbp", "inr", "aud", "cad", "nzd", "sgd", "hkd", "chf", "sek", "nok", "dkk"),
    *("jpy", "cny", "brl", "mxn", "zar", "pln", "ngn", "pkr"),
)
# In small letters only these are codes: `cad` is a kind of drawing, `sek` is no second.
_SMALL_CODES: Final = frozenset({"usd", "usdt", "eur", "gbp", "inr", "aud"})
NAMES: Final[Mapping[str, str]] = {
    r"(?:us|u\.s\.|american)[ -]dollars?": "USD",
    r"(?:aussie|australian)[ -]dollars?": "AUD",
    r"canadian[ -]dollars?": "CAD",
    "dollars?": "USD",
    "bucks": "USD",
    "euros?": "EUR",
    "rupees?": "INR",
    "pounds sterling": "GBP",
    "quid": "GBP",
}
_NAME_PATTERNS: Final = tuple(
    (re.compile(pattern, re.ASCII | re.IGNORECASE), code) for pattern, code in NAMES.items()
)


def currency_of(match: re.Match[str]) -> str | None:
    """The currency of an amount, from whatever names it; None where that is no currency's name.

    A code beside a sign decides: `$250 AUD` is in Australian dollars.
    """
    for group in ("inner", "trail", "lead", "code", "unit"):
        if match[group]:
            return _named(match[group])
    sign = match["sign"] or match["after"]
    if sign in SIGNS:
        return SIGNS[sign]
    return SIGNED_DOLLARS[sign[:-1].lower()]


@lru_cache(maxsize=256)
def _named(word: str) -> str | None:
    small = word.lower()
    if small in ("rs", "rs."):
        return "INR"
    for pattern, code in _NAME_PATTERNS:
        if pattern.fullmatch(word):
            return code
    if word != word.upper() and small not in _SMALL_CODES:
        return None
    return "USD" if small == "usdt" else small.upper()
