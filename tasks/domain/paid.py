"""What was paid, and to whom: payment summaries as events beside the bounty."""

import re
from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from itertools import groupby
from typing import Final

from tasks.domain.bonuses import explain_payout
from tasks.domain.bounties import BountyEvent, Observation
from tasks.domain.evidence import PaymentClaim, payment_claims
from tasks.domain.issues import Comment, IssueHistory, PullRequest
from tasks.domain.standing import Standing, Statement

_REPORTED: Final = re.compile(r"\breport", re.IGNORECASE)
_CONFIDENCE: Final = {"paid": 0.9, "due": 0.7}


def read_paid(
    source: str,
    issue: IssueHistory,
    comments: Iterable[Comment],
    fix: PullRequest | None,
    until: datetime | None,
    bounty_cents: int | None,
) -> tuple[list[BountyEvent], list[Observation]]:
    """(`paid` events, claims by people who pay nothing), from these of the issue's comments.

    The last statement about a role and a person wins; earlier ones are superseded by it. Several
    lines of one summary, one for each pull request say, count together. A statement that leaves
    out the role or the person is about the payment of the same sum that names it. The
    dated bonus rules explain a difference from `bounty_cents`, the bounty at the end.
    """
    observations: list[Observation] = []
    standing = Standing()
    for _, summary in groupby(payment_claims(comments, until), key=_document):
        stated = []
        for claim in summary:
            if not claim.said.authority:
                observations.append(_claimed(source, issue, claim))
                continue
            payment, restates = standing.completed(claim.payment)
            claim = replace(claim, payment=payment)
            if restates == "payee":
                claim = _with_role(claim, fix)
            why = _explained(issue, fix, claim, bounty_cents)
            stated.append(Statement(_paid(source, issue, claim, why), restates))
        standing.take(stated)
    return standing.events, observations


def _document(claim: PaymentClaim) -> tuple[datetime, str]:
    return claim.said.at, claim.said.document_id


def _with_role(claim: PaymentClaim, fix: PullRequest | None) -> PaymentClaim:
    """Whoever made the fix is its contributor, if the summary names no role."""
    payment = claim.payment
    if fix is None or payment.role != "other" or payment.person != fix.author:
        return claim
    named = payment.model_copy(update={"role": "contributor"})
    return replace(claim, payment=named)


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
        regression=claim.regression,
        reported=bool(_REPORTED.search(payment.words)),
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
