"""What was paid, and to whom: payment summaries as events beside the bounty."""

import re
from datetime import datetime
from typing import Final

from tasks.domain.bonuses import explain_payout
from tasks.domain.bounties import BountyEvent, Observation
from tasks.domain.evidence import PaymentClaim, payment_claims
from tasks.domain.issues import IssueHistory, PullRequest

_REGRESSION: Final = re.compile(r"\bregress", re.IGNORECASE)
_CONFIDENCE: Final = {"paid": 0.9, "due": 0.7}


def read_paid(
    source: str,
    issue: IssueHistory,
    fix: PullRequest | None,
    until: datetime | None,
    bounty_cents: int | None,
) -> tuple[list[BountyEvent], list[Observation]]:
    """(`paid` events, claims by people who pay nothing).

    The last statement about a role and a person wins; earlier ones are superseded by it. The
    dated bonus rules explain a difference from `bounty_cents`, the bounty at the end.
    """
    events: list[BountyEvent] = []
    observations: list[Observation] = []
    standing: dict[tuple[str, str | None], int] = {}
    for claim in payment_claims(issue.comments, until):
        if not claim.said.authority:
            observations.append(_claimed(source, issue, claim))
            continue
        event = _paid(source, issue, claim, _explained(issue, fix, claim, bounty_cents))
        key = (claim.payment.role, claim.payment.person)
        if key in standing:
            earlier = events[standing[key]]
            events[standing[key]] = earlier.model_copy(
                update={"superseded_by": event.event_id, "reason": "stated again later"}
            )
        standing[key] = len(events)
        events.append(event)
    return events, observations


def _paid(source: str, issue: IssueHistory, claim: PaymentClaim, reason: str | None) -> BountyEvent:
    payment = claim.payment
    return BountyEvent(
        source=source,
        issue=issue.name,
        occurred_at=claim.said.at,
        kind="paid",
        amount_cents=payment.amount_cents,
        currency=payment.currency,
        source_kind="payment_summary",
        actor=claim.said.actor,
        document_id=claim.said.document_id,
        url=claim.said.url,
        words=payment.words,
        confidence=_CONFIDENCE[payment.status],
        reason=reason,
        role=payment.role,
        person=payment.person,
    )


def _explained(
    issue: IssueHistory, fix: PullRequest | None, claim: PaymentClaim, bounty_cents: int | None
) -> str | None:
    payment = claim.payment
    if not bounty_cents or payment.currency != "USD" or payment.amount_cents == bounty_cents:
        return None
    assigned = [a.assigned_at for a in issue.assignments if fix and a.login == fix.author]
    return explain_payout(
        bounty_cents,
        payment.amount_cents,
        role=payment.role,
        assigned_at=min(assigned, default=None),
        merged_at=fix.merged_at if fix else None,
        regression=bool(_REGRESSION.search(payment.words)),
    )


def _claimed(source: str, issue: IssueHistory, claim: PaymentClaim) -> Observation:
    payment = claim.payment
    return Observation(
        source=source,
        issue=issue.name,
        occurred_at=claim.said.at,
        reading="payment_claim",
        amount_cents=payment.amount_cents,
        currency=payment.currency,
        source_kind="payment_summary",
        actor=claim.said.actor,
        document_id=claim.said.document_id,
        url=claim.said.url,
        words=payment.words,
        reason="said by someone who pays nothing",
    )
