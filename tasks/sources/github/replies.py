"""What an answer of GitHub means: pure functions from status, headers and body to a verdict.

Sources: GitHub's documentation of rate limits for the REST and GraphQL APIs (Retry-After first,
then x-ratelimit-remaining 0, else at least a minute), and errors the GraphQL API is known to
send with HTTP 200.
"""

import json
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from enum import Enum
from typing import Any
from urllib.parse import urlsplit

import orjson

from tasks.sources.github.readings import Reading, good, read_limits, with_rate_limit
from tasks.sources.wire import Lost, Received, one_line

Path = tuple[str | int, ...]

REST_ANSWERS = frozenset({200, 201, 204, 301, 302, 303, 307, 308, 404, 410, 451})
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_HEAVY_TYPES = ("RESOURCE_LIMITS", "MAX_NODE_LIMIT", "EXCESSIVE_PAGINATION", "TIMEOUT")
_HEAVY_WORDS = ("something went wrong while executing your query", "timeout", "timed out")
_SECONDARY_WORDS = ("secondary rate limit", "abuse detection")
_REJECTED_TYPES = ("INVALID_CURSOR_ARGUMENTS",)  # comes with data: asking for less does not help
_FORBIDDEN_TYPES = ("FORBIDDEN", "INSUFFICIENT_SCOPES", "UNAUTHORIZED")


class Meaning(Enum):
    """What to do about an answer."""

    ANSWER = "use it"
    TRANSIENT = "ask again"
    TOO_HEAVY = "ask for less"
    PRIMARY = "this token rests"
    SECONDARY = "all tokens rest"
    REDIRECT = "ask there"
    REFUSED = "tell the user"
    REJECTED = "a query of ours is wrong"


@dataclass(frozen=True, slots=True)
class Asked:
    """What a refusal has to name: the address without secrets, which token, which repository."""

    address: str
    token: str
    setting: str
    variables: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Verdict:
    """`status` is that of the call, `error` its one line; `sentence` is for the user."""

    meaning: Meaning
    status: str
    error: str | None = None
    sentence: str | None = None
    content: Any = None
    missing: tuple[Path, ...] = ()
    reading: Reading = field(default_factory=Reading)


def judge_graphql(received: Received, asked: Asked) -> Verdict:
    """The verdict on an answer to a GraphQL request; `content` is its data."""
    reading = read_limits(received.headers)
    if received.status != 200:
        if received.status in {502, 504}:
            return Verdict(Meaning.TOO_HEAVY, "too_heavy", _http_line(received), reading=reading)
        return _judge_failure(received, asked, reading)
    body = _decoded(received)
    if not isinstance(body, dict) or not ("data" in body or "errors" in body):
        return _unreadable(received, reading)
    data = body.get("data")
    data = data if isinstance(data, dict) else None
    reading = with_rate_limit(reading, data)
    raw = body.get("errors")
    errors = [e for e in raw if isinstance(e, dict)] if isinstance(raw, list) else []
    return _judge_errors(data, errors, asked, reading)


def judge_rest(received: Received, asked: Asked) -> Verdict:
    """The verdict on an answer to a REST request; `content` is its JSON or None.

    A moved, missing or gone resource is an answer.
    """
    reading = read_limits(received.headers)
    if received.status not in REST_ANSWERS:
        return _judge_failure(received, asked, reading)
    body = _decoded(received)
    if body is None and received.status in {200, 201}:
        return _unreadable(received, reading)
    return Verdict(Meaning.ANSWER, "ok", content=body, reading=good(reading))


def judge_lost(lost: Lost, url: str, *, graphql: bool) -> Verdict:
    """The verdict where no whole answer came. REST has no page to halve, so it asks again."""
    if lost.status == "timeout" and graphql:
        return Verdict(Meaning.TOO_HEAVY, "timeout", lost.error)
    if lost.unknown_host:
        sentence = (
            f"the host {urlsplit(url).hostname} cannot be found; check the network connection, "
            "GITHUB_GRAPHQL_URL and GITHUB_API_URL"
        )
        return Verdict(Meaning.TRANSIENT, lost.status, lost.error, sentence)
    return Verdict(Meaning.TRANSIENT, lost.status, lost.error)


def _judge_errors(
    data: dict[str, Any] | None, errors: list[dict[str, Any]], asked: Asked, reading: Reading
) -> Verdict:
    if not errors:
        if data is None:
            return Verdict(Meaning.TRANSIENT, "not_json", "an answer without data", reading=reading)
        return Verdict(Meaning.ANSWER, "ok", content=data, reading=good(reading))
    line = one_line("; ".join(_error_line(e) for e in errors[:3]))
    for error in errors:
        verdict = _judge_error(error, data, line, asked, reading)
        if verdict is not None:
            return verdict
    if data is None:
        return _rejected(line, reading)
    missing = tuple(_path(e) for e in errors)
    return Verdict(
        Meaning.ANSWER, "partial", line, content=data, missing=missing, reading=good(reading)
    )


def _judge_error(
    error: dict[str, Any],
    data: dict[str, Any] | None,
    line: str,
    asked: Asked,
    reading: Reading,
) -> Verdict | None:
    """What one GraphQL error decides about the whole answer; None where it is one missing node."""
    kind, path = str(error.get("type", "")).upper(), _path(error)
    message = str(error.get("message", "")).lower()
    if any(words in message for words in _SECONDARY_WORDS):
        return Verdict(Meaning.SECONDARY, "secondary_limited", line, reading=reading)
    if kind in {"RATE_LIMITED", "RATE_LIMIT"}:
        return Verdict(Meaning.PRIMARY, "rate_limited", line, reading=reading)
    if kind == "NOT_FOUND" and path == ("repository",):
        return _refused("not_found", line, _no_repository(asked), reading)
    if kind == "NOT_FOUND" and path:
        return None
    if kind in _FORBIDDEN_TYPES:
        # One item of a list that lies in a protected organisation is as good as absent.
        if kind == "FORBIDDEN" and data is not None and any(isinstance(p, int) for p in path):
            return None
        return _refused("forbidden", line, _not_allowed(asked, line), reading)
    if kind in _REJECTED_TYPES:
        return _rejected(line, reading)
    if kind.startswith(_HEAVY_TYPES) or any(words in message for words in _HEAVY_WORDS):
        return Verdict(Meaning.TOO_HEAVY, "too_heavy", line, reading=reading)
    if data is not None:
        return Verdict(Meaning.TOO_HEAVY, "too_heavy", line, reading=reading)
    return None


def _judge_failure(received: Received, asked: Asked, reading: Reading) -> Verdict:
    status, line = received.status, _http_line(received)
    if status in _REDIRECTS:
        return Verdict(Meaning.REDIRECT, "redirected", line, reading=reading)
    if status == 401:
        sentence = f"GitHub does not accept {asked.token}: bad credentials; set a new one"
        return _refused("bad_credentials", line, sentence, reading)
    if status in {403, 429}:
        return _judge_refusal(received, asked, reading, line)
    if status in {404, 410}:
        sentence = f"there is no GitHub API at {asked.address}; correct {asked.setting}"
        return _refused("not_found", line, sentence, reading)
    if status in {408, 425} or status >= 500:
        return Verdict(Meaning.TRANSIENT, f"http_{status}", line, reading=reading)
    if status < 400:
        return _unreadable(received, reading)
    return Verdict(
        Meaning.REJECTED,
        f"http_{status}",
        line,
        f"GitHub rejected a request: {line}",
        reading=reading,
    )


def _judge_refusal(received: Received, asked: Asked, reading: Reading, line: str) -> Verdict:
    text = received.body[:20_000].decode("utf-8", "replace").lower()
    if any(words in text for words in _SECONDARY_WORDS):
        return Verdict(Meaning.SECONDARY, "secondary_limited", line, reading=reading)
    if reading.remaining == 0:
        return Verdict(Meaning.PRIMARY, "rate_limited", line, reading=reading)
    if received.status == 429 or reading.retry_after is not None or "rate limit" in text:
        return Verdict(Meaning.SECONDARY, "secondary_limited", line, reading=reading)
    return _refused("forbidden", line, _not_allowed(asked, line), reading)


def _refused(status: str, line: str, sentence: str, reading: Reading) -> Verdict:
    return Verdict(Meaning.REFUSED, status, line, sentence, reading=reading)


def _rejected(line: str, reading: Reading) -> Verdict:
    sentence = f"GitHub rejected a query of paydag: {line}"
    return Verdict(Meaning.REJECTED, "rejected", line, sentence, reading=reading)


def _unreadable(received: Received, reading: Reading) -> Verdict:
    if not received.body.strip():
        return Verdict(Meaning.TRANSIENT, "truncated", "an empty body", reading=reading)
    start = one_line(received.body[:60].decode("utf-8", "replace"))
    return Verdict(Meaning.TRANSIENT, "not_json", f"no JSON of the API: {start}", reading=reading)


def _no_repository(asked: Asked) -> str:
    owner, name = asked.variables.get("owner"), asked.variables.get("name")
    which = f"repository {owner}/{name}" if owner and name else "such repository"
    return f"GitHub shows {asked.token} no {which}; check its spelling and the token's access"


def _not_allowed(asked: Asked, line: str) -> str:
    return f"GitHub forbids {asked.token} to read this: {line}; give it access or another token"


def _http_line(received: Received) -> str:
    body = _decoded(received)
    message = body.get("message") if isinstance(body, dict) else None
    return one_line(f"HTTP {received.status}" + (f": {message}" if message else ""))


def _error_line(error: dict[str, Any]) -> str:
    kind, path = error.get("type"), ".".join(str(part) for part in _path(error))
    where = f" at {path}" if path else ""
    return f"{kind or 'error'}{where}: {error.get('message', '')}"


def _path(error: Mapping[str, Any]) -> Path:
    path = error.get("path")
    return tuple(p for p in path if isinstance(p, str | int)) if isinstance(path, list) else ()


def _decoded(received: Received) -> Any:
    """The answer's JSON, None where it is none."""
    with suppress(orjson.JSONDecodeError):
        return orjson.loads(received.body)
    try:  # a lone surrogate is GitHub's to send and ours to keep, and orjson refuses it
        return json.loads(received.body)
    except (ValueError, RecursionError):
        return None
