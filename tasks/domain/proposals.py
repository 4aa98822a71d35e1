"""Which comments are proposals, and what they said at a moment."""

import re
from collections.abc import Collection, Iterable
from datetime import datetime
from functools import lru_cache
from typing import Final

from tasks.domain.instances import Proposal
from tasks.domain.issues import Comment
from tasks.domain.links import fixed_issues as fixed_issues
from tasks.domain.links import linked_proposal as linked_proposal
from tasks.domain.proposal_openings import Opening, opening_of, template_headings
from tasks.domain.withdrawals import is_taken_back, taken_back_by

_COMMENT: Final = r"\#issuecomment-(?P<comment>\d{1,19})(?!\d)"
_EDGE: Final = r"[\s\#*_:>•–—(-]*+"
_CHANGED: Final = r"(?:updat(?:ed?|es)|edit(?:ed)?|revised|amended|changed)"
# `[Updated](link)`, wherever it leads.
_POINTING: Final = re.compile(
    rf"{_EDGE}\[[\W_]{{0,10}}(?:(?:my|the)\s+)?(?:proposal\s+)?{_CHANGED}\b[^\]\n]{{0,80}}\]"
    r"\((?P<url>[^()\n]{0,500})\)",
    re.IGNORECASE,
)
_LINK: Final = re.compile(
    rf"(?:\[[^\[\]\n]{{0,120}}\]\()?https?://[^\s()<>\#]{{1,300}}{_COMMENT}\)?", re.IGNORECASE
)
_CHANGED_WORD: Final = re.compile(rf"\b{_CHANGED}\b", re.IGNORECASE)
_SAYS_CHANGED: Final = re.compile(
    r"[\W_]*(?:I(?:['’]ve|[ \t]+have)?[ \t]+)?(?:just[ \t]+)?(?:updated|edited|revised)\b",
    re.IGNORECASE,
)
_ABOUT: Final = re.compile(r"\b(?:proposal|above|comment)\b", re.IGNORECASE)
_LONGEST_POINTER: Final = 2000
_FEW_WORDS: Final = 30
_HARDLY_ANY: Final = 12


# Asked for the list of proposals of now, and again for those of the moment one was accepted.
@lru_cache(maxsize=256)
def is_proposal(text: str) -> bool:
    """Whether a comment's text is a plan of its own that stands.

    Pointers to an edited comment, withdrawn texts and headings without anything below are none.
    """
    opening = opening_of(text)
    return opening is not None and _stands(opening)


def _stands(opening: Opening) -> bool:
    if opening.gone or not any(map(str.isalnum, opening.body)):
        return False
    return not _points(opening) and not is_taken_back(opening.body)


def pointed_comment(text: str) -> int | None:
    """The comment (its id) that a pointer to an updated proposal leads to; None for other texts.

    A pointer is `## Proposal` with a link in place of a plan: `[Updated](link)`, or a few words
    that say something changed and link to a comment. With the template's headings below it, it is
    a plan all the same.
    """
    opening = opening_of(text)
    if opening is None or not _points(opening):
        return None
    found = _LINK.search(opening.body)
    return int(found["comment"]) if found else None


def _points(opening: Opening) -> bool:
    body = opening.body
    linking = "](" in body or "#issuecomment" in body.lower()
    if not linking and not _SAYS_CHANGED.match(body):
        return False
    if template_headings(body) > 1:
        return False
    if _POINTING.match(body):
        return True
    if len(body) > _LONGEST_POINTER:
        return False
    words = re.findall(r"\w+", _LINK.sub(" ", body))
    if _LINK.search(body):
        says = opening.updated or _CHANGED_WORD.search(body) is not None
        return (says and len(words) <= _FEW_WORDS) or len(words) <= 2
    if not _SAYS_CHANGED.match(body) or len(words) > _HARDLY_ANY:
        return False
    return len(words) <= 2 or _ABOUT.search(body) is not None


def proposals_at(comments: Iterable[Comment], moment: datetime | None) -> tuple[Proposal, ...]:
    """The proposals on offer at `moment` (now, where none is given), in the order of posting.

    A comment counts that was posted before the moment and was a plan by then, with the text it
    had then. Where that is not known (edited later, the history not at hand) it is left out: what
    was written later tells how it ended. Two comments of one author are two proposals, unless the
    later only points at the earlier, whose text is the edited one. Taken out are those that a
    banner replaced, and those their author withdrew by then, in them or in a comment of his.

    Spam and abuse propose nothing: a text is that from the beginning. What else a comment was
    hidden for (outdated, resolved, off-topic, a duplicate) does not matter: hiding bears no date,
    and losers are hidden when all is over. Apps (`name[bot]`) propose nothing.
    Order and repetition of the comments are of no account.
    """
    return tuple(_proposal(comment, text) for comment, text in plans_at(comments, moment))


def plans_at(
    comments: Iterable[Comment], moment: datetime | None
) -> Collection[tuple[Comment, str]]:
    """The comments that are the proposals on offer at `moment`, with the text each had then."""
    standing: dict[int, tuple[Comment, str]] = {}
    authors: dict[str | None, list[int]] = {}
    for comment in distinct(comments):
        if moment is not None and comment.created_at >= moment:
            break
        author = comment.author
        if comment.unwanted or (author is not None and author.endswith("[bot]")):
            continue
        text = text_known_at(comment, moment)
        if text is None:
            continue
        own = authors.get(author, []) if author is not None else []
        if is_proposal(text):
            standing[comment.comment_id] = (comment, text)
            own = authors.setdefault(author, [])
            own.append(comment.comment_id)
        for withdrawn in taken_back_by(text, own, comment.comment_id) if own else ():
            standing.pop(withdrawn, None)
            own.remove(withdrawn)
    return standing.values()


def _proposal(comment: Comment, text: str) -> Proposal:
    return Proposal(
        proposal_id=comment.comment_id,
        text=text,
        author=comment.author,
        url=comment.url,
        posted_at=comment.created_at,
    )


def text_known_at(comment: Comment, moment: datetime | None) -> str | None:
    """The text as it stood at `moment`; None where only texts of later are known."""
    if moment is None:
        return comment.versions[-1].text
    for version in reversed(comment.versions):
        if version.since <= moment:
            return version.text
    return None


def distinct(comments: Iterable[Comment]) -> list[Comment]:
    """Each comment once, in the order of posting; of several copies the one that knows most."""
    unique: dict[int, Comment] = {}
    for comment in comments:
        held = unique.get(comment.comment_id)
        if held is None or (held is not comment and _knowledge(held) < _knowledge(comment)):
            unique[comment.comment_id] = comment
    return sorted(unique.values(), key=lambda c: (c.created_at, c.comment_id))


def _knowledge(comment: Comment) -> tuple[int, datetime, str, bool]:
    last = comment.versions[-1]
    return (len(comment.versions), last.since, last.text, comment.unwanted)
