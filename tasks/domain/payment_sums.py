"""The sums of a payment line: `$500 + $250 (bonus) = $750` is one payment of 750 dollars."""

import re
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from tasks.domain.amounts import Amount, amounts_in
from tasks.domain.payment_words import Person, in_parentheses, people_in

# What stands between two amounts of one sum, parentheses aside.
_RESULT: Final = re.compile(r"=|→|➡|->|=>|\b(?:now|makes|totals?|totall?ing)\b", re.IGNORECASE)
_PLUS: Final = re.compile(r"\+|\bplus\b", re.IGNORECASE)
# The plus of `C+` adds nothing; that of `$500 for the contributor + $250` does.
_ROLE_PLUS: Final = re.compile(
    r"\b(?:contributors?|c)(?:\+|\s\+(?!\s*\Z)|[ -]plus\b(?!\s*\Z))", re.IGNORECASE
)
_MINUS: Final = re.compile(r"^\s*(?:-|–|−|\bminus\b|\bless\b)\s*$", re.IGNORECASE)
_PENALTY: Final = re.compile(r"\b(?:penalty|regression|deduct\w*|cut)\b", re.IGNORECASE)
_PARENTHESES: Final = re.compile(r"\([^()]*\)?")
_BONUS_AFTER: Final = re.compile(
    r"[^\w+=]{0,3}(?:(?:for|as) )?(?:(?:the|a|an) )?(?:\d{1,3} ?% ?)?#?"
    r"(?:(?!inc|with|no |not |and |plus |or |before|after|eligible|pending|minus|less |excl|qualif)"
    r"[a-z]{1,15} ){0,2}bonus(?!\W{0,3}(?:inc|appl|n/?a\b|no(?:ne|t)?\b|eligib|pending))",
    re.IGNORECASE,
)
# `$750 including the $250 bonus`, and in parentheses `$750 ($250 bonus included)`.
_INCLUDING: Final = re.compile(r"\b(?:incl?\b\.?|includ\w+|of which)", re.IGNORECASE)
_INCLUDED_BONUS: Final = re.compile(r"\W{0,3}(?:[a-z]{1,15} ){0,2}bonus\W{0,3}inc", re.IGNORECASE)
_IS_BONUS: Final = re.compile(
    r"\s(?:is|being) (?:the|a|an) (?:[a-z]{1,15} ){0,2}bonus\b", re.IGNORECASE
)
_BONUS_BEFORE: Final = re.compile(r"\bbonus\W{0,3}(?:of\W{0,2})?$", re.IGNORECASE)
# `$1000 + 50% bonus`: nothing else may say what that comes to.
_SHARE_ON_TOP: Final = re.compile(
    r"\W{0,3}(?:\+|\bplus\b)\s?(?P<percent>\d{1,3})\s?% (?:[a-z]{1,15} ){0,2}bonus\b",
    re.IGNORECASE,
)
_EQUALS: Final = re.compile(r"\s*(?:\([^()]*\)\s*)?=")
_REACH: Final = 20
_ON_TOP: Final = re.compile(r"\(\s*(?:\+|plus)\s*$", re.IGNORECASE)


@dataclass(slots=True)
class Sum:
    """`start` and `end` are the span of the text that the sum's amounts cover."""

    cents: int
    currency: str
    start: int
    end: int
    bonus_cents: int = 0
    # `$750 (50% bonus)` holds its bonus, `$250 (50% bonus) + $500` begins with it.
    first_if_added_to: int = 0
    # A share on top that is part of the sum already; where its amount follows, it counts once.
    share_cents: int = 0
    closed: bool = False

    @property
    def bonus(self) -> int | None:
        """The part of the sum that is called a bonus, if a part is."""
        return self.bonus_cents if 0 < self.bonus_cents <= self.cents else None


@lru_cache(maxsize=512)  # several rules ask about the same line, one after the other
def sums_in(text: str) -> tuple[Sum, ...]:
    """The sums a text names, in order. Amounts in parentheses only explain those outside.

    After an equals sign or an arrow stands the whole; amounts joined by a plus are added, and one
    that is called a bonus is added after "and" too; a penalty after a minus is taken off.
    """
    amounts = amounts_in(text)
    inside = [a for a in amounts if in_parentheses(text, a.start)]
    outside = [a for a in amounts if not in_parentheses(text, a.start)]
    counted = outside or list(amounts)
    apart = _someone_elses(people_in(text), counted) if len(counted) > 1 else frozenset()
    sums: list[Sum] = []
    previous: Amount | None = None
    for number, amount in enumerate(counted):
        _take(text, sums, None if number in apart else previous, amount)
        previous = amount
    for amount in inside if outside else ():
        _explain(text, sums, amount)
    return tuple(sums)


def _someone_elses(people: Sequence[Person], amounts: Sequence[Amount]) -> frozenset[int]:
    """Which amounts, by position, cannot be part of the sum before them: another person gets them.

    A person stands before what they get (`@ann $500 + @bob $500`), or after it where the line
    begins with a sum: then `$500 to @ann + $250 bonus` is one sum, and with `+ $250 to @bob` two.
    """
    gaps = [0] * (len(amounts) + 1)  # people before each amount, and after the last
    ends = [amount.start for amount in amounts]
    for person in people:
        gaps[bisect_left(ends, person.start)] += 1
    if gaps[0]:
        return frozenset(n for n in range(1, len(amounts)) if gaps[n])
    return frozenset(n for n in range(1, len(amounts)) if gaps[n] and gaps[n + 1])


def _take(text: str, sums: list[Sum], previous: Amount | None, amount: Amount) -> None:
    bonus = _is_bonus(text, amount)
    if previous is None or sums[-1].currency != amount.currency:
        sums.append(_new(text, amount, bonus))
        return
    current = sums[-1]
    gap = _ROLE_PLUS.sub(" ", _PARENTHESES.sub(" ", text[previous.end : amount.start]))
    if _RESULT.search(gap):
        current.cents, current.closed = amount.cents, True
    elif bonus and _INCLUDING.search(gap) and amount.cents < current.cents:
        current.bonus_cents += amount.cents
    elif _PLUS.search(gap) or (bonus and not current.closed):
        added = 0 if amount.cents == current.share_cents else amount.cents
        current.cents += added
        current.bonus_cents += current.first_if_added_to + (added if bonus else 0)
        current.first_if_added_to = 0
    elif _MINUS.match(gap) and _is_taken_off(text, amount):
        current.cents = max(0, current.cents - amount.cents)
    else:
        sums.append(_new(text, amount, bonus))
        return
    current.end = amount.end


def _is_taken_off(text: str, amount: Amount) -> bool:
    penalty = _PENALTY.search(text, amount.end, amount.end + 40)
    return penalty is not None or _EQUALS.match(text, amount.end) is not None


def _new(text: str, amount: Amount, bonus: bool) -> Sum:
    explained = text[amount.end : amount.end + _REACH].lstrip().startswith("(")
    on_top = _SHARE_ON_TOP.match(text, amount.end)
    share = amount.cents * int(on_top["percent"]) // 100 if on_top else 0
    return Sum(
        cents=amount.cents + share,
        currency=amount.currency,
        start=amount.start,
        end=amount.end,
        bonus_cents=share + (amount.cents if bonus and not explained else 0),
        share_cents=share,
        first_if_added_to=amount.cents if bonus and explained else 0,
    )


def _explain(text: str, sums: list[Sum], amount: Amount) -> None:
    """An amount in parentheses belongs to the sum before it, or to the first one."""
    before = [s for s in sums if s.start < amount.start and s.currency == amount.currency]
    if not before or amount.cents == before[-1].share_cents:
        return
    bonus = _is_bonus(text, amount) or _INCLUDED_BONUS.match(text, amount.end) is not None
    if _ON_TOP.search(_just_before(text, amount)) and not before[-1].closed:
        before[-1].cents += amount.cents
    before[-1].bonus_cents += amount.cents if bonus else 0


def _is_bonus(text: str, amount: Amount) -> bool:
    after = _BONUS_AFTER.match(text, amount.end) or _IS_BONUS.match(text, amount.end)
    return after is not None or _BONUS_BEFORE.search(_just_before(text, amount)) is not None


def _just_before(text: str, amount: Amount) -> str:
    return text[max(0, amount.start - _REACH) : amount.start]
