"""The dates of price increases that the job automation writes into bodies, without an amount."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

from tasks.domain.bounties import BountyEvent, Observation
from tasks.domain.evidence import IncreaseDate, increase_dates
from tasks.domain.issues import IssueHistory

# The automation writes a date without a time, and in a time zone of its own.
_SAME_DAY: Final = timedelta(days=3)


def dated_increases(
    source: str, issue: IssueHistory, events: Sequence[BountyEvent], until: datetime | None
) -> list[Observation]:
    """One observation for each date, which confirms the event nearest to it, if one is near."""
    return [_observed(source, issue, events, found) for found in increase_dates(issue, until)]


def _observed(
    source: str, issue: IssueHistory, events: Sequence[BountyEvent], increase: IncreaseDate
) -> Observation:
    """The automation's date, and the change nearest to it within three days."""
    near = [
        (abs(event.occurred_at.date() - increase.day), event.event_id)
        for event in events
        if event.occurred_at and event.kind in ("posted", "raised") and not event.superseded_by
    ]
    apart, event_id = min(near, default=(timedelta.max, None))
    known = apart <= _SAME_DAY
    return Observation(
        source=source,
        issue=issue.name,
        occurred_at=increase.at,
        reading="last_price_increase",
        source_kind="body_edit",
        document_id=increase.document_id,
        url=issue.url,
        words=f"Last Price Increase: {increase.day.isoformat()}",
        event_id=event_id if known else None,
        reason="dates a change" if known else "no change is known near this date",
    )
