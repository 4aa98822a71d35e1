"""One request and its reply, and the budget of points that a token draws on."""

import json
import math
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import formatdate
from typing import Any

from tests.github_server.cost import Cost

DOCUMENTATION = "https://docs.github.com/rest"


@dataclass(slots=True)
class Budget:
    """Points of one token for one resource; they come back, all at once, at the reset.

    The reset is a whole second, as GitHub tells it, and real: whoever waits for it gets points.
    """

    limit: int
    period: float
    resource: str
    used: int = 0
    reset_at: int = 0
    lock: threading.Lock = field(default_factory=threading.Lock, repr=False)

    def charge(self, points: int, now: float) -> bool:
        """Take the points; False, and nothing taken, where none are left."""
        with self.lock:
            self._roll(now)
            if self.used >= self.limit:
                return False
            self.used = min(self.limit, self.used + points)
            return True

    def exhaust(self, now: float) -> None:
        with self.lock:
            self._roll(now)
            self.used = self.limit

    def headers(self, now: float, skew: float) -> dict[str, str]:
        with self.lock:
            self._roll(now)
            return {
                "x-ratelimit-limit": str(self.limit),
                "x-ratelimit-remaining": str(self.limit - self.used),
                "x-ratelimit-used": str(self.used),
                "x-ratelimit-reset": str(int(self.reset_at + skew)),
                "x-ratelimit-resource": self.resource,
            }

    def standing(self, now: float, skew: float) -> dict[str, Any]:
        """The same for the root field rateLimit."""
        with self.lock:
            self._roll(now)
            reset = datetime.fromtimestamp(int(self.reset_at + skew), UTC)
            return {
                "__typename": "RateLimit",
                "limit": self.limit,
                "remaining": self.limit - self.used,
                "used": self.used,
                "resetAt": reset.strftime("%Y-%m-%dT%H:%M:%SZ"),
            }

    def _roll(self, now: float) -> None:
        if now >= self.reset_at:
            self.used, self.reset_at = 0, math.ceil(now + self.period)


@dataclass(slots=True)
class Request:
    """What came in. `text` and `variables` are empty for REST; `cost` is None where unknown."""

    index: int
    method: str
    path: str
    token: str | None
    budget: Budget | None
    now: float
    skew: float = 0
    text: str = ""
    variables: Mapping[str, Any] = field(default_factory=dict)
    operation: str | None = None
    cost: Cost | None = None
    base_url: str = ""

    @property
    def is_graphql(self) -> bool:
        return self.method == "POST"

    def usual_headers(self) -> dict[str, str]:
        headers = {"Date": formatdate(self.now + self.skew, usegmt=True)}
        if self.budget is not None:
            headers |= self.budget.headers(self.now, self.skew)
        return headers


@dataclass(slots=True)
class Reply:
    """What goes out. `sent` bytes of the body are sent (None: all); `reset` sends nothing."""

    status: int
    body: bytes
    headers: dict[str, str] = field(default_factory=dict)
    points: int = 0
    sent: int | None = None
    reset: bool = False


def json_reply(
    status: int, content: Any, headers: Mapping[str, str] | None = None, points: int = 0
) -> Reply:
    kind = {"Content-Type": "application/json; charset=utf-8"}
    return Reply(status, json.dumps(content).encode(), kind | dict(headers or {}), points)


def message_reply(status: int, message: str, headers: Mapping[str, str] | None = None) -> Reply:
    """How GitHub words what is no answer to a query."""
    content = {"message": message, "documentation_url": DOCUMENTATION, "status": str(status)}
    return json_reply(status, content, headers)


def errors_reply(kind: str, message: str, **more: Any) -> Reply:
    """A query that was refused: HTTP 200 with errors and no data."""
    return json_reply(200, {"errors": [{"type": kind, "message": message} | more]})


def rate_limited(request: Request) -> Reply:
    """GraphQL says it in the body of a 200, REST by a 403."""
    if request.is_graphql:
        return errors_reply(
            "RATE_LIMITED", "API rate limit exceeded for user ID 7.", code="graphql_rate_limit"
        )
    return message_reply(403, "API rate limit exceeded for user ID 7.")


def unavailable(status: int = 502) -> Reply:
    """A page that took too long: the gateway answers, in HTML."""
    page = f"<html><head><title>{status}</title></head><body>Unicorn!</body></html>"
    return Reply(status, page.encode(), {"Content-Type": "text/html; charset=utf-8"})
