"""Whether runs of words stand in a tree: a quick search for candidates, then an exact one."""

import re
from collections.abc import Collection
from typing import Final

_WORD: Final = re.compile(r"\w+")


def needles(runs: Collection[str]) -> bytes:
    """One word of each run, a line each, for `git grep -F -f -`; the longest finds the fewest.

    A file with the run has that word, however the run is broken over lines.
    """
    words = {max(_WORD.findall(run), key=len, default="") for run in runs} - {""}
    return "".join(f"{word}\n" for word in sorted(words)).encode()


def paths_in(found: bytes, base: str) -> list[bytes]:
    """The paths in the output of `git grep -l -z` on a commit."""
    return [name.removeprefix(f"{base}:".encode()) for name in found.split(b"\0") if name]


def missing_runs(content: bytes, runs: Collection[str]) -> frozenset[str]:
    """The runs of which a file's text does not hold the words one after the other."""
    text = _spaced(content.decode("utf-8", errors="replace"))
    return frozenset(run for run in runs if _spaced(run) not in text)


def _spaced(text: str) -> str:
    """The words with one blank around each, so that one is not found in the middle of another."""
    return f" {' '.join(_WORD.findall(text))} "
