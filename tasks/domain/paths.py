"""Which changed paths are tests."""

import re
from collections.abc import Iterable
from functools import cache


@cache
def _pattern(glob: str) -> re.Pattern[str]:
    """A glob as a whole-path pattern: `**` crosses folders, `*` and `?` do not."""
    out, rest = "", glob
    while rest:
        if rest.startswith("**/"):
            out, rest = out + "(?:.*/)?", rest[3:]
        elif rest.startswith("**"):
            out, rest = out + ".*", rest[2:]
        elif rest[0] == "*":
            out, rest = out + "[^/]*", rest[1:]
        elif rest[0] == "?":
            out, rest = out + "[^/]", rest[1:]
        else:
            out, rest = out + re.escape(rest[0]), rest[1:]
    return re.compile(out + r"\Z", re.DOTALL)


def matches_any(path: str, globs: Iterable[str]) -> bool:
    """Whether a path (with `/`, relative to the repository) matches one of the globs."""
    return any(_pattern(glob).match(path) for glob in globs)


def may_hold(path: str, globs: Iterable[str]) -> bool:
    """Whether a glob names this path as a folder to look into.

    `**/` in front names none: what it finds below a folder, it finds below any other name of that
    folder, too.
    """
    return any(_names_folder(path.split("/"), tuple(glob.split("/"))) for glob in globs)


def _names_folder(names: Iterable[str], parts: tuple[str, ...]) -> bool:
    if any("**" in part and part != "**" for part in parts):
        return True  # such a part crosses folders, too
    first = next((at for at, part in enumerate(parts) if part != "**"), len(parts))
    reached = {0}
    for name in names:
        reached = {
            at if parts[at] == "**" else at + 1
            for at in _with_skipped(reached, parts)
            if parts[at] == "**" or _pattern(parts[at]).match(name)
        }
    return any(first < at < len(parts) for at in reached)


def _with_skipped(reached: Iterable[int], parts: tuple[str, ...]) -> set[int]:
    """These places in a glob and, since `**` may stand for nothing, those behind it."""
    found: set[int] = set()
    for start in reached:
        at = start
        while at < len(parts) and at not in found:
            found.add(at)
            if parts[at] != "**":
                break
            at += 1
    return found
