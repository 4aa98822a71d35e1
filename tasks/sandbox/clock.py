"""The clock of the engine's machine, which stamps the files of its containers."""

import os
import threading
import time
from datetime import datetime
from typing import Any, Final

from tasks.sandbox.faults import address, as_faults

# Clocks of two machines part by less than a tick of their kernels meanwhile.
_GOOD_FOR_S: Final = 60.0

# Process and engine → how far its clock is ahead of ours, and when that was asked.
_ahead: Final[dict[tuple[int, str], tuple[float, float]]] = {}
_lock: Final = threading.Lock()


def now(client: Any) -> float:
    """Seconds since 1970, rather too few than too many: by as much as the engine's answer about
    its clock took, which is asked for now and then. Raises SystemFault where it does not answer."""
    key = (os.getpid(), address())
    with _lock:
        ahead, asked = _ahead.get(key, (0.0, -_GOOD_FOR_S))
    if time.monotonic() - asked >= _GOOD_FOR_S:
        with as_faults("ask the engine for the time"):
            theirs = seconds(str(client.api.info()["SystemTime"]))
        ahead, asked = theirs - time.time(), time.monotonic()
        with _lock:
            _ahead[key] = (ahead, asked)
    return time.time() + ahead


def seconds(moment: str) -> float:
    """Seconds since 1970 of a moment as Go writes it: with up to nine digits of a second and as
    few as there are, of which Python reads six."""
    whole, dot, rest = moment.partition(".")
    digits = rest[: len(rest) - len(rest.lstrip("0123456789"))] if dot else ""
    zone = rest[len(digits) :]
    return datetime.fromisoformat(whole + zone).timestamp() + float(f"0.{digits or 0}")
