"""Slices of a run by what its tasks are: their names, and the order in which people read them."""

from bisect import bisect_right
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Final

from tasks.domain.scored import Reach, ScoredTask

ALL: Final = "all"
UNKNOWN: Final = "unknown"
UNPRICED: Final = "unpriced"
NEVER: Final = "never"
NO_LABEL: Final = "(none)"

_PRICE_ENDS: Final = (250, 500, 1000, 2000, 4000)  # dollars
_RAISE_DAYS: Final = (7, 14, 28)
_PATCH_ENDS: Final = (10, 30, 100, 300)  # changed lines, the last of each band
_MOST_RAISES: Final = 3

PRICE_BANDS: Final = ("0-250", "250-500", "500-1000", "1000-2000", "2000-4000", "4000+", UNPRICED)
RAISE_BANDS: Final = ("0", "1", "2", "3+", UNKNOWN)
FIRST_RAISE_BANDS: Final = (NEVER, "0-7", "7-14", "14-28", "28+", UNKNOWN)
PATCH_BANDS: Final = ("0-10", "11-30", "31-100", "101-300", "301+", UNKNOWN)
CUTOFF_SIDES: Final = ("before", "after", "undated")

# The kinds of slices in the order of pages, and the values of those that have one of their own.
DIMENSIONS: Final[dict[str, Sequence[str]]] = {
    "variant": (),
    "price_band": PRICE_BANDS,
    "raises": RAISE_BANDS,
    "first_raise": FIRST_RAISE_BANDS,
    "month": (),
    "repository": (),
    "label": (),
    "family": (),
    "patch_size": PATCH_BANDS,
    "cutoff": (),
    "versus": (),
}


def price_band(cents: int | None) -> str:
    """`0-250` is from $0 on and below $250."""
    if cents is None:
        return UNPRICED
    return PRICE_BANDS[bisect_right(_PRICE_ENDS, cents / 100)]


def raise_band(raises: int | None) -> str:
    if raises is None:
        return UNKNOWN
    return RAISE_BANDS[min(raises, _MOST_RAISES)]


def first_raise_band(raises: int | None, days: float | None) -> str:
    """`days` from the first rung to the first raise; `7-14` is from 7 on and below 14."""
    if raises == 0:
        return NEVER
    if raises is None or days is None:
        return UNKNOWN
    return FIRST_RAISE_BANDS[1 + bisect_right(_RAISE_DAYS, days)]


def patch_band(lines: int | None) -> str:
    if lines is None:
        return UNKNOWN
    return PATCH_BANDS[bisect_right(_PATCH_ENDS, lines - 1)]


def month_of(moment: datetime | None) -> str:
    """`2025-02`, in UTC."""
    return UNKNOWN if moment is None else f"{moment.astimezone(UTC):%Y-%m}"


def cutoff_side(merged_at: datetime | None, unseen_from: datetime) -> str:
    """Whether a fix was merged before or after all that a model can have learnt."""
    if merged_at is None:
        return "undated"
    return "before" if merged_at < unseen_from else "after"


def slices_of(task: ScoredTask, reach: Reach | None) -> list[str]:
    """Every slice that a task is in. Labels are those of an issue; what has no issue that is
    staged is in no slice of labels."""
    found = [
        ALL,
        f"variant={task.variant}",
        f"price_band={price_band(task.price_cents)}",
        f"raises={raise_band(task.raises)}",
        f"first_raise={first_raise_band(task.raises, task.days_to_first_raise)}",
        f"month={month_of(task.first_posted_at)}",
        f"repository={task.repository}",
        f"patch_size={patch_band(task.patch_lines)}",
    ]
    if task.labels is not None:
        found += [f"label={label}" for label in dict.fromkeys(task.labels or (NO_LABEL,))]
    if task.family is not None:
        found.append(f"family={task.family}")
    if reach is not None:
        found.append(f"cutoff={reach.model}:{cutoff_side(task.merged_at, reach.unseen_from)}")
    return found


def has_everything(slice_: str) -> bool:
    """Whether all metrics are measured in a slice, and not only those of every slice."""
    return slice_ == ALL or slice_.startswith("variant=")


def reading_order(slice_: str) -> tuple[object, ...]:
    """Sorts slices as people read them: all, then kind by kind, bands from low to high."""
    kind, _, value = slice_.partition("=")
    kinds = list(DIMENSIONS)
    if kind not in DIMENSIONS:
        return (-1, 0, slice_)
    bands = list(DIMENSIONS[kind])
    place = bands.index(value) if value in bands else len(bands)
    name, _, side = value.rpartition(":") if kind == "cutoff" else (value, "", "")
    sides = CUTOFF_SIDES.index(side) if side in CUTOFF_SIDES else 0
    return (kinds.index(kind), place, value == UNKNOWN, name, sides)
