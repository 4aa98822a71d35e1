"""Whether what a program wrote is what was expected. Pure, and safe on hostile output: no step
costs more than the length of the output, whatever numbers stand in it."""

import re
from decimal import MAX_EMAX, MIN_EMIN, Context, Decimal
from typing import Final, Literal, NamedTuple

from pydantic import BaseModel, Field

How = Literal["exact", "whitespace", "numeric"]

_NUMBER: Final = re.compile(
    rb"([+-]?)(?:(inf|infinity|nan)|([0-9]+)?(?:(\.)([0-9]*))?(?:e([+-]?[0-9]{1,17}))?)\Z",
    re.IGNORECASE,
)
# Two numbers whose difference is asked for are rounded to this many digits first. Nothing is
# trapped: what cannot be held becomes infinite or no number, which is near to nothing.
_DIGITS: Final = Context(prec=60, Emax=MAX_EMAX, Emin=MIN_EMIN, traps=[])


class Comparison(BaseModel, frozen=True, extra="forbid"):
    """How outputs are compared.

    `exact`: byte for byte. `whitespace`: the same words in the same order; a word ends at ASCII
    blanks (space, tab, CR, LF, VT, FF) and at no other character, and text is neither decoded nor
    normalised. `numeric`: as `whitespace`, and two words that are numbers are also the same where
    they differ by at most `absolute`, or by at most `relative` times the larger of the two.

    A number is decimal, with or without sign, point and exponent; inf, infinity and nan count in
    any letter case. Two whole numbers, written without point and exponent, must be equal: a count
    is no measurement. NaN is the same as NaN and infinity as infinity of its sign, and as nothing
    else; 0 is -0. Numbers inside of other text (lists, JSON) are text.
    """

    how: How = "whitespace"
    relative: float = Field(default=1e-6, ge=0, lt=1, allow_inf_nan=False)
    absolute: float = Field(default=1e-9, ge=0, allow_inf_nan=False)


class _Number(NamedTuple):
    """sign x digits x 10^exponent; no leading and no trailing zeros, so equal means equal."""

    special: str = ""
    sign: int = 1
    digits: str = ""
    exponent: int = 0
    is_whole: bool = False


def same(one: bytes, other: bytes, comparison: Comparison) -> bool:
    """Whether two outputs are the same. It does not matter which of them was expected."""
    if one == other or comparison.how == "exact":
        return one == other
    words, others = one.split(), other.split()
    if len(words) != len(others):
        return False
    if comparison.how == "whitespace":
        return words == others
    return all(_same_word(*pair, comparison) for pair in zip(words, others, strict=True))


def _same_word(one: bytes, other: bytes, comparison: Comparison) -> bool:
    if one == other:
        return True
    left, right = _number(one), _number(other)
    if left is None or right is None:
        return False
    if left.special or right.special:
        return (left.special, left.sign) == (right.special, right.sign)
    if (left.sign, left.digits, left.exponent) == (right.sign, right.digits, right.exponent):
        return True
    if left.is_whole and right.is_whole:
        return False
    return _near(_decimal(left), _decimal(right), comparison)


def _number(word: bytes) -> _Number | None:
    found = _NUMBER.match(word)
    if found is None or not (found[2] or found[3] or found[5]):
        return None
    sign = -1 if found[1] == b"-" else 1
    if found[2]:
        special = found[2][:3].lower().decode()
        return _Number(special=special, sign=1 if special == "nan" else sign)
    fraction = (found[5] or b"").decode()
    written = ((found[3] or b"").decode() + fraction).lstrip("0")
    digits = written.rstrip("0")
    if not digits:
        return _Number(is_whole=_is_whole(found))
    exponent = int(found[6] or 0) - len(fraction) + len(written) - len(digits)
    return _Number(sign=sign, digits=digits, exponent=exponent, is_whole=_is_whole(found))


def _is_whole(found: re.Match[bytes]) -> bool:
    return not (found[4] or found[6])


def _decimal(number: _Number) -> Decimal:
    sign = "-" if number.sign < 0 else ""
    return _DIGITS.create_decimal(f"{sign}{number.digits or '0'}e{number.exponent}")


def _near(one: Decimal, other: Decimal, comparison: Comparison) -> bool:
    if not (one.is_finite() and other.is_finite()):
        return False
    apart = _DIGITS.abs(_DIGITS.subtract(one, other))
    largest = max(one.copy_abs(), other.copy_abs())
    allowed = _DIGITS.multiply(largest, _tolerance(comparison.relative))
    # A difference that rounds to nothing is still one: equal numbers were told before.
    return apart <= max(allowed, _tolerance(comparison.absolute)) and (
        apart > 0 or comparison.relative > 0 or comparison.absolute > 0
    )


def _tolerance(value: float) -> Decimal:
    """0.1 as its author wrote it, not the binary fraction next to it."""
    return Decimal(repr(value))
