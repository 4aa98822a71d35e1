"""Which comments are proposals, which pull request fixes an issue, and which proposal won."""

import re
from collections.abc import Iterable, Sequence
from datetime import datetime

from pydantic import BaseModel

from tasks.domain.instances import Proposal
from tasks.domain.issues import Comment, IssueHistory, PullRequest

# The word opens the comment, in any heading or emphasis (`## Proposal`, `**Proposal**`, ...).
# Bare, it must stand alone on its line: "Proposal looks good" is a review.
_PROPOSAL = re.compile(
    r"\A\s*(?:[#*_>][\s#*_>]*proposal\b(?!\s+for\b)|proposal\b(?=[ \t\r]*(?::|\n|\Z)))[\s:#*_]*",
    re.IGNORECASE,
)
_POINTER = re.compile(r"\A\s*\[updated?[^\]]*\]\([^)]*\)", re.IGNORECASE)
_WITHDRAWN = re.compile(
    r"\A[\s#*_>]*(?:proposal\b[\s:#*_]*)?[^\n]{0,40}\bproposal (?:was|has been) "
    r"(?:withdrawn|removed|retracted)\b",
    re.IGNORECASE,
)
_HTML_COMMENT = re.compile(r"<!--.*?(?:-->|\Z)", re.DOTALL)
# Some authors give the comment a `$` line of its own instead of the label.
_COMMENT_LINK = re.compile(
    r"^(?:\W*PROPOSAL:?|[ \t]*\$)\s*\S*?/([\w.-]+/[\w.-]+)/issues/(\d+)#issuecomment-(\d+)",
    re.IGNORECASE | re.MULTILINE,
)
_FIXED_SECTION = re.compile(
    r"^\#{1,6}\s*fixed issues?[^\n]*\n(.*?)(?=^\#{1,6}\s|\Z)",
    re.IGNORECASE | re.DOTALL | re.MULTILINE,
)
_FIXED_LINE = re.compile(
    r"^\s*(?:\$\s*|-\s*|fixes:?\s+)?(?:\[[^\]]*\]\()?"
    r"(?:https://github\.com/([\w.-]+/[\w.-]+)/issues/(\d+)(?!\d|\#issuecomment)|\#(\d+)\b)",
    re.IGNORECASE | re.MULTILINE,
)


class Acceptance(BaseModel, frozen=True, extra="forbid"):
    """`evidence` is `pull_link` or `assignment`; `accepted_at` is the moment work was given out."""

    comment_id: int
    evidence: str
    accepted_at: datetime


def is_proposal(text: str) -> bool:
    """Whether a comment's text is a plan of its own (pointers to an edited one are not)."""
    heading = _PROPOSAL.match(text)
    if heading is None or _WITHDRAWN.match(text):
        return False
    rest = text[heading.end() :]
    return bool(rest.strip()) and _POINTER.match(rest) is None


def proposals_at(comments: Iterable[Comment], moment: datetime | None) -> tuple[Proposal, ...]:
    """The valid proposals posted before `moment`, in posting order, with their text of then."""
    found = []
    for comment in sorted(comments, key=lambda c: (c.created_at, c.comment_id)):
        if moment is not None and comment.created_at >= moment:
            continue
        text = comment.text_at(moment)
        if is_proposal(text):
            found.append(
                Proposal(
                    proposal_id=comment.comment_id,
                    text=text,
                    author=comment.author,
                    url=comment.url,
                    posted_at=comment.created_at,
                )
            )
    return tuple(found)


def fixed_issues(pull: PullRequest) -> frozenset[str]:
    """The issues (`owner/name#N`) that a pull request's "Fixed Issues" section names.

    HTML comments go first: the template's own example stands inside one.
    """
    body = _HTML_COMMENT.sub("", pull.body.replace("\r\n", "\n"))
    section = _FIXED_SECTION.search(body)
    if section is None:
        return frozenset()
    named = set()
    for repository, number, local in _FIXED_LINE.findall(section.group(1)):
        home = pull.repository if repository in ("", *pull.also_named) else repository
        named.add(f"{home}#{number or local}")
    return frozenset(named)


def linked_proposal(pull: PullRequest, issue: str) -> int | None:
    """The comment id that the pull request's PROPOSAL or `$` line names on `issue`."""
    body = _HTML_COMMENT.sub("", pull.body)
    for repository, number, comment in _COMMENT_LINK.findall(body):
        home = pull.repository if repository in pull.also_named else repository
        if f"{home}#{number}" == issue:
            return int(comment)
    return None


def work_started(issue: IssueHistory, fix: PullRequest) -> datetime:
    """The moment the author was given the work, before which proposals competed.

    The first assignment of the fix's author; triage assignments of others never count. Without
    one, the opening of the fix.
    """
    assigned = author_assigned(issue, fix)
    return min(assigned, fix.created_at) if assigned else fix.created_at


def author_assigned(issue: IssueHistory, fix: PullRequest) -> datetime | None:
    """When the fix's author was first assigned to the issue."""
    return min((a.assigned_at for a in issue.assignments if a.login == fix.author), default=None)


def accepted_proposal(
    issue: IssueHistory, fix: PullRequest, open_proposals: Sequence[Proposal]
) -> Acceptance | None:
    """The proposal that won among those open when work started, best evidence first."""
    started = work_started(issue, fix)
    linked = linked_proposal(fix, issue.name)
    if linked is not None and any(p.proposal_id == linked for p in open_proposals):
        return Acceptance(comment_id=linked, evidence="pull_link", accepted_at=started)
    if author_assigned(issue, fix) is None:
        return None
    own = [p for p in open_proposals if p.author == fix.author]
    if not own:
        return None
    return Acceptance(comment_id=own[-1].proposal_id, evidence="assignment", accepted_at=started)
