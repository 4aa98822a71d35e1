"""Who is to blame is in the type.

`UsageError` tells the user what to type (exit code 2), `DataError` is recorded with the document
it came from, `SystemFault` is the machine's failure: it is retried and never counts against a
solver (exit code 1).
"""


class PaydagError(Exception):
    """A failure with one clear sentence: what is wrong, where, and what to do."""

    exit_code = 1


class UsageError(PaydagError):
    """The user's mistake."""

    exit_code = 2


class DataError(PaydagError):
    """A document that cannot be used; `reason` is its rejection code."""

    def __init__(self, message: str, *, reason: str = "malformed") -> None:
        super().__init__(message)
        self.reason = reason


class SystemFault(PaydagError):  # noqa: N818 - a fault is not an error of ours
    """An infrastructure failure. `retryable` is false where trying again cannot help."""

    def __init__(self, message: str, *, retryable: bool = True) -> None:
        super().__init__(message)
        self.retryable = retryable


class LimitReached(PaydagError):  # noqa: N818 - a stop that was asked for, not an error
    """A service's limit ended a collection that must not wait; the same command goes on later."""


def unknown(what: str, given: str, known: list[str]) -> UsageError:
    """An unknown id or option, with the known ones listed (at most twenty)."""
    shown = ", ".join(known[:20]) or "none"
    more = f" and {len(known) - 20} more" if len(known) > 20 else ""
    return UsageError(f"unknown {what} {given!r}; known: {shown}{more}")
