"""How many containers are boxes at once, over all processes of a user that use one engine."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import sha256
from typing import Final

from tasks.sandbox.faults import address
from tasks.sandbox.turns import slot

_WAIT_S: Final = 3_600.0
_mine = threading.local()


@contextmanager
def box_place(at_once: int | None) -> Iterator[None]:
    """One of `at_once` places, for the length of the block; at once where there is no limit.

    A thread that has a place already needs no second one: two that each waited for the other's
    would wait for ever. Raises SystemFault after an hour.
    """
    if at_once is None or getattr(_mine, "has", False):
        yield
        return
    engine = sha256(address().encode()).hexdigest()[:12]
    with slot(f"boxes-{engine}", at_once, _WAIT_S):
        _mine.has = True
        try:
            yield
        finally:
            _mine.has = False
