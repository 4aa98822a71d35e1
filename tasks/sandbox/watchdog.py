"""What ends a box before its time: a writable layer past its cap, the memory limit."""

import time
from typing import Any, Final

from tasks.domain.boxes import Killed
from tasks.sandbox import execs
from tasks.sandbox.place import MIB, Place

# Walking a large layer takes the engine a while: it gets four times as long to rest.
_LOOK_S: Final = 0.5
_REST: Final = 4


class DiskWatch:
    """Asks the engine now and then how large the writable layer of a container has become."""

    def __init__(self, place: Place) -> None:
        self._place = place
        self._next = 0.0

    def __call__(self) -> Killed | None:
        """`disk` where it is past its cap. Raises the SDK's exceptions."""
        began = time.monotonic()
        if began < self._next:
            return None
        size = written(self._place.client.api, self._place.container)
        took = time.monotonic() - began
        self._next = time.monotonic() + max(_LOOK_S, _REST * took)
        return "disk" if size > self._place.limits.disk_mb * MIB else None


def written(api: Any, container: str) -> int:
    """Bytes in the writable layer."""
    with api.get(
        f"{api.base_url}/v{api.api_version}/containers/{container}/json",
        params={"size": "1"},
        timeout=api.timeout,
    ) as response:
        api._raise_for_status(response)
        return int(response.json().get("SizeRw") or 0)


class MemoryWatch:
    """Tells whether the kernel killed something in a box for its memory limit."""

    def __init__(self, place: Place) -> None:
        self._place = place
        self._seen = 0

    def killed(self) -> bool:
        """Whether it happened since this was asked last."""
        found = self._place.keeper.count()
        if found is None:
            return False
        is_new = found.oom_kills > self._seen
        self._seen = found.oom_kills
        return is_new


def is_full(place: Place) -> bool:
    """Whether a file system of fixed size has no room left. Raises the SDK's exceptions.

    Asked only where the memory in use, of which these file systems are part, allows for it.
    """
    found = place.keeper.count()
    caps = [place.limits.scratch_mb, *([place.limits.disk_mb] if place.is_capped else ())]
    if found is None or found.memory_bytes < 0.9 * min(caps) * MIB:
        return False
    api = place.client.api
    folders = ["/tmp", *(["/workspace"] if place.is_capped else ())]  # noqa: S108 - the box's own
    made = execs.create(
        api, place.container, ["df", "-Pk", *folders], user=place.users["code"], env={}
    )
    told = execs.follow(api, made, b"", 10, execs.nothing)
    rows = [line.split() for line in told.output.text().splitlines()[1:]]
    return any(len(row) > 3 and row[3] == "0" for row in rows)
