"""A part of what there is, drawn by digests: no order of rows and no generator has a say."""

from collections.abc import Iterable, Sequence
from fractions import Fraction
from typing import Final, NamedTuple

from tasks.domain.digests import digest

_DIGITS: Final = 16


class Ticket(NamedTuple):
    """What is drawn, and the stratum it belongs to."""

    name: str
    stratum: tuple[str, ...] = ()


def draw(tickets: Iterable[Ticket], count: int, seed: int) -> frozenset[str]:
    """So many names; all of them where there are fewer.

    Each stratum gets its share of the count, rounded down; what is left over goes to the largest
    remainders, and among equal ones to the strata whose digests come first. Within a stratum the
    names whose digests come first are taken.
    """
    strata: dict[tuple[str, ...], list[str]] = {}
    for ticket in tickets:
        strata.setdefault(ticket.stratum, []).append(ticket.name)
    total = sum(map(len, strata.values()))
    if total <= count:
        return frozenset(name for names in strata.values() for name in names)
    exact = {key: Fraction(count * len(names), total) for key, names in strata.items()}
    taken = {key: int(share) for key, share in exact.items()}
    by_remainder = sorted(
        strata, key=lambda key: (taken[key] - exact[key], digest([seed, list(key)]))
    )
    for key in by_remainder[: count - sum(taken.values())]:
        taken[key] += 1
    return frozenset(
        name for key, names in strata.items() for name in _first(names, taken[key], seed)
    )


def _first(names: Sequence[str], count: int, seed: int) -> list[str]:
    return sorted(names, key=lambda name: digest([seed, name]))[:count]


def falls_below(share: float, seed: int, name: str) -> bool:
    """Whether a name is in a share of all names, whichever others there are: what is added later
    moves none that was there before."""
    place = int(digest([seed, name])[:_DIGITS], 16)
    return place < Fraction(share) * 16**_DIGITS


def price_band(cents: int | None, begins: Sequence[int]) -> str:
    """The band of a price, as the dollars at which it begins; `begins` are cents, rising."""
    if cents is None:
        return "unpriced"
    below = [start for start in begins if start <= cents]
    return f"from {below[-1] // 100}" if below else "below"
