"""Places at an endpoint that all processes of a user share: locks that end with their holder."""

import asyncio
import fcntl
import os
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import IO, Final

from tasks.domain.digests import digest
from tasks.domain.errors import SystemFault
from tasks.domain.private_folders import is_private

_LOOK_S: Final = 0.05


class SharedPlaces:
    """At most so many requests at once to one endpoint, whoever sends them on this machine.

    There is no deadline: a request holds its place for as long as it takes, and those who wait are
    served as places come free. The kernel frees what a killed process held.
    """

    def __init__(self, provider: str, base_url: str | None, places: int) -> None:
        self._name = digest([provider, base_url])[:16]
        self._places = places

    @asynccontextmanager
    async def place(self) -> AsyncIterator[None]:
        while (held := self._free()) is None:
            await asyncio.sleep(_LOOK_S)
        with held:
            yield

    def _free(self) -> IO[str] | None:
        """A locked file of a place that nobody has, None where there is none."""
        folder = _folder()
        for number in range(self._places):
            file = (folder / f"{self._name}.{number}.lock").open("a")
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                file.close()
            else:
                return file
        return None


def _folder() -> Path:
    """One folder a user, for all homes. Raises SystemFault where somebody else made it."""
    folder = Path(tempfile.gettempdir()) / f"paydag-models-{os.getuid()}"
    folder.mkdir(mode=0o700, exist_ok=True)
    if not is_private(folder.lstat(), os.getuid()):
        raise SystemFault(
            f"{folder} belongs to somebody else or others can write to it; remove it",
            retryable=False,
        )
    return folder
