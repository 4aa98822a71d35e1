"""The clock of the engine's machine, which stamps the files of its containers."""

from datetime import datetime
from typing import Any

from tasks.sandbox.faults import as_faults


def now(client: Any) -> float:
    """Seconds since 1970. Raises SystemFault where the engine does not answer."""
    with as_faults("ask the engine for the time"):
        return seconds(str(client.api.info()["SystemTime"]))


def seconds(moment: str) -> float:
    """Seconds since 1970 of a moment as Go writes it: with up to nine digits of a second and as
    few as there are, of which Python reads six."""
    whole, dot, rest = moment.partition(".")
    digits = rest[: len(rest) - len(rest.lstrip("0123456789"))] if dot else ""
    zone = rest[len(digits) :]
    return datetime.fromisoformat(whole + zone).timestamp() + float(f"0.{digits or 0}")
