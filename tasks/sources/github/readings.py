"""What answers say about rate limits, in their headers and in the data of the query itself."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any


@dataclass(frozen=True, slots=True)
class Reading:
    """What an answer says about limits; None where it says nothing.

    `date` and `reset` are the service's own seconds since 1970, `retry_after` seconds from the
    answer on, `cost` the points it charged. `good` says that it was no refusal or failure.
    """

    date: float | None = None
    resource: str | None = None
    limit: int | None = None
    remaining: int | None = None
    reset: float | None = None
    cost: int | None = None
    retry_after: float | None = None
    good: bool = False


def read_limits(headers: Mapping[str, str]) -> Reading:
    """The limits that an answer's headers name. Retry-After may be seconds or a date."""
    date = _http_date(headers.get("date"))
    return Reading(
        date=date,
        resource=headers.get("x-ratelimit-resource"),
        limit=_whole(headers.get("x-ratelimit-limit")),
        remaining=_whole(headers.get("x-ratelimit-remaining")),
        reset=_whole(headers.get("x-ratelimit-reset")),
        retry_after=_retry_after(headers.get("retry-after"), date),
    )


def good(reading: Reading) -> Reading:
    """The reading of an answer that was no refusal."""
    return replace(reading, good=True)


def with_rate_limit(reading: Reading, data: Mapping[str, Any] | None) -> Reading:
    limits = (data or {}).get("rateLimit")
    if not isinstance(limits, dict):
        return reading
    named = reading.remaining is not None and reading.reset is not None
    return Reading(
        date=reading.date,
        resource=reading.resource,
        limit=reading.limit if named else _whole(limits.get("limit")),
        remaining=reading.remaining if named else _whole(limits.get("remaining")),
        reset=reading.reset if named else _iso(limits.get("resetAt")),
        cost=_whole(limits.get("cost")),
        retry_after=reading.retry_after,
    )


def _whole(value: object) -> int | None:
    try:
        return int(value) if isinstance(value, str | int) else None
    except ValueError:
        return None


def _http_date(text: str | None) -> float | None:
    if text is None:
        return None
    try:
        moment = parsedate_to_datetime(text)
    except ValueError:
        return None
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()


def _iso(value: object) -> float | None:
    try:
        return datetime.fromisoformat(value).timestamp() if isinstance(value, str) else None
    except ValueError:
        return None


def _retry_after(text: str | None, date: float | None) -> float | None:
    """Seconds from the answer on; a date is measured from the answer's own date."""
    if text is None:
        return None
    seconds = _whole(text.strip())
    if seconds is not None:
        return max(0.0, float(seconds))
    moment = _http_date(text)
    return None if moment is None or date is None else max(0.0, moment - date)
