"""The ledger of an issue's bounty: all evidence folded into events and observations.

Titles are the backbone: in every published row the price is the last one a title shows. What
people announce confirms a title's change, or is a change of its own where no title speaks of it;
a title that later shows another price wins over it. A job of the market place follows the title,
and is the price where no title ever names one. Nothing is dropped: what changed no price is
an observation, with the reason.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from pydantic import BaseModel

from tasks.domain.announcing import (
    TitleChange,
    change_spoken_of,
    observed,
    resolve,
    title_changes,
    unrelated,
)
from tasks.domain.bounties import BountyEvent, Observation, change_kind
from tasks.domain.dated_increases import dated_increases
from tasks.domain.evidence import (
    CHANGES,
    Announcement,
    TitleClaim,
    announcements,
    source_of,
    speaking,
    title_claims,
)
from tasks.domain.issues import Comment, IssueHistory, PullRequest
from tasks.domain.job_evidence import (
    JobClaim,
    job_claims,
    job_event,
    job_observation,
    job_states,
    no_price,
    settled,
)
from tasks.domain.jobs import MarketJob
from tasks.domain.money import MOST_CENTS, show_cents
from tasks.domain.paid import read_paid
from tasks.domain.title_asides import confirmation, title_asides

_UNCHANGED: Final = "changes no price"
_TAKEN_BACK: Final = "its author wrote something else within a day"
# A price that only a comment names: the title is what the market sees.
_COMMENT_CONFIDENCE: Final = 0.6
# A tag may also have been lost by accident; `[$0]` is said on purpose.
_LOST_TAG_CONFIDENCE: Final = 0.8


class Ledger(BaseModel, frozen=True, extra="forbid"):
    """Events oldest first, superseded ones among them, and what changed no price."""

    events: tuple[BountyEvent, ...] = ()
    observations: tuple[Observation, ...] = ()


@dataclass
class _Fold:
    """The walk through the evidence. `current` is the price in force, None before the first."""

    source: str
    issue: IssueHistory
    titles: Sequence[TitleClaim]
    changes: Sequence[TitleChange]
    current: int | None = None
    in_force: BountyEvent | None = None
    events: list[BountyEvent] = field(default_factory=list)
    observations: list[Observation] = field(default_factory=list)
    overruled: list[tuple[BountyEvent, TitleClaim]] = field(default_factory=list)
    of_title: dict[str, BountyEvent] = field(default_factory=dict)
    differing: list[JobClaim] = field(default_factory=list)


def read_ledger(
    source: str,
    issue: IssueHistory,
    fix: PullRequest | None = None,
    until: datetime | None = None,
    jobs: Mapping[str, MarketJob] | None = None,
) -> Ledger:
    """The ledger that an issue's documents give; order and repetition of them do not matter.

    Without `until` it is read with hindsight: a later title decides about an earlier comment.
    With it, only what was written by then counts. `fix` lets the dated bonus rules explain
    payments. `jobs` are those of the market place, by each of their names: they count with
    hindsight only, for what a job shows now may have been changed after any moment of the past.
    """
    comments = speaking(issue)
    posted = job_claims(issue, jobs or {}) if until is None else []
    fold, other, confirming = _walked(source, issue, comments, until, posted)
    for said in other:
        why = _TAKEN_BACK if said.taken_back else _UNCHANGED
        fold.observations.append(observed(source, issue, said, None, why))
    for said, change in confirming:
        event = fold.of_title.get(change.claim.title.document_id)
        confirmed = event.event_id if event is not None else None
        why = "announces the title's change"
        fold.observations.append(observed(source, issue, said, confirmed, why))
    fold.observations += job_states(source, issue, posted)
    fold.observations += title_asides(source, issue, until, fold.of_title)
    fold.observations += dated_increases(source, issue, fold.events, until)
    paid, claims = read_paid(source, issue, comments, fix, until, fold.current)
    return Ledger(
        events=tuple(sorted([*fold.events, *paid], key=_event_order)),
        observations=tuple(sorted([*fold.observations, *claims], key=_observation_order)),
    )


def advertised(issue: IssueHistory, until: datetime) -> tuple[BountyEvent, ...]:
    """The ledger's events but for payments, as they were known at `until`."""
    fold, _, _ = _walked("", issue, speaking(issue), until)
    return tuple(sorted(fold.events, key=_event_order))


def _walked(
    source: str,
    issue: IssueHistory,
    comments: Sequence[Comment],
    until: datetime | None,
    jobs: Sequence[JobClaim] = (),
) -> tuple[_Fold, list[Announcement], list[tuple[Announcement, TitleChange]]]:
    """(all that changed the price, what was said of no change, what only confirms a title's)."""
    titles = [t for t in title_claims(issue) if until is None or t.at <= until]
    fold = _Fold(source, issue, titles, title_changes(titles))
    alone: list[Announcement] = []
    confirming: list[tuple[Announcement, TitleChange]] = []
    other = []
    for said in announcements(comments, until):
        change = change_spoken_of(said, fold.changes, alone, confirming)
        if change is not None:
            confirming.append((said, change))
        elif said.reading.reading in CHANGES and not said.taken_back:
            alone.append(said)
        else:
            other.append(said)
    _walk(fold, alone, jobs)
    return fold, other, confirming


def _walk(fold: _Fold, alone: Sequence[Announcement], jobs: Sequence[JobClaim]) -> None:
    """Titles, jobs and lone announcements in the order of time, and in this one within a second."""
    steps: list[tuple[datetime, int, int, TitleClaim | JobClaim | Announcement]] = []
    steps += [(t.at, 0, n, t) for n, t in enumerate(fold.titles)]
    steps += [(j.at, 1, n, j) for n, j in enumerate(jobs)]
    steps += [(a.said.at, 2, n, a) for n, a in enumerate(alone)]
    for _, _, _, step in sorted(steps, key=lambda s: s[:3]):
        if isinstance(step, TitleClaim):
            _take_title(fold, step)
        elif isinstance(step, JobClaim):
            _take_job(fold, step)
        else:
            _take_announcement(fold, step)
    overruled, following = settled(fold.source, fold.issue, fold.differing, fold.events)
    fold.observations += following
    fold.events += [_superseded(fold, event, title) for event, title in fold.overruled]
    fold.events += overruled


def _take_title(fold: _Fold, claim: TitleClaim) -> None:
    aside = _beside_titles(fold)
    if aside is not None and all(claim is not change.claim for change in fold.changes):
        fold.of_title[claim.title.document_id] = aside
        return  # the title says what it said before the comment or the job
    amount = claim.amount_cents or 0
    if amount == (fold.current or 0):
        if fold.in_force is not None:
            fold.of_title[claim.title.document_id] = fold.in_force
            if amount and aside is not None:
                fold.observations += [confirmation(fold.source, fold.issue, claim, aside.event_id)]
        return
    title = claim.title
    event = BountyEvent(
        source=fold.source,
        issue=fold.issue.name,
        occurred_at=claim.at,
        kind=change_kind(fold.current, amount),
        amount_cents=amount,
        previous_cents=fold.current,
        source_kind=source_of(title),
        actor=title.actor,
        document_id=title.document_id,
        url=fold.issue.url,
        words=title.title,
        confidence=_LOST_TAG_CONFIDENCE if claim.amount_cents is None else 1.0,
    )
    fold.of_title[title.document_id] = event
    _enact(fold, event)


def _beside_titles(fold: _Fold) -> BountyEvent | None:
    held = fold.in_force
    return held if held is not None and held.source_kind in ("comment", "upwork_job") else None


def _take_job(fold: _Fold, claim: JobClaim) -> None:
    why, held = no_price(claim.job), fold.in_force
    if why is None and held is not None and claim.job.amount_cents == fold.current:
        why = "the price in force"
    elif why is not None:
        held = None
    if why is not None:
        event_id = held.event_id if held else None
        fold.observations.append(job_observation(fold.source, fold.issue, claim, why, event_id))
    elif any(title.amount_cents for title in fold.titles):
        fold.differing.append(claim)
    else:
        _enact(fold, job_event(fold.source, fold.issue, claim, fold.current))


def _take_announcement(fold: _Fold, said: Announcement) -> None:
    amount = resolve(said.reading, fold.current)
    why = _no_change(fold, said, amount)
    if why is not None or amount is None:
        held = fold.in_force.event_id if fold.in_force and amount == fold.current else None
        fold.observations.append(
            observed(fold.source, fold.issue, said, held, why or _UNCHANGED, amount)
        )
        return
    event = BountyEvent(
        source=fold.source,
        issue=fold.issue.name,
        occurred_at=said.said.at,
        kind=change_kind(fold.current, amount),
        amount_cents=amount,
        previous_cents=fold.current,
        source_kind="comment",
        actor=said.said.actor,
        document_id=said.said.document_id,
        url=said.said.url,
        words=said.reading.words,
        confidence=round(_COMMENT_CONFIDENCE * said.reading.confidence, 3),
    )
    contrary = _contrary_title(fold, said.said.at, amount)
    if contrary is None:
        _enact(fold, event)
        return
    fold.overruled.append((event, contrary))


def _superseded(fold: _Fold, event: BountyEvent, title: TitleClaim) -> BountyEvent:
    why = f"the title of {title.at:%Y-%m-%d} shows another price, and none ever showed this one"
    by = fold.of_title[title.title.document_id].event_id
    return event.model_copy(update={"superseded_by": by, "reason": why})


def _no_change(fold: _Fold, said: Announcement, amount: int | None) -> str | None:
    """Why an announcement changes nothing; None where it does."""
    reading = said.reading
    if reading.currency != "USD":
        return f"in {reading.currency}, which is not summed"
    if amount is None:
        return unrelated(reading)
    if amount < 0:
        return "a cut by more than the price in force"
    if amount > MOST_CENTS:
        return f"more than any bounty: over {show_cents(MOST_CENTS)}"
    if amount == (fold.current or 0):
        return "the price in force"
    if not said.said.authority:
        return "said by someone who sets no prices"
    if reading.reading == "raised" and amount < (fold.current or 0):
        return "no raise over the price in force"
    if reading.reading == "lowered" and amount > (fold.current or 0):
        return "no cut of the price in force"
    return None


def _contrary_title(fold: _Fold, at: datetime, amount: int) -> TitleClaim | None:
    """The first later title with a price, where no later one ever shows `amount`."""
    later = [t for t in fold.titles if t.at > at and t.amount_cents]
    if not later or any(t.amount_cents == amount for t in later):
        return None
    return later[0]


def _enact(fold: _Fold, event: BountyEvent) -> None:
    fold.events.append(event)
    fold.current, fold.in_force = event.amount_cents, event


def _event_order(event: BountyEvent) -> tuple[float, bool]:
    """Events of one moment stay in the order of the walk, payments last."""
    at = event.occurred_at
    return (at.timestamp() if at else 0.0, event.kind == "paid")


def _observation_order(observation: Observation) -> tuple[float, str]:
    at = observation.occurred_at
    return (at.timestamp() if at else 0.0, observation.observation_id)
