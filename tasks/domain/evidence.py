"""What an issue says about its bounty, dated: titles, people's announcements, dates, payments."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from typing import Final

from tasks.domain.automation import read_automation
from tasks.domain.bounties import SourceKind, TitleAt
from tasks.domain.issues import Comment, IssueHistory
from tasks.domain.money_words import speaks_of_money
from tasks.domain.payments import Payment, read_payments
from tasks.domain.readings import PriceReading, correction, read_comment
from tasks.domain.title_prices import title_price

_REGRESSION: Final = re.compile(r"(?<!\bno )(?<!\bnot a )\bregress", re.IGNORECASE)
# "Doubled, doubled again" are two steps; a comment that says "doubled" twice means one.
_AGAIN: Final = re.compile(r"\b(?:again|once more)\b", re.IGNORECASE)
_BEING_PAID: Final = re.compile(
    r"\[\s*(?:on\s+)?(?:(?:hold|due) for payment|paid|awaiting payment|waiting on checklist)\b",
    re.IGNORECASE,
)
_UNTAGGED_PAYS_SINCE: Final = datetime(2026, 1, 1, tzinfo=UTC)
_USUAL_CENTS: Final = 25_000
_OPEN_LABELS: Final = frozenset({"External", "Help Wanted"})
# The readings that may change a price; all others never do.
CHANGES: Final = frozenset({"raised", "lowered", "set", "withdrawn"})
# A comment that is written otherwise within this time corrects a slip; later on it tells a step.
_SLIP: Final = timedelta(days=1)
# Who may set a price. Contributors are the freelancers themselves, reviewers among them.
_SETS_PRICES: Final = frozenset({"OWNER", "MEMBER", "COLLABORATOR"})


Payee = tuple[str, str | None]


@dataclass(frozen=True, slots=True)
class TitleClaim:
    """A title and the price its tag names; None where it has no tag."""

    at: datetime
    amount_cents: int | None
    title: TitleAt


@dataclass(frozen=True, slots=True)
class Said:
    """Where and when something was said, and whether its author has a say about prices."""

    at: datetime
    actor: str | None
    document_id: str
    url: str
    authority: bool


@dataclass(frozen=True, slots=True)
class Announcement:
    """`taken_back`: its author wrote the comment otherwise, too soon for a step of its own."""

    said: Said
    reading: PriceReading
    taken_back: bool = False


@dataclass(frozen=True, slots=True)
class PaymentClaim:
    """A line of a summary; `regression`: the summary speaks of one."""

    said: Said
    payment: Payment
    regression: bool = False


@dataclass(frozen=True, slots=True)
class IncreaseDate:
    """A "Last Price Increase" that the job automation wrote into the body at `at`."""

    at: datetime
    day: date
    document_id: str


def title_claims(issue: IssueHistory) -> list[TitleClaim]:
    """Oldest first; order and repetition of the titles do not matter.

    Once a title says that the work is being paid, a missing tag says nothing about the price;
    neither does a tag in another currency, or with an amount that nobody pays. In
    issues of 2026 and later, no tag means the usual bounty from the moment on at which the
    issue is opened to freelancers (a rule of the conventions).
    """
    unique = {(t.since, t.document_id): t for t in issue.titles}
    ordered = sorted(unique.values(), key=lambda t: t.order)
    claims = [claim for title in ordered if (claim := _claim(title)) is not None]
    opened = None if issue.created_at < _UNTAGGED_PAYS_SINCE else _opened_at(issue)
    if opened is None:
        return claims
    before = [claim for claim in claims if claim.at < opened]
    if before and before[-1].amount_cents is None and all(c.at != opened for c in claims):
        claims.append(TitleClaim(opened, None, before[-1].title))
    usual = [
        replace(c, amount_cents=_USUAL_CENTS) if c.amount_cents is None and c.at >= opened else c
        for c in claims
    ]
    return sorted(usual, key=lambda c: (c.at, *c.title.order[1:]))


def _claim(title: TitleAt) -> TitleClaim | None:
    price = title_price(title.title)
    if price is None:
        paid = _BEING_PAID.search(title.title)
        return None if paid else TitleClaim(title.since, None, title)
    told = price.cents is not None and price.currency == "USD"
    return TitleClaim(title.since, price.cents, title) if told else None


def _opened_at(issue: IssueHistory) -> datetime | None:
    labelled = [e for e in issue.events if e.event_type == "labeled" and e.detail in _OPEN_LABELS]
    return min((e.occurred_at for e in labelled), default=None)


def speaking(issue: IssueHistory) -> list[Comment]:
    """Those of the issue's comments that may speak of money: no other is evidence."""
    if issue.spoken is not None:
        return [c for c in issue.comments if c.comment_id in issue.spoken]
    return [c for c in issue.comments if any(speaks_of_money(v.text) for v in c.versions)]


def announcements(comments: Iterable[Comment], until: datetime | None) -> list[Announcement]:
    """What people said about money, each statement at the version that first made it.

    The automation's comments name no price (a rule of the conventions), so they are not read; of
    a payment summary only what changes a price is, for its sums are payments.
    """
    found: list[Announcement] = []
    for comment in _once(comments):
        if _is_bot(comment.author):
            continue
        seen: set[tuple[object, ...]] = set()
        versions = [(said, _announced(text)) for said, text in _versions(comment, until)]
        for number, (said, readings) in enumerate(versions):
            later = versions[number + 1 :]
            stated: Counter[tuple[object, ...]] = Counter()
            for reading in readings:
                what = (reading.reading, reading.amount_cents, reading.factor, reading.delta_cents)
                times = stated[what] if _AGAIN.search(reading.words) else 0
                key = (*what, times)
                stated[what] += 1
                if key not in seen:
                    seen.add(key)
                    found.append(Announcement(said, reading, _taken_back(said, reading, later)))
    # Of one second by the comments' numbers.
    return _corrected(sorted(found, key=lambda a: a.said.at))


def _corrected(found: list[Announcement]) -> list[Announcement]:
    """ "Raised to $5000", then "oops, I meant $500" in its author's next comment: one slip."""
    latest: dict[str | None, int] = {}
    for place, one in enumerate(found):
        if one.reading.reading in CHANGES and not one.taken_back:
            latest[one.said.actor] = place
        elif one.reading.reading == "mention" and one.said.actor in latest:
            slip = found[latest[one.said.actor]]
            soon = one.said.at - slip.said.at <= _SLIP
            meant = correction(one.reading.words, slip.reading) if soon else None
            if meant is not None:
                found[latest[one.said.actor]] = replace(slip, taken_back=True)
                found[place] = replace(one, reading=meant)
                latest[one.said.actor] = place
    return found


def _announced(text: str) -> tuple[PriceReading, ...]:
    readings = read_comment(text)
    if any(r.reading not in CHANGES for r in readings) and read_payments(text):
        return tuple(r for r in readings if r.reading in CHANGES)
    return readings


def _taken_back(
    said: Said, reading: PriceReading, later: Sequence[tuple[Said, Sequence[PriceReading]]]
) -> bool:
    """Whether the comment soon announced something else instead, or nothing any more."""
    if reading.reading not in CHANGES:
        return False
    soon = [readings for then, readings in later if then.at - said.at <= _SLIP]
    return bool(soon) and not any(_may_be_the_same(reading, r) for r in soon[-1])


def _may_be_the_same(one: PriceReading, other: PriceReading) -> bool:
    if other.reading not in CHANGES:
        return False
    amounts = {one.amount_cents, other.amount_cents}
    return len(amounts) == 1 or None in amounts


def payment_claims(comments: Iterable[Comment], until: datetime | None) -> list[PaymentClaim]:
    """What payment summaries state, oldest first.

    An edit states anew what it changed: all lines about a person and a role of which one differs.
    """
    found: list[PaymentClaim] = []
    for comment in _once(comments):
        before: dict[Payee, Counter[Payment]] = {}
        for said, text in _versions(comment, until):
            payments = read_payments(text)
            stated: dict[Payee, Counter[Payment]] = {}
            for payment in payments:
                bare = payment.model_copy(update={"words": ""})
                stated.setdefault(payee(payment), Counter())[bare] += 1
            regression = bool(payments) and _REGRESSION.search(text) is not None
            differing = {who for who, lines in stated.items() if lines != before.get(who)}
            found += [PaymentClaim(said, p, regression) for p in payments if payee(p) in differing]
            before |= stated
    return sorted(found, key=lambda c: c.said.at)  # of one second by the comments' numbers


def payee(payment: Payment) -> Payee:
    return (payment.role, payment.person)


def increase_dates(issue: IssueHistory, until: datetime | None) -> list[IncreaseDate]:
    """Every date the automation's block ever named, at the version that first named it."""
    found: dict[date, IncreaseDate] = {}
    for version in issue.bodies:
        if until is not None and version.since > until:
            continue
        block = read_automation(version.text)
        if block is not None and block.last_price_increase is not None:
            day = block.last_price_increase
            found.setdefault(day, IncreaseDate(version.since, day, issue.document_id))
    return list(found.values())


def source_of(title: TitleAt) -> SourceKind:
    return "title_at_creation" if title.at_creation else "title_rename"


def _once(comments: Iterable[Comment]) -> list[Comment]:
    unique = {comment.comment_id: comment for comment in comments}
    return sorted(unique.values(), key=lambda c: (c.created_at, c.comment_id))


def _versions(comment: Comment, until: datetime | None) -> Iterator[tuple[Said, str]]:
    authority = comment.association in _SETS_PRICES
    for version in comment.versions:
        if until is None or version.since <= until:
            yield (
                Said(
                    at=version.since,
                    actor=comment.author,
                    document_id=comment.node_id or str(comment.comment_id),
                    url=comment.url,
                    authority=authority or _is_bot(comment.author),
                ),
                version.text,
            )


def _is_bot(login: str | None) -> bool:
    return login is not None and login.endswith("[bot]")
