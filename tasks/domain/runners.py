"""What works off the rollouts of a stage: threads of this process, or machines of a cluster."""

from typing import Final
from urllib.parse import urlsplit

from tasks.domain.errors import UsageError, unknown

RUNNERS: Final = ("threads", "dask")
_SCHEMES: Final = ("tcp", "tls", "ws", "wss")


def check_runner(runner: str | None, dask: str | None) -> str:
    """The runner that was asked for; the address of a scheduler asks for dask.

    Raises UsageError for an unknown name, for an address beside another runner, and for what is
    no address.
    """
    if runner is not None and runner not in RUNNERS:
        raise unknown("runner", runner, list(RUNNERS))
    if dask is None:
        return runner or "threads"
    if runner == "threads":
        raise UsageError(f"--dask {dask} needs --runner dask; leave one of them out")
    if not _is_address(dask):
        raise UsageError(
            f"--dask {dask!r} is no address of a scheduler; write it like tcp://10.0.0.5:8786"
        )
    return "dask"


def _is_address(text: str) -> bool:
    try:
        parts = urlsplit(text)
        bare = not set("@/?#") & set(text.partition("://")[2])  # Dask takes a host and a port only
        return bool(parts.scheme in _SCHEMES and bare and parts.hostname and parts.port)
    except ValueError:
        return False
