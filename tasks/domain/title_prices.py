"""The bounty that an issue's title advertises: one of its bracketed amounts."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from tasks.domain.amounts import amounts_in, names_an_unclear_amount
from tasks.domain.currencies import SIGNS
from tasks.domain.money import MOST_CENTS

_TAG: Final = re.compile(r"\[([^\[\]]{1,80})\]")
_WORDS: Final = re.compile(
    r"(?:(?:bounty|price|reward)\s?[:=-]?\s?)?(?P<amount>.*\d.*?)(?:\s(?:bounty|reward|each))?\.?",
    re.IGNORECASE,
)
# What looks like an amount to a person, whatever script its digits are of.
_LIKE_AN_AMOUNT: Final = re.compile(
    rf"[a-z]{{0,3}}\s?[{''.join(SIGNS)}]\s?\d[\d.,'’\s]*+\w{{0,3}}", re.IGNORECASE
)
# Tags stand in a row at the title's beginning or end, with urgencies and marks among them, before
# `- reported by @name`; a bracket with words on both sides belongs to the sentence.
_ROW: Final = re.compile(
    r"(?:\s|[-–—:|,.]|\[[^\[\]]*+\]|(?<!\w)(?:high|critical|medium|low)\s?:"
    r"|\(?reported by:? ?@[\w-]++\)?)++",
    re.IGNORECASE,
)
_MOST_DIGITS: Final = 12


@dataclass(frozen=True, slots=True)
class TitlePrice:
    """`cents` are of `currency`; None where the tag's amount is none that anybody pays."""

    cents: int | None
    currency: str
    words: str


def title_price_cents(title: str) -> int | None:
    """The bounty a title advertises, in cents of USD, or None."""
    price = title_price(title)
    return price.cents if price is not None and price.currency == "USD" else None


# The ledger asks twice for every title, for itself and as it was known at a moment, and so does
# what looks for tags that move no price.
@lru_cache(maxsize=64)
def title_price(title: str) -> TitlePrice | None:
    """The last bracketed amount of the tags at a title's ends, or of its sentence without such.

    USD goes before other currencies, and any amount before `[$0]`, which people write of what an
    app shows. Source of the rule: the last tag equals the published price in every published row.
    """
    found = list(_prices(title))
    if not found:
        return None
    first, end = _sentence(title)
    outside = [(at, price) for at, price in found if at < first or at >= end]
    sentence = [(at, price) for at, price in found if price.cents]
    return max(outside or sentence, key=_rank, default=(0, None))[1]


def other_amounts(title: str) -> tuple[TitlePrice, ...]:
    """The tags at a title's ends that name an amount among other words: `[Upwork $250]`,
    `[$250 -> $500]`, `[$250 bonus]`. None of them is the price."""
    worded = [
        (tag, amounts)
        for tag in _TAG.finditer(title)
        if price_of_tag(tag[1]) is None and (amounts := amounts_in(tag[1]))
    ]
    if not worded:  # nearly every title
        return ()
    first, end = _sentence(title)
    found = []
    for tag, amounts in worded:
        if tag.start() < first or tag.start() >= end:
            distinct = {(amount.cents, amount.currency) for amount in amounts}
            cents, currency = distinct.pop() if len(distinct) == 1 else (None, amounts[0].currency)
            plausible = cents is not None and cents <= MOST_CENTS
            found.append(TitlePrice(cents if plausible else None, currency, tag[0]))
    return tuple(found)


def _sentence(title: str) -> tuple[int, int]:
    """Where the row of tags at the beginning ends, and where the one at the end begins."""
    rows = [row.span() for row in _ROW.finditer(title)]
    first = rows[0][1] if rows and rows[0][0] == 0 else 0
    return first, rows[-1][0] if rows and rows[-1][1] == len(title) else len(title)


def _rank(found: tuple[int, TitlePrice]) -> tuple[bool, bool, bool, int]:
    at, price = found
    return (price.cents is not None, bool(price.cents), price.currency == "USD", at)


# A market has few prices: nearly every tag was read before.
@lru_cache(maxsize=256)
def price_of_tag(words: str) -> TitlePrice | None:
    """What the words between two brackets advertise: `$250`, `$1k`, `250 USD`, `Bounty: $250`."""
    shown = " ".join(words.split())
    match = _WORDS.fullmatch(shown)
    bare = match["amount"] if match else shown
    amounts = amounts_in(bare)
    if len(amounts) == 1 and amounts[0].words == bare:
        cents = amounts[0].cents if amounts[0].cents <= MOST_CENTS else None
        return TitlePrice(cents, amounts[0].currency, f"[{words}]")
    if amounts or not _LIKE_AN_AMOUNT.fullmatch(bare):
        return None
    strange = not bare.isascii() or sum(map(str.isdigit, bare)) > _MOST_DIGITS
    if strange or names_an_unclear_amount(bare):
        return TitlePrice(None, "USD", f"[{words}]")
    return None


def _prices(title: str) -> Iterator[tuple[int, TitlePrice]]:
    for match in _TAG.finditer(title):
        price = price_of_tag(match[1])
        if price is not None:
            yield match.start(), price
