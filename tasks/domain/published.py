"""A task of a published benchmark, after its file has been read and before it is an instance."""

from collections.abc import Sequence

from pydantic import BaseModel

from tasks.domain.bounties import BountyEvent
from tasks.domain.instances import Proposal
from tasks.domain.title_prices import title_price_cents


class PublishedTask(BaseModel, frozen=True, extra="forbid"):
    """One row or folder of a published file. `None` means the generation does not carry it.

    `file` and `row` say where it came from (row counts records, header excluded, from 1; folders
    have no row). `rank` orders the generations, the richest lowest: where several describe one
    task, the lowest rank gives the instance and lends what the others lack.
    """

    task_id: str
    variant: str
    file: str
    row: int | None
    rank: int
    document_id: str
    repository: str
    issue_number: int | None
    price_cents: int | None
    title: str | None
    statement: str | None
    base: str | None = None
    fix_commit: str | None = None
    bug_patch: str | None = None
    proposals: tuple[Proposal, ...] = ()
    accepted_proposal_id: int | None = None
    published_set: str | None = None
    canary: str | None = None

    @property
    def issue(self) -> str:
        """The issue the task was made from; the task's own id where that names none."""
        key = self.task_id if self.issue_number is None else self.issue_number
        return f"{self.repository}#{key}"


def published_events(task: PublishedTask, source: str) -> tuple[BountyEvent, ...]:
    """The evidence a published task gives of its price: what the file says, and its title.

    The file's price wins: it is what the benchmark pays. A title that says otherwise is kept,
    superseded, with the reason; one that agrees is a restatement.
    """
    if task.price_cents is None:
        return ()
    file_price = BountyEvent(
        source=source,
        issue=task.issue,
        occurred_at=None,
        kind="posted",
        amount_cents=task.price_cents,
        source_kind="published_dataset",
        document_id=task.document_id,
        words=f"price of {task.task_id} in {task.file}",
    )
    tagged = title_price_cents(task.title or "")
    if tagged is None:
        return (file_price,)
    agrees = tagged == task.price_cents
    title_price = BountyEvent(
        source=source,
        issue=task.issue,
        occurred_at=None,
        kind="restated",
        amount_cents=tagged,
        previous_cents=task.price_cents,
        source_kind="published_dataset",
        document_id=task.document_id,
        words=task.title or "",
        superseded_by=None if agrees else file_price.event_id,
        reason=None if agrees else "the file's price wins over the title's",
    )
    return (file_price, title_price)


def merge_generations(tasks: Sequence[PublishedTask]) -> PublishedTask:
    """One task from all files that describe it: the richest generation, completed by the others.

    The order of the input does not matter. A price that only a poorer generation carries is
    taken from it.
    """
    ordered = sorted(tasks, key=lambda t: (t.rank, t.file, t.document_id))
    merged = ordered[0].model_dump()
    for other in ordered[1:]:
        for key, value in other.model_dump().items():
            if merged[key] in (None, ()) and value not in (None, ()):
                merged[key] = value
    return PublishedTask.model_validate(merged)
