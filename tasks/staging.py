"""Staging rows: parsed issues and pull requests as flat tables."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final

from tasks.domain.bounties import BountyEvent, Observation
from tasks.domain.issues import IssueHistory, PullRequest
from tasks.domain.job_links import jobs_linked
from tasks.domain.links import fixed_issues, reverted_pulls
from tasks.domain.proposals import plans_at
from tasks.warehouse import Row, Session
from tasks.warehouse.columns import Columns, tuples_as_columns

EVENTS: Final = "core.staging.issue_events"
COMMENTS: Final = "core.staging.comments"


def issue_row(issue: IssueHistory) -> Row:
    return {
        "issue": issue.name,
        "repository": issue.repository,
        "number": issue.number,
        "url": issue.url,
        "title": issue.titles[-1].title,
        "body": issue.bodies[-1].text,
        "author": issue.author,
        "state": issue.state,
        "state_reason": issue.state_reason,
        "labels": list(issue.labels),
        "created_at": issue.created_at,
        "closed_at": issue.closed_at,
        "gone": issue.gone,
        "document_id": issue.document_id,
    }


# Events and comments come in millions: plain tuples, in this order.
EVENT_COLUMNS: Final = (*("issue", "event_type", "occurred_at", "actor", "detail", "document_id"),)
COMMENT_COLUMNS: Final = (
    *("issue", "comment_id", "version_since", "author", "association", "created_at", "url"),
    *("body", "node_id", "minimized"),
)


def comment_tuples(issues: Iterable[IssueHistory]) -> list[tuple[Any, ...]]:
    """Every version of every comment, in the order of `COMMENT_COLUMNS`."""
    return [
        (
            name,
            comment.comment_id,
            version.since,
            comment.author,
            comment.association,
            comment.created_at,
            comment.url,
            version.text,
            comment.node_id,
            comment.minimized,
        )
        for name, comments in ((issue.name, issue.comments) for issue in issues)
        for comment in comments
        for version in comment.versions
    ]


def proposal_rows(issue: IssueHistory) -> list[Row]:
    return [
        {
            "issue": issue.name,
            "proposal_id": comment.comment_id,
            "author": comment.author,
            "posted_at": comment.created_at,
            "url": comment.url,
            "body": text,
        }
        for comment, text in plans_at(issue.comments, None)
    ]


def job_link_rows(issue: IssueHistory) -> list[Row]:
    return [
        {
            "issue": issue.name,
            "job": link.job.name,
            "ciphertext": link.job.ciphertext,
            "linked_at": link.since,
        }
        for link in jobs_linked(issue.bodies)
    ]


def pull_row(pull: PullRequest) -> Row:
    return {
        "pull": pull.name,
        "repository": pull.repository,
        "number": pull.number,
        "url": pull.url,
        "title": pull.title,
        "author": pull.author,
        "state": pull.state,
        "created_at": pull.created_at,
        "merged_at": pull.merged_at,
        "merge_commit": pull.merge_commit,
        "base_commit": pull.parents[0] if pull.parents else None,
        "fixes": sorted(fixed_issues(pull)),
        "body": pull.body,
        "closed_at": pull.closed_at,
        "base_branch": pull.base_branch,
        "head_commit": pull.head_commit,
        "head_branch": pull.head_branch,
        "changed_files": pull.changed_files,
        "additions": pull.additions,
        "deletions": pull.deletions,
        "closes": list(pull.closes),
        "parents": list(pull.parents),
        "reverts": sorted(reverted_pulls(pull)),
    }


def pull_of(row: Row, names: Mapping[str, str]) -> PullRequest:
    """The pull request of a staging row; `names` as in `parse_documents`."""
    own = row["repository"]
    kept = {key: row[key] for key in PullRequest.model_fields if key in row}
    listed = {key: tuple(row[key] or ()) for key in ("closes", "parents")}
    also = tuple(sorted(other for other, name in names.items() if name == own))
    return PullRequest.model_validate({**kept, **listed, "also_named": also})


def bounty_row(event: BountyEvent) -> Row:
    return {"event_id": event.event_id, **dict(event)}


def observation_row(observation: Observation) -> Row:
    return {"observation_id": observation.observation_id, **dict(observation)}


# Table → its rows of one issue.
_OF_ISSUE: Final[Mapping[str, Callable[[IssueHistory], list[Row]]]] = {
    "issues": lambda issue: [issue_row(issue)],
    "proposals": proposal_rows,
    "job_links": job_link_rows,
}


def rows_of_issue(issue: IssueHistory) -> dict[str, list[Row]]:
    """Table of staging → the rows of an issue; of what is many, see below."""
    return {table: rows_of(issue) for table, rows_of in _OF_ISSUE.items()}


def comment_columns(issues: Iterable[IssueHistory]) -> Columns:
    """The rows of staging.comments, in the order of issues, comments and versions."""
    return tuples_as_columns(COMMENTS, COMMENT_COLUMNS, comment_tuples(issues))


def event_columns(issues: Iterable[IssueHistory]) -> Columns:
    """The rows of staging.issue_events, in the order of issues and events."""
    rows = [
        (name, e.event_type, e.occurred_at, e.actor, e.detail, e.document_id)
        for name, events in ((issue.name, issue.events) for issue in issues)
        for e in events
    ]
    return tuples_as_columns(EVENTS, EVENT_COLUMNS, rows)


def remove_issues(session: Session, names: Iterable[str]) -> None:
    """Take these issues out of staging."""
    with session.values("replaced_issues", "issue", names):
        for table in (*_OF_ISSUE, "issue_events", "comments"):
            session.execute(
                f"DELETE FROM staging.{table} WHERE issue IN (SELECT issue FROM replaced_issues)"  # noqa: S608
            )


def remove_pulls(session: Session, names: Iterable[str]) -> None:
    with session.values("replaced_pulls", "pull", names):
        session.execute("DELETE FROM staging.pulls WHERE pull IN (SELECT pull FROM replaced_pulls)")


def replace_issues(
    session: Session, issues: Iterable[IssueHistory], pulls: Iterable[PullRequest]
) -> None:
    """Put the rows of these issues and pull requests in the place of the older ones."""
    found, requests = list(issues), list(pulls)
    remove_issues(session, (issue.name for issue in found))
    for issue in found:
        for table, rows in rows_of_issue(issue).items():
            session.insert(f"core.staging.{table}", rows)
    session.insert_arrow(EVENTS, event_columns(found))
    session.insert_arrow(COMMENTS, comment_columns(found))
    remove_pulls(session, (pull.name for pull in requests))
    session.insert("core.staging.pulls", [pull_row(pull) for pull in requests])


def replace_events(session: Session, events: Iterable[BountyEvent]) -> None:
    """Put these ledgers in the place of the older ones, per source and issue."""
    listed = list(events)
    for source in sorted({event.source for event in listed}):
        remove_ledgers(session, source, (e.issue for e in listed if e.source == source), None)
    session.insert("core.bounty_events", [bounty_row(event) for event in listed])


def remove_ledgers(
    session: Session, source: str, issues: Iterable[str], dataset: str | None
) -> None:
    """Take out the ledgers that all share (`dataset` None), or that a dataset corrected."""
    with session.values("replaced_issues", "issue", issues):
        for table in ("bounty_events", "bounty_observations"):
            session.execute(
                f"DELETE FROM core.{table} WHERE source = $source "  # noqa: S608
                "AND dataset IS NOT DISTINCT FROM $dataset "
                "AND issue IN (SELECT issue FROM replaced_issues)",
                {"source": source, "dataset": dataset},
            )
