"""The statements about money that change no price, and which kind each is."""

import re
from typing import Final, Literal

from tasks.domain.price_guards import asks, denies, is_product_talk, names_a_change
from tasks.domain.price_vocabulary import PRICE
from tasks.domain.sentences import AMOUNT

OtherReading = Literal[
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
_A: Final = re.ASCII

_REPORTER: Final = re.compile(
    r"(?<![\w'])(?:reporters?(?:'s)?|reporting|reported by|(?:for|bug) report(?:ing)?)(?![\w'])", _A
)
_REVIEWER: Final = re.compile(
    r"(?<![\w+])c ?\+|(?<![\w'])(?:contributor ?(?:\+|plus)|reviewers?(?:'s)?|review(?:ing)? "
    r"(?:fees?|payments?|bonus|pay|payout|amount|compensation|rate)|for (?:the |your |their )?"
    r"(?:\w+ )?review(?:ing|s)?)(?!\w)",
    _A,
)
_REFUND: Final = re.compile(
    r"(?<![\w'])(?:refund\w*|reimburs\w*|chargebacks?|overpa(?:id|y|yment)|pa(?:id|y) back)"
    r"(?![\w'])",
    _A,
)
_BONUS: Final = re.compile(r"(?<![\w'])(?:bonus(?:es)?|penalty|timeliness)(?![\w'])", _A)
_SUM: Final = re.compile(
    rf"(?<![\w'])(?:totals?|total(?:l?ing|l?ed)|altogether|combined|sum)(?![\w'])"
    rf"|{AMOUNT} ?(?:\+|plus) ?[^{AMOUNT}]{{0,20}}{AMOUNT}|{AMOUNT}[^{AMOUNT}]{{0,20}}= ?{AMOUNT}",
    _A,
)
_KEEPS: Final = re.compile(
    rf"(?:(?<![\w'])(?:not|never|cannot)|n't) (?:be )?(?:go|pay|offer)(?:ing)?(?![\w'])"
    rf"[^{AMOUNT}]{{0,20}}{AMOUNT}|"
    rf"(?<![\w'])(?:stay(?:s|ed|ing)?|remain(?:s|ed|ing)?|keep(?:s|ing)?|kept|leav(?:e|ing)|left|"
    rf"stick(?:ing)?|maintain(?:ing|ed)?)(?![\w'])[^{AMOUNT}]{{0,40}}(?:{PRICE}|(?:at|as|to|with) "
    rf"[^{AMOUNT}]{{0,10}}{AMOUNT})|{PRICE} (?:\w+ ){{0,3}}(?:stay|remain)(?:s|ed|ing)?(?![\w'])"
    rf"|{PRICE} (?:is |are |was |will be )?unchanged|(?<![\w'])no (?:upwork |job )?(?:{PRICE} )?"
    rf"(?:increase|raise|bump|reduction|change)s?"
    rf"(?: (?:to|of|in) [^{AMOUNT}]{{0,10}}{PRICE})?(?![\w'])",
    _A,
)
# "I would do it for $500", "my price is $300", "please pay me $250".
_OFFERS: Final = re.compile(
    rf"(?<![\w'])i(?:'d|'ll| would| will| can| could| am| want| need| ask| expect| charge| quote)"
    rf"(?![\w'])[^{AMOUNT}]{{0,60}}{AMOUNT}|(?<![\w'])my (?:price|quote|rate|bid|fee)(?![\w'])"
    rf"|(?<![\w'])(?:please|pls|kindly|could i|can i|may i)(?![\w'])[^{AMOUNT}]{{0,60}}{AMOUNT}",
    _A,
)
_ORDERS: Final = re.compile(
    r"(?:\W|@[\w-]+)*(?:raise|increase|bump|boost|double|triple|quadruple|halve|lower|reduce|up)"
    rf" (?:it|this|that|(?:the |this |our |its )?(?:upwork |job |issue )*"
    rf"(?:{PRICE}|jobs?|payment)|to)"
    r"(?![\w'])",
    _A,
)
_PRICE_TALK: Final = re.compile(
    rf"(?<![\w'])(?:{PRICE}|(?:payment|payout|pay)(?= (?:increase|raise)))(?![\w'])", _A
)
_TERSE_REQUEST: Final = re.compile(
    r"(?<![\w'])(?:double|triple|quadruple) (?:it|this|that)(?: one| issue| job)?\s*(?:\Z|[?!.,])",
    _A,
)
_TERSE_CHANGE: Final = re.compile(r"(?<![\w'])(?:doubl|tripl|quadrupl|halv)(?:ed|ing)(?![\w'])", _A)

# Between statements of one sentence: a conjunction, or a comma before somebody's fee.
_JOINT: Final = re.compile(
    r"\s*;\s*|,?\s+(?:and|but|while|whereas|plus|with)\s+|,\s+|\s+-+\s+|\s+\+\s+|\s*\(|\)\s*|\.\s+",
    _A,
)
_OWN_TOPIC: Final = re.compile(r"(?<![\w'])(?:[a-z]{3,}|c ?\+)", _A)


def parts(text: str) -> list[tuple[int, str]]:
    """A sentence cut where its amounts go over from a price to fees and bonuses, or back: each
    part with its position."""
    if text.count(AMOUNT) < 2:
        return [(0, text)]
    found, start = [], 0
    for joint in _JOINT.finditer(text):
        left, right = text[start : joint.start()], text[joint.end() :]
        if _is_statement(left) and _topic(left) != _topic(_head(right)):
            found.append((start, left))
            start = joint.end()
    return [*found, (start, text[start:])]


def _is_statement(text: str) -> bool:
    return AMOUNT in text and _OWN_TOPIC.search(text) is not None


def _head(text: str) -> str:
    """What comes before the next joint behind the first amount of `text`."""
    first = text.find(AMOUNT)
    joint = _JOINT.search(text, first + 1) if first >= 0 else None
    return text[: joint.start()] if joint else text


def _topic(text: str) -> str | None:
    """Whose money a stretch speaks of: a fee, a bonus, or (None) the price."""
    return _fee(text) if AMOUNT in text else None


def _fee(text: str) -> OtherReading | None:
    if _REPORTER.search(text):
        return "reporter_bonus"
    if _REVIEWER.search(text):
        return "review_fee"
    if _REFUND.search(text):
        return "refund"
    return "bonus" if _BONUS.search(text) else None


def is_tied(text: str) -> OtherReading | None:
    """The kind of money besides the price that a statement with a change is about; None: none.

    "Raised to $500 for both contributor and C+" is about the price.
    """
    if _SUM.search(text):
        return "sum"
    fee = _fee(text)
    if fee == "review_fee" and re.search(r"(?<!\w)(?:both|contributor (?:and|&|/))", text):
        return None
    return fee


def is_price_talk(text: str) -> bool:
    """Whether a sentence without an amount speaks of a change of price."""
    if _TERSE_REQUEST.search(text):
        return True
    if _PRICE_TALK.search(text) is None:
        return False
    return names_a_change(text) or _KEEPS.search(text) is not None


def other_reading(text: str, *, is_question: bool = False) -> OtherReading:
    """The kind of a statement that announces no change."""
    changes = names_a_change(text)
    offers = not changes and _OFFERS.search(text) is not None
    if is_question:
        asked = (changes and asks(text)) or _TERSE_REQUEST.search(text) or _ORDERS.match(text)
        return "request" if asked or offers else "question"
    fee = _fee(text) if AMOUNT in text else None
    if fee is not None:
        return fee
    if is_product_talk(text):
        return "mention"
    if _SUM.search(text) and AMOUNT in text:
        return "sum"
    if _KEEPS.search(text) or (changes and denies(text)):
        return "denial"
    if (changes and asks(text)) or offers or _ORDERS.match(text):
        return "request"
    return "mention"
