"""Which issues are no work, by their title: what only pays, and what tests the automation."""

import re
from functools import lru_cache
from typing import Final

from tasks.domain.titles import clean_title

# Four times what GitHub lets a title hold.
_LONGEST: Final = 1024
_TAG: Final = re.compile(r"\[[^\[\]]*\]")
_BLANKS: Final = r"[\s:–—-]{1,6}"
_ONE: Final = (
    r"(?:\#?\d{2,}(?!\w|[.,:%]\d)|\#\d+|(?:[\w.-]{1,100}/)?[\w.-]{1,100}\#\d+"
    r"|https?://\S{1,300}/(?:issues|pull)/\d+\S*)"
)
_SOMEBODY: Final = r"@[\w-]{1,40}(?=[\s]*(?:\Z|[(,;:&.–—-]|(?:and|for|on|in|as|of)\b))"
# What may stand between "payment" and whom or what it is for.
_FILLER: Final = (
    r"(?:(?:for|to|of|on|in|the|an?|and|due|owed|issues?|prs?|pull|requests?|gh|jobs?|tickets?"
    r"|bugs?|work|works|fix|fixing|review|reviews|reviewing|reviewer|contributor|reporter"
    r"|reporting|bonus|compensation|separate|regression|c\+|no\.?)(?![\w+])[\s:–—-]{1,6}){0,8}+"
)
_PAYING: Final = re.compile(
    r"\A[\W_]*(?:(?:c\+|manual|separate|extra|additional|late|missing|pending|partial|bonus"
    r"|contributor|reviewer|reporter|bug|upwork|create|issue|request|process|tracking|ticket|gh"
    r"|job|handle)(?![\w+])[\s:–—-]{1,6}(?:for[\s:–—-]{1,6}(?:the[\s]{1,4})?)?){0,4}+"
    r"(?:(?:re)?payments?|payouts?|pay|compensation|compensate|reimbursement)\b"
    r"(?:[\s:–—-]{0,6}(?:issue|request|tracking|ticket|summary|only)(?!\w))?+[\s:–—-]{1,6}"
    rf"{_FILLER}(?:{_ONE}|{_SOMEBODY})",
    re.IGNORECASE,
)
_ISSUE_FOR_PAYMENT: Final = re.compile(
    r"\A[\W_]*(?:(?:an?|the|new|separate|gh|github|tracking|placeholder)\s+){0,3}"
    r"(?:issue|ticket|job|gh)\s+(?:for|to\s+track)\s+(?:the\s+|a\s+)?payments?\b"
    r"(?=[\W_]*\Z|\s*(?:for|of|on|to|-|–|:|\#|@))",
    re.IGNORECASE,
)
_BONUS: Final = re.compile(
    r"\A[\W_]*(?:(?:bug|issue|payment|pay|of|for|the|a)[\s:–—-]{1,6}){0,4}+"
    r"(?:reporting|reporter(?:['’]?s)?|bounty|regression|reviewer)\s+bonus(?:es)?\b"
    rf"(?=[\W_]*\Z|{_BLANKS}(?:(?:for|to|payment|pay|due|owed)\b|@|\#))",
    re.IGNORECASE,
)
# A title that uses no other words tests the automation: whoever posts work says what is wrong.
_TEST_WORDS: Final = re.compile(
    r"(?:a|actually|again|an|and|another|apply|auto|automatic|automations?|bot|bounty|check|checking"
    r"|create|creation|delete|do|don['’]?t|dummy|external|fake|fire|flow|for|gh|github|hiring|ignore"
    r"|increase|internal|is|issues?|it|jobs?|just|k2|labels?|me|melvin|my|new|not|nothing|now|of|one"
    r"|only|our|please|pls|post|posting|price|real|safely|test|tested|testing|tests|the|these|this"
    r"|ticket|title|to|trigger|try|trying|update|upwork|us|we|workflows?|\d+)"
)
_TESTING: Final = frozenset({"test", "testing", "tests", "tested", "dummy", "ignore", "fake"})
_OF_JOBS: Final = re.compile(
    r"(?:auto|automatic|automations?|bot|bounty|dummy|fake|ignore|issue|jobs?|labels?|melvin|price"
    r"|posting|ticket|upwork|workflows?)"
)
# Titles of work hold neither kind; to look for these costs a tenth of cleaning the title.
_PAYING_WORDS: Final = ("pay", "compensat", "reimburs", "bonus")
_TESTING_WORDS: Final = ("test", "dummy", "ignore", "fake")
_PLAINLY_A_TEST: Final = re.compile(
    r"\btest(?:ing)?\W{1,4}(?:(?:the|our|new)\W{1,4})?upwork\b|\bupwork\W{1,4}(?:job\W{1,4})?"
    r"(?:automation\W{1,4})?test(?:ing)?\b|\bignore\W{1,4}upwork\b"
    r"|\btest(?:ing)?\b[^\n]{0,80}\b(?:please|pls)\W{1,3}ignore\b"
    r"|\A[\W_]*(?:please|pls)\W{1,3}ignore\b",
    re.IGNORECASE,
)


def pays_elsewhere(title: str) -> bool:
    """Whether an issue of this title only pays for work done elsewhere.

    `Payment for #1`, `Payment - #1`, `Issue for payment for #1`, `Reporting bonus for @ann`, with
    any tags before it. What it pays for or whom must follow: "Payment - total is in the wrong
    language" and "Payment for a booking fails" are work.
    """
    if not _may_hold(title, _PAYING_WORDS):
        return False
    bare = _bare(title)
    return any(shape.match(bare) for shape in (_PAYING, _ISSUE_FOR_PAYMENT, _BONUS))


def tries_automation(title: str) -> bool:
    """Whether an issue of this title only tries the automation that posts jobs.

    `Test Upwork automation`, `Automation test: please ignore`, `[Test] Dummy job`. Work on tests
    ("Automate the test run", "Automation tests fail on tablets") says more than that.
    """
    if not _may_hold(title, _TESTING_WORDS):
        return False
    bare = _bare(title)
    if _PLAINLY_A_TEST.search(bare):
        return True
    # Tags may be what says it: `[TEST] Upwork job`.
    words = re.findall(r"[\w'’]+", clean_title(title[:_LONGEST]).lower())
    return (
        all(_TEST_WORDS.fullmatch(word) for word in words)
        and any(word in _TESTING for word in words)
        and any(_OF_JOBS.fullmatch(word) for word in words)
    )


def is_pull_request(url: str) -> bool:
    """Whether what was read as an issue is a pull request, whose title may repeat a price."""
    return re.search(r"/pull/\d+/?\Z", url) is not None


def _may_hold(title: str, words: tuple[str, ...]) -> bool:
    """Whether one of these is in the title, which cleaning only makes shorter; a letter outside of
    ASCII may be one of theirs to a pattern."""
    return not title.isascii() or any(map(title.lower().__contains__, words))


# Both questions are asked of the same title.
@lru_cache(maxsize=64)
def _bare(title: str) -> str:
    """Without tags, those with a lost bracket and `HOLD` outside of one included."""
    return _TAG.sub(" ", clean_title(title[:_LONGEST])).strip()
