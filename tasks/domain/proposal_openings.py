"""How a comment opens that is a proposal: the word, in whatever heading, and what follows it."""

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

HTML_COMMENT: Final = re.compile(r"<!--.*?(?:-->|\Z)", re.DOTALL)
_UNSEEN: Final = " \t\r\n\u200b\u200c\u200d\u2060\ufeff"
# No opening is longer: the word stands in the first line, or behind a short lead of markup.
_LONGEST: Final = 200
_MARKUP: Final = r"</?(?:h[1-6]|b|strong|em|i|u|ins|p|div|center|span|big)\b[^<>\n]{0,80}>"
_NOTICE: Final = re.compile(r"[\W_]{0,20}edited by\b[^\n]{0,300}\n(?:[ \t]*-{3,}[ \t\r]*\n)?", re.I)
# Heading marks, emphasis, tags, emoji and their names. Not `>`: who quotes a proposal makes none.
# Not `[`: `[Proposal](link)` points at one.
_LEAD: Final = (
    rf"(?P<lead>(?>{_MARKUP}|:[a-z0-9_+-]{{1,40}}:"
    r"|[^\w\n<>~\[\](){}\"'“”‘’`@|/\\.,;!?$%^&=]|_){0,60}+)"
)
_WHICH: Final = (
    r"(?:(?:my|our|an?|new|another|alternat(?:e|ive)|additional|updated?|revised|edited|improved"
    r"|final|first|second|third|1st|2nd|3rd|draft|quick|short|simple|detailed|initial)\b"
    r"[ \t:*_–—-]{1,5}){0,3}+"
)
_OPENING: Final = re.compile(
    rf"{_LEAD}(?P<struck>(?:~~|<(?:del|s|strike)>)[#*_ \t]{{0,12}})?+"
    rf"(?P<which>{_WHICH})proposal(?![^\W_])",
    re.IGNORECASE,
)
# `(updated)`, `[edited]`, `2`, `#2`, `v2`, `updated`: still the heading.
_EDITION: Final = re.compile(
    r"[ \t*_–—:-]*(?:[(\[][ \t]*(?:updat|edit|revis|new|final|draft|alternat|option|part|v?\d)"
    r"[^()\[\]\n]{0,60}[)\]](?!\()"
    r"|(?:no\.?[ \t]*|\#|v|version[ \t]+|option[ \t]+|part[ \t]+)?\d{1,2}(?![\w.]\w)"
    r"|(?:option|part)[ \t]+\w\b|(?:update[ds]?|edited|revised|alternative|two|three|ii+)\b)",
    re.IGNORECASE,
)
_GONE: Final = re.compile(
    r"[\W_]*(?:(?:was|is|has[ \t]+been)[ \t]+)?"
    r"(?:withdrawn|withdrew|retracted|cancelled|canceled|deleted|removed|obsolete)\b",
    re.IGNORECASE,
)
# What a reviewer would say about a proposal, or whose it is.
_VERDICT: Final = re.compile(
    r"[\W_]*(?:looks?|seems?|sounds?|makes?|needs?|lgtm|is|was|has|have|are|were|review(?:s|ed)?"
    r"|approved?|accepted|rejected|selected|selection|status|good|great|nice|for|of|by|from)"
    r"(?!\w)",
    re.IGNORECASE,
)
_CLOSERS: Final = re.compile(rf"(?:{_MARKUP}|~~|</(?:del|s|strike)>|[ \t*_\#])*+", re.IGNORECASE)
_SEPARATOR: Final = re.compile(r"[ \t*_]*(?::|[–—|]|-+(?=[ \t]|\Z)|,|\.(?=[ \t]|\Z))")
_TEMPLATE: Final = (
    ("re-state the problem", "restate the problem", "what is the problem"),
    ("root cause", "root-cause"),
    ("what changes", "what should change", "changes do you think"),
)
_UNDERLINE: Final = re.compile(r"[ \t]{0,3}(?:=+|-+)[ \t\r]*(?:\n|\Z)")


@dataclass(frozen=True, slots=True)
class Opening:
    """`body` is what follows the heading. `updated` where the heading itself says so, `gone`
    where it says that the proposal was withdrawn or is struck through."""

    body: str
    updated: bool
    gone: bool


# Whether a comment is a proposal and whether it points at one are asked one after the other.
@lru_cache(maxsize=256)
def opening_of(text: str) -> Opening | None:
    """The heading that makes a comment a proposal; None where it has none.

    `# Proposal` to `######`, with or without blanks and closing marks, `**Proposal**`, both,
    underlined, as a tag, bare, with an emoji or a word like "Updated" before it, a number or
    "(updated)" behind it, or with the text behind a colon on the same line; in a marked heading
    the plan may follow without one. Words of a review, or of what it is for, make it talk
    ("Proposal looks good", "## Proposal for a new label"), unless the template's headings follow.
    A notice above it that some bot edited the comment is passed over.
    """
    start = text.lstrip(_UNSEEN)[:_LONGEST].lower()
    if "proposal" not in start and "<!--" not in start:
        return None
    shown = HTML_COMMENT.sub("", text) if "<!--" in text else text
    shown = shown.lstrip(_UNSEEN)
    notice = _NOTICE.match(shown)
    shown = shown[notice.end() :].lstrip(_UNSEEN) if notice else shown
    found = _OPENING.match(shown)
    if found is None:
        return None
    end = shown.find("\n", found.end())
    end = len(shown) if end < 0 else end
    tail, below = shown[found.end() : end], shown[end + 1 :]
    marked = any(mark in found["lead"] for mark in "#*_<") or found["struck"] is not None
    kept = _read_tail(tail, shown, marked=marked)
    if kept is None:
        return None
    line, updated, gone = kept
    below = _UNDERLINE.sub("", below, count=1) if _UNDERLINE.match(below) else below
    said = found["which"].lower()
    return Opening(
        body=f"{line}\n{below}".strip(),
        updated=updated or any(word in said for word in ("updat", "revis", "edit")),
        gone=gone or found["struck"] is not None,
    )


def _read_tail(tail: str, shown: str, *, marked: bool) -> tuple[str, bool, bool] | None:
    """(the plan's words on the heading's line, updated, withdrawn); None where it is talk."""
    rest = tail[_end(_CLOSERS, tail, 0) :]
    if rest.startswith("](") or (rest and rest[0].isalnum() and tail == rest):
        return None
    edition = _EDITION.match(rest)
    updated = False
    if edition is not None:
        updated = "updat" in edition[0].lower() or "edit" in edition[0].lower()
        rest = rest[edition.end() :]
        rest = rest[_end(_CLOSERS, rest, 0) :]
    if _GONE.match(rest):
        return rest, updated, True
    if not any(map(str.isalnum, rest)):
        return ("", updated, False) if marked or "?" not in rest else None
    if _VERDICT.match(rest) and not (marked and template_headings(shown) > 1):
        return None
    separator = _SEPARATOR.match(rest)
    if separator is not None:
        return rest[separator.end() :].lstrip("*_ \t"), updated, False
    return (rest, updated, False) if marked else None


def _end(pattern: re.Pattern[str], text: str, start: int) -> int:
    found = pattern.match(text, start)
    return found.end() if found else start


def template_headings(text: str) -> int:
    """How many of the template's three questions a text repeats."""
    lowered = text.lower()
    return sum(any(words in lowered for words in question) for question in _TEMPLATE)
