"""Everything that may befall a collection, as data that hypothesis can print and shrink."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from hypothesis import strategies as st

from tasks.domain.collecting import CollectRequest
from tests.github_server import faults
from tests.github_server.connections import CursorStyle
from tests.github_server.faults import Fault
from tests.github_server.ground import BEGIN
from tests.github_server.world import World
from tests.sources.github_collection.changing import LOUD, Change

# What a refresh survives, or ends at with a sentence; the next one goes on.
TROUBLES: Final[Mapping[str, Callable[[], Fault]]] = {
    "500": lambda: faults.http(500),
    "502": lambda: faults.http(502),
    "503": lambda: faults.http(503),
    "504": lambda: faults.http(504),
    "secondary 403": lambda: faults.secondary(403),
    "secondary 429": lambda: faults.secondary(429, retry_after=0),
    "went wrong": faults.went_wrong,
    "timed out": faults.timed_out,
    "partial": lambda: faults.partial(2),
    "partial, all": lambda: faults.partial(1),
    "partial, whole nodes": lambda: faults.partial(2, whole=True),
    "first node lost": lambda: faults.node_lost(0),
    "second node lost": lambda: faults.node_lost(1),
    "truncated": lambda: faults.truncated(0.6),
    "nothing sent": lambda: faults.truncated(0.0),
    "cut JSON": lambda: faults.cut_json(0.4),
    "html": faults.html,
    "empty": faults.empty,
    "reset": faults.reset,
    "reset late": faults.reset_after_executing,
    "slow": lambda: faults.slow(0.01),
    "redirect 307": lambda: faults.redirect(status=307),
    "redirect 301": lambda: faults.redirect(status=301),
    "bad credentials": faults.bad_credentials,
    "forbidden": lambda: faults.refused("FORBIDDEN", "Resource not accessible"),
    "clock a little ahead": lambda: faults.skewed(30),
    "clock behind": lambda: faults.skewed(-7_200),
    "points gone": faults.exhausted,
    "points gone, forbidden": lambda: faults.exhausted(forbidden=True),
    "rate limited": faults.limited,
}


@dataclass(frozen=True)
class Act:
    """Changes before a refresh, what is asked, what goes wrong during it, when the process dies.

    Troubles, and changes before or after an answer, are keyed by the turn of the call.
    """

    request: CollectRequest = field(default_factory=CollectRequest)
    earlier: tuple[Change, ...] = ()
    troubles: tuple[tuple[int, str], ...] = ()
    meanwhile: tuple[tuple[int, Change], ...] = ()
    dies_at: int | None = None
    durable: bool = False
    clock_is_off: timedelta = timedelta()

    def faults(self, world: World) -> dict[int, Fault]:
        found = {turn: TROUBLES[name]() for turn, name in self.troubles}
        for turn, change in self.meanwhile:

            def happen(change: Change = change) -> None:
                change.apply(world)

            # A turn that fails is no turn to change something at: the retry sees the change.
            if turn not in found:
                found[turn] = faults.calling(before=happen)
        return found


@dataclass(frozen=True)
class Schedule:
    """A world and what happens to it and to its collection, act by act."""

    seed: int
    issues: int
    pulls: int
    page: int
    style: CursorStyle
    acts: tuple[Act, ...]

    def world(self) -> World:
        return World.small(
            self.seed, issues=self.issues, pulls=self.pulls, page=self.page, busy_share=0.4
        )


def changes(kinds: tuple[str, ...] = LOUD) -> st.SearchStrategy[Change]:
    return st.builds(
        Change,
        kind=st.sampled_from(kinds),
        seed=st.integers(0, 99),
        gap=st.sampled_from((1, 0, 400, 90_000)),
    )


def acts(
    requests: st.SearchStrategy[CollectRequest], kinds: tuple[str, ...] = LOUD
) -> st.SearchStrategy[Act]:
    turns = st.integers(0, 14)
    hours = st.integers(-30, 30).map(lambda n: timedelta(hours=n))
    return st.builds(
        Act,
        request=requests,
        earlier=st.lists(changes(kinds), max_size=2).map(tuple),
        troubles=st.lists(
            st.tuples(turns, st.sampled_from(sorted(TROUBLES))),
            max_size=5,
            unique_by=lambda t: t[0],
        ).map(tuple),
        meanwhile=st.lists(
            st.tuples(turns, changes(kinds)), max_size=4, unique_by=lambda t: t[0]
        ).map(tuple),
        dies_at=st.none() | st.integers(0, 8),
        durable=st.booleans(),
        clock_is_off=st.just(timedelta()) | hours,
    )


def schedules(
    requests: st.SearchStrategy[CollectRequest],
    kinds: tuple[str, ...] = LOUD,
    most_acts: int = 4,
    most_issues: int = 11,
) -> st.SearchStrategy[Schedule]:
    return st.builds(
        Schedule,
        seed=st.integers(0, 10_000),
        issues=st.integers(2, most_issues),
        pulls=st.integers(0, 4),
        page=st.integers(2, 5),
        style=st.sampled_from(("keyset", "offset")),
        acts=st.lists(acts(requests, kinds), min_size=1, max_size=most_acts).map(tuple),
    )


PLAIN: Final = st.just(CollectRequest())
FULL: Final = st.just(CollectRequest(full=True))


def _moments() -> st.SearchStrategy[datetime]:
    """Within the years that a generated world lasts, and a little beyond."""
    return st.integers(0, 5 * 365).map(lambda days: BEGIN + timedelta(days=days))


# Whatever was asked for before, a plain refresh afterwards leaves no hole.
ASKED: Final = st.one_of(
    PLAIN,
    st.integers(1, 6).map(lambda n: CollectRequest(limit=n)),
    _moments().map(lambda at: CollectRequest(since=at)),
    _moments().map(lambda at: CollectRequest(until=at)),
    st.builds(lambda at, n: CollectRequest(until=at, limit=n), _moments(), st.integers(1, 6)),
    st.lists(st.integers(1, 12), min_size=1, max_size=3, unique=True).map(
        lambda numbers: CollectRequest(issues=tuple(map(str, numbers)))
    ),
    FULL,
    st.integers(1, 6).map(lambda n: CollectRequest(full=True, limit=n)),
)
