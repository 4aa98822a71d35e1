"""Tags that move no price of the ledger: foreign, of nothing, beyond belief, or among words."""

from collections.abc import Container
from datetime import datetime
from typing import Final

from tasks.domain.bounties import Observation, TitleAt
from tasks.domain.evidence import TitleClaim, source_of
from tasks.domain.issues import IssueHistory
from tasks.domain.title_prices import TitlePrice, other_amounts, title_price

_AMONG_WORDS: Final = "an amount among other words is no price"


def title_asides(
    source: str, issue: IssueHistory, until: datetime | None, acting: Container[str] = ()
) -> list[Observation]:
    """One observation for each title that first shows such a tag, oldest first.

    `acting` are the titles, by document, that an event rests on: `[$0]` takes a bounty away there,
    and elsewhere says that there is none.
    """
    found: list[Observation] = []
    before: TitlePrice | None = None
    others: tuple[TitlePrice, ...] = ()
    unique = {(t.since, t.document_id): t for t in issue.titles}
    known = [t for t in unique.values() if until is None or t.since <= until]
    for title in sorted(known, key=lambda t: t.order):
        price = title_price(title.title)
        if price != before and price is not None:
            why = None if title.document_id in acting else _why(price)
            if why is not None:
                found.append(_seen(source, issue, title, price, why))
        before = price
        shown = other_amounts(title.title)
        new = [other for other in shown if other not in others]
        found += [_seen(source, issue, title, other, _AMONG_WORDS) for other in new]
        others = shown
    return found


def confirmation(source: str, issue: IssueHistory, claim: TitleClaim, event_id: str) -> Observation:
    """A title that shows, later, the price which people had announced."""
    price = TitlePrice(claim.amount_cents, "USD", claim.title.title)
    why = "shows the announced price"
    return _seen(source, issue, claim.title, price, why, event_id)


def _seen(
    source: str,
    issue: IssueHistory,
    title: TitleAt,
    price: TitlePrice,
    reason: str,
    event_id: str | None = None,
) -> Observation:
    """What a title shows, as a piece of evidence that changed no price."""
    return Observation(
        source=source,
        issue=issue.name,
        occurred_at=title.since,
        reading="title_price",
        amount_cents=price.cents,
        currency=price.currency,
        source_kind=source_of(title),
        actor=title.actor,
        document_id=title.document_id,
        url=issue.url,
        words=title.title,
        reason=reason,
        event_id=event_id,
    )


def _why(price: TitlePrice) -> str | None:
    if price.cents is None:
        return "no amount that anybody pays"
    if price.cents == 0 and price.currency == "USD":
        return "offers nothing, where nothing was offered"
    return None if price.currency == "USD" else f"in {price.currency}, which is not summed"
