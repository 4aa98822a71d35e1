"""The market as it stood at a date: what was written or done later is not known yet."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from tasks.domain.issues import Comment, IssueEvent, IssueHistory, PullRequest, TextVersion


def issue_as_of(issue: IssueHistory, moment: datetime) -> IssueHistory | None:
    """The issue with nothing in it that is dated after `moment`; None where it was opened later.

    What became of an issue that can no longer be read is not dated, and stays.
    """
    if issue.created_at > moment:
        return None
    closed = issue.closed_at is not None and issue.closed_at <= moment
    changes: dict[str, Any] = {
        "titles": tuple(t for t in issue.titles if t.since <= moment) or issue.titles[:1],
        "bodies": _known(issue.bodies, moment),
        "comments": tuple(_comment(c, moment) for c in issue.comments if c.created_at <= moment),
        "assignments": tuple(a for a in issue.assignments if a.assigned_at <= moment),
        "events": tuple(e for e in issue.events if e.occurred_at <= moment),
        "labels": _labels(issue.labels, issue.events, moment),
        "quiet": {name: posted for name, posted in issue.quiet.items() if posted <= moment},
    }
    if not closed:
        changes |= {"closed_at": None, "state": "OPEN", "state_reason": None}
    return issue.model_copy(update=changes)


def pull_as_of(pull: PullRequest, moment: datetime) -> PullRequest | None:
    """The pull request as it was at `moment`; None where it was opened later. Its texts are not
    dated, and stay."""
    if pull.created_at > moment:
        return None
    if pull.merged_at is not None and pull.merged_at > moment:
        unmerged = {"merged_at": None, "merge_commit": None, "parents": ()}
        return pull.model_copy(update={**unmerged, "closed_at": None, "state": "OPEN"})
    if pull.closed_at is not None and pull.closed_at > moment:
        return pull.model_copy(update={"closed_at": None, "state": "OPEN"})
    return pull


def pulls_as_of(pulls: Mapping[str, PullRequest], moment: datetime) -> dict[str, PullRequest]:
    """Name → pull request, of those that had been opened."""
    known = {name: pull_as_of(pull, moment) for name, pull in pulls.items()}
    return {name: pull for name, pull in known.items() if pull is not None}


def _comment(comment: Comment, moment: datetime) -> Comment:
    known = _known(comment.versions, moment)
    if len(known) == len(comment.versions):
        return comment
    return Comment(
        comment_id=comment.comment_id,
        url=comment.url,
        author=comment.author,
        association=comment.association,
        created_at=comment.created_at,
        versions=known,
        minimized=comment.minimized,
        unwanted=comment.unwanted,
        node_id=comment.node_id,
    )


def _known(versions: tuple[TextVersion, ...], moment: datetime) -> tuple[TextVersion, ...]:
    """The versions saved by then; the first stands in where even that is later."""
    return tuple(v for v in versions if v.since <= moment) or versions[:1]


def _labels(
    labels: Iterable[str], events: Iterable[IssueEvent], moment: datetime
) -> tuple[str, ...]:
    """Today's labels, with every later change taken back, the last one first."""
    now = list(labels)
    later = [event for event in events if event.occurred_at > moment]
    for event in sorted(later, key=lambda e: e.occurred_at, reverse=True):
        if event.event_type == "labeled" and event.detail in now:
            now.remove(event.detail)
        elif event.event_type == "unlabeled" and event.detail not in now:
            now.append(event.detail)
    return tuple(now)
