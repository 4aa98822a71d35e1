"""How a request can end without an answer. Each carries the calls that it took."""

from tasks.domain.collecting import Call
from tasks.domain.errors import LimitReached, SystemFault, UsageError


class RateLimitStop(LimitReached):
    """A limit lasts, or the collection was told not to wait. `calls` are those sent."""

    def __init__(self, message: str, calls: tuple[Call, ...] = ()) -> None:
        super().__init__(message)
        self.calls = calls


class TooHeavy(Exception):  # noqa: N818 - a request to ask for less
    """The service cannot answer a request of this size: ask for a smaller page.

    `calls` are the requests sent for it, the refused one last.
    """

    def __init__(self, message: str, calls: tuple[Call, ...] = ()) -> None:
        super().__init__(message)
        self.calls = calls


class Refused(UsageError):  # noqa: N818 - said by the service, not by us
    """The service will not answer this user or this address; trying again cannot help."""

    def __init__(self, message: str, calls: tuple[Call, ...] = ()) -> None:
        super().__init__(message)
        self.calls = calls


class Unanswered(SystemFault):
    """The service or the way to it fails, also when asked again."""

    def __init__(
        self, message: str, calls: tuple[Call, ...] = (), *, retryable: bool = True
    ) -> None:
        super().__init__(message, retryable=retryable)
        self.calls = calls
