"""Proposals taken back: struck through, by a banner in their place, or in their author's words."""

import re
from itertools import islice
from typing import Final

from tasks.domain.code_spans import without_code

# Like the rendering, no further than the paragraph.
_STRUCK: Final = re.compile(r"~~(?:[^~\n]|~(?!~)|\n(?![ \t\r]*\n))++~~")
_STRIKE_TAG: Final = re.compile(r"<(?P<slash>/?)(?:del|s|strike)>", re.IGNORECASE)
# An automation's banner, in the first lines of the comment.
_BANNER: Final = re.compile(
    r"\bproposals?[ \t]+(?:(?:was|has[ \t]+been|have[ \t]+been|is)[ \t]+"
    r"(?:(?:now|already|automatically|hereby)[ \t]+)?(?:withdrawn|retracted|taken[ \t]+back)"
    r"|(?:was|has[ \t]+been|have[ \t]+been)[ \t]+(?:removed|cancell?ed)"
    r"|(?:[,:–—-][ \t]*)?withdrawn)\b"
    r"|^(?:[^\w\n]|_){0,20}+(?:automatically[ \t]+)?(?:withdrawn|retracted)[ \t]+by\b",
    re.IGNORECASE,
)
_BANNER_LINES: Final = 3
_WILL: Final = (
    r"(?:[ \t]+(?:am|have|had|would|will|like|want|wish|to|hereby|now|must|need|decided|going"
    r"|just|also|so|then|therefore)){0,6}"
)
_TAKE_BACK: Final = (
    r"(?:withdraw(?:ing|n)?|withdrew|retract(?:ing|ed)?|revok(?:e|ing|ed)"
    r"|tak(?:e|ing)[ \t]+back|took[ \t]+back"
    r"|(?:remov(?:e|ing|ed)|delet(?:e|ing|ed)|cancel(?:l?ing|l?ed)?)(?=[ \t]+(?:my|this)[ \t]))"
)
_WHOSE: Final = (
    r"(?:my|this|the|both(?:[ \t]+of)?|all(?:[ \t]+of)?)(?:[ \t]+(?:my|these))?"
    r"(?:[ \t]+(?P<which>previous|earlier|first|old|older|other|last|latest|above|original|second|"
    r"two|three))?"
)
_IN_WORDS: Final = re.compile(
    rf"(?:\bI(?:['’](?:m|ve|d|ll))?{_WILL}[ \t]+"
    r"|^(?:[^\w\n]|_){0,20}+(?:(?:edit|update|note)[\W_]{1,4})?)"
    rf"{_TAKE_BACK}[ \t]+\[?(?P<whose>{_WHOSE})[ \t]+(?P<many>proposals?|solutions?)\b",
    re.IGNORECASE | re.MULTILINE,
)
_ON_A_LINE: Final = re.compile(
    r"^(?:[^\w\n]|_){0,20}+(?:(?:edit|update|status)[\W_]{1,4})?"
    r"(?:(?:withdrawn|withdrawing|retracted|retracting)"
    r"(?=[\W_]*$|[.:!,;]|[ \t]+(?:by|in[ \t]+fav|as|since|because|due|this|my|[–—-]))"
    r"|(?:please[ \t]+|pls[ \t]+)?(?:ignore|disregard)[ \t]+(?:this|my)"
    r"(?:[ \t]+(?:proposal|comment|one|solution))?[\W_]*$)",
    re.IGNORECASE | re.MULTILINE,
)
_QUOTED: Final = re.compile(r"^[ \t]{0,3}>[^\n]*", re.MULTILINE)
_LINKED: Final = re.compile(r"#issuecomment-(\d{1,19})(?!\d)")
# One of these is in every text that takes anything back: looked for before any pattern is tried.
_HINTS: Final = (
    "withdr",
    "retract",
    "revok",
    "cancel",
    "back",
    "remov",
    "delet",
    "gnore",
    "isregard",
)
_EARLIER: Final = frozenset(
    {"previous", "earlier", "first", "old", "older", "other", "last", "above", "original"}
)


def own_words(text: str) -> str:
    """The text without quotes and code: what its author says in it. Same length."""
    shown = without_code(text) if "`" in text or "~~~" in text else text
    return _QUOTED.sub(lambda quote: " " * len(quote[0]), shown)


def without_struck(text: str) -> str:
    """The text without what is struck through, by tildes or by a tag."""
    text = _STRUCK.sub("", text) if "~~" in text else text
    if "<" not in text:
        return text
    kept, depth, at = [], 0, 0
    tags = list(_STRIKE_TAG.finditer(text))
    for tag in tags:
        if depth == 0:
            kept.append(text[at : tag.start()])
        depth = max(0, depth - 1) if tag["slash"] else depth + 1
        at = tag.end()
    return "".join([*kept, text[at:]]) if depth == 0 else text


def is_taken_back(body: str) -> bool:
    """Whether what stands under a proposal's heading says that it no longer counts.

    A body of which nothing is left but what is struck through says so, too. One that takes back
    an earlier proposal ("I withdraw my first proposal") is about that one.
    """
    if body and not _says_anything(without_struck(body)):
        return True
    hinted = _may_take_back(body.lower())
    if hinted or not body.isascii():  # a banner's `İ` is an i to the pattern, and no hint
        lines = (line for line in body.split("\n") if line.strip())
        if any(_BANNER.search(line) for line in islice(lines, _BANNER_LINES)):
            return True
    if not hinted:
        return False
    said = own_words(body)
    if _ON_A_LINE.search(said):
        return True
    return any((found["which"] or "").lower() not in _EARLIER for found in _IN_WORDS.finditer(said))


def taken_back_by(text: str, own: list[int], comment_id: int) -> list[int]:
    """Which of an author's proposals (`own`, ids, oldest first) a comment of his takes back.

    Those it links to; else all where it speaks of several ("both", "my proposals"), the first
    where it says so, and the latest otherwise. `comment_id` is the comment's own.
    """
    earlier = [number for number in own if number != comment_id]
    lowered = text.lower()
    if not earlier or not ("proposal" in lowered or "solution" in lowered):
        return []
    if not _may_take_back(lowered):
        return []
    said = own_words(text)
    found = _IN_WORDS.search(said)
    if found is None or (comment_id in own and (found["which"] or "").lower() not in _EARLIER):
        return []
    linked = {int(number) for number in _LINKED.findall(said)}
    if linked & set(earlier):
        return [number for number in earlier if number in linked]
    whose, which = found["whose"].lower(), (found["which"] or "").lower()
    if found["many"].lower().endswith("s") or whose.startswith(("both", "all")):
        return earlier
    return earlier[:1] if which == "first" else earlier[-1:]


def _may_take_back(lowered: str) -> bool:
    return any(map(lowered.__contains__, _HINTS))


def _says_anything(text: str) -> bool:
    return any(map(str.isalnum, text))
