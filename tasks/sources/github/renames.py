"""Renames in their order: each begins with the title that the one before it left."""

from collections import Counter
from collections.abc import Sequence
from itertools import groupby, pairwise

from tasks.sources.github.fields import Node, time


def in_order(renames: Sequence[Node], title: str) -> list[tuple[Node, int]]:
    """(rename event, its place in its second) of one issue, oldest first; `title` is the last.

    GitHub's times are whole seconds, and its ids say nothing about time. What the events of one
    second say of their titles does; where it makes no chain, their ids decide.
    """
    dated = sorted(renames, key=lambda item: (time(item["createdAt"]), item["id"]))
    seconds = [list(group) for _, group in groupby(dated, key=lambda item: time(item["createdAt"]))]
    if len(seconds) == len(dated):
        return [(item, 0) for item in dated]
    found: list[tuple[Node, int]] = []
    for number, second in enumerate(seconds):
        before = found[-1][0]["currentTitle"] if found else None
        later = seconds[number + 1] if number + 1 < len(seconds) else []
        after = later[0]["previousTitle"] if len(later) == 1 else None if later else title
        found += [(item, place) for place, item in enumerate(_chained(second, before, after))]
    return found


def _chained(second: Sequence[Node], before: str | None, after: str | None) -> Sequence[Node]:
    """The walk over all of these events, from the title before them or to the one after them."""
    if len(second) == 1:
        return second
    ends = Counter(item["previousTitle"] for item in second)
    ends.subtract(item["currentTitle"] for item in second)
    starts = [each for each, surplus in sorted(ends.items()) if surplus > 0]
    start = starts[0] if starts else before if before is not None else after
    onward: dict[str | None, list[Node]] = {}
    for item in reversed(second):
        onward.setdefault(item["previousTitle"], []).append(item)
    # Hierholzer's walk: what it gets stuck in is put in where it began.
    walk: list[Node] = []
    path: list[tuple[str | None, Node | None]] = [(start, None)]
    while path:
        at, came_by = path[-1]
        if onward.get(at):
            step = onward[at].pop()
            path.append((step["currentTitle"], step))
        else:
            path.pop()
            if came_by is not None:
                walk.append(came_by)
    walk.reverse()
    whole = len(walk) == len(second)
    links = all(a["currentTitle"] == b["previousTitle"] for a, b in pairwise(walk))
    return walk if whole and links else second
