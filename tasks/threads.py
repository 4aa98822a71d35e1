"""The threads behind instances, read from staging: what a client can be asked."""

from collections.abc import Iterable

from tasks.domain.bounties import TitleAt
from tasks.domain.instances import TaskInstance
from tasks.domain.issues import Assignment, Comment, IssueHistory, PullRequest, TextVersion
from tasks.domain.telling import remarks_of
from tasks.domain.threads import Remark
from tasks.staging import pull_of
from tasks.warehouse import Row, Session


def threads_of(
    session: Session, instances: Iterable[TaskInstance]
) -> dict[str, tuple[Remark, ...]]:
    """instance_digest → what may be told of its thread (see tasks/domain/telling.py). Reads core.

    Staging is as of the newest build; only what had been written before an instance's own moment
    comes out of it. Nothing is there for an instance whose issue was never collected.
    """
    return {one.instance_digest: _remarks(session, one) for one in instances}


def _remarks(session: Session, instance: TaskInstance) -> tuple[Remark, ...]:
    if instance.as_of is None:
        return ()
    rows = session.query("thread_issue", issue=instance.issue)
    if not rows:
        return ()
    comments = session.query("thread_comments", issue=instance.issue)
    return remarks_of(instance, _issue(rows[0], comments), _fix(session, instance))


def _issue(row: Row, comments: Iterable[Row]) -> IssueHistory:
    """As much of an issue as staging holds. Its title and body are the newest: they say what must
    not be told, and are not told themselves."""
    title = TitleAt(since=row["created_at"], title=row["title"], document_id=row["document_id"])
    return IssueHistory(
        repository=row["repository"],
        number=row["number"],
        url=row["url"],
        author=row["author"],
        state=row["state"],
        created_at=row["created_at"],
        titles=(title,),
        bodies=(TextVersion(since=row["created_at"], text=row["body"]),),
        comments=tuple(map(_comment, comments)),
        assignments=tuple(
            Assignment(assigned_at=row["created_at"], login=login) for login in row["assigned"]
        ),
        document_id=row["document_id"],
    )


def _comment(row: Row) -> Comment:
    return Comment(
        comment_id=row["comment_id"],
        url=row["url"],
        author=row["author"],
        association=row["association"],
        created_at=row["created_at"],
        versions=tuple(
            TextVersion(since=version["since"], text=version["text"]) for version in row["versions"]
        ),
        minimized=bool(row["minimized"]),
        node_id=row["node_id"],
    )


def _fix(session: Session, instance: TaskInstance) -> PullRequest | None:
    commit = instance.reference.fix_commit
    rows = session.query("fixes_of_instance", commit=commit, issue=instance.issue)
    return pull_of(rows[0], {}) if rows else None
