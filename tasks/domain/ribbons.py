"""The reviewer's ribbon: `🎀 👀 🎀 C+ reviewed`, and the proposal it recommends."""

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from tasks.domain.instances import Proposal
from tasks.domain.issues import Comment
from tasks.domain.proposal_openings import HTML_COMMENT
from tasks.domain.withdrawals import own_words

_RIBBON: Final = re.compile(
    r"(?:🎀|:ribbon:)[\s\ufe0f]{0,12}(?:👀|:eyes:)[\s\ufe0f]{0,12}(?:🎀|:ribbon:)", re.IGNORECASE
)
_LINKED: Final = re.compile(r"#issuecomment-(\d{1,18})(?!\d)", re.IGNORECASE)
_MENTION: Final = re.compile(r"(?<![\w/@.-])@([a-z0-9][a-z0-9-]{0,38})(?![\w-])", re.IGNORECASE)
_QUOTED: Final = re.compile(r"^[ \t]{0,3}>[> \t]*([^\n]+)", re.MULTILINE)
_MARKS: Final = re.compile(r"[\W_]+")
_SHORTEST_QUOTE: Final = 12
_WORDS: Final = 240


@dataclass(frozen=True, slots=True)
class RibbonAt:
    """A ribbon from the moment its text was saved."""

    at: datetime
    author: str | None
    text: str
    url: str

    @property
    def words(self) -> str:
        """The first words of the comment, on one line."""
        shown = " ".join(self.text.split())
        return shown if len(shown) <= _WORDS else f"{shown[: _WORDS - 1]}…"


def ribbons_of(comments: Iterable[Comment]) -> list[RibbonAt]:
    """Every ribbon, oldest first. A quoted one, or one in code, is somebody else's."""
    found = []
    for comment in comments:
        for version in comment.versions:
            if "🎀" not in version.text and ":ribbon:" not in version.text.lower():
                continue
            text = HTML_COMMENT.sub("", version.text)
            if _RIBBON.search(own_words(text)):
                found.append(RibbonAt(version.since, comment.author, text, comment.url))
    return sorted(found, key=lambda r: (r.at, r.url))


def named_by(
    ribbon: RibbonAt, standing: Sequence[Proposal], target: Callable[[int], int]
) -> Proposal | None:
    """The one standing proposal that a ribbon names; None where it names none or several.

    By link (`target` follows pointers), else by words quoted from it alone, else by a mention of
    its author.
    """
    by_id = {proposal.proposal_id: proposal for proposal in standing}
    linked = {target(int(number)) for number in _LINKED.findall(ribbon.text)} & by_id.keys()
    named = linked or _quoted(ribbon.text, standing) or _mentioned(ribbon.text, standing)
    return by_id[next(iter(named))] if len(named) == 1 else None


def _quoted(text: str, standing: Sequence[Proposal]) -> set[int]:
    quotes = {_bare(quote) for quote in _QUOTED.findall(text)}
    quotes = {quote for quote in quotes if len(quote) >= _SHORTEST_QUOTE}
    if not quotes:
        return set()
    texts = {proposal.proposal_id: _bare(proposal.text) for proposal in standing}
    found: set[int] = set()
    for quote in quotes:
        holders = [number for number, held in texts.items() if quote in held]
        found.update(holders if len(holders) == 1 else ())
    return found


def _mentioned(text: str, standing: Sequence[Proposal]) -> set[int]:
    mentioned = {login.lower() for login in _MENTION.findall(own_words(text))}
    return {p.proposal_id for p in standing if p.author and p.author.lower() in mentioned}


def _bare(text: str) -> str:
    return _MARKS.sub(" ", text).strip().lower()
