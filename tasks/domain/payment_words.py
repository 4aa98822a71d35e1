"""The words of payment summaries: roles, people, states, and what makes a line one of them."""

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Final, Literal

Role = Literal["contributor", "reviewer", "reporter", "other"]
Status = Literal["paid", "due"]

_MENTION: Final = re.compile(r"(?<![\w.@/])@([A-Za-z0-9](?:[A-Za-z0-9-]{0,38}))")
# People who are told, or who act, and are not paid by this line.
_ASIDE: Final = re.compile(
    r"(?:^|(?<=[\s(]))/?(?:cc|fyi)\b[:\s-]{0,3}@.*$"
    r"|\b(?:paid|approved|sent|confirmed|requested|issued|ping|thanks?|per|bump)\s(?:by\s)?@[\w-]+"
    r"(?=\s*(?:$|[.,;!)]))",
    re.IGNORECASE,
)
_ORGANISATIONS: Final = frozenset({"expensify"})

# The leftmost role wins, and at one place the first alternative: so `Contributor+` is a reviewer.
_ROLE: Final = re.compile(
    r"(?P<reviewer>\bcontributors?\s?\+|\bcontributors?[ -]plus\b|(?<![\w+])c\s?\+|\bcplus\b"
    r"|\bcontributors? (?:that|who) review|\b(?:code |pr |peer |fix )?review(?:er|ers|ed|ing|s)?\b)"
    r"|(?P<reporter>\bcontributors? (?:that|who) (?:reported|found)\b|\breporters?\b|\breported\b"
    r"|\breporting\b|\b(?:bug|issue) reports?\b|\bfor (?:the )?report\b|\breport bonus\b)"
    r"|(?P<contributor>\bcontributors?\b|\bfix(?:ed|er|es|ing)?\b|\bauthor\b|\bdevelopers?\b"
    r"|\bimplement(?:er|or|ed|ing|ation)\b|(?<![\w+])c(?=\s?[:–—-]\s)"
    r"|\bfor (?:the )?(?:pr|pull request)\b)",
    re.IGNORECASE,
)
_NO_PAYMENT: Final = re.compile(
    r"\bn/?a\b(?!\w)|\bnot applicable\b|\bnothing (?:is )?(?:due|owed)\b"
    r"|\bno (?:payment|payout)\b(?! yet)"
    r"|\b(?:does|do)(?:n[’']?t| not) (?:require|need|get) (?:a )?pay|\bnot (?:due|owed)\b"
    r"|\b(?:not|in) ?eligible\b(?! (?:for|to) (?:\w+ ){0,2}(?:\d+ ?% ?)?#?(?:\w+ )?bonus)"
    r"|\bwon[’']?t be paid\b|\bno one to pay\b|\bpaid separately\b",
    re.IGNORECASE,
)
_UNPAID: Final = re.compile(
    r"\b(?:to|will|should|shall|must|can|needs? to|going to) (?:be|get) paid\b|\bun-?paid\b"
    r"|\bnot (?:yet |been )?paid\b|\byet to be paid\b|\b(?:will|to) pay\b|❌",
    re.IGNORECASE,
)
_PAID: Final = re.compile(
    r"\bpaid\b|✅|☑|✔|\bpayment (?:was |has been )?(?:issued|sent|made|processed|complete[d]?)\b"
    r"|\bcontract (?:ended|closed)\b",
    re.IGNORECASE,
)
_CERTAINLY_PAID: Final = re.compile(r"✅|☑|✔|\bPAID\b|\([^()]{0,40}\bpaid\b")
_DUE: Final = re.compile(
    r"\bdue\b|\bowed?s?\b|\boutstanding\b|\bpending\b|\brequires? payment\b|\bneeds payment\b"
    r"|\bplease request\b|\brequest (?:in|on|via)\b|\boffer\b|⏳|🕐",
    re.IGNORECASE,
)

_BONUS: Final = re.compile(r"\bbonus(?:es)?\b", re.IGNORECASE)
_NO_BONUS_BEFORE: Final = re.compile(
    r"\b(?:no|not|without|before|after|pending|awaiting|excl\w*|eligible|qualif\w*)"
    r"(?:\W+\w+){0,4}\W+\Z",
    re.IGNORECASE,
)
_NO_BONUS_AFTER: Final = re.compile(
    r"\W{0,3}(?:n/?a\b|no(?:ne|t)?\b|pending|later|to (?:be|follow)|will|eligib|\?)", re.IGNORECASE
)
_NOT_A_PAYMENT: Final = re.compile(
    r"(?:grand |sub-?)?totals?\b|sum\b|altogether\b|overall\b|in total\b"
    r"|(?:job |issue |old |new )?(?:price|bounty)\b|reduction\b|increase\b|precedent\b|budget\b"
    r"|(?:upwork )?job\b|block(?:ed|ers?)\b|eligible\b|assigned\b|merged\b|deployed\b"
    r"|(?:the )?(?:fix )?(?:pr|pull request)\b",
    re.IGNORECASE,
)
# Words that may stand around or between a person and an amount in a statement of payment.
_USUAL_WORDS: Final = """
paid out due owed owes has have is are be been to for of on in through thru via with by from at
and or as each per both the a an this that who which helped issue issues bug bugs pr prs pull
request requests manual upwork upworks newdot new dot nd expensify olddot classic contract
offer sent accepted payment payments payout payouts pay pays requires require required needs need
still fix fixed fixing fixes review reviewer reviewers reviewed reviewing reviews reporter
reporters reported
reporting report reports contributor contributors plus c cplus role external internal bonus
urgency speed timeliness inc incl including includes split between equally half full partial total
amount bounty regression penalty reduced now already yet also just i have go ahead please done
complete completed issued made processed work duties duty task job part not author developer
implementer implemented implementation code peer usd dollars eligible found thanks thank owing got
gets receives received was were has we ve automatic bz bugzero
"""
_VOCABULARY: Final = frozenset(_USUAL_WORDS.split())
_WORD: Final = re.compile(r"[^\W\d_]+")
# A sum that is taken back or asked for, or that is the price and not the payment.
_CHANGE: Final = re.compile(
    r"\b(?:refund\w*|rais(?:ed?|ing)|increas\w+|propos(?:ed?|ing)|lower(?:ed|ing)?|doubl(?:ed?|ing))\b",
    re.IGNORECASE,
)
# What turns a sentence about a payment into talk: asked, supposed, recalled, or on another issue.
_TALK: Final = re.compile(
    r"\?|\b(?:was|were|if|when|once|because|should|could|would|can|may|might|similar|previous"
    r"|another|other|instead)\b|#\d",
    re.IGNORECASE,
)
# `(reporting bonus)` explains a part of a sum; it is not the role of the person who gets it.
_BONUS_REMARK: Final = re.compile(r"\([^()]*\bbonus\b[^()]*\)", re.IGNORECASE)
_PARENTHESES: Final = re.compile(r"\([^()]*\)")


@dataclass(frozen=True, slots=True)
class Person:
    login: str
    start: int
    end: int


@lru_cache(maxsize=512)  # several rules ask about the same line, one after the other
def people_in(text: str) -> tuple[Person, ...]:
    """The people a line mentions, first mentions only; those in parentheses if none is outside."""
    found: dict[str, Person] = {}
    for match in _MENTION.finditer(text):
        login = match.group(1).rstrip("-")
        if login.lower() not in _ORGANISATIONS:
            found.setdefault(login, Person(login, match.start(), match.end()))
    outside = [p for p in found.values() if not in_parentheses(text, p.start)]
    return tuple(outside or found.values())


def without_asides(text: str) -> str:
    """The line without people who are only told, or who only paid."""
    return _ASIDE.sub("", text).replace("()", "").rstrip()


def in_parentheses(text: str, position: int) -> bool:
    return text.count("(", 0, position) > text.count(")", 0, position)


def mask(text: str, spans: list[tuple[int, int]]) -> str:
    """The text with blanks instead of the spans: names and sums are no words of their own."""
    for start, end in spans:
        text = text[:start] + " " * (end - start) + text[end:]
    return text


def without_people(text: str) -> str:
    return _MENTION.sub(lambda match: " " * len(match.group()), text)


# Of these three, too, several rules ask about the same line, and about the same part of one.
@lru_cache(maxsize=512)
def role_in(text: str) -> Role | None:
    """The leftmost role that the text names, people's names aside."""
    match = _ROLE.search(without_people(_BONUS_REMARK.sub("", text)))
    return None if match is None else _role(match)


def roles_in(text: str) -> tuple[Role, ...]:
    """All roles that the text names, in order, each once."""
    matches = _ROLE.finditer(without_people(_BONUS_REMARK.sub("", text)))
    return tuple(dict.fromkeys(_role(match) for match in matches))


def _role(match: re.Match[str]) -> Role:
    if match.lastgroup == "reviewer":
        return "reviewer"
    return "reporter" if match.lastgroup == "reporter" else "contributor"


@lru_cache(maxsize=512)
def status_in(text: str, ticked: bool | None = None) -> Status | None:
    """What the text says about the payment's state; a checkbox decides where there is one."""
    if ticked is not None:
        return "paid" if ticked else "due"
    if _UNPAID.search(text):
        return "due"
    if _CERTAINLY_PAID.search(text):
        return "paid"
    paid, due = _PAID.search(text), _DUE.search(text)
    if paid and due:
        # `requires payment (offer) - paid $500`: the later word is the news.
        return "paid" if paid.start() > due.start() else "due"
    if paid:
        return "paid"
    return "due" if due else None


@lru_cache(maxsize=512)
def pays_nothing(text: str) -> bool:
    """`N/A ($250 under contract)` pays nothing; `$500 (bonus: N/A)` and `(no bonus)` do."""
    return _NO_PAYMENT.search(_BONUS_REMARK.sub("", text)) is not None


def speaks_of_bonus(text: str) -> bool:
    return _BONUS.search(text) is not None


def holds_a_bonus(text: str) -> bool:
    """`$750 (50% bonus)`, `$750 with bonus`; not `$500 (no bonus)`, `$500 (bonus: N/A)`."""
    return any(
        not _NO_BONUS_BEFORE.search(text, max(0, found.start() - 60), found.start())
        and not _NO_BONUS_AFTER.match(text, found.end())
        for found in _BONUS.finditer(text)
    )


def is_not_a_payment(text: str) -> bool:
    """Whether a line starts as a total, a price or a remark, and not as somebody's payment."""
    return _NOT_A_PAYMENT.match(text.lstrip(" -–—:")) is not None


def only_vocabulary(text: str) -> bool:
    return all(word.lower() in _VOCABULARY for word in _WORD.findall(text))


def is_change(text: str) -> bool:
    """Whether a line is about a price that changes, or money that comes back."""
    return _CHANGE.search(_PARENTHESES.sub("", text)) is not None


def is_talk(text: str) -> bool:
    """Whether a line, remarks in parentheses aside, talks about a payment without stating it."""
    bare = _PARENTHESES.sub("", text)
    return _TALK.search(bare) is not None or _CHANGE.search(bare) is not None
