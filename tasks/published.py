"""Published benchmarks: every row or folder becomes an instance, a duplicate or a rejection."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from tasks.domain.bounties import BountyEvent
from tasks.domain.digests import digest
from tasks.domain.errors import DataError
from tasks.domain.facts import facts_of_published
from tasks.domain.instances import Rejection, TaskInstance
from tasks.domain.leaks import lint_instance
from tasks.domain.protocols import Malformed, Market
from tasks.domain.published import PublishedTask, merge_generations, published_events
from tasks.judging import Fate, Judging, instance_row, outcome_row
from tasks.sources import source_named
from tasks.specs import DatasetSpec
from tasks.staging import replace_events
from tasks.storing import drop_source, share_source
from tasks.variants import issue_variant
from tasks.warehouse import Warehouse
from tasks.warehouse.documents import newest_documents

UNREADABLE: Final = "unknown"  # the variant of a candidate that could not be read


@dataclass(frozen=True)
class Candidates:
    """Every candidate's fate with the file it is credited to, and the evidence of prices."""

    fates: tuple[tuple[Fate, str], ...]
    events: tuple[BountyEvent, ...]


def follow_published(warehouse: Warehouse, source: str, judging: Judging) -> None:
    """Judge all published tasks of a source anew where any document or input changed.

    Generations of one task complete each other, so that any document may change any outcome.
    """
    spec = judging.spec
    with warehouse.read("core", "raw") as session:
        copies = session.query("newest_digests", source=source)
        rows = [list(row.values()) for row in copies]
        inputs = digest([judging.inputs.general, list(spec.variants), rows])
        stored = session.tuples(
            "SELECT DISTINCT inputs FROM core.outcomes "
            "WHERE dataset = $dataset AND source = $source",
            {"dataset": spec.name, "source": source},
        )
    if stored == [(inputs,)]:
        return
    with warehouse.write("core", checkpoint=False) as session:
        if share_source(session, source, spec.name, inputs):
            return
    market = source_named(source).parse(newest_documents(warehouse, source))
    found = candidates_of(spec, source, market)
    outcomes = [outcome_row(fate, judging, source, file, inputs) for fate, file in found.fates]
    instances = [instance_row(fate.instance) for fate, _ in found.fates if fate.instance]
    with warehouse.write("core", checkpoint=False) as session:
        drop_source(session, source, spec.name)
        replace_events(session, found.events)
        session.insert("core.task_instances", instances, on_conflict="keep")
        session.insert("core.outcomes", outcomes)


def candidates_of(spec: DatasetSpec, source: str, market: Market) -> Candidates:
    """Every published row or folder: instance, duplicate of another generation, or rejection."""
    groups: dict[tuple[str, str], list[PublishedTask]] = {}
    for task in market.published:
        if task.variant in spec.variants:
            groups.setdefault((task.variant, task.task_id), []).append(task)
    fates = [(unreadable(m), m.file) for m in market.malformed]
    events: list[BountyEvent] = []
    for _, tasks in sorted(groups.items()):
        ordered = sorted(tasks, key=lambda t: (t.rank, t.file, t.document_id))
        events += [event for task in ordered for event in published_events(task, source)]
        fates += _of_task(ordered, source)
    return Candidates(
        fates=tuple(fates), events=tuple({event.event_id: event for event in events}.values())
    )


def unreadable(malformed: Malformed) -> Fate:
    """The fate of what cannot be read: a rejection of no variant."""
    row = f" row {malformed.row}" if malformed.row else ""  # a folder has no rows
    return _refused(
        Rejection(
            candidate_id=malformed.document_id,
            variant=UNREADABLE,
            reason="malformed",
            detail=f"{malformed.file}{row}: {malformed.reason}",
            origin=malformed.file,
        )
    )


def _refused(rejection: Rejection) -> Fate:
    return Fate(candidate=rejection.candidate_id, variant=rejection.variant, outcome=rejection)


def _of_task(generations: Sequence[PublishedTask], source: str) -> list[tuple[Fate, str]]:
    """The fates of all files that describe one task, the richest first."""
    first, *others = generations
    merged = merge_generations(generations)
    built = _built(merged, published_events(merged, source))
    if isinstance(built, Rejection):
        return [(_refused(_again(built, task)), task.file) for task in generations]
    fate = Fate(
        candidate=first.document_id,
        variant=built.variant,
        outcome=built,
        findings=lint_instance(built, None, None, None),
        facts=facts_of_published(built),
    )
    return [(fate, first.file), *((_duplicate(task, first), task.file) for task in others)]


def _built(task: PublishedTask, events: Sequence[BountyEvent]) -> TaskInstance | Rejection:
    def reject(reason: str, detail: str) -> Rejection:
        return Rejection(
            candidate_id=task.document_id,
            variant=task.variant,
            reason=reason,
            detail=detail,
            price_cents=task.price_cents,
            origin=task.file,
        )

    if task.price_cents is None:
        return reject("no_price", f"{task.file} states no price")
    if not (task.title and task.statement):
        return reject("malformed", f"{task.file} carries no title or no statement")
    try:
        return issue_variant(task.variant).from_published(task, events)
    except DataError as error:
        return reject(error.reason, str(error))


def _again(rejection: Rejection, task: PublishedTask) -> Rejection:
    return rejection.model_copy(
        update={
            "candidate_id": task.document_id,
            "origin": task.file,
            "price_cents": task.price_cents,
        }
    )


def _duplicate(task: PublishedTask, kept: PublishedTask) -> Fate:
    return _refused(
        Rejection(
            candidate_id=task.document_id,
            variant=task.variant,
            reason="duplicate_generation",
            detail=f"{kept.document_id} describes the same task",
            price_cents=task.price_cents,
            origin=task.file,
        )
    )
