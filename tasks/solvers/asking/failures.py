"""What a failed request means: who is to blame, and whether to ask again."""

import re
from dataclasses import dataclass
from typing import Any, Final, Literal

from pydantic_ai.exceptions import (
    ContentFilterError,
    ModelAPIError,
    ModelAuthenticationError,
    ModelConnectionError,
    ModelContextWindowExceededError,
    ModelHTTPError,
    ModelNotFoundError,
    ModelQuotaExceededError,
    ModelRateLimitError,
    ModelRequestRejectedError,
    ModelRequestTimeout,
    ModelServerError,
    ModelUnavailableError,
)

Kind = Literal["busy", "down", "cut", "context", "refusal", "hopeless", "rejected"]

# How endpoints word an overflow that send no code for it.
_TOO_LONG: Final = ("context length", "context window", "context_length", "too many tokens")
# How they word that the answer may become too long, by itself or together with the question.
_TOO_MUCH: Final = re.compile(
    r"max\w*[ _]?tokens|completion tokens|in the completion", re.IGNORECASE
)


@dataclass(frozen=True)
class Failure:
    """`busy`: too many requests. `down`: nothing was answered. `cut`: an answer may have been made
    and paid, but did not come whole. `context`: the question is too long; `refusal`: the provider
    filters it. `hopeless`: any other request would fail alike. `rejected`: only this one does.
    `too_much`: it may be about how long an answer was allowed to become."""

    kind: Kind
    says: str
    pause_s: float | None = None
    too_much: bool = False


def failure_of(error: Exception) -> Failure | None:
    """None where the error is none of the provider's."""
    if isinstance(error, ContentFilterError):
        return Failure("refusal", _says(error))
    if isinstance(error, TimeoutError):
        return Failure("cut", "no answer came in time")
    if not isinstance(error, ModelAPIError):
        return None
    pause = error.retry_after
    says = _says(error)
    too_much = bool(_TOO_MUCH.search(says))
    kinds: list[tuple[type[Any] | tuple[type[Any], ...], Kind]] = [
        (ModelContextWindowExceededError, "context"),
        ((ModelAuthenticationError, ModelNotFoundError, ModelQuotaExceededError), "hopeless"),
        (ModelRateLimitError, "busy"),
        ((ModelUnavailableError, ModelServerError), "down"),
        (ModelRequestTimeout, "cut"),
    ]
    for kind_of_error, kind in kinds:
        if isinstance(error, kind_of_error):
            return Failure(kind, says, pause, too_much and kind == "context")
    if isinstance(error, ModelConnectionError):
        unsent = error.phase in ("pool", "connect")
        return Failure("down" if unsent else "cut", says)
    if isinstance(error, ModelRequestRejectedError):
        too_long = any(words in says.lower() for words in _TOO_LONG)
        return Failure("context" if too_long else "rejected", says, too_much=too_much)
    if isinstance(error, ModelHTTPError):
        too_long = error.status_code == 413
        down = error.status_code >= 500 or error.status_code in (408, 409, 425)
        return Failure("context" if too_long else "down" if down else "rejected", says, pause)
    return Failure("cut", says)  # an answer that nobody can read


def _says(error: Exception) -> str:
    status = f"{error.status_code} " if isinstance(error, ModelHTTPError) else ""
    body = error.body if isinstance(error, ModelAPIError) else None
    words: object = error
    if isinstance(body, dict):
        inner = body.get("error", body)
        words = inner.get("message", inner) if isinstance(inner, dict) else inner
    return " ".join(f"{status}{words}".split())[:400]
