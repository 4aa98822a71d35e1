"""One process at a time builds in a home: what a build reads into staging has no keys that would
keep a second one from reading the same."""

import fcntl
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

_LOOK_S: Final = 0.1


@contextmanager
def building(home: Path) -> Iterator[None]:
    """Wait until no other process builds in the home, and keep others waiting for the block.

    There is no deadline: whoever waits finds less to do the longer it takes. The system gives the
    turn back when its holder ends, however that ends.
    """
    file = home / "locks" / "build"
    file.parent.mkdir(parents=True, exist_ok=True)
    with file.open("a") as held:
        while not _locked(held.fileno()):
            time.sleep(_LOOK_S)  # and not in the call, where threads hear of no interrupt
        yield


def _locked(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
