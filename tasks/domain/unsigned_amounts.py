"""Amounts without a sign that only their sentence makes money: "raised the bounty to 1000"."""

import re
from collections.abc import Iterator
from decimal import Decimal
from typing import Final

from tasks.domain.amounts import Amount

_FLAGS: Final = re.ASCII | re.IGNORECASE
# Two digits may be anything; whoever writes a bounty of less than $100 signs it.
_NUMBER: Final = r"(?:\d{1,3}(?:,\d{3})+|\d{3,5}|\d{1,2}(?:\.\d)?k)"
_VERB: Final = (
    r"(?:rais|increas|bump|boost|upp|lower|reduc|decreas|dropp)(?:ed|ing)(?: (?:back|up|down))?"
)
_PRICE: Final = r"(?:price|bounty|reward)"
_STEP: Final = (
    rf" (?:(?:back|up|down|from) )?(?:(?P<first>{_NUMBER}) (?:to|->|>|=>) (?P<second>{_NUMBER})"
    rf"|to (?P<only>{_NUMBER}))"
    r"(?=\s*(?:\Z|[,;:!)]|\.(?!\d)|(?:so|and|since|because|as|due|to (?:get|attract))(?!\w)))"
)
_OF_THE_PRICE: Final = re.compile(
    rf"(?<![\w'])(?:{_VERB} (?:(?:the|this|our|its|upwork|job|issue) ){{0,4}}{_PRICE}"
    rf"|{_PRICE} (?:(?:is|was|has|been|now|just) ){{0,3}}{_VERB}){_STEP}",
    _FLAGS,
)
_OF_ANYTHING: Final = re.compile(rf"(?<![\w'@]){_VERB}(?: (?:it|this|that))?{_STEP}", _FLAGS)
_ONES: Final = ("a", "two", "three", "four", "five", "six", "seven", "eight", "nine")
_DIGITS: Final = {word: n for n, word in enumerate(_ONES, 1)} | {"one": 1}
_IN_WORDS: Final = re.compile(
    rf"(?<![\w'])(?P<digit>{'|'.join(_DIGITS)}) (?P<times>hundred|thousand) (?:us )?"
    r"(?:dollars|bucks|usd)(?!\w)",
    _FLAGS,
)


def unsigned_amounts(text: str) -> tuple[Amount, ...]:
    """Amounts in dollars that a change of a price makes money, or that are spelt out, in order."""
    return tuple(sorted([*_steps(text), *_in_words(text)], key=lambda amount: amount.start))


def steps_to_a_number(text: str) -> tuple[Amount, ...]:
    """What something unnamed went up or down to, were it dollars: "raising to 1k"."""
    return tuple(_steps(text, _OF_ANYTHING))


def _steps(text: str, pattern: re.Pattern[str] = _OF_THE_PRICE) -> Iterator[Amount]:
    for match in pattern.finditer(text):
        for name in ("first", "second", "only"):
            if match[name]:
                yield _amount(text, match.span(name), _value(match[name].lower()))


def _in_words(text: str) -> Iterator[Amount]:
    for match in _IN_WORDS.finditer(text):
        times = 100 if match["times"].lower() == "hundred" else 1_000
        yield _amount(text, match.span(), _DIGITS[match["digit"].lower()] * times * 100)


def _value(number: str) -> int:
    thousands = number.endswith("k")
    value = Decimal(number.removesuffix("k").replace(",", ""))
    return int(value * (100_000 if thousands else 100))


def _amount(text: str, span: tuple[int, int], cents: int) -> Amount:
    start, end = span
    return Amount(cents=cents, start=start, end=end, words=text[start:end])
