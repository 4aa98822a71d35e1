"""Lines of the job automation's block, one by one, in whatever dress: a list, a tag, bare."""

import html
import re
from typing import Final

_TAG: Final = re.compile(r"<[^<>]*+>")
_MARKS: Final = re.compile(r"\A[\s>*_#+\-•]++")
_LIST_MARK: Final = re.compile(r"\s*+(?:[-*+•]\s|<li\b|</?ul\b|</li\b)", re.IGNORECASE)
_ONLY_TAGS: Final = re.compile(
    r"\s*+(?:</?(?:ul|li|details|summary|p|div|br)\b[^<>]*+>\s*+)++", re.IGNORECASE
)
_HEADING: Final = re.compile(
    r"upwork\s++automation(?:\s*+[-–—:]?\s*+do\s++not\s++edit)?+[\s:.!]*+", re.IGNORECASE
)
_VALUE: Final = r"(?:https?://\S++|~0[0-9a-z]++|\d{9,25})"
# What only the automation writes, however little of the block is left.
_STRAY: Final = re.compile(
    rf"upwork\s++job\s++(?:url|id|link)\s*+:?\s*+(?:{_VALUE}\s*+)*+"
    rf"|job\s++(?:url|id|link)\s*+:\s*+(?:https?://\S*upwork\.com/\S++|~0[0-9a-z]++|\d{{15,25}})\s*+"
    r"|last\s++price\s++increase\s*+:?\s*+(?:\d{4}[-/]\d{1,2}[-/]\d{1,2}\s*+)?+"
    r"|automatic\s++offers?\s*+:\s*+",
    re.IGNORECASE,
)
_LABEL: Final = re.compile(
    r"(?:upwork\s++)?+(?:job\s++)?+(?:url|id|link)\s*+:|last\s++price\s++increase\b"
    r"|automatic\s++offers?\b",
    re.IGNORECASE,
)
_BARE_VALUE: Final = re.compile(
    rf"(?:{_VALUE}|\d{{4}}[-/]\d{{1,2}}[-/]\d{{1,2}})\s*+", re.IGNORECASE
)
_LOGIN: Final = r"@?+[\w-]*+(?:\[bot\])?+"
_AND: Final = r"\s*+(?:[/,&]|\band\b)\s*+"
_LOGINS: Final = rf"{_LOGIN}(?:{_AND}@?+[\w-]++(?:\[bot\])?+)*+\s*+"
_OFFER: Final = re.compile(
    rf"\|?+\s*+{_LOGIN}\s*+\|[^|]{{0,40}}+\|\s*+\d*+\s*+\|?+\s*+", re.IGNORECASE
)
_QUOTED_ITEM: Final = re.compile(r"\A(?:>\s*+)*+(?:[-*]\s)?+")
_OWNER: Final = re.compile(
    rf"(?:(?:issue\s++owner\s*+)?+current\s++issue\s++owner\s*+:?+|issue\s++owner\s*+:)\s*+{_LOGINS}",
    re.IGNORECASE,
)
_OWNER_HEADING: Final = re.compile(r"(?:current\s++)?+issue\s++owner\s*+:?+\s*+", re.IGNORECASE)
_MENTIONS: Final = re.compile(rf"@[\w-]++(?:\[bot\])?+(?:{_AND}@[\w-]++(?:\[bot\])?+)*+\s*+")


def bare(line: str, *, strip_marks: bool = True) -> str:
    """A line's words without tags, entities and, unless told otherwise, list and heading marks."""
    words = html.unescape(_TAG.sub(" ", line)).replace("**", "").replace("\xa0", " ")
    if strip_marks:
        words = _MARKS.sub("", words).rstrip(" \t\r_*#")
    return " ".join(words.split())


def is_automation_heading(line: str) -> bool:
    """Whether a line or a summary says that the automation's block begins here, and no more."""
    return _HEADING.fullmatch(bare(line)) is not None


def is_owner_heading(line: str) -> bool:
    return _OWNER_HEADING.fullmatch(bare(line)) is not None


def is_owner_line(line: str) -> bool:
    """`Current Issue Owner: @rae / @ann`, `Issue Owner:`, with or without a name."""
    return _OWNER.fullmatch(bare(line)) is not None


def names_only(line: str) -> bool:
    """A line of mentions and nothing else."""
    return _MENTIONS.fullmatch(bare(line)) is not None


def starts_block(line: str) -> bool:
    """A heading of the block, or a line that only the block has."""
    words = bare(line)
    return _HEADING.fullmatch(words) is not None or _STRAY.fullmatch(words) is not None


def belongs_to_block(line: str) -> bool:
    """Whether a line inside the block is the automation's."""
    if _ONLY_TAGS.fullmatch(line):
        return True
    words = bare(line)
    return bool(
        _LABEL.match(words)
        or _BARE_VALUE.fullmatch(words)
        or _OFFER.fullmatch(_QUOTED_ITEM.sub("", bare(line, strip_marks=False)))
        or _HEADING.fullmatch(words)
    )


def is_list_item(line: str) -> bool:
    return _LIST_MARK.match(line) is not None
