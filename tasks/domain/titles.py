"""The tags that people hang on an issue's title, and the title without them."""

import re
import sys
from bisect import bisect
from collections.abc import Sequence
from functools import lru_cache
from typing import Final

from tasks.domain.code_spans import code_spans
from tasks.domain.title_prices import price_of_tag

_AMOUNT: Final = r"\$\s*+\d[\d,]*+(?:\.\d+)?+k?+"
_MONTH: Final = (
    r"(?:jan|feb|mar|apr|may|june?|july?|aug|sept?|oct|nov|dec)[a-z]*+\.?\s*+\d{1,2}"
    r"(?:st|nd|rd|th)?+(?:,?\s++\d{4})?+"
)
_DATE: Final = (
    r"(?:\d{4}[-/.]\d{1,2}[-/.]\d{1,2}|\d{1,2}[-/]\d{1,2}(?:[-/]\d{2,4})?+|" + _MONTH + ")"
)
_ISSUE: Final = r"(?:[\w.-]*+/?+[\w.-]*+\#\d++|\#?+\d{3,}+|https?://\S++)"
_ISSUES: Final = rf"{_ISSUE}(?:\s*+(?:[/,&+]|and)\s*+{_ISSUE})*+"
_PAYMENT: Final = r"pay(?:ments?+|out)?+"

# A whole tag, once its blanks are single ones. What describes the work ("Hold requests",
# "Paid invoices", "Critical path") is none: a state stands alone or says what it waits for.
_STATE: Final = re.compile(
    rf"{_AMOUNT}(?:\s*+(?:usd|each))?+"
    rf"|(?:on\s)?+hold(?:ing|\s?:|\s-)?+(?:\s?(?:for|on|until|till|pending|awaiting|due|while)\b.*+"
    rf"|\s?{_ISSUES}.*+|\s?{_DATE}.*+)"
    rf"|due\sfor\s{_PAYMENT}\b.*+"
    rf"|(?:{_PAYMENT}\s)?+(?:due|overdue)(?:\s(?:on\s)?+{_DATE})?+"
    rf"|paid(?:\s?[-:!]|\s(?:on|in full|out|via|by|with|{_DATE}|{_AMOUNT}|{_ISSUE})\b.*+"
    rf"|\s{_AMOUNT}.*+)?+"
    rf"|a?+waiting(?:\s(?:for|on))?+\s(?:{_PAYMENT}\b.*+|.*+(?<=\bchecklist))"
    rf"|(?:ready|pending|wait)(?:\s(?:for|on))?+\s{_PAYMENT}(?:\s(?:on\s)?+{_DATE})?+"
    rf"|(?:bonus|reporting|reporter)\s(?:{_PAYMENT}|bonus)\b.*+"
    rf"|{_PAYMENT}\s(?:pending|issued|made|sent|done|complete|completed|needed|on hold"
    rf"|(?:on\s)?+{_DATE})\b.*+"
    rf"|needs?+\s{_PAYMENT}"
    r"|(?:\S++\s(?=checklist))?+checklist\s(?:needs?|needed|pending|incomplete|required)\b.*+"
    r"|(?:contributor|reviewer|c\+)\s(?:hired|paid)"
    r"|(?:price|bounty)\s(?:increased|raised|doubled|lowered|reduced)\b.*+"
    r"|(?:pr\s)?+(?:in\s(?:review|progress)|ready\sfor\s(?:review|merge)|merged|reviewing)|assigned"
    rf"|deployed(?:\sto\s(?:staging|prod(?:uction)?+))?+(?:\s(?:on\s)?+{_DATE})?+"
    rf"|refunds?+\s(?:pending|issued|needed|due)(?:\s(?:on\s)?+{_DATE})?+"
    rf"|reg(?:ression|\.)?+\s(?:date|period)(?:\s(?:ends\s)?+(?:on\s)?+{_DATE})?+"
    rf"|(?:high|critical|medium|low)(?:\s?(?:priority|:))?+",
    re.IGNORECASE,
)
# In capitals a hold may wait for anything: `[HOLD Auth change]`.
_LOUD_HOLD: Final = re.compile(r"(?:ON\s)?+HOLD\b.*+")

# A tag that lost a bracket ends where its own words end.
_HALF: Final = (
    rf"{_AMOUNT}|(?:on\s++)?+hold\s++for\s++payments?+(?:\s++\[?{_DATE}\]?)?+|(?:on\s++)?+hold\s++(?:for\s++|on\s++)?+{_ISSUES}"
    rf"|due\s++for\s++payments?+(?:\s++\[?{_DATE}\]?)?+|awaiting\s++payments?+|bonus\s++payments?+"
    r"|waiting\s++(?:on|for)\s++(?:\w++\s++)?checklist|(?-i:PAID)"
)
_OPENED: Final = re.compile(rf"\[\s*+(?:{_HALF})(?!\w)(?=[^\[\]]*+(?:\[|\Z))", re.IGNORECASE)
_CLOSED: Final = re.compile(rf"(?<![\w$])(?:{_HALF})\s*+\]", re.IGNORECASE)
_AMOUNT_CLOSED: Final = re.compile(rf"{_AMOUNT}\s*+\]", re.IGNORECASE)
# Without any bracket only a dated hold is surely one.
_LOOSE: Final = re.compile(
    rf"(?<!\w)(?:on\s++)?+(?:hold|due)\s++for\s++payments?+\s++{_DATE}(?!\w)", re.IGNORECASE
)
_SEVERITY: Final = re.compile(
    r"\A[\s:|\-–—]*+(?:(?:HIGH|High|CRITICAL|Critical|MEDIUM|Medium|LOW|Low)\s*+:\s*+)++"
)
_NAME: Final = r"@[\w-]++"
_REPORTED: Final = re.compile(
    rf"(?:\A|[\s\-–—|,;(])\s*+reported\s++by\s*+:?\s*+{_NAME}"
    rf"(?:\s*+(?:[,&/]|and\b)\s*+{_NAME})*+[\s).]*+\Z",
    re.IGNORECASE,
)
_REPORTER_LENGTH: Final = 300
_LONGEST_PRICE: Final = 80
_BRACKET: Final = re.compile(r"[\[\]]")
_LONE_BRACKET: Final = re.compile(r"(?<!\S)(?:\[++|\]++)(?!\S)")
# What a tag leaves at the ends of a title that it stood at.
_EDGES: Final = re.compile(r"\A(?:[\s\]]|[-–—:|]\s)++|[\s\[]++\Z")
_DASHES: Final = frozenset("-–—|")


def is_state_tag(words: str) -> bool:
    """Whether what stands between two brackets is a price, a state or an urgency."""
    shown = " ".join(words.split())
    if _STATE.fullmatch(shown) is not None or _LOUD_HOLD.fullmatch(shown) is not None:
        return True
    return len(shown) <= _LONGEST_PRICE and price_of_tag(shown) is not None


# Several rules ask for the same title one after the other.
@lru_cache(maxsize=64)
def clean_title(title: str) -> str:
    """The title without price, state and urgency tags and without who reported it.

    Tags come in any order and number, with or without blanks, with a bracket lost. `code` and
    tags that describe the work stay. Cleaning twice changes nothing more.
    """
    shown = " ".join(title.split())
    while (shorter := _cleaned(shown)) != shown:
        shown = shorter
    return shown


def _cleaned(title: str) -> str:
    text = _without_tags(title)
    text = _outside_code(_OPENED, text)
    text = _outside_code(_CLOSED, text, kept=_ends_of_whole_tags(text))
    text = _outside_code(_LOOSE, text)
    text = _outside_code(_LONE_BRACKET, text)
    text = _SEVERITY.sub("", _EDGES.sub("", text))
    words = _without_reporter(text).split()
    while len(words) > 1 and words[-1] in _DASHES:
        words.pop()
    return " ".join(words)


def _without_tags(title: str) -> str:
    """Innermost tags go first, so that one inside another leaves nothing of either behind."""
    kept: list[str] = []
    opened: list[int] = []
    at = 0
    for mark in _marks(title):
        kept.append(title[at : mark.start()])
        at = mark.end()
        if mark[0] == "[":
            opened.append(len(kept))
            kept.append("[")
        elif opened and is_state_tag("".join(kept[opened[-1] + 1 :])):
            kept[opened.pop() :] = [" "]
        else:
            kept.append("]")
            opened.clear()  # what holds a tag of the work is no state itself
    return "".join([*kept, title[at:]])


def _marks(title: str) -> list[re.Match[str]]:
    """The brackets outside `code`."""
    code = code_spans(title)
    return [mark for mark in _BRACKET.finditer(title) if not _is_inside(code, mark)]


def _outside_code(pattern: re.Pattern[str], text: str, kept: frozenset[int] = frozenset()) -> str:
    """`kept` are places where an amount ends that lost no bracket."""
    code = code_spans(text)
    if not code and not kept:
        return pattern.sub(" ", text)

    def left(found: re.Match[str]) -> str:
        whole = found.end() in kept and _AMOUNT_CLOSED.fullmatch(found[0]) is not None
        return found[0] if whole or _is_inside(code, found) else " "

    return pattern.sub(left, text)


def _ends_of_whole_tags(title: str) -> frozenset[int]:
    """Where tags of the work end: both brackets are there, and words (`[Limit of $250]`)."""
    opened: int | None = None
    ends = set()
    for mark in _marks(title):
        if mark[0] == "[":
            opened = mark.end()
        elif opened is not None:
            if title[opened : opened + 1].isalpha():
                ends.add(mark.end())
            opened = None
    return frozenset(ends)


def _is_inside(code: Sequence[tuple[int, int]], found: re.Match[str]) -> bool:
    """Whether a match begins in one of these spans, which are in order and apart."""
    index = bisect(code, (found.start(), sys.maxsize)) - 1
    return index >= 0 and found.start() < code[index][1]


def _without_reporter(title: str) -> str:
    """Titles of 2022 end with `- reported by @name`."""
    while found := _REPORTED.search(title, max(0, len(title) - _REPORTER_LENGTH)):
        title = title[: found.start()].rstrip(" -–—|,;(")
    return title
