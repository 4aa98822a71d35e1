"""The pause of a secondary limit, kept by every process of a user that has the same tokens.

GitHub asks whoever is told to pause to send nothing at all, and lengthens the pause of those who
do. The points of the primary limit need no file: each answer says what all processes have left.
"""

import os
import tempfile
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Final

from pydantic import SecretStr

from tasks.domain.digests import digest
from tasks.domain.private_folders import is_private
from tasks.sources.github.windows import LONGEST_S

_NEVER: Final = float("-inf")


class SharedPause:
    """Files of one folder, a file a token, named by a digest of token and address.

    Each holds the end of a pause on the machine's monotonic clock, which all processes share. What
    cannot be read or written is no pause: a process then learns of it by its own refusal.
    """

    def __init__(self, folder: Path, api_url: str, tokens: Sequence[SecretStr]) -> None:
        names = {digest([api_url, token.get_secret_value()])[:32] for token in tokens}
        self._files = [folder / f"{name}.pause" for name in sorted(names)]
        self._folder = folder

    def until(self, now: float) -> float:
        """When the latest pause of these tokens ends. One that is longer than any can be is left
        over from before the machine was started."""
        if not self._is_ours():
            return _NEVER
        ends = [_read(file) for file in self._files]
        return max((end for end in ends if end <= now + LONGEST_S), default=_NEVER)

    def extend(self, until: float) -> None:
        """Tell the others. An end that is there and later stays."""
        with suppress(OSError):
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            if not self._is_ours():
                return
            for file in self._files:
                if _read(file) < until:
                    _write(file, until)

    def _is_ours(self) -> bool:
        """The folder of all users' temporary files may hold one of this name by somebody else."""
        try:
            return is_private(self._folder.lstat(), os.getuid())
        except OSError:
            return False


def _read(file: Path) -> float:
    try:
        return float(file.read_text(encoding="ascii"))
    except (OSError, ValueError):
        return _NEVER


def _write(file: Path, until: float) -> None:
    """Whole or not at all: whoever reads meanwhile has the old end or the new one."""
    descriptor, name = tempfile.mkstemp(dir=file.parent)
    with os.fdopen(descriptor, "w", encoding="ascii") as half:
        half.write(repr(until))
    Path(name).replace(file)
