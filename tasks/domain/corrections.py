"""A ledger as a dataset's overrides correct it."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from tasks.domain.bounties import BountyEvent, EventKind
from tasks.domain.errors import UsageError
from tasks.domain.issues import IssueHistory
from tasks.domain.ledger import Ledger
from tasks.domain.overrides import Override


def apply_overrides(
    ledger: Ledger, overrides: Sequence[Override], dataset: str, source: str, issue: IssueHistory
) -> Ledger:
    """The ledger as the dataset corrects it; the order of the overrides does not matter.

    Dropped events stay, superseded by the override; kinds and previous prices of all others are
    made anew, so that the sums hold. Observations keep what they confirm.
    """
    ordered = sorted(overrides, key=lambda o: (o.occurred_at or issue.created_at, o.document_id))
    added = [_event(o, source, issue) for o in ordered]
    dropped = {
        _named(override.drop, ledger, issue): entry
        for override, entry in zip(ordered, added, strict=True)
        if override.drop is not None
    }
    kept = [_drop(e, dropped.get(e.event_id)) for e in ledger.events]
    replaced = [_repay(e, added) for e in kept]
    renewed, names = _renumbered([*replaced, *added], dataset)
    return Ledger(
        events=tuple(_repointed(event, names) for event in renewed),
        observations=tuple(
            o.model_copy(
                update={"dataset": dataset, "event_id": names.get(o.event_id or "", o.event_id)}
            )
            for o in ledger.observations
        ),
    )


def _event(override: Override, source: str, issue: IssueHistory) -> BountyEvent:
    """An override as evidence. A drop restates; what price that is comes out of the walk."""
    paid, bounty = override.paid_cents, override.bounty_cents
    kind: EventKind = "restated" if override.drop else "paid" if paid is not None else "posted"
    return BountyEvent(
        source=source,
        issue=issue.name,
        occurred_at=override.occurred_at or issue.created_at,
        kind=kind,
        amount_cents=bounty if bounty is not None else paid or 0,
        source_kind="override",
        document_id=override.document_id,
        url=issue.url,
        words=f"drop {override.drop}" if override.drop else override.reason,
        reason=override.reason,
        role="contributor" if paid is not None else None,
        person=override.person,
    )


def _named(drop: str, ledger: Ledger, issue: IssueHistory) -> str:
    fitting = sorted({e.event_id for e in ledger.events if e.event_id.startswith(drop)})
    if len(fitting) != 1:
        found = "no bounty event" if not fitting else f"{len(fitting)} bounty events"
        raise UsageError(
            f"an override drops {drop!r}, which is {found} of {issue.name}; "
            f"`paydag show ledger {issue.name} --json` lists their ids"
        )
    return fitting[0]


def _drop(event: BountyEvent, by: BountyEvent | None) -> BountyEvent:
    if by is None:
        return event
    return event.model_copy(update={"superseded_by": by.event_id, "reason": by.reason})


def _repay(event: BountyEvent, added: Iterable[BountyEvent]) -> BountyEvent:
    """A payment that an override states anew for the same person."""
    for other in added:
        # GitHub's logins are the same in any letter case.
        logins = {(e.person or "").lower() for e in (event, other)}
        same = len(logins) == 1 or "" in logins
        if other.kind == event.kind == "paid" and event.role == "contributor" and same:
            return _drop(event, other)
    return event


def _renumbered(
    events: Iterable[BountyEvent], dataset: str
) -> tuple[list[BountyEvent], dict[str, str]]:
    """(events in order with kinds and previous prices made anew, old id → new id)."""
    renewed, names = [], {}
    current: int | None = None
    for event in sorted(events, key=_order):
        changes: dict[str, object] = {"dataset": dataset}
        if event.superseded_by is None and event.kind != "paid":
            says_none = event.source_kind == "override" and event.kind == "restated"
            amount = (current or 0) if says_none else event.amount_cents
            changes |= {
                "amount_cents": amount,
                "kind": _kind(current, amount),
                "previous_cents": current,
            }
            current = amount if current is not None or amount else None
        new = event.model_copy(update=changes)
        names[event.event_id] = new.event_id
        renewed.append(new)
    return renewed, names


def _repointed(event: BountyEvent, names: dict[str, str]) -> BountyEvent:
    if event.superseded_by is None:
        return event
    winner = names.get(event.superseded_by, event.superseded_by)
    return event.model_copy(update={"superseded_by": winner})


def _order(event: BountyEvent) -> tuple[datetime, bool, bool]:
    """An override of the same moment comes last: it has the last word. Otherwise events of one
    moment stay in the order of the walk, which their previous prices tell."""
    if event.occurred_at is None:
        raise ValueError("published ledgers are not dated and cannot be corrected")
    return (event.occurred_at, event.kind == "paid", event.source_kind == "override")


def _kind(previous: int | None, amount: int) -> EventKind:
    if amount == (previous or 0):
        return "restated"
    if amount == 0:
        return "withdrawn"
    if not previous:
        return "posted"
    return "raised" if amount > previous else "lowered"
