"""Amounts of money in people's words: `$1k`, `2500$`, `250 USD`, `US$ 250`, `€200`, `INR 5,000`."""

import re
from collections.abc import Iterator
from decimal import Decimal
from typing import Final, NamedTuple

from tasks.domain.code_spans import without_code
from tasks.domain.currencies import CODES, NAMES, SIGNED_DOLLARS, SIGNS, currency_of

# ASCII throughout: digits, word ends and letter cases are then those that SQL's patterns know.
_FLAGS: Final = re.ASCII | re.IGNORECASE
_GAP: Final = "[ \u00a0\u202f]"
_ANY_SIGN: Final = "[" + "".join(SIGNS) + "]"
_CODE: Final = "|".join(CODES)
_DOLLARS: Final = "|".join(re.escape(name) for name in SIGNED_DOLLARS)
_NAME: Final = "|".join(NAMES)

# Digits with points and commas; whether they make a number is for `_value` to say. The end is
# neither in a longer number or word (`$1.2.3`, `$5min`) nor a share (`$5%`).
_DIGITS: Final = r"\d(?:[\d.,]{0,18}\d)?"
_TIMES: Final = rf"(?:(?:k|m|mn)\b|{_GAP}?(?:thousand|grand|million)\b)"
_END: Final = r"(?![\w%])(?![.,]\d)"
# `$12 500` may be one number or two.
_NO_MORE_DIGITS: Final = r"(?! \d{3}(?![\w%]))"
_SPACED: Final = r"\d{1,3}(?:[\u00a0\u202f]\d{3})+(?!\d)"
_LOOSELY_SPACED: Final = rf"\d{{1,3}}(?:{_GAP}\d{{3}})+(?!\d)"

_AMOUNT: Final = re.compile(
    # `$250`, `US$250`, `USD $250`, `$250 AUD`
    rf"(?<![\w$#])(?:(?<!@)(?P<lead>{_CODE}){_GAP}?)?(?P<sign>(?:{_DOLLARS})?\$|(?!\$){_ANY_SIGN})"
    rf"{_GAP}{{0,2}}(?P<signed>{_SPACED}|{_DIGITS})(?P<signed_times>{_TIMES})?"
    rf"(?:{_GAP}?(?:\((?P<inner>{_CODE})\)|(?P<trail>{_CODE}|{_NAME})\b)|{_END}{_NO_MORE_DIGITS})"
    # `USD 250`, `Rs. 500`
    rf"|(?<![\w.$#@-])(?P<code>{_CODE}|rs\.?){_GAP}{{0,2}}(?P<coded>{_SPACED}|{_DIGITS})"
    rf"(?P<coded_times>{_TIMES})?{_END}"
    # `2500$`, `250 USD`, `500 dollars`; a sign before another number is that number's
    rf"|(?<![\w$#/:.,])(?P<number>{_LOOSELY_SPACED}|{_DIGITS})(?P<number_times>{_TIMES})?"
    rf"(?:{_GAP}{{0,2}}(?P<after>{_ANY_SIGN})(?![\w{{])(?!{_GAP}{{1,2}}(?:\d|https?:|\#))"
    rf"|{_GAP}?(?P<unit>{_CODE}|{_NAME})\b)",
    _FLAGS,
)
_PLAIN: Final = re.compile(r"(?:\d{1,12}|\d{1,3}(?:,\d{3})+)(?:\.\d{1,3})?", _FLAGS)
_INDIAN: Final = re.compile(r"\d{1,2}(?:,\d{2})+,\d{3}(?:\.\d{1,2})?", _FLAGS)
_POINT_GROUPS: Final = re.compile(r"\d{1,3}(?:\.\d{3})+(?:,\d{1,2})?|\d{1,12},\d{1,2}", _FLAGS)
# Nobody counts thousandths: three digits behind a point are thousands, as in `$1.000`, unless what
# is before them is nothing (`$0.125`).
_POINT_THOUSANDS: Final = re.compile(r"[1-9]\d{0,2}(?:\.\d{3})+(?:,\d{1,2})?", _FLAGS)
_COMMA_DECIMALS: Final = frozenset({"EUR", "BRL", "PLN", "SEK", "NOK", "DKK", "CHF", "TRY"})

_URL: Final = re.compile(r"https?://[^\s<>()\[\]]+", _FLAGS)
# Mathematics between dollar signs, by the rule renderers use: no blank inside either sign, no digit
# after the closing one.
_FORMULA: Final = re.compile(
    r"\$\$[^$\n]{1,200}\$\$|(?<![\w\\$])\$(?=[^\s$])[^$\n]{1,200}(?<=\S)\$(?![\w$])", _FLAGS
)
_MATHEMATICS: Final = re.compile(r"[\\^_{}]|\A[a-z]|\A[\d.,]+\Z", _FLAGS)
# Around a lone digit these make it a shell's or a pattern's variable: `"$1"`, `/$2/`, `$1$2`.
_VARIABLE_EDGES: Final = frozenset("\"'\\/{}=_|&;<>$")
_DATE_BEFORE: Final = re.compile(r"\d-\d{1,2}-\Z", _FLAGS)


class Amount(NamedTuple):
    """An amount in a text: `text[start:end] == words`.

    `cents` are hundredths of the unit of `currency` (an ISO 4217 code), whatever its coins are.
    A minus before it is not part of it.
    """

    cents: int
    start: int
    end: int
    words: str
    currency: str = "USD"


def amounts_in(text: str) -> tuple[Amount, ...]:
    """The amounts a text names, in order; USD unless the text says otherwise.

    Code, URLs, formulas and variables hold none; neither do dates, versions, shares, and numbers
    without a currency. Nor does a number that reads in two ways: `$12,50`.
    """
    if not any(map(str.isdigit, text)):
        return ()
    return tuple(_found(_masked(text), text))


def names_an_unclear_amount(text: str) -> bool:
    """Whether digits with a currency are there that make no certain amount: `$12,50`, `$0.125`."""
    if not any(map(str.isdigit, text)):
        return False
    return any(cents is None for _, _, cents in _numbers(_masked(text)))


def _masked(text: str) -> str:
    if "`" in text or "~~~" in text:
        text = without_code(text)
    if "://" in text:
        text = _URL.sub(lambda match: " " * len(match.group()), text)
    if text.count("$") > 1:
        text = _FORMULA.sub(_without_formula, text)
    return text


def _without_formula(match: re.Match[str]) -> str:
    formula = match.group()
    is_one = formula.startswith("$$") or _MATHEMATICS.search(formula.strip("$"))
    return " " * len(formula) if is_one else formula


def _found(masked: str, text: str) -> Iterator[Amount]:
    for match, currency, cents in _numbers(masked):
        if cents is None:
            continue
        start, end = match.span()
        yield Amount(cents=cents, currency=currency, start=start, end=end, words=text[start:end])


def _numbers(masked: str) -> Iterator[tuple[re.Match[str], str, int | None]]:
    for match in _AMOUNT.finditer(masked):
        currency = currency_of(match)
        if currency is None or _is_variable(masked, match):
            continue
        if _DATE_BEFORE.search(masked, max(0, match.start() - 6), match.start()):
            continue
        number = match["signed"] or match["coded"] or match["number"]
        times = match["signed_times"] or match["coded_times"] or match["number_times"]
        yield match, currency, _value(number, (times or "").strip().lower(), currency)


def _value(number: str, times: str, currency: str) -> int | None:
    """Hundredths, or None where the digits are no number, or one of more than two decimals."""
    digits = re.sub(_GAP, "", number)
    by_comma = currency in _COMMA_DECIMALS and _POINT_GROUPS.fullmatch(digits)
    if by_comma or (not times and _POINT_THOUSANDS.fullmatch(digits)):
        digits = digits.replace(".", "").replace(",", ".")
    elif _PLAIN.fullmatch(digits) or (currency in ("INR", "PKR") and _INDIAN.fullmatch(digits)):
        digits = digits.replace(",", "")
    else:
        return None
    if "." in digits and len(digits.split(".")[1]) > 2 and not times:
        return None
    factor = {"": 1, "k": 1_000, "thousand": 1_000, "grand": 1_000}.get(times, 1_000_000)
    cents = Decimal(digits) * factor * 100
    return int(cents) if cents == cents.to_integral_value() else None


def _is_variable(text: str, match: re.Match[str]) -> bool:
    """`$1` as a shell or a pattern writes it; a plain `$5` between words is an amount."""
    if match["signed"] is None or match["sign"] != "$" or match["lead"] or match["trail"]:
        return False
    before, after = text[: match.start()][-1:], text[match.end() :][:1]
    return len(match["signed"]) == 1 and bool({before, after} & _VARIABLE_EDGES)
