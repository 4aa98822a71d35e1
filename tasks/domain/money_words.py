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
MONEY_PATTERN: Final = (
    r"\d[ \t]?\$|\$(?:[^a-z{]|$)"
    rf"|\d[^a-z0-9]{{0,9}}(?:(?:k|mn?|thousand|grand|million)[^a-z0-9]{{0,9}})?(?:{_RARE_CODES})"
    rf"|(?:{_RARE_CODES}|\brs)[^a-z0-9]{{0,9}}\d"
)
# Both as one expression, for a query that narrows texts to candidates: `(?i)` + this.
MONEY_EXPRESSION: Final = "|".join([*map(re.escape, MONEY_WORDS), MONEY_PATTERN])

# The same in steps that a text without a dollar sign, and without those letters, is soon through.
_DOLLAR: Final = re.compile(r"\d[ \t]?\$|\$(?:[^a-z{]|$)", re.ASCII)
_RUPEES: Final = re.compile(r"rs(?<!\wrs)[^a-z0-9]{0,9}\d", re.ASCII)
_PATTERN: Final = re.compile(MONEY_PATTERN, re.ASCII)


def speaks_of_money(text: str) -> bool:
    """Whether a text may hold a money statement or a payment.

    True whenever `read_comment` or `read_payments` finds anything in it, and seldom otherwise. The
    same as a search for `MONEY_EXPRESSION` in the text in small letters.
    """
    small = text.lower()
    return (
        any(word in small for word in MONEY_WORDS)
        or ("$" in small and _DOLLAR.search(small) is not None)
        or _RUPEES.search(small) is not None
        or (any(code in small for code in _CODE_LIST) and _PATTERN.search(small) is not None)
    )
