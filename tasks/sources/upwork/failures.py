"""How a request can end without an answer. Each carries the calls that it took."""

from tasks.domain.collecting import Call
from tasks.domain.errors import LimitReached, SystemFault, UsageError


class RateLimitStop(LimitReached):
    """The limit lasts, or the collection was told not to wait. `calls` are those sent."""

    def __init__(self, message: str, calls: tuple[Call, ...] = ()) -> None:
        super().__init__(message)
        self.calls = calls


class Refused(UsageError):  # noqa: N818 - said by Upwork, not by us
    """Upwork will not answer this user or this address; trying again cannot help."""

    def __init__(self, message: str, calls: tuple[Call, ...] = ()) -> None:
        super().__init__(message)
        self.calls = calls


class Unanswered(SystemFault):
    """Upwork or the way to it fails, also when asked again."""

    def __init__(
        self, message: str, calls: tuple[Call, ...] = (), *, retryable: bool = True
    ) -> None:
        super().__init__(message, retryable=retryable)
        self.calls = calls
