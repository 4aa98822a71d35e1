"""The ladder of one task as a line of steps. A report has thousands: nothing is loaded for it."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final, NamedTuple

WIDTH: Final = 640.0
HEIGHT: Final = 200.0
_LEFT: Final = 64.0
_RIGHT: Final = 18.0
_TOP: Final = 22.0
_BOTTOM: Final = 30.0


class Step(NamedTuple):
    """A change of the bounty: from `occurred_at` on it is `amount_cents`."""

    occurred_at: datetime
    amount_cents: int


class Drawn(NamedTuple):
    """`path` of an SVG; `points` (x, y, cents, number of the step); `rulers` (y, cents); `ends`
    (x, moment, where the text is anchored)."""

    path: str
    points: list[tuple[float, float, int, int]]
    rulers: list[tuple[float, int]]
    ends: list[tuple[float, datetime, str]]


def drawn_ladder(steps: Sequence[Step], end: datetime | None) -> Drawn | None:
    """The steps over time, from the first to `end` (the last step where none is said).

    None where there is nothing to draw.
    """
    if not steps:
        return None
    start = steps[0].occurred_at
    last = max(steps[-1].occurred_at, end or steps[-1].occurred_at)
    span = (last - start).total_seconds() or 1.0
    peak = max(step.amount_cents for step in steps) or 1

    def across(moment: datetime) -> float:
        share = (moment - start).total_seconds() / span
        return round(_LEFT + share * (WIDTH - _LEFT - _RIGHT), 1)

    def up(cents: int) -> float:
        return round(_TOP + (1 - cents / peak) * (HEIGHT - _TOP - _BOTTOM), 1)

    points = [
        (across(step.occurred_at), up(step.amount_cents), step.amount_cents, number)
        for number, step in enumerate(steps)
    ]
    path = f"M{points[0][0]} {points[0][1]}"
    path += "".join(f"H{x}V{y}" for x, y, _, _ in points[1:]) + f"H{across(last)}"
    ends = [(_LEFT, start, "start"), (WIDTH - _RIGHT, last, "end")]
    return Drawn(path, points, _rulers(steps, up), ends[: 2 if last > start else 1])


def _rulers(steps: Sequence[Step], up: object) -> list[tuple[float, int]]:
    """A line at every amount that is not too near to a higher one."""
    assert callable(up)
    found: list[tuple[float, int]] = []
    for cents in sorted({0, *(step.amount_cents for step in steps)}, reverse=True):
        y = up(cents)
        if not found or y - found[-1][0] >= 15 or cents == 0:
            found.append((y, cents))
    return found
