"""Price tags of titles that move no price of the ledger: in other currencies, or beyond belief."""

from datetime import datetime

from tasks.domain.bounties import Observation
from tasks.domain.evidence import source_of
from tasks.domain.issues import IssueHistory
from tasks.domain.title_prices import TitlePrice, title_price


def title_asides(source: str, issue: IssueHistory, until: datetime | None) -> list[Observation]:
    """One observation for each title that first shows such a tag, oldest first."""
    found: list[Observation] = []
    before: TitlePrice | None = None
    unique = {(t.since, t.document_id): t for t in issue.titles}
    for title in sorted(unique.values(), key=lambda t: (t.since, not t.at_creation, t.document_id)):
        price = title_price(title.title)
        if price != before and price is not None and (until is None or title.since <= until):
            why = _why(price)
            if why is not None:
                found.append(
                    Observation(
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
                        reason=why,
                    )
                )
        before = price
    return found


def _why(price: TitlePrice) -> str | None:
    if price.cents is None:
        return "no amount that anybody pays"
    return None if price.currency == "USD" else f"in {price.currency}, which is not summed"
