"""What an answer of Upwork means: pure functions from status, headers and body to a verdict.

Sources: Upwork's documentation of its GraphQL API (errors come with HTTP 200, `message` and
`extensions.classification`; too many requests from one address are a 429; what a key's scopes do
not cover is named in the message) and RFC 6749 for the token endpoint.
"""

import json
import re
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from email.utils import parsedate_to_datetime
from enum import Enum
from typing import Any, Final

from tasks.sources.upwork.kinds import KEYS_PAGE
from tasks.sources.wire import Lost, Received, one_line

Error = dict[str, Any]
_SCOPES: Final = '"Read marketplace Job Postings" and "Common Entities - Read-Only Access"'
_SCOPE: Final = re.compile(r"oauth2 permissions|permissions/scopes|\bscopes?\b", re.IGNORECASE)
_NAMED: Final = re.compile(r"\[(?P<listed>[^\]]*)\]|to access:?\s+(?P<one>[\w.]+)", re.IGNORECASE)
_LIMITED: Final = re.compile(r"rate limit|too many requests", re.IGNORECASE)
_UNAUTHENTICATED: Final = re.compile(
    r"authentication (?:failed|required)|invalid token|token expired", re.IGNORECASE
)
_GONE: Final = re.compile(r"\b404\b|not[ _]found|does not exist|no longer", re.IGNORECASE)
_PRIVATE: Final = re.compile(
    r"\b403\b|forbidden|denied|permission|private|not authori[sz]ed|authorization failed",
    re.IGNORECASE,
)
_OURS: Final = frozenset({"validationerror", "invalidsyntax", "invalidsyntaxerror"})


class Meaning(Enum):
    """What to do about an answer."""

    ANSWER = "use it"
    TRANSIENT = "ask again"
    LIMITED = "wait"
    UNAUTHORIZED = "get another token"
    REFUSED = "tell the user"
    REJECTED = "a query of ours is wrong"


@dataclass(frozen=True, slots=True)
class Verdict:
    """`status` is that of the call, `error` its one line; `sentence` is for the user.

    `errors` are those that leave the rest of the answer usable. `pause_s` is how long the service
    wants to be left alone, None where it does not say.
    """

    meaning: Meaning
    status: str
    error: str | None = None
    sentence: str | None = None
    data: Mapping[str, Any] | None = None
    errors: Sequence[Error] = field(default_factory=tuple)
    pause_s: float | None = None


def judge_lost(lost: Lost, host: str, settings: str) -> Verdict:
    sentence = None
    if lost.unknown_host:
        sentence = f"the host {host} cannot be found; check the network connection and {settings}"
    return Verdict(Meaning.TRANSIENT, lost.status, lost.error, sentence)


def judge(received: Received, address: str, now: float) -> Verdict:
    """The verdict on an answer of the GraphQL endpoint at `address`; `now` is epoch seconds."""
    if received.status != 200:
        return _judge_failure(received, address, "UPWORK_GRAPHQL_URL", "GraphQL API", now)
    body = decoded(received)
    if not isinstance(body, dict) or not ("data" in body or "errors" in body):
        start = one_line(received.body[:60].decode("utf-8", "replace")) or "an empty body"
        return Verdict(Meaning.TRANSIENT, "not_json", f"no JSON of the API: {start}")
    raw, data = body.get("errors"), body.get("data")
    errors = [e for e in raw if isinstance(e, dict)] if isinstance(raw, list) else []
    data = data if isinstance(data, dict) else None
    if not errors:
        if data is None:
            return Verdict(Meaning.TRANSIENT, "not_json", "an answer without data")
        return Verdict(Meaning.ANSWER, "ok", data=data)
    return _judge_errors(data, errors)


def judge_token(received: Received, address: str, now: float) -> Verdict:
    """The verdict on an answer of the token endpoint; `data` is the token's answer."""
    body = decoded(received)
    body = body if isinstance(body, dict) else {}
    if received.status == 200 and isinstance(body.get("access_token"), str):
        return Verdict(Meaning.ANSWER, "ok", data=body)
    code = body.get("error")
    if received.status in {400, 401, 403} and isinstance(code, str):
        return Verdict(Meaning.REFUSED, one_line(code), one_line(f"HTTP {received.status}: {code}"))
    if received.status == 200:
        return Verdict(Meaning.TRANSIENT, "not_json", "an answer without an access token")
    return _judge_failure(received, address, "UPWORK_TOKEN_URL", "token endpoint", now)


def why_missing(error: Error | None) -> str | None:
    """`not_found` or `private`, as the error of one job says; None where it says neither.

    No error at all beside a null job is the API's way of saying that there is none.
    """
    if error is None:
        return "not_found"
    said = f"{error.get('message', '')} {json.dumps(error.get('extensions') or {})}"
    if _GONE.search(said):
        return "not_found"
    return "private" if _PRIVATE.search(said) else None


def error_line(error: Error) -> str:
    kind = (error.get("extensions") or {}).get("classification")
    named = f"{kind}: " if isinstance(kind, str) else ""
    return one_line(f"{named}{error.get('message', '')}")


def decoded(received: Received) -> Any:
    """The answer's JSON, None where it is none."""
    with suppress(ValueError, RecursionError):
        return json.loads(received.body)
    return None


def _judge_errors(data: dict[str, Any] | None, errors: Sequence[Error]) -> Verdict:
    line = one_line("; ".join(error_line(error) for error in errors[:3]))
    said = " ".join(str(error.get("message", "")) for error in errors)
    if _SCOPE.search(said):
        return Verdict(Meaning.REFUSED, "missing_scope", line, _missing_scope(said))
    if _LIMITED.search(said):
        return Verdict(Meaning.LIMITED, "rate_limited", line)
    if data is None and _UNAUTHENTICATED.search(said):
        return Verdict(Meaning.UNAUTHORIZED, "unauthorized", line)
    kinds = {str((e.get("extensions") or {}).get("classification", "")).lower() for e in errors}
    if kinds & _OURS:
        sentence = f"Upwork rejected a query of paydag: {line}"
        return Verdict(Meaning.REJECTED, "rejected", line, sentence)
    return Verdict(Meaning.ANSWER, "partial", line, data=data or {}, errors=errors)


def _missing_scope(said: str) -> str:
    named = _NAMED.search(said)
    what = one_line(named["listed"] or named["one"] or "") if named else ""
    return (
        f"Upwork does not let this token read {what or 'job postings'}: give its API key the "
        f"scopes {_SCOPES} at {KEYS_PAGE} and make a new token; a change of scopes ends old ones"
    )


def _judge_failure(
    received: Received, address: str, setting: str, what: str, now: float
) -> Verdict:
    status, line = received.status, _http_line(received)
    if 300 <= status < 400:
        sentence = (
            f"Upwork's {what} at {address} sends requests elsewhere, where no token goes; "
            f"correct {setting}"
        )
        return Verdict(Meaning.REFUSED, "redirected", line, sentence)
    if status == 401:
        return Verdict(Meaning.UNAUTHORIZED, "unauthorized", line)
    if status == 429:
        return Verdict(Meaning.LIMITED, "rate_limited", line, pause_s=_retry_after(received, now))
    if status == 403:
        sentence = (
            f"Upwork refuses this token ({line}); check its API key at {KEYS_PAGE}, and "
            "UPWORK_TENANT_ID where it belongs to several organizations"
        )
        return Verdict(Meaning.REFUSED, "forbidden", line, sentence)
    if status in {404, 405, 410}:
        sentence = f"there is no {what} of Upwork at {address}; correct {setting}"
        return Verdict(Meaning.REFUSED, "not_found", line, sentence)
    if status in {408, 425} or status >= 500:
        return Verdict(
            Meaning.TRANSIENT, f"http_{status}", line, pause_s=_retry_after(received, now)
        )
    return Verdict(Meaning.REJECTED, f"http_{status}", line, f"Upwork rejected a request: {line}")


def _retry_after(received: Received, now: float) -> float | None:
    """Retry-After as seconds or as a date."""
    text = received.headers.get("retry-after", "").strip()
    if re.fullmatch(r"\d{1,6}", text):
        return float(text)
    try:
        return max(0.0, parsedate_to_datetime(text).timestamp() - now)
    except (ValueError, TypeError, OverflowError):
        return None


def _http_line(received: Received) -> str:
    body = decoded(received)
    message = None
    if isinstance(body, dict):
        message = body.get("message") or body.get("error_description") or body.get("error")
    return one_line(f"HTTP {received.status}" + (f": {message}" if message else ""))
