"""Merged pull requests that name an issue and are not what it paid for: corrections afterwards."""

import re
from collections.abc import Callable, Sequence
from typing import Final

from tasks.domain.bases import fix_base
from tasks.domain.errors import DataError
from tasks.domain.history import CodeHistory
from tasks.domain.issues import PullRequest

# Says whether a pull request changes nothing but comments; None where nobody can tell.
CommentsOnly = Callable[[PullRequest], bool | None]

_WORDS: Final = re.compile(
    r"\b(?:code|inline|jsdoc|doc|source)[ -]comments?\b|\bcomments?[ -]only\b"
    r"|\bonly[ \t]+(?:a[ \t]+|the[ \t]+|some[ \t]+)?(?:code[ \t]+)?comments?\b"
    r"|\btypos?[ \t]+in[ \t]+(?:a[ \t]+|the[ \t]+|some[ \t]+)?(?:code[ \t]+)?comments?\b",
    re.IGNORECASE,
)
# Of whole lines: `//`, `/* */` and its middle, `#`, `--`, `<!-- -->`, JSX's `{/* */}`.
_COMMENT_LINE: Final = re.compile(r"\s*(?://|/\*|\*(?![\w=*])|\#(?![!\[\w])|<!--|-->|\{/\*)")
_TRAILING: Final = re.compile(r"(?:(?<=[\s;,{})\]])//(?!/)|/\*|(?<=\s)\#\s).*\Z")
_PROSE: Final = re.compile(r"\.(?:md|mdx|markdown|rst)\Z", re.IGNORECASE)
_FEW_LINES: Final = 10
_TIMES_SMALLER: Final = 5


def is_follow_up(
    pull: PullRequest, earlier: Sequence[PullRequest], comments_only: CommentsOnly | None = None
) -> bool:
    """Whether a merged pull request only touches up after `earlier` fixes of the same issue.

    It does where its patch changes comments and prose alone. Where the patch is not at hand
    (`comments_only` gives None), where its title says so; or where it is one file of at most ten
    lines added and removed, and an earlier fix is at least five times as large. A pull request
    that changes nothing at all is no fix, and a first fix is no follow-up.
    """
    if not earlier:
        return False
    if pull.changed_files == 0:
        return True
    known = comments_only(pull) if comments_only is not None else None
    if known is not None:
        return known
    if _WORDS.search(pull.title):
        return True
    return _is_small(pull, earlier)


def _is_small(pull: PullRequest, earlier: Sequence[PullRequest]) -> bool:
    lines = _lines_of(pull)
    largest = max((size for p in earlier if (size := _lines_of(p)) is not None), default=None)
    if lines is None or largest is None or pull.changed_files not in (None, 1):
        return False
    return lines <= _FEW_LINES and lines * _TIMES_SMALLER <= largest


def _lines_of(pull: PullRequest) -> int | None:
    if pull.additions is None or pull.deletions is None:
        return None
    return pull.additions + pull.deletions


def comments_only_in(history: CodeHistory | None) -> CommentsOnly:
    """Reads patches from a mirror; None of a pull request whose commits it does not hold."""

    def comments_only(pull: PullRequest) -> bool | None:
        if history is None or not pull.merge_commit:
            return None
        try:
            base = fix_base(history, pull)
            if not (base and history.has_commit(base) and history.has_commit(pull.merge_commit)):
                return None
            changes = history.changes(base, pull.merge_commit)
            paths = sorted({change.path for change in changes})
            if any(change.is_submodule for change in changes) or not paths:
                return None
            code = [path for path in paths if not _PROSE.search(path)]
            return changes_comments_only(
                history.patch(base, pull.merge_commit, code) if code else ""
            )
        except DataError:
            return None

    return comments_only


def changes_comments_only(patch: str) -> bool:
    """Whether all lines that a unified diff adds or removes are blank, comments, or the same code
    with another comment behind it. Binary files and changes of names or modes are more."""
    removed: list[str] = []
    added: list[str] = []
    in_hunk = False
    for line in patch.split("\n"):
        if line.startswith("diff --git "):
            in_hunk = False
        elif line.startswith("@@ "):
            in_hunk = True
        elif not in_hunk:
            if line.startswith(("Binary files ", "GIT binary", "rename ", "copy ", "old mode ")):
                return False
        elif line.startswith("-"):
            removed.append(_code(line[1:]))
        elif line.startswith("+"):
            added.append(_code(line[1:]))
    return [line for line in removed if line] == [line for line in added if line]


def _code(line: str) -> str:
    """What is left of a line without its comment."""
    if _COMMENT_LINE.match(line):
        return ""
    return _TRAILING.sub("", line).rstrip()
