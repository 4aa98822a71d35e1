"""Postings that say the same: clients post again what found nobody, and markets list it twice."""

import re
import unicodedata
from collections.abc import Iterable
from typing import Final

from tasks.domain.postings import Posting

_WORD: Final = re.compile(r"[^\W_]+")


def normalised(text: str) -> str:
    """Words in small letters with one blank between them: punctuation, markup, accents written in
    two ways and the width of blanks make no difference."""
    plain = unicodedata.normalize("NFKC", text).casefold()
    return " ".join(_WORD.findall(plain))


def representatives(postings: Iterable[Posting]) -> dict[str, str]:
    """posting id → the id of the posting that stands for it: itself, or the first of those whose
    descriptions are the same after normalising. Shorter ids come first, then alphabetical order:
    in files with running numbers that is the oldest. A posting without words stands for itself."""
    found: dict[str, str] = {}
    first: dict[str, str] = {}
    for posting in sorted(postings, key=lambda p: (p.market, len(p.key), p.key)):
        own, text = posting.posting_id, normalised(posting.description)
        found[own] = first.setdefault(text, own) if text else own
    return found
