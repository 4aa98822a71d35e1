"""What a text says of the fix, of who made it and of the proposal that was taken."""

import re
from collections.abc import Iterator
from typing import Final

from tasks.domain.leak_findings import Finding, LeakFacts, Severity
from tasks.domain.leak_texts import SeenText
from tasks.domain.links_out import path_of

_HEX: Final = re.compile(r"(?<![0-9a-z])[0-9a-f]{7,40}(?![0-9a-z])", re.IGNORECASE)
_SHORTEST_COMMIT: Final = 7
# Small numbers are also steps and options, "#2 fails".
_CLEAR_NUMBER: Final = 10
_SHORTEST_BRANCH: Final = 6
_COMMENT_LINK: Final = re.compile(r"#issuecomment-(?P<id>\d{1,19})\b", re.IGNORECASE)
_RIBBON: Final = re.compile(
    r"(?:🎀|:ribbon:)\W{0,6}(?:👀|:eyes:)\W{0,6}(?:🎀|:ribbon:)", re.IGNORECASE
)
_REVIEWED: Final = re.compile(r"(?<!\w)C\+ reviewed\b", re.IGNORECASE)
_TAKEN: Final = re.compile(
    r"\b(?:hired|hiring|assigned|assigning|accepted|accepting|winner|selected|chosen|approved)\b"
    r"|\b(?:go|going|went) (?:\w+ )?with\b|\bsent (?:\w+ )?offer\b|\bofficial offer\b",
    re.IGNORECASE,
)
# What may come about has not: "if accepted", "once I am hired".
_OPEN: Final = re.compile(
    r"\b(?:if|once|when|after|until|unless|whether|should|would|could|can|may|might|please|not)\b",
    re.IGNORECASE,
)
_REPORTED: Final = re.compile(
    r"\b(?:reported|found|raised|created) (?:also )?by\W*\Z", re.IGNORECASE
)
# A proposal that was edited when it had won.
_OWN_LUCK: Final = re.compile(
    r"\bI(?:['’]ve| have| was|['’]m| am| got) (?:\w+ )?(?:been )?"
    r"(?:hired|assigned|accepted|selected)\b"
    r"|\b(?:my|this) proposal (?:was|has been|is|got) (?:accepted|selected|approved|chosen)\b"
    r"|\bthank(?:s| you) for (?:accepting|hiring|selecting|assigning|choosing|the offer)\b",
    re.IGNORECASE,
)
_VERDICT: Final = re.compile(
    r"^[^\w\n]*+(?:accepted|hired|selected)(?: proposal)?[^\w\n]*+$", re.IGNORECASE | re.MULTILINE
)
# A shorter name is often a word, "app" or "all": only what cannot be said of a thing ties to it.
_SHORTEST_BARE_NAME: Final = 4
_TIED_BEFORE: Final = re.compile(
    r"\b(?:hired|hiring)[\s:=–—-]{1,3}\Z"
    r"|\bproposal\s++(?:of|by|from)\s++\Z",
    re.IGNORECASE,
)
_TIED_BEHIND: Final = re.compile(
    r"\s++(?:was|is|has\s++been|got|gets|were)\s++(?:\w++\s++)?hired\b"
    r"|['’]s\s++(?:\w++\s++)?(?:proposal|plan|solution)\b",
    re.IGNORECASE,
)
_REACH: Final = 70


def fix_findings(text: SeenText, facts: LeakFacts) -> Iterator[Finding]:
    """The fix's address, number, branch and commits."""
    yield from _pages(text, facts)
    yield from _numbers(text, facts)
    for branch in facts.fix_branches:
        if len(branch) >= _SHORTEST_BRANCH and re.search(r"[\d/_-]", branch):
            for match in _named(branch, text.text):
                yield text.found("fix_branch", "leak", match)
    for match in _HEX.finditer(text.text):
        if any(commit.startswith(match[0].lower()) for commit in facts.fix_commits):
            yield text.found("fix_commit", "leak", match)


def people_findings(text: SeenText, facts: LeakFacts) -> Iterator[Finding]:
    """Who was hired, and whose proposal was taken."""
    yield from _accepted_links(text, facts)
    for match in _RIBBON.finditer(text.plain):
        yield text.found("reviewer_marker", "leak", match)
    for match in _REVIEWED.finditer(text.plain):
        before, _ = text.line_around(match, 20, 0)
        if "🎀" not in before and ":ribbon:" not in before:
            yield text.found("reviewer_marker", "warning", match)
    if text.is_proposal:
        yield from _luck(text)
    own = (text.author or "").casefold()
    names = {name.casefold(): name for name in facts.hired}
    if facts.accepted_author:
        names.setdefault(facts.accepted_author.casefold(), facts.accepted_author)
    for key, name in names.items():
        if key != own:
            yield from _mentions(text, name, facts)


def link_findings(text: SeenText, facts: LeakFacts) -> Iterator[Finding]:
    """Links to comments that nobody could have linked to yet."""
    for match in _COMMENT_LINK.finditer(text.text):
        if int(match["id"]) in facts.later_comments:
            yield text.found("later_link", "leak", match)


def _pages(text: SeenText, facts: LeakFacts) -> Iterator[Finding]:
    if facts.fix_url:
        for match in re.finditer(rf"{re.escape(facts.fix_url)}(?!\w)", text.text, re.IGNORECASE):
            yield text.found("fix_url", "leak", match)
    if facts.fix_number is None:
        return
    page = re.compile(
        rf"github\.com/(?P<repository>[\w.-]++/[\w.-]++)/(?:pulls?|issues)/{facts.fix_number}(?!\d)",
        re.IGNORECASE,
    )
    known = {name.casefold() for name in facts.repositories}
    for match in page.finditer(text.text):
        if match["repository"].casefold() in known and not _is_within(match, text, facts.fix_url):
            yield text.found("fix_url", "leak", match)


def _is_within(match: re.Match[str], text: SeenText, url: str | None) -> bool:
    """Whether a match is a part of the fix's own address, which is found by itself."""
    if not url or len(url) > match.end():
        return False
    return text.text[match.end() - len(url) : match.end()].lower() == url.lower()


def _numbers(text: SeenText, facts: LeakFacts) -> Iterator[Finding]:
    number = facts.fix_number
    if number is None:
        return
    names = "|".join(re.escape(name) for name in sorted(facts.repositories)) or "(?!)"
    mention = re.compile(
        rf"(?P<full>(?<![\w./-])(?:{names})\#{number}(?!\w))"
        rf"|(?<![\w/&#.-])(?P<short>\#{number})(?!\w)"
        rf"|\b(?:PR|pull request)[ \t:#]{{1,3}}{number}(?!\w|[.,]\d)|(?<!\w)GH-{number}(?!\w)"
        rf"|(?!(?:www\.)?github\.com){path_of(number, facts.repositories)}",
        re.IGNORECASE,
    )
    for match in mention.finditer(text.text):
        quoted = text.plain[match.start() : match.end()] != match[0]
        unclear = match["short"] is not None and (number < _CLEAR_NUMBER or quoted)
        yield text.found("fix_number", "warning" if unclear else "leak", match)


def _accepted_links(text: SeenText, facts: LeakFacts) -> Iterator[Finding]:
    if facts.accepted_id is None or text.proposal_id == facts.accepted_id:
        return
    for match in _COMMENT_LINK.finditer(text.text):
        if int(match["id"]) == facts.accepted_id:
            taken = _taken_near(text, match)
            severity: Severity = "leak" if taken or not text.is_proposal else "warning"
            yield text.found("accepted_proposal", severity, match)
    if facts.accepted_url and "#issuecomment-" not in facts.accepted_url:
        for match in _named(facts.accepted_url, text.text):
            yield text.found("accepted_proposal", "warning" if text.is_proposal else "leak", match)


def _luck(text: SeenText) -> Iterator[Finding]:
    for match in (*_OWN_LUCK.finditer(text.plain), *_VERDICT.finditer(text.plain)):
        before, _ = text.line_around(match, _REACH, 0)
        if not _OPEN.search(before):
            yield text.found("accepted_marker", "leak", match)


def _mentions(text: SeenText, name: str, facts: LeakFacts) -> Iterator[Finding]:
    """Mentions of a name: near a word of choice they tell, elsewhere they only name somebody."""
    hired = name in facts.hired
    told = False
    mention = rf"(?<![\w@/-])@?+{re.escape(name)}(?![\w/-])"
    for match in re.finditer(mention, text.plain, re.IGNORECASE):
        called = match[0].startswith("@")
        before, behind = text.line_around(match, _REACH, _REACH)
        tied = _TIED_BEFORE.search(before) or _TIED_BEHIND.match(behind)
        if not (called or tied or len(name) >= _SHORTEST_BARE_NAME):
            continue
        if _REPORTED.search(before):
            continue
        if _taken_near(text, match):
            yield text.found("accepted_marker", "leak", match)
        elif called and hired and not text.is_proposal and not told:
            told = True
            yield text.found("hired_name", "warning", match)


def _taken_near(text: SeenText, match: re.Match[str]) -> bool:
    """Whether a word of choice stands near on the same line, and as something that happened."""
    before, after = text.line_around(match, _REACH, _REACH)
    shown = f"{before} {after}"
    word = _TAKEN.search(shown)
    return word is not None and _OPEN.search(shown) is None


def _named(words: str, text: str) -> Iterator[re.Match[str]]:
    return re.finditer(rf"(?<![\w@/-]){re.escape(words)}(?![\w/-])", text, re.IGNORECASE)
