"""What a comment says about money, sentence by sentence, and whether that changes a price.

Most of it changes nothing: requests, denials, fees, questions. A sentence is read as a change only
if it states one as done; whatever is doubtful is a `mention`.
"""

import re
from fractions import Fraction
from typing import Final, Literal

from pydantic import BaseModel

from tasks.domain.amounts import Amount, amounts_in
from tasks.domain.code_spans import without_code
from tasks.domain.money_words import speaks_of_money

Reading = Literal[
    "raised",
    "lowered",
    "set",
    "withdrawn",
    "request",
    "denial",
    "review_fee",
    "reporter_bonus",
    "bonus",
    "refund",
    "sum",
    "question",
    "quoted",
    "mention",
]

# How sure a reading is: an amount beside a verb of change leaves little doubt, a factor needs the
# price before it, and a withdrawal is said in many ways.
_CONFIDENCE: Final = {"raised": 0.9, "lowered": 0.9, "set": 0.8, "withdrawn": 0.7}
_WITHOUT_AMOUNT: Final = 0.7
_MENTION: Final = 0.3
_OTHER: Final = 0.8

_FLAGS: Final = re.IGNORECASE
_PRICE_WORD: Final = (
    r"(?:price|bounty|bounties|job|payout|reward|compensation|budget|title|amount|issue|this|it)"
)
_OF_PRICE: Final = re.compile(r"\b(?:pric(?:e|ing)|bount(?:y|ies)|payout|reward|job)\b", _FLAGS)
_RAISE: Final = re.compile(
    r"\b(?:rais(?:ed|ing)|increas(?:ed|ing)|upp(?:ed|ing)|bump(?:ed|ing)|doubl(?:ed|ing)"
    r"|tripl(?:ed|ing)|quadrupl(?:ed|ing)|upgraded)\b|\b(?:x\s?[2-9]|[2-9]\s?x)\b",
    _FLAGS,
)
_LOWER: Final = re.compile(
    r"\b(?:lower(?:ed|ing)|reduc(?:ed|ing)|decreas(?:ed|ing)|dropp(?:ed|ing)|halv(?:ed|ing)"
    r"|cut(?:ting)?)\b",
    _FLAGS,
)
_SET: Final = re.compile(
    rf"\b(?:updat(?:ed|ing)|set|adjust(?:ed|ing)|chang(?:ed|ing))\b.{{0,60}}\bto\b"
    rf"|\b{_PRICE_WORD}\b.{{0,30}}\b(?:is now|now)\b",
    _FLAGS,
)
_WITHDRAWN: Final = re.compile(
    r"\b(?:bounty|price|payout|reward)\b.{0,20}\b(?:withdrawn|removed|cancelled|canceled)\b"
    r"|\b(?:withdrawing|removing|removed|withdrew|cancelling|canceling)\b.{0,12}"
    r"\b(?:bounty|price|payout|reward)\b",
    _FLAGS,
)
_REQUEST: Final = re.compile(
    r"\b(?:can|could|would|should|may|shall)\s+(?:we|you|this|it|the|i|someone|somebody)\b"
    r"|\bplease\b|\bi(?:'d| would)\s+(?:do|take|like|suggest|propose)\b|\blet'?s\b"
    r"|\b(?:suggest|propose|recommend|requesting|deserves?|worth)\b",
    _FLAGS,
)
_DENIAL: Final = re.compile(
    r"\b(?:won'?t|will not|cannot|can'?t|not going to|don'?t|do not|not|never|no)\b.{0,40}"
    r"\b(?:rais|increas|doubl|chang|bump|lower|reduc|adjust|go(?:ing)? (?:up )?to|up(?:ping)? the)"
    r"|\b(?:stays?|remains?|keep(?:ing)?|leave|leaving)\b.{0,30}(?:\bat\b|\bas is\b|[$€£\d])",
    _FLAGS,
)
_NOT_YET: Final = re.compile(
    r"\b(?:if|unless|when|once|until|will|going to|tomorrow|next week|plan(?:ning)? to|might|may"
    r"|would|used to|other issue|another issue|in the app|expense|report total)\b",
    _FLAGS,
)
_REVIEW_FEE: Final = re.compile(
    r"\bc\s?\+\s|\breview(?:er|ing)?\b.{0,30}\b(?:fee|pay|paid)", _FLAGS
)
_REPORTER: Final = re.compile(r"\breport(?:er|ing|ed)\b", _FLAGS)
_BONUS: Final = re.compile(r"\bbonus(?:es)?\b", _FLAGS)
_REFUND: Final = re.compile(r"\brefund|\bpa(?:y|id) (?:it )?back\b|\breimburs", _FLAGS)
_SUM: Final = re.compile(
    r"[\d$€£]\s*(?:\([^)]{0,40}\)\s*)?[+=]\s*[$€£\d]|\bin total\b|\btotal(?:s|ling|ing)?\b", _FLAGS
)
_PERCENT: Final = re.compile(r"\bby\s+(\d{1,3})\s?(?:%|percent)", _FLAGS)
_TIMES: Final = re.compile(r"\bx\s?([2-9])\b|\b([2-9])\s?x\b", _FLAGS)
_FACTORS: Final = (("quadrupl", 4), ("tripl", 3), ("doubl", 2))
_BY: Final = re.compile(r"\bby\s*\Z", _FLAGS)
_FROM: Final = re.compile(r"\bfrom\s*\Z", _FLAGS)
_HTML_COMMENT: Final = re.compile(r"<!--.*?(?:-->|\Z)", re.DOTALL)
# A sentence ends at a line, or at a mark that a blank follows: `$187.50` has none.
_SENTENCE: Final = re.compile(r"[^\n.!?;]+(?:[.](?=\S)[^\n.!?;]*)*[.!?;]*")
_LONGEST: Final = 1_000


class PriceReading(BaseModel, frozen=True, extra="forbid"):
    """One statement about money. Of `amount_cents`, `factor` ("doubled" = 2) and `delta_cents`
    ("by $250") at most one is set; `words` is the sentence it rests on."""

    reading: Reading
    amount_cents: int | None = None
    currency: str = "USD"
    factor: Fraction | None = None
    delta_cents: int | None = None
    previous_cents: int | None = None
    words: str
    confidence: float


def read_comment(text: str) -> tuple[PriceReading, ...]:
    """Every statement about money, in the order of the text; () where nothing speaks of money.

    Quoted lines are not the author's words (`quoted`); code and HTML comments say nothing.
    Sentences beyond 1,000 characters are not read.
    """
    if not speaks_of_money(text):
        return ()
    bare = without_code(_HTML_COMMENT.sub(" ", text))
    found: list[PriceReading] = []
    for line in bare.splitlines():
        quoted = line.lstrip().startswith(">")
        for match in _SENTENCE.finditer(line):
            sentence = " ".join(match.group().split()).lstrip("> ")
            if sentence and len(sentence) <= _LONGEST and speaks_of_money(sentence):
                found += _read(sentence, quoted)
    return tuple(found)


def _read(sentence: str, quoted: bool) -> list[PriceReading]:
    amounts = amounts_in(sentence)
    kind = "quoted" if quoted else _kind(sentence, amounts)
    if kind in _CONFIDENCE:
        return [_change(sentence, kind, amounts)]
    if not amounts:
        said = kind in ("request", "denial", "question") and _OF_PRICE.search(sentence)
        return [_plain(sentence, kind, None)] if said else []
    return [_plain(sentence, kind, amounts[-1])]


def _kind(sentence: str, amounts: tuple[Amount, ...]) -> Reading:
    asks = sentence.rstrip().endswith("?")
    moves = any(p.search(sentence) for p in (_RAISE, _LOWER, _SET))
    if _REFUND.search(sentence):
        return "refund"
    if amounts and _SUM.search(sentence):
        return "sum"
    if _REPORTER.search(sentence) and amounts and not moves:
        return "reporter_bonus"
    if _BONUS.search(sentence):
        return "bonus"
    if _REVIEW_FEE.search(sentence) and amounts and not moves:
        return "review_fee"
    if _REQUEST.search(sentence):
        return "request"
    if asks:
        return "question"
    if _DENIAL.search(sentence):
        return "denial"
    if _NOT_YET.search(sentence):
        return "mention"
    return _statement(sentence, amounts)


def _statement(sentence: str, amounts: tuple[Amount, ...]) -> Reading:
    """A sentence in the indicative: a change if it names what changed and how."""
    if _WITHDRAWN.search(sentence):
        return "withdrawn"
    measured = bool(amounts) or _factor(sentence, "raised") is not None
    if measured and _RAISE.search(sentence):
        return "raised"
    if (measured or "halv" in sentence.lower()) and _LOWER.search(sentence):
        return "lowered"
    return "set" if amounts and _SET.search(sentence) else "mention"


def _change(sentence: str, kind: Reading, amounts: tuple[Amount, ...]) -> PriceReading:
    absolute, delta, previous = None, None, None
    for amount in amounts:
        before = sentence[: amount.start]
        if _BY.search(before):
            delta = amount
        elif _FROM.search(before):
            previous = amount
        else:
            absolute = amount
    if absolute is not None:
        delta = None
    factor = None if absolute or delta else _factor(sentence, kind)
    chosen = absolute or delta
    sure = _CONFIDENCE[kind] if chosen or kind == "withdrawn" else _WITHOUT_AMOUNT
    return PriceReading(
        reading=kind,
        amount_cents=absolute.cents if absolute and kind != "withdrawn" else None,
        currency=chosen.currency if chosen else "USD",
        factor=factor if kind != "withdrawn" else None,
        delta_cents=delta.cents if delta and kind != "withdrawn" else None,
        previous_cents=previous.cents if previous else None,
        words=sentence,
        confidence=sure,
    )


def _factor(sentence: str, kind: str) -> Fraction | None:
    small = sentence.lower()
    share = _PERCENT.search(sentence)
    if share is not None:
        part = Fraction(int(share[1]), 100)
        return 1 - part if kind == "lowered" else 1 + part
    if kind == "lowered":
        return Fraction(1, 2) if "halv" in small else None
    times = _TIMES.search(sentence)
    if times is not None:
        return Fraction(int(times[1] or times[2]))
    return next((Fraction(n) for stem, n in _FACTORS if stem in small), None)


def _plain(sentence: str, kind: Reading, amount: Amount | None) -> PriceReading:
    return PriceReading(
        reading=kind,
        amount_cents=amount.cents if amount else None,
        currency=amount.currency if amount else "USD",
        words=sentence,
        confidence=_MENTION if kind == "mention" else _OTHER,
    )
