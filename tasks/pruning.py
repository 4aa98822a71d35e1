"""Giving back the room that images take, as soon as their instances are through."""

import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from tasks.domain.instances import Environment
from tasks.sandbox.housekeeping import remove_unused

_in_use: Final[Counter[str]] = Counter()
_lock: Final = threading.Lock()


@contextmanager
def prune_after(environment: Environment, sandbox: str, *, prune: bool) -> Iterator[None]:
    """With `prune`, remove what images the block left unused. Those that other blocks of this
    process work with stay, although no container may run in them at the moment."""
    if not prune or sandbox != "docker":
        yield
        return
    names = [name for name in (environment.image, environment.base) if name is not None]
    with _lock:
        _in_use.update(names)
    try:
        yield
    finally:
        with _lock:
            _in_use.subtract(names)
            remove_unused([name for name, count in _in_use.items() if count > 0])
