"""Staging rows: parsed issues and pull requests as flat tables."""

from collections.abc import Iterable

from tasks.domain.bounties import BountyEvent, Observation
from tasks.domain.issues import IssueHistory, PullRequest
from tasks.domain.proposals import fixed_issues, proposals_at
from tasks.warehouse import Row, Session


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


def event_rows(issue: IssueHistory) -> list[Row]:
    return [{"issue": issue.name, **event.model_dump()} for event in issue.events]


def comment_rows(issue: IssueHistory) -> list[Row]:
    return [
        {
            "issue": issue.name,
            "comment_id": comment.comment_id,
            "node_id": comment.node_id,
            "minimized": comment.minimized,
            "version_since": version.since,
            "author": comment.author,
            "association": comment.association,
            "created_at": comment.created_at,
            "url": comment.url,
            "body": version.text,
        }
        for comment in issue.comments
        for version in comment.versions
    ]


def proposal_rows(issue: IssueHistory) -> list[Row]:
    return [
        {
            "issue": issue.name,
            "proposal_id": proposal.proposal_id,
            "author": proposal.author,
            "posted_at": proposal.posted_at,
            "url": proposal.url,
            "body": proposal.text,
        }
        for proposal in proposals_at(issue.comments, None)
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
        "changed_files": pull.changed_files,
        "additions": pull.additions,
        "deletions": pull.deletions,
        "closes": list(pull.closes),
    }


def bounty_row(event: BountyEvent) -> Row:
    return {"event_id": event.event_id, **event.model_dump()}


def observation_row(observation: Observation) -> Row:
    return {"observation_id": observation.observation_id, **observation.model_dump()}


def replace_issues(
    session: Session, issues: Iterable[IssueHistory], pulls: Iterable[PullRequest]
) -> None:
    """Put the rows of these issues and pull requests in the place of the older ones."""
    found, requests = list(issues), list(pulls)
    tables = {
        "issues": [issue_row(i) for i in found],
        "issue_events": [row for i in found for row in event_rows(i)],
        "comments": [row for i in found for row in comment_rows(i)],
        "proposals": [row for i in found for row in proposal_rows(i)],
    }
    with session.values("replaced_issues", "issue", (i.name for i in found)):
        for table, rows in tables.items():
            session.execute(
                f"DELETE FROM staging.{table} WHERE issue IN (SELECT issue FROM replaced_issues)"  # noqa: S608
            )
            session.insert(f"core.staging.{table}", rows)
    with session.values("replaced_pulls", "pull", (p.name for p in requests)):
        session.execute("DELETE FROM staging.pulls WHERE pull IN (SELECT pull FROM replaced_pulls)")
        session.insert("core.staging.pulls", [pull_row(p) for p in requests])


def replace_ledgers(
    session: Session,
    dataset: str,
    issues: Iterable[str],
    events: Iterable[BountyEvent],
    observations: Iterable[Observation],
) -> None:
    """Put the ledgers of `issues` in the place of the older ones.

    A ledger that another dataset corrects is that dataset's and stays; so does what another
    source says of the same issue.
    """
    listed, seen = list(events), list(observations)
    rows = {
        "bounty_events": [bounty_row(event) for event in listed],
        "bounty_observations": [observation_row(o) for o in seen],
    }
    sources = sorted({e.source for e in listed} | {o.source for o in seen})
    named = {*issues, *(e.issue for e in listed)}
    with session.values("replaced_issues", "issue", named):
        for table, entries in rows.items():
            for source in sources:
                session.execute(
                    f"DELETE FROM core.{table} WHERE source = $source "  # noqa: S608
                    "AND (dataset IS NULL OR dataset = $dataset) "
                    "AND issue IN (SELECT issue FROM replaced_issues)",
                    {"source": source, "dataset": dataset},
                )
            session.insert(f"core.{table}", entries)
