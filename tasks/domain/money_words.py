"""The quick question of two million comments: may this text speak of money at all?"""

import re
from typing import Final

from tasks.domain.currencies import CODES, SIGNS

# Plain words first: looking for one is ten times as quick as a pattern. Together with the pattern
# they cover every amount and every statement about a price without one; they are wider than both.
MONEY_WORDS: Final = (
    *(sign for sign in SIGNS if sign != "$"),
    *("usd", "dollar", "euro", "rupee", "bucks", "quid", "sterling"),
    *("price", "pricing", "bount", "reward", "prize", "doubling", "doubled", "tripl", "quadrupl"),
    *("halving", "halved", "double it", "double this", "double that"),
)
_CODE_LIST: Final = tuple(code for code in CODES if not code.startswith("usd"))
_RARE_CODES: Final = "|".join(_CODE_LIST)
# For text in small letters; without looks around, so that RE2 reads it too. A dollar sign before a
# letter or a brace is a variable (`$id`, `${id}`); other codes count only beside a digit.
_BETWEEN: Final = r"[^a-z0-9]{0,9}(?:(?:k|mn?|thousand|grand|million)[^a-z0-9]{0,9})?"
# "Raised by 50 %", "increased it x2", "lowered by half": said of a price that goes without saying.
_CHANGES: Final = (
    *("rais", "increas", "bump", "boost", "upp", "hik", "jack", "went", "gone", "lower", "reduc"),
    *("decreas", "dropp", "cut", "slash", "brought", "bring"),
)
_STEP: Final = (
    rf"(?:{'|'.join(_CHANGES)})[a-z]{{0,4}}[^a-z0-9][^.!?\n]{{0,100}}?"
    r"(?:[x×][^a-z0-9]?\d|\d[^a-z0-9]{0,3}(?:[x×%％]|percent)|half"
    # "Raising to 1k", "raised 500 -> 1000".
    r"|(?:to|[>→➡⇒➜➔⟶])[^a-z0-9.!?\n]{0,9}\d(?:[\d.,]{0,6}\d\d|[\d.,]{0,4}k))"
)
# "Title and job updated": neither names money, both carry the price.
_JOIN: Final = r"[^a-z0-9]{1,9}(?:and[^a-z0-9]{1,9})?(?:the )?(?:issue |gh )?(?:upwork )?"
_PAIR: Final = rf"title{_JOIN}job|job{_JOIN}title"
# Under a table's heading of this kind a bare number is a sum of money.
_SUMS: Final = r"(?:amount|payment|payout)[^a-z0-9|\n]{0,9}(?:[a-z]{3}[^a-z0-9|\n]{0,9})?"
SUMS_COLUMN: Final = rf"\|[^a-z0-9|\n]{{0,9}}{_SUMS}(?:\||\n|$)|{_SUMS}\|"
MONEY_PATTERN: Final = (
    r"\d[ \t]?\$|\$(?:[^a-z{]|$)"
    rf"|\d{_BETWEEN}(?:{_RARE_CODES})|(?:{_RARE_CODES}|\brs)[^a-z0-9]{{0,9}}\d"
    rf"|{_STEP}|{_PAIR}|{SUMS_COLUMN}"
)
# Both as one expression, for a query that narrows texts to candidates: `(?i)` + this.
MONEY_EXPRESSION: Final = "|".join([*map(re.escape, MONEY_WORDS), MONEY_PATTERN])

# The same in steps, so that a text without a sign or a code is soon through.
_DOLLAR: Final = re.compile(r"\d[ \t]?\$|\$(?:[^a-z{]|$)", re.ASCII)
_RUPEES: Final = re.compile(r"rs(?<!\wrs)[^a-z0-9]{0,9}\d", re.ASCII)
_DIGIT_AFTER: Final = re.compile(r"[^a-z0-9]{0,9}\d", re.ASCII)
_DIGIT_BEFORE: Final = re.compile(rf"\d{_BETWEEN}\Z", re.ASCII)
_LONGEST_BETWEEN: Final = 32
_DIGIT: Final = re.compile(r"[0-9]")
_SIGNS: Final = tuple(sign for sign in SIGNS if sign != "$")
_PLAIN_WORDS: Final = tuple(word for word in MONEY_WORDS if word not in _SIGNS)
_PAIRS: Final = re.compile(_PAIR, re.ASCII)
_COLUMNS: Final = re.compile(SUMS_COLUMN, re.ASCII)
_STEPS: Final = re.compile(_STEP, re.ASCII)


def speaks_of_money(text: str) -> bool:
    """Whether a text may hold a money statement or a payment.

    True whenever `read_comment` or `read_payments` finds anything in it, and seldom otherwise. The
    same as a search for `MONEY_EXPRESSION` in the text in small letters.
    """
    small = text.lower()
    holds = small.__contains__
    if "$" in small and _DOLLAR.search(small) is not None:
        return True
    if any(map(holds, _PLAIN_WORDS)) or (not small.isascii() and any(map(holds, _SIGNS))):
        return True
    if "title" in small and "job" in small and _PAIRS.search(small) is not None:
        return True
    if "|" in small and _COLUMNS.search(small) is not None:
        return True
    # Everything else rests on a number, or on a half.
    digits = _DIGIT.search(small) is not None
    if digits and (
        _RUPEES.search(small) is not None
        or any(_beside_a_digit(code, small) for code in filter(holds, _CODE_LIST))
    ):
        return True
    return (
        (digits or "half" in small)
        and any(map(holds, _CHANGES))
        and _STEPS.search(small) is not None
    )


def _beside_a_digit(code: str, small: str) -> bool:
    place = small.find(code)
    while place >= 0:
        end = place + len(code)
        before = small[max(0, place - _LONGEST_BETWEEN) : place]
        if _DIGIT_AFTER.match(small, end) or _DIGIT_BEFORE.search(before):
            return True
        place = small.find(code, end)
    return False
