"""What a failing engine means, in one sentence: what is wrong, where, and what to do."""

import errno
import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final
from urllib.parse import urlsplit

from docker.errors import APIError, DockerException, ImageNotFound, NotFound
from docker.utils import kwargs_from_env, parse_host
from requests.exceptions import Timeout
from urllib3.exceptions import HTTPError
from urllib3.exceptions import TimeoutError as SocketTimeout

from tasks.domain.errors import SystemFault, UsageError

DEFAULT_ADDRESS: Final = "unix:///var/run/docker.sock"
_SOCKET: Final = re.compile(r"(?:unix:///|npipe:////?)[^/]")
_REMOTE: Final = ("tcp", "http", "https", "ssh")
_DISK: Final = re.compile(r"no space left on device|disk quota exceeded", re.IGNORECASE)


@contextmanager
def as_faults(doing: str) -> Iterator[None]:
    """Whatever the SDK raises inside becomes a SystemFault; `doing` completes "cannot ..."."""
    try:
        yield
    except (DockerException, HTTPError, OSError) as error:
        raise fault_of(error, doing) from error


def fault_of(error: BaseException, doing: str) -> SystemFault:
    """The fault that an exception of the SDK, or of what it is made of, stands for.

    Not retryable where a person has to do something first.
    """
    if isinstance(error, APIError):
        return _refusal(error, doing)
    chain = list(_origins(error))
    numbers = {cause.errno for cause in chain if isinstance(cause, OSError)}
    where = address()
    if errno.ENOENT in numbers:
        return SystemFault(
            f"there is no Docker engine at {where}: install Docker Engine and start it, or set "
            "DOCKER_HOST",
            retryable=False,
        )
    if errno.EACCES in numbers or errno.EPERM in numbers:
        return SystemFault(
            f"permission to use the Docker engine at {where} is denied: add yourself to the group "
            "that owns its socket (`docker`), and log in again",
            retryable=False,
        )
    if any(isinstance(cause, Timeout | SocketTimeout | TimeoutError) for cause in chain):
        return SystemFault(f"the Docker engine at {where} did not answer in time: cannot {doing}")
    if errno.ECONNREFUSED in numbers:
        return SystemFault(
            f"the Docker engine at {where} is not running: start it", retryable=False
        )
    words = next(iter(str(error).splitlines()), type(error).__name__)
    return SystemFault(
        f"the Docker engine at {where} stopped answering: cannot {doing} ({words[:200]})"
    )


def _refusal(error: APIError, doing: str) -> SystemFault:
    words = " ".join(str(error.explanation or error).split())[:300]
    if _DISK.search(words):
        return SystemFault(
            f"the disk of the Docker engine is full: cannot {doing}; make room, or remove images "
            "after use with --prune",
            retryable=False,
        )
    if isinstance(error, ImageNotFound):
        return SystemFault(f"the image is missing: cannot {doing} ({words})", retryable=False)
    if isinstance(error, NotFound):
        return SystemFault(f"somebody removed the container: cannot {doing} ({words})")
    return SystemFault(f"the Docker engine refuses: cannot {doing} ({words})")


def address() -> str:
    """Where the engine is looked for. Raises UsageError where DOCKER_HOST is no address."""
    found = str(kwargs_from_env().get("base_url", DEFAULT_ADDRESS))
    try:
        parts = urlsplit(found)
        # Where the SDK asks for a port, it must be there; reading one that is no number raises.
        parse_host(found)
        is_one = bool(_SOCKET.match(found) or (parts.scheme in _REMOTE and parts.hostname))
        is_one = is_one and parts.port != 0
    except (DockerException, ValueError):
        is_one = False
    if not is_one:
        raise UsageError(
            f"DOCKER_HOST is {found!r}, which is no address of a Docker engine: it looks like "
            f"{DEFAULT_ADDRESS} or tcp://HOST:2375"
        )
    return found


def _origins(error: BaseException) -> Iterator[BaseException]:
    """An exception with all that it was made from: causes, contexts, and those in its arguments,
    which is where the HTTP libraries put them."""
    waiting, seen = [error], set[int]()
    while waiting:
        found = waiting.pop()
        if id(found) in seen:
            continue
        seen.add(id(found))
        yield found
        nested = [found.__cause__, found.__context__, *_inside(found.args)]
        nested.append(getattr(found, "reason", None))
        waiting += [cause for cause in nested if isinstance(cause, BaseException)]


def _inside(args: tuple[object, ...]) -> list[object]:
    return [part for arg in args for part in (arg if isinstance(arg, tuple) else (arg,))]
