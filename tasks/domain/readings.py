"""What a comment says about money, statement by statement: which may change the price, and which
never do.

The kinds and their shapes are those of the conventions. Few comments about money change a price;
in doubt a statement is a `mention`.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from fractions import Fraction
from functools import lru_cache
from typing import Final, Literal

from pydantic import BaseModel

from tasks.domain.amounts import Amount, names_an_unclear_amount
from tasks.domain.money_words import (
    MONEY_EXPRESSION,
    MONEY_PATTERN,
    MONEY_WORDS,
    speaks_of_money,
)
from tasks.domain.price_changes import Change, changes_in
from tasks.domain.price_guards import asks_before_it, guard
from tasks.domain.sentences import AMOUNT, Sentence, sentences
from tasks.domain.statement_kinds import OtherReading, is_price_talk, is_tied, other_reading, parts

__all__ = [
    "CONFIDENCES",
    "MONEY_EXPRESSION",
    "MONEY_PATTERN",
    "MONEY_WORDS",
    "PriceReading",
    "Reading",
    "correction",
    "read_comment",
    "speaks_of_money",
]

Reading = Literal["raised", "lowered", "set", "withdrawn", OtherReading]

# How sure a reading is, by the shape of its words. For the first four: how surely the price
# changed; for the others: how surely the statement changed none, and is of this kind.
CONFIDENCES: Final[Mapping[str, float]] = {
    "price, with both amounts": 0.97,  # "raised the price from $250 to $500"
    "price, with an amount": 0.95,  # "upping the bounty to $500", "the price is now $500"
    "place, with an amount": 0.9,  # "title and job updated to $500"
    "price, relative": 0.9,  # "price doubled", "bumped the price by $250"
    "withdrawn": 0.9,  # "bounty withdrawn"
    "bare, with both amounts": 0.85,  # "raised from $250 to $500"
    "bare, with an amount": 0.8,  # "increased to $1k"
    "bare, relative": 0.6,  # "doubling"
    "price, without a number": 0.5,  # "price raised"
    "bare, with a number": 0.5,  # "raising to 1k"
    "quoted": 1.0,
    "question": 0.9,
    "review_fee": 0.9,
    "reporter_bonus": 0.9,
    "refund": 0.9,
    "request": 0.8,
    "denial": 0.8,
    "bonus": 0.8,
    "sum": 0.8,
    "mention": 0.5,
}


_CORRECTION: Final = re.compile(
    r"(?=.*(?<![\w'])(?:sorry|oops|whoops|correction|i mean|i meant|make that|make it|scratch that|"
    r"typo)(?![\w']))(?:(?:no|sorry|oops|whoops|correction|i|mean|meant|make|that|it|scratch|typo|"
    rf"actually|should|be|is|it's|to|to say|rather)(?![\w'])|[^\w\ue000?])*{AMOUNT}"
    rf"(?: of course)?[^\w\ue000?]*(?:(?:and )?(?:not|instead of) {AMOUNT}[^\w\ue000?]*)?",
    re.ASCII,
)


class PriceReading(BaseModel, frozen=True, extra="forbid"):
    """One statement about money.

    Amounts are cents of `currency`. `amount_cents` is the new price, or the one amount that a
    statement of another kind is about; None where it names none, or several. `factor` is what the
    price is multiplied by (doubled 2, halved 1/2, raised by 50 % 3/2; below zero where the words
    cut by more than the whole); `delta_cents` what it rises
    or falls by, never negative; `previous_cents` the price before, where the words give it.
    `words` is the sentence it rests on, as written. Digits that make no certain amount (`$12,50`)
    are named by no statement's cents. `unsigned`: nothing but the change says that its number is
    money, so that it has to fit the prices beside it.
    """

    reading: Reading
    amount_cents: int | None = None
    currency: str = "USD"
    factor: Fraction | None = None
    delta_cents: int | None = None
    previous_cents: int | None = None
    words: str
    confidence: float
    unsigned: bool = False


# A text is read for the ledger, and again for the ledger as it was known at a moment.
@lru_cache(maxsize=256)
def read_comment(text: str) -> tuple[PriceReading, ...]:
    """Every money statement of a comment; what it quotes comes after the author's own words.

    Lines that begin with `>`, block quotes, code, struck text and HTML comments are `quoted`.
    """
    if not speaks_of_money(text):
        return ()
    found: list[PriceReading] = []
    for sentence in sentences(text):
        corrected = _corrected(sentence, found[-1] if found else None)
        if corrected is not None:
            found[-1] = found[-1].model_copy(
                update={"reading": "mention", "confidence": CONFIDENCES["mention"]}
            )
        found += [corrected] if corrected is not None else _read(sentence)
    return tuple(found)


def correction(words: str, before: PriceReading) -> PriceReading | None:
    """What an earlier announcement means by these later words of its author; None: nothing else."""
    corrected = (_corrected(sentence, before) for sentence in sentences(words))
    return next((reading for reading in corrected if reading is not None), None)


def _corrected(sentence: Sentence, before: PriceReading | None) -> PriceReading | None:
    """ "Raising to $1000. No, sorry, $2000.": the change before, with the amount that is meant."""
    if before is None or sentence.quoted or not sentence.amounts:
        return None
    meant, *wrong = sentence.amounts
    if before.reading not in ("raised", "lowered", "set") or before.currency != meant.currency:
        return None
    if any(amount.cents != before.amount_cents for amount in wrong):
        return None
    if before.amount_cents is None or not _CORRECTION.fullmatch(sentence.text):
        return None
    update = {"amount_cents": meant.cents, "words": f"{before.words} {sentence.words}"}
    return before.model_copy(update=update | {"factor": None, "delta_cents": None})


def _read(sentence: Sentence) -> Iterator[PriceReading]:
    if sentence.quoted:
        if _is_quotable(sentence):
            yield _other(sentence, "quoted", sentence.amounts)
    elif not sentence.text:
        if sentence.amounts:
            yield _other(sentence, "mention", sentence.amounts)
    elif "?" in sentence.text and asks_before_it(sentence.text):
        if (
            sentence.amounts
            or is_price_talk(sentence.text)
            or names_an_unclear_amount(sentence.words)
        ):
            kind = other_reading(sentence.text, is_question=True)
            yield _other(sentence, kind, sentence.amounts)
    else:
        yield from _read_statements(sentence)


def _is_quotable(sentence: Sentence) -> bool:
    """Code is full of `$1`: there only an amount of two digits is money."""
    if sentence.code:
        return any(len(re.sub(r"\D", "", a.words)) > 1 for a in sentence.amounts)
    return bool(sentence.amounts and not sentence.unsigned) or is_price_talk(sentence.text)


def _read_statements(sentence: Sentence) -> Iterator[PriceReading]:
    first = 0
    for start, part in parts(sentence.text):
        amounts = sentence.amounts[first : first + part.count(AMOUNT)]
        first += len(amounts)
        yield from _read_part(sentence, start, part, amounts)


def _read_part(
    sentence: Sentence, start: int, part: str, amounts: tuple[Amount, ...]
) -> Iterator[PriceReading]:
    changes = changes_in(part)
    if not changes:
        if amounts or is_price_talk(part) or names_an_unclear_amount(sentence.words):
            yield _other(sentence, other_reading(part), amounts)
        return
    tied = is_tied(part)
    for change in changes:
        # "Added $250 to the bounty, $500 in total" sums up the price, and not payments.
        apart = None if tied == "sum" and change.delta is not None else tied
        why = apart or guard(sentence.text, _moved(change, start))
        if why is None:
            yield _change(sentence, part, change, amounts)
        elif amounts or is_price_talk(part):
            yield _other(sentence, why, _amounts_of(part, change, amounts) or amounts)


def _moved(change: Change, by: int) -> Change:
    return replace(
        change, start=change.start + by, end=change.end + by, active_at=change.active_at + by
    )


def _amounts_of(part: str, change: Change, amounts: tuple[Amount, ...]) -> tuple[Amount, ...]:
    found = (_amount(part, place, amounts) for place in (change.amount, change.delta))
    return tuple(amount for amount in found if amount is not None)[:1]


def _amount(part: str, place: int | None, amounts: tuple[Amount, ...]) -> Amount | None:
    return None if place is None else amounts[part.count(AMOUNT, 0, place)]


def _change(
    sentence: Sentence, part: str, change: Change, amounts: tuple[Amount, ...]
) -> PriceReading:
    amount, previous, delta = (
        _amount(part, place, amounts) for place in (change.amount, change.previous, change.delta)
    )
    named = [a for a in (amount, previous, delta) if a is not None]
    if len({a.currency for a in named}) > 1 or _contradicts(change, amount, previous):
        return _other(sentence, "mention", tuple(named))
    return PriceReading(
        reading=change.kind,
        amount_cents=amount.cents if amount else None,
        currency=named[0].currency if named else "USD",
        factor=change.factor,
        delta_cents=delta.cents if delta else None,
        previous_cents=previous.cents if previous else None,
        words=sentence.words,
        confidence=CONFIDENCES["bare, with a number" if sentence.unsigned else _shape(change)],
        unsigned=sentence.unsigned,
    )


def _contradicts(change: Change, amount: Amount | None, previous: Amount | None) -> bool:
    """ "Raised from $500 to $250" is a slip; who knows which word is wrong."""
    if amount is None or previous is None:
        return False
    if change.kind == "raised":
        return amount.cents <= previous.cents
    return change.kind == "lowered" and amount.cents >= previous.cents


def _shape(change: Change) -> str:
    if change.kind == "withdrawn":
        return "withdrawn"
    said = change.said if change.said != "place" or change.amount is not None else "bare"
    if change.amount is not None and change.previous is not None and said != "place":
        return f"{said}, with both amounts"
    if change.amount is not None:
        return f"{said}, with an amount"
    relative = change.delta is not None or change.factor is not None
    return f"{said}, relative" if relative else "price, without a number"


def _other(sentence: Sentence, reading: OtherReading, amounts: tuple[Amount, ...]) -> PriceReading:
    """A statement that changes nothing; of a sum's amounts the last is the whole."""
    amounts = () if sentence.unsigned else amounts
    distinct = {(a.cents, a.currency) for a in amounts}
    if reading == "sum" and amounts and len({currency for _, currency in distinct}) == 1:
        distinct = {(amounts[-1].cents, amounts[-1].currency)}
    cents, currency = distinct.pop() if len(distinct) == 1 else (None, "USD")
    return PriceReading(
        reading=reading,
        amount_cents=cents,
        currency=currency,
        words=sentence.words,
        confidence=CONFIDENCES[reading],
    )
