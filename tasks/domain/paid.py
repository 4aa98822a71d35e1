"""What was paid, and to whom: payment summaries as events beside the bounty."""

import re
from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from fractions import Fraction
from itertools import groupby
from typing import Final

from tasks.domain.bonuses import explain_payout
from tasks.domain.bounties import BountyEvent, Observation
from tasks.domain.evidence import PaymentClaim, payment_claims
from tasks.domain.issues import Comment, IssueHistory, PullRequest
from tasks.domain.payment_words import Role, holds_a_bonus
from tasks.domain.payments import Payment
from tasks.domain.standing import Restates, Standing, Statement

_REPORTED: Final = re.compile(r"\breport", re.IGNORECASE)
_CONFIDENCE: Final = {"paid": 0.9, "due": 0.7}
_BONUS_SHARE: Final = re.compile(r"(\d{1,3}) ?%[^()]{0,30}\bbonus", re.IGNORECASE)
# What the bonus for a fast fix was, where the words name no share.
_USUAL_SHARE: Final = Fraction(1, 2)
# Theirs may come with a bonus; a reporter's pay is one.
_MAY_GET_A_BONUS: Final = frozenset({"contributor", "reviewer"})


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
    out the role or the person is about the payment of the same sum that names it. A payment that
    is said to be a bonus stands beside what the payee got for the role, unless that holds it. The
    dated bonus rules explain a difference from `bounty_cents`, the bounty at the end.
    """
    observations: list[Observation] = []
    standing = Standing()
    stated_by_all = payment_claims(comments, until)
    payees = _Payees(stated_by_all)
    for _, summary in groupby(stated_by_all, key=_document):
        stated = []
        for claim in summary:
            if not claim.said.authority:
                observations.append(_claimed(source, issue, claim))
                continue
            payment, restates = _completed(claim.payment, standing, payees)
            claim = replace(claim, payment=payment)
            if restates == "payee":
                claim = _with_role(claim, fix)
            why = _explained(issue, fix, claim, bounty_cents)
            stated.append(_statement(_paid(source, issue, claim, why), claim, restates))
        standing.take(stated)
    return standing.stated(), observations


def _document(claim: PaymentClaim) -> tuple[datetime, str]:
    return claim.said.at, claim.said.document_id


def _is_bonus(payment: Payment) -> bool:
    return payment.role != "reporter" and payment.bonus_cents == payment.amount_cents


class _Payees:
    """Everybody who may get a bonus, and what reporters get, whenever the documents tell of it."""

    def __init__(self, claims: Iterable[PaymentClaim]) -> None:
        self._roles: dict[str, set[Role]] = {}
        self._people: dict[str, dict[str, str]] = {}
        self._reporters: set[tuple[str, int, str]] = set()
        for payment in (claim.payment for claim in claims if claim.said.authority):
            if payment.person is not None and payment.role in _MAY_GET_A_BONUS:
                login = payment.person.lower()
                self._roles.setdefault(login, set()).add(payment.role)
                people = self._people.setdefault(payment.role, {})
                people[login] = min(payment.person, people.get(login, payment.person))
            elif payment.person is not None and payment.role == "reporter":
                self._reporters.add(
                    (payment.person.lower(), payment.amount_cents, payment.currency)
                )

    def completed(self, bonus: Payment) -> Payment:
        """A bonus for the only role of its person, or for the only person of its role; one of
        the sum that the person gets for a report is that."""
        if bonus.person is None:
            people = list(self._people.get(bonus.role, {}).values())
            return bonus.model_copy(update={"person": people[0]}) if len(people) == 1 else bonus
        if bonus.role != "other":
            return bonus
        login = bonus.person.lower()
        if (login, bonus.amount_cents, bonus.currency) in self._reporters:
            return bonus.model_copy(update={"role": "reporter"})
        roles = list(self._roles.get(login, ()))
        return bonus.model_copy(update={"role": roles[0]}) if len(roles) == 1 else bonus


def _completed(payment: Payment, standing: Standing, payees: _Payees) -> tuple[Payment, Restates]:
    """What a statement leaves out; of a bonus it is not the sum that tells, but the person."""
    if _is_bonus(payment):
        found = payees.completed(payment)
        return found, "line" if found.role == "reporter" else "payee"
    payment, restates = standing.completed(payment)
    if restates == "payee" and payment.role == "other" and holds_a_bonus(payment.words):
        payment = payees.completed(payment)
    return payment, restates


def _statement(event: BountyEvent, claim: PaymentClaim, restates: Restates) -> Statement:
    payment = claim.payment
    if payment.role == "reporter":
        return Statement(event, restates)
    unsized = payment.bonus_cents is None and not claim.regression and holds_a_bonus(payment.words)
    share = _BONUS_SHARE.search(payment.words) if unsized else None
    named = Fraction(int(share[1]), 100) if share else _USUAL_SHARE
    return Statement(event, restates, payment.bonus_cents or 0, named if unsized else None)


def _with_role(claim: PaymentClaim, fix: PullRequest | None) -> PaymentClaim:
    """Whoever made the fix is its contributor, if the summary names no role."""
    payment = claim.payment
    if fix is None or payment.role != "other" or payment.person is None or fix.author is None:
        return claim
    if payment.person.lower() != fix.author.lower():
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
    if not bounty_cents or payment.currency != "USD":
        return None
    # The rules speak of the whole; a bonus is what they add to the bounty.
    whole = payment.amount_cents + (bounty_cents if _is_bonus(payment) else 0)
    if whole == bounty_cents:
        return None
    assigned = [a.assigned_at for a in issue.assignments if fix and a.login == fix.author]
    return explain_payout(
        bounty_cents,
        whole,
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
