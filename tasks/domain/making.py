"""What instances of every variant share, from a scraped issue or a published task."""

from collections.abc import Sequence
from typing import Any

from tasks.domain.bounties import BountyEvent, ladder, prices
from tasks.domain.candidates import Work
from tasks.domain.instances import Reference, TaskInstance, instance_id
from tasks.domain.issues import IssueHistory
from tasks.domain.published import PublishedTask
from tasks.domain.statements import clean_body, clean_title, statement_at, title_at


def instance_of_issue(
    issue: IssueHistory, work: Work, variant: str, reference: Reference, **own: Any
) -> TaskInstance:
    """The issue's work as a task of `variant`: title and body are those of the moment it began.

    `own` are the fields that only this variant fills.
    """
    return TaskInstance(
        instance_id=instance_id(issue.repository, str(issue.number), variant),
        variant=variant,
        repository=issue.repository,
        key=str(issue.number),
        issue=issue.name,
        title=title_at(issue, work.started, work.fix),
        statement=statement_at(issue, work.started, work.fix),
        base=work.base,
        as_of=work.started,
        reference=reference,
        ladder=work.ladder,
        prices=work.prices,
        **own,
    )


def instance_of_published(
    task: PublishedTask, events: Sequence[BountyEvent], reference: Reference, **own: Any
) -> TaskInstance:
    """A published task as it is; its files date nothing, so only the final price is known."""
    rungs = ladder(events)
    return TaskInstance(
        instance_id=instance_id(task.repository, task.task_id, task.variant),
        variant=task.variant,
        repository=task.repository,
        key=task.task_id,
        issue=task.issue,
        title=clean_title(task.title or ""),
        statement=clean_body(task.statement or ""),
        reference=reference,
        ladder=rungs,
        prices=prices(rungs),
        canary=task.canary,
        **own,
    )
