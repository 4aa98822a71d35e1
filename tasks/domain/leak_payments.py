"""What a text says of the money and of the job: written after the work, or by the automation."""

import re
from collections.abc import Iterator
from typing import Final

from tasks.domain.automation_lines import is_owner_line, starts_block
from tasks.domain.leak_findings import Finding, LeakFacts, Severity
from tasks.domain.leak_texts import SeenText
from tasks.domain.titles import is_state_tag

_DATE: Final = (
    r"(?:\d{4}[-/.]\d{1,2}[-/.]\d{1,2}|\d{1,2}[-/]\d{1,2}(?:[-/]\d{2,4})?+"
    r"|(?:jan|feb|mar|apr|may|june?|july?|aug|sept?|oct|nov|dec)[a-z]*+\.?\s*+\d{1,2})"
)
_HOLD: Final = re.compile(
    r"(?P<open>\[\s*+)?\b(?:(?:on\s++)?(?P<tag>\[\s*+)?hold(?:ing)?(?:\s*+\])?|due)"
    r"\s++for\s++payments?+\b"
    rf"(?P<date>[\s:([]{{1,3}}{_DATE})?+",
    re.IGNORECASE,
)
_DUE: Final = re.compile(
    r"\bpayments?\s++(?:(?:is|was|will\s++be|now)\s++){0,2}+(?:over)?(?:due|held|on\s++hold)\b"
    rf"(?:\s++(?:on|by|until|till))?+[\s:([]{{1,3}}{_DATE}"
    r"(?P<ended>(?=[ \t*_)\]]*+(?:[.,;!]|$)))?+",
    re.IGNORECASE | re.MULTILINE,
)
# A note names no subject: it stands at the head of its line or clause. A sentence about what an
# app shows or asks for goes on, or began before.
_OPENS: Final = re.compile(r"(?:\A|[.;!?)])[ \t>*_#\-•|]*+\Z")
_TAG: Final = re.compile(r"\[(?P<words>[^\[\]\n]{1,80})\](?!\()")
_PRICE: Final = re.compile(r"\s*+\$\s*+\d")
_MONEY_STATE: Final = re.compile(r"\b(?:pa(?:id|y(?:ment|out)?s?)|due|checklist|bonus)\b", re.I)
_SUMMARY: Final = re.compile(
    r"^[ \t>*_#\-]*+payments?+\s++summary\b[^\n]{0,60}$", re.IGNORECASE | re.MULTILINE
)
# A role as summaries write it, with a name, an amount or a colon: an app may have reviewers, too.
_ROLE: Final = re.compile(
    r"\b(?:contributor|reviewer|reporter|applause)\b(?:\W{0,6}[@$]|\s{0,2}[:|])|\bC\+|\bupwork\b",
    re.IGNORECASE,
)
_PEOPLE: Final = re.compile(rf"{_ROLE.pattern}|(?<!\w)@\w", re.IGNORECASE)
_AMOUNT: Final = re.compile(
    r"\$\s?\d[\d,.]*+k?\b|(?<![\w,.])\d[\d,.]*+\s?(?:\$|usd\b|dollars\b)", re.IGNORECASE
)
_PAYING: Final = re.compile(r"\b(?:paid|pay(?:out|ment)?|owed?|due|bonus)\b", re.IGNORECASE)
_PAID_OUT: Final = re.compile(
    r"\b(?:paid|pay(?:ment)?(?: made| sent| issued)?) (?:\w+ ){0,2}(?:via|through|on|in) upwork\b"
    r"|\b(?:upwork|job) (?:contract|offer)s? (?:\w+ ){0,2}(?:ended|sent|accepted|paid|closed)\b"
    r"|\b(?:hired|offer sent|sent (?:an |the )?offers?) (?:\w+ ){0,3}"
    r"(?:on|via|in|through) upwork\b",
    re.IGNORECASE,
)
# The same without the market's name: leaks only in a line that names somebody.
_SETTLED: Final = re.compile(
    r"\b(?:offers? sent|contracts? (?:paid|ended)|bonus paid|payment (?:sent|issued))\b"
    r"|\beligible for (?:[\w%$+.-]+ ){0,3}(?:payment|compensation|bonus)\b",
    re.IGNORECASE,
)
# The market's bonus is a share of the bounty, by how fast the fix was merged.
_SHARE: Final = re.compile(
    r"\beligible for (?:an? |the )?[+-]?\d{1,3} ?% (?:\w+ )?bonus\b", re.IGNORECASE
)
# As a line of its own it is the label; within a sentence it is what an app shows.
_LABEL: Final = re.compile(
    r"^[^\w\n]*+(?:(?:labels?|status|state)\W{1,3})?(?:a?waiting|pending)"
    r"(?:[ \t]++(?:for|on))?+[ \t]++payments?+[^\w\n]*+$",
    re.IGNORECASE | re.MULTILINE,
)
_BOUNTY: Final = re.compile(
    r"\bbount(?:y|ies)\b|\bcompensation\b"
    r"|\b(?:rais|increas|doubl|lower|dropp?|bump)(?:e|ed|ing)?\s++the\s++(?:price|payment|reward)\b",
    re.IGNORECASE,
)
_JOB_PAGE: Final = re.compile(
    r"https?://(?:[\w-]+\.)?upwork\.com/(?!(?:freelancers|fl|agencies|o/profiles)\b)(?P<path>[^\s<>\"')\]]*+)",
    re.IGNORECASE,
)
_HIRING_PATH: Final = re.compile(r"\b(?:offers?|contracts?|applicants?|hires?|wm)\b", re.IGNORECASE)
_INCREASE: Final = re.compile(
    r"\blast\s++price\s++increase\W{0,12}\d{4}[-/]\d{1,2}[-/]\d{1,2}", re.IGNORECASE
)
_OFFER: Final = re.compile(
    r"(?<![\w|@-])@?+[\w-]++(?:\[bot\])?+[ \t]*+\|[ \t]*+(?:contributor|reviewer|reporter)"
    r"[ \t]*+\|[ \t]*+\d",
    re.IGNORECASE,
)


def money_findings(text: SeenText, facts: LeakFacts) -> Iterator[Finding]:
    """Hold dates, tags, payment summaries, payouts, and words about the bounty."""
    yield from _holds(text, facts)
    yield from _tags(text)
    yield from _summaries(text)
    yield from _payouts(text, facts)
    for match in _BOUNTY.finditer(text.plain):
        yield text.found("bounty_words", "warning", match)


def job_findings(text: SeenText, facts: LeakFacts) -> Iterator[Finding]:
    """What is left of the market place and of the automation that talks to it."""
    for match in _JOB_PAGE.finditer(text.text):
        tells = not text.is_proposal or _HIRING_PATH.search(match["path"]) is not None
        yield text.found("job_link", "leak" if tells else "warning", match)
    for name in facts.job_ids:
        for match in re.finditer(rf"(?<!\w){re.escape(name)}(?!\w)", text.text, re.IGNORECASE):
            yield text.found("job_id", "warning" if text.is_proposal else "leak", match)
    for url in facts.job_urls:
        for match in re.finditer(re.escape(url), text.text, re.IGNORECASE):
            if _JOB_PAGE.match(match[0]) is None:
                yield text.found("job_link", "warning" if text.is_proposal else "leak", match)
    for match in _INCREASE.finditer(text.text):
        yield text.found("price_increase_date", "leak", match)
    for match in _OFFER.finditer(text.text):
        yield text.found("offer_line", "leak", match)
    yield from _automation_lines(text)


def _holds(text: SeenText, facts: LeakFacts) -> Iterator[Finding]:
    for match in _HOLD.finditer(text.plain):
        if match["date"] or match["open"] or match["tag"]:
            yield text.found("hold_date", "leak", match)
    for match in _DUE.finditer(text.plain):
        before, _ = text.line_around(match, 40, 0)
        note = match["ended"] is not None and _OPENS.search(before)
        held = any(day.isoformat() in match[0] for day in facts.hold_dates)
        yield text.found("hold_date", "leak" if note or held else "warning", match)
    for day in facts.hold_dates:
        for match in re.finditer(rf"(?<!\d){day.isoformat()}(?!\d)", text.plain):
            before, _ = text.line_around(match, 40, 0)
            if not (_HOLD.search(before) or _DUE.search(before + match[0])):
                yield text.found(
                    "hold_date", "warning", match, "the issue was held until this date"
                )


def _tags(text: SeenText) -> Iterator[Finding]:
    for match in _TAG.finditer(text.plain):
        words = match["words"]
        if not is_state_tag(words) or _HOLD.match(text.plain, match.start()):
            continue
        in_title = text.field == "title"
        if _PRICE.match(words):
            yield text.found("price_tag", "warning", match)
        elif _MONEY_STATE.search(words):
            yield text.found("payment_tag", "leak" if in_title else "warning", match)
        elif "hold" in words.lower():
            yield text.found("hold_tag", "warning", match)


def _summaries(text: SeenText) -> Iterator[Finding]:
    for match in _SUMMARY.finditer(text.plain):
        below = text.plain[match.start() : match.end() + 1000]
        people = _PEOPLE.search(below) is not None and _AMOUNT.search(below) is not None
        yield text.found("payment_summary", "leak" if people else "warning", match)


def _payouts(text: SeenText, facts: LeakFacts) -> Iterator[Finding]:
    for match in _LABEL.finditer(text.plain):
        yield text.found("payment_words", "warning", match)
    worker = _mention_of(facts)
    at = 0
    for line in text.plain.split("\n"):
        amount = _AMOUNT.search(line)
        people = _PEOPLE.search(line)
        told = _PAID_OUT.search(line) or (_SETTLED.search(line) if people else None)
        share = _SHARE.search(line)
        if told:
            yield _on_line(text, at, told, "leak")
        elif share:
            note = _OPENS.search(line[: share.start()])
            yield _on_line(text, at, share, "leak" if note else "warning")
        elif amount and people and _PAYING.search(line):
            # "User B pays @c $20" is a step in an app about money; roles are those of the market.
            sure = _ROLE.search(line) or worker.search(line)
            yield _on_line(text, at, amount, "leak" if sure else "warning")
        at += len(line) + 1


def _mention_of(facts: LeakFacts) -> re.Pattern[str]:
    """Those who did the work, called by name: no step of an app mentions them."""
    known = [*facts.hired, *([facts.accepted_author] if facts.accepted_author else [])]
    names = "|".join(re.escape(name) for name in known) or "(?!)"
    return re.compile(rf"(?<![\w@/-])@(?:{names})(?![\w/-])", re.IGNORECASE)


def _on_line(text: SeenText, at: int, match: re.Match[str], severity: Severity) -> Finding:
    return Finding(
        code="payment_words",
        severity=severity,
        field=text.field,
        words=text.quote(at + match.start(), at + match.end()),
    )


def _automation_lines(text: SeenText) -> Iterator[Finding]:
    for line in text.plain.split("\n"):
        words = " ".join(line.split())[:160]
        if starts_block(line):
            yield Finding(code="automation_block", severity="leak", field=text.field, words=words)
        elif "@" in line and is_owner_line(line):
            yield Finding(code="owner_line", severity="warning", field=text.field, words=words)
