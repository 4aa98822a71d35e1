"""What is known of a task beside the task itself: what filters, samples and splits go by."""

import re
from collections.abc import Sequence
from datetime import datetime
from pathlib import PurePosixPath
from typing import Final

from pydantic import BaseModel

from tasks.domain.acceptance import accepted_proposal, author_assigned
from tasks.domain.instances import TaskInstance
from tasks.domain.issues import IssueHistory, PullRequest
from tasks.domain.patch_runs import changed_lines
from tasks.domain.postings import Posting
from tasks.domain.proposals import proposals_at

_FILE: Final = re.compile(r'^diff --git "?a/(?:.*?)"? "?b/(?P<path>.*?)"?$', re.MULTILINE)
_LANGUAGES: Final = {
    "c": ("c", "h"),
    "c++": ("cc", "cpp", "cxx", "hpp"),
    "c#": ("cs",),
    "css": ("css", "less", "scss"),
    "go": ("go",),
    "html": ("htm", "html"),
    "java": ("java",),
    "javascript": ("cjs", "js", "jsx", "mjs"),
    "json": ("json",),
    "kotlin": ("kt", "kts"),
    "markdown": ("md", "mdx"),
    "objective-c": ("m", "mm"),
    "php": ("php",),
    "python": ("py", "pyi"),
    "ruby": ("rb",),
    "rust": ("rs",),
    "shell": ("bash", "sh", "zsh"),
    "sql": ("sql",),
    "swift": ("swift",),
    "typescript": ("cts", "mts", "ts", "tsx"),
    "xml": ("plist", "xml"),
    "yaml": ("yaml", "yml"),
}
LANGUAGES: Final = tuple(_LANGUAGES)
_OF_ENDING: Final = {end: name for name, ends in _LANGUAGES.items() for end in ends}


class Facts(BaseModel, frozen=True, extra="forbid"):
    """Of one task; what nobody knows is None.

    `assigned` is when people first assigned the fix's author, `labels` are the issue's own, or a
    posting's tags. `proposals` stood at the moment of the task. `files` and `lines` (added and
    removed) are those of the patch a solver has to write, or, for tasks without one, of the whole
    fix; `languages` those of that patch. `evidence` are the kinds of evidence for the proposal
    that was accepted, sorted.
    """

    created: datetime | None = None
    assigned: datetime | None = None
    merged: datetime | None = None
    closed: datetime | None = None
    labels: tuple[str, ...] | None = None
    raises: int | None = None
    proposals: int | None = None
    files: int | None = None
    lines: int | None = None
    languages: tuple[str, ...] | None = None
    evidence: tuple[str, ...] = ()


def facts_of_issue(instance: TaskInstance, issue: IssueHistory, fix: PullRequest | None) -> Facts:
    """Facts of a task that was made of an issue and its fix."""
    accepted = accepted_proposal(issue, fix) if fix is not None else None
    known = Facts(
        created=issue.created_at,
        closed=issue.closed_at,
        labels=tuple(sorted(issue.labels)),
        raises=_raises(instance),
        proposals=len(proposals_at(issue.comments, instance.as_of)),
        evidence=accepted.kinds if accepted is not None else (),
    )
    if fix is not None:
        own = {"assigned": author_assigned(issue, fix), "merged": fix.merged_at}
        lines = None
        if fix.additions is not None and fix.deletions is not None:
            lines = fix.additions + fix.deletions
        known = known.model_copy(update=own | {"files": fix.changed_files, "lines": lines})
    return _with_patch(known, instance)


def facts_of_published(instance: TaskInstance) -> Facts:
    """Facts of a published task: its files date nothing, and their one price was never raised as
    far as they say."""
    proposals = len(instance.proposals) if instance.proposals else None
    return _with_patch(Facts(proposals=proposals), instance)


def facts_of_posting(posting: Posting) -> Facts:
    """Facts of a task that was made of a posting."""
    bids = len(posting.bids) if posting.bids else posting.bid_count
    return Facts(created=posting.posted_at, labels=tuple(sorted(posting.tags)), proposals=bids)


def languages_of(paths: Sequence[str]) -> tuple[str, ...]:
    """The languages that files are written in, by their endings; sorted, unknown ones left out."""
    endings = {PurePosixPath(path).suffix.removeprefix(".").lower() for path in paths}
    return tuple(sorted({_OF_ENDING[end] for end in endings if end in _OF_ENDING}))


def _raises(instance: TaskInstance) -> int | None:
    if any(rung.occurred_at is None for rung in instance.ladder):
        return None
    return sum(rung.kind == "raised" for rung in instance.ladder)


def _with_patch(known: Facts, instance: TaskInstance) -> Facts:
    patch = instance.reference.gold_patch or instance.reference.bug_patch
    if not patch:
        return known
    paths = sorted({match["path"] for match in _FILE.finditer(patch)})
    stretches = [stretch for sign in "+-" for stretch in changed_lines(patch, sign)]
    size = {"files": len(paths), "lines": sum(text.count("\n") + 1 for text in stretches)}
    return known.model_copy(update=size | {"languages": languages_of(paths)})
