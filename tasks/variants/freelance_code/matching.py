"""Which family of programs a posting is of: by its tags and words, and by nothing else."""

import re
from collections.abc import Mapping
from functools import cache
from typing import Final

from tasks.domain.digests import digest
from tasks.domain.postings import Posting
from tasks.variants.freelance_code.family import Family

# A telling tag or word and a general one beside it. Of one market's postings that were read, those
# with less ask for other things: writing, designs, whole applications.
_LEAST: Final = 5
# What fits nearly as well as the best may be chosen, or a few families would take everything.
_NEAR: Final = (1, 2)
# The title says what is wanted; descriptions also say much else.
_TITLE: Final = 2


def fits(posting: Posting, families: Mapping[str, Family]) -> dict[str, int]:
    """Family → how well the posting fits it, for those that it fits at all."""
    tags = {tag.strip().lower() for tag in posting.tags}
    scores = {}
    for name, family in families.items():
        score = sum(weight for tag, weight in family.tags.items() if tag in tags)
        for word, weight in family.words.items():
            pattern = _pattern(word)
            if pattern.search(posting.title):
                score += _TITLE * weight
            elif pattern.search(posting.description):
                score += weight
        if score >= _LEAST:
            scores[name] = score
    return scores


def family_of(posting: Posting, families: Mapping[str, Family]) -> str | None:
    """The posting's family: one of those that fit at least half as well as the best one, drawn in
    proportion to how well they fit. The draw depends on the posting's id alone, so that neither
    other postings nor their order matter. None where no family fits."""
    scores = fits(posting, families)
    if not scores:
        return None
    best, (part, whole) = max(scores.values()), _NEAR
    near = {name: s for name, s in sorted(scores.items()) if s * whole >= best * part}
    drawn = int(digest(["family", posting.posting_id]), 16) % sum(near.values())
    for name, score in near.items():
        drawn -= score
        if drawn < 0:
            return name
    raise AssertionError("the scores do not add up")


@cache
def _pattern(word: str) -> re.Pattern[str]:
    return re.compile(word, re.IGNORECASE)
