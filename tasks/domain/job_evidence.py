"""What the linked jobs of the market place say about a bounty: their budgets and their states.

The price of a job follows the title (a rule of the conventions), so a title's word counts for more;
where no title ever names a price, the job's budget is the bounty from its publication on.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from tasks.domain.bounties import BountyEvent, Observation, change_kind
from tasks.domain.issues import IssueHistory
from tasks.domain.job_links import JobLink, jobs_linked
from tasks.domain.jobs import MarketJob
from tasks.domain.money import MOST_CENTS, show_cents

# What the market was offered; but it is the budget of today, which may have been changed since.
_CONFIDENCE: Final = 0.8


@dataclass(frozen=True, slots=True)
class JobClaim:
    """A job and when it was posted; where it does not say, when the issue first linked it."""

    at: datetime
    job: MarketJob
    link: JobLink


def job_claims(issue: IssueHistory, jobs: Mapping[str, MarketJob]) -> list[JobClaim]:
    """The jobs that the issue links, oldest first; `jobs` holds them by each of their names."""
    if not jobs:
        return []
    found: dict[str, JobClaim] = {}
    for link in jobs_linked(issue.bodies):
        job = next((jobs[name] for name in link.job.names if name in jobs), None)
        if job is not None:
            found.setdefault(job.document_id, JobClaim(job.posted_at or link.since, job, link))
    return sorted(found.values(), key=lambda c: (c.at, c.job.document_id))


def no_price(job: MarketJob) -> str | None:
    """Why a job's budget is no bounty; None where it is one."""
    if job.gone is not None:
        return job.gone
    if job.rate_type == "hourly":
        return "an hourly budget, which is no bounty"
    if not job.amount_cents:
        return "names no budget"
    if job.currency != "USD":
        return f"in {job.currency}, which is not summed"
    if job.amount_cents > MOST_CENTS:
        return f"more than any bounty: over {show_cents(MOST_CENTS)}"
    return None


def job_event(
    source: str, issue: IssueHistory, claim: JobClaim, previous_cents: int | None
) -> BountyEvent:
    """The job's budget as a change of the price that was in force."""
    amount = claim.job.amount_cents or 0
    return BountyEvent(
        **_said(source, issue, claim),
        kind=change_kind(previous_cents, amount),
        amount_cents=amount,
        previous_cents=previous_cents,
        currency=claim.job.currency,
        confidence=_CONFIDENCE,
        words=_words(claim),
    )


def job_observation(
    source: str, issue: IssueHistory, claim: JobClaim, reason: str, event_id: str | None = None
) -> Observation:
    """The job's budget as evidence that changes no price."""
    amount = claim.job.amount_cents
    gone = claim.job.gone is not None
    return Observation(
        **_said(source, issue, claim),
        reading="job_gone" if gone else "job_budget",
        amount_cents=amount if amount is None or amount <= MOST_CENTS else None,
        currency=claim.job.currency,
        confidence=_CONFIDENCE,
        words=f"job {claim.link.job.name}" if gone else _words(claim),
        event_id=event_id,
        reason=reason,
    )


def job_states(source: str, issue: IssueHistory, claims: Iterable[JobClaim]) -> list[Observation]:
    """What became of each job. Apart from the budget, whose name must not change with it."""
    return [
        Observation(
            **_said(source, issue, claim),
            reading="job_status",
            words=f"{claim.job.status}: {claim.job.close_result}"
            if claim.job.close_result
            else claim.job.status,
            reason="the state of the job when it was read",
        )
        for claim in claims
        if claim.job.status is not None and claim.job.gone is None
    ]


def settled(
    source: str, issue: IssueHistory, claims: Iterable[JobClaim], events: Sequence[BountyEvent]
) -> tuple[list[BountyEvent], list[Observation]]:
    """(superseded events, confirmations) of jobs whose budget was not the price when they came.

    `events` are those that won, in order, where titles show prices: a budget that was the price at
    another time has followed the title; any other the title overrules.
    """
    overruled: list[BountyEvent] = []
    confirming: list[Observation] = []
    for claim in claims:
        same = [e for e in events if e.amount_cents == claim.job.amount_cents]
        nearest = min(same, key=lambda e: _apart(e, claim), default=None)
        if nearest is not None and nearest.occurred_at is not None:
            why = f"the price since {nearest.occurred_at:%Y-%m-%d}, which the job follows"
            confirming.append(job_observation(source, issue, claim, why, nearest.event_id))
            continue
        before = [e for e in events if e.occurred_at is not None and e.occurred_at <= claim.at]
        winner = before[-1] if before else events[0]
        event = job_event(source, issue, claim, before[-1].amount_cents if before else None)
        why = f"the title says {_price(winner)}, and none ever showed the job's budget"
        changes = {"superseded_by": winner.event_id, "reason": why}
        overruled.append(event.model_copy(update=changes))
    return overruled, confirming


def _apart(event: BountyEvent, claim: JobClaim) -> float:
    at = event.occurred_at
    return abs((at - claim.at).total_seconds()) if at is not None else float("inf")


def _price(event: BountyEvent) -> str:
    return show_cents(event.amount_cents) if event.amount_cents else "no price"


def _words(claim: JobClaim) -> str:
    job = claim.job
    return f"{job.title}: {job.budget()}" if job.title else job.budget()


def _said(source: str, issue: IssueHistory, claim: JobClaim) -> dict[str, Any]:
    """Where and when: the issue's own source, under which its whole ledger stands."""
    return {
        "source": source,
        "issue": issue.name,
        "occurred_at": claim.at,
        "source_kind": "upwork_job",
        "document_id": claim.job.document_id,
        "url": claim.link.job.url,
    }
