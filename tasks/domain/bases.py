"""Where a fix began: the commit that its whole change is a difference to."""

import re
from collections.abc import Iterator
from datetime import timedelta
from typing import Final

from tasks.domain.history import ChangeSize, CodeHistory, CommitFacts
from tasks.domain.issues import PullRequest
from tasks.domain.links import fixed_issues

# GitHub lists, and rebases, no more commits of a pull request than this.
MAX_COMMITS: Final = 250
# A rebase makes all its commits in one go; other people's work lies further back.
_ONE_GO: Final = timedelta(minutes=10)
# A squash ends its title with the number of the pull request that it came from.
_SQUASHED: Final = re.compile(r"\(#(\d+)\)\Z")


def fix_base(history: CodeHistory, pull: PullRequest) -> str:
    """The commit before a merged pull request's change; 40 hex digits.

    First parent of the merge commit for squashes and for merges of two or more parents. Of a
    rebase GitHub names only the last commit: then it is the nearest first-parent ancestor whose
    difference to that commit is as large as GitHub says the pull request is (changed files,
    additions and deletions). Where none is, or nothing is known to compare with, it is the first
    parent. Which ancestors are looked at: see `base_candidates`.
    """
    size = size_of(pull)
    first: str | None = None
    for candidate in base_candidates(history, pull):
        first = first or candidate
        if size is None or size in history.change_sizes(candidate, pull.merge_commit or ""):
            return candidate
    return first or (pull.parents[0] if pull.parents else "")


def size_of(pull: PullRequest) -> ChangeSize | None:
    """How large GitHub says the pull request is; None where it does not say all of it."""
    counts = (pull.changed_files, pull.additions, pull.deletions)
    if None in counts:
        return None
    return ChangeSize(*(count or 0 for count in counts))


def base_candidates(history: CodeHistory, pull: PullRequest) -> Iterator[str]:
    """First parent of the merge commit, then the ancestors that a rebase may have begun from.

    Reads commits and trees, no file. Beyond the first parent it goes only over commits that can
    be part of the same rebase: of one parent, made no more than ten minutes before the merge
    commit and not before the pull request was opened, and no squash of a pull request (a title
    that ends with a number, other than those of the issues that this one fixes). Where the branch
    was pushed as it was (the merge commit is the head), commits are as old as they are. Names
    those alone whose changed files are not fewer than the pull request's, and not more than twice
    as many, since a renamed file is two.
    """
    merge = history.commit(pull.merge_commit) if pull.merge_commit else None
    if merge is None or not merge.parents:
        return
    yield merge.parents[0]
    size, commit = size_of(pull), merge
    issues = frozenset(name.rpartition("#")[2] for name in fixed_issues(pull))
    if size is None or len(merge.parents) > 1 or _is_squash(merge, issues):
        return
    since = max(pull.created_at, merge.committed_at - _ONE_GO)
    for _ in range(MAX_COMMITS - 1):
        before = history.commit(commit.parents[0])
        if before is None or len(before.parents) != 1 or _is_squash(before, issues):
            return
        if merge.oid != pull.head_commit and before.committed_at < since:
            return
        commit, base = before, before.parents[0]
        if size.files <= len(history.changes(base, merge.oid)) <= 2 * size.files:
            yield base


def _is_squash(commit: CommitFacts, issues: frozenset[str]) -> bool:
    marker = _SQUASHED.search(commit.subject)
    return marker is not None and marker[1] not in issues
