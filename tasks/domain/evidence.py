"""What an issue says about its bounty, dated: titles, people's announcements, dates, payments."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from tasks.domain.automation import read_automation
from tasks.domain.bounties import SourceKind, TitleAt
from tasks.domain.issues import Comment, IssueHistory
from tasks.domain.money import title_price_cents
from tasks.domain.payments import Payment, read_payments
from tasks.domain.readings import PriceReading, read_comment

# Who may set a price. Contributors are the freelancers themselves, reviewers among them.
_SETS_PRICES: Final = frozenset({"OWNER", "MEMBER", "COLLABORATOR"})


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
    said: Said
    reading: PriceReading


@dataclass(frozen=True, slots=True)
class PaymentClaim:
    said: Said
    payment: Payment


@dataclass(frozen=True, slots=True)
class IncreaseDate:
    """A "Last Price Increase" that the job automation wrote into the body at `at`."""

    at: datetime
    day: date
    document_id: str


def title_claims(titles: Iterable[TitleAt]) -> list[TitleClaim]:
    """Oldest first; order and repetition of the input do not matter."""
    unique = {(t.since, t.document_id): t for t in titles}
    ordered = sorted(unique.values(), key=lambda t: (t.since, not t.at_creation, t.document_id))
    return [TitleClaim(t.since, title_price_cents(t.title), t) for t in ordered]


def announcements(comments: Iterable[Comment], until: datetime | None) -> list[Announcement]:
    """What people said about money, each statement at the version that first made it.

    The automation's comments name no price (a rule of the conventions), so they are not read.
    """
    found: list[Announcement] = []
    for comment in _once(comments):
        if _is_bot(comment.author):
            continue
        seen: set[tuple[object, ...]] = set()
        for said, text in _versions(comment, until):
            for reading in read_comment(text):
                key = (reading.reading, reading.amount_cents, reading.factor, reading.delta_cents)
                if key not in seen:
                    seen.add(key)
                    found.append(Announcement(said, reading))
    return sorted(found, key=lambda a: (a.said.at, a.said.document_id))


def payment_claims(comments: Iterable[Comment], until: datetime | None) -> list[PaymentClaim]:
    """What payment summaries state, oldest first; a line that an edit kept counts once."""
    found: list[PaymentClaim] = []
    for comment in _once(comments):
        seen: set[Payment] = set()
        for said, text in _versions(comment, until):
            for payment in read_payments(text):
                bare = payment.model_copy(update={"words": ""})
                if bare not in seen:
                    seen.add(bare)
                    found.append(PaymentClaim(said, payment))
    return sorted(found, key=lambda c: (c.said.at, c.said.document_id))


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
