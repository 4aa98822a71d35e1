"""What a client can be asked: what was written in the thread, word for word, and nothing else."""

import re
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Final

from pydantic import BaseModel

NOTHING_WRITTEN: Final = "Nothing was written about this."
MOST_PASSAGES: Final = 3
"""So many passages answer one question."""
LONGEST_PASSAGE: Final = 2_000
"""In characters; what is longer is cut there, with a mark."""
_CUT: Final = " [... cut here]"
# A passage has to share this part of the question's words.
_SHARE: Final = 3
_SHORTEST: Final = 3
_WORD: Final = re.compile(r"[^\W_]+")
_BETWEEN: Final = re.compile(r"\n[ \t\r]*\n")
# Words that are in every question and every text.
_COMMON_WORDS: Final = (
    "about all also and any are been but can client could did does done for from get had has have "
    "her his how into its just know like may might more most must need needs not now our out "
    "please shall she should some such tell than that the their them then there these they thing "
    "this those too use was way were what when where whether which who why will with would you "
    "your"
)
_COMMON: Final = frozenset(_COMMON_WORDS.split())


class Remark(BaseModel, frozen=True, extra="forbid"):
    """What somebody of the client's side had written in the thread before the work began. `role`
    is the author's association with the repository, or `author of the issue`."""

    comment_id: int
    author: str
    role: str
    written_at: datetime
    text: str


class Question(BaseModel, frozen=True, extra="forbid"):
    """A question that was asked, and the comments that its answer quoted."""

    text: str
    quoted: tuple[int, ...] = ()


class Reply(BaseModel, frozen=True, extra="forbid"):
    """The answer to a question, and the ids of the comments it quotes, best first."""

    text: str
    quoted: tuple[int, ...] = ()


def reply_to(question: str, remarks: Sequence[Remark]) -> Reply:
    """The passages of the thread that fit a question, quoted; `NOTHING_WRITTEN` where none does.

    The matching is by words alone, so that the same question always has the same answer. A
    passage is what stands between two blank lines of a remark. Words are runs of letters and
    digits, without regard to case and a final s; words of less than three letters and common ones
    count for nothing. A passage fits where it holds at least a third of the question's different
    words. The passages with most of them come first, the older one before the newer; at most
    three are quoted.
    """
    asked = _words(question)
    fitting = []
    for remark in remarks:
        for place, passage in enumerate(_passages(remark.text)):
            shared = len(asked & _words(passage))
            if shared and shared * _SHARE >= len(asked):
                rank = (-shared, remark.written_at, remark.comment_id, place)
                fitting.append((rank, remark, passage))
    best = sorted(fitting, key=lambda found: found[0])[:MOST_PASSAGES]
    if not best:
        return Reply(text=NOTHING_WRITTEN)
    return Reply(
        text="\n\n".join(_quote(remark, passage) for _, remark, passage in best),
        quoted=tuple(dict.fromkeys(remark.comment_id for _, remark, _ in best)),
    )


def _quote(remark: Remark, passage: str) -> str:
    shown = passage
    if len(passage) > LONGEST_PASSAGE:
        shown = passage[:LONGEST_PASSAGE] + _CUT
    lines = "\n".join(f"> {line}" for line in shown.split("\n"))
    return f"@{remark.author} ({remark.role}) wrote on {remark.written_at:%Y-%m-%d}:\n{lines}"


def _passages(text: str) -> Iterator[str]:
    for part in _BETWEEN.split(text.replace("\r\n", "\n")):
        if part.strip():
            yield part.strip("\n")


def _words(text: str) -> frozenset[str]:
    return frozenset(_stem(word) for word in _WORD.findall(text.casefold()) if _counts(word))


def _counts(word: str) -> bool:
    return (len(word) >= _SHORTEST or word.isdigit()) and word not in _COMMON


def _stem(word: str) -> str:
    return word[:-1] if len(word) > _SHORTEST and word.endswith("s") else word
