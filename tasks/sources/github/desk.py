"""What the streams of one collection share: the client, the store, the counts, the patience."""

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final, TypeVar

from tasks.domain.collecting import Call, CollectRequest, Standing, Store
from tasks.domain.errors import SystemFault
from tasks.sources.github.client import Client, Reply, TooHeavy

_TRIES_AT_SMALLEST: Final = 4
_GROW_AFTER: Final = 4
# A list with a hole is asked for again: who moves on past it may never come back.
_TRIES_AT_HOLES: Final = 3


Thing = TypeVar("Thing")
# Text, variables, points expected.
Question = tuple[str, Mapping[str, Any], int]


@dataclass(frozen=True, slots=True)
class Repository:
    """A repository and what of it is wanted, as the specification says."""

    name: str
    label: str | None = None
    title: tuple[str, ...] = ()
    bots: tuple[str, ...] = ()
    conventions: str | None = None
    since: str | None = None

    def variables(self) -> dict[str, Any]:
        owner, _, short = self.name.partition("/")
        return {"owner": owner, "name": short}

    def numbered(self, numbers: Sequence[int]) -> dict[str, Any]:
        """The variables of a query that asks for these numbers one by one."""
        return self.variables() | {f"n{i}": number for i, number in enumerate(numbers)}


@dataclass(slots=True)
class Portion:
    """How much one call asks for: `count` nodes with `items` of each list.

    Halved whenever the service finds it too heavy, first the nodes and then the lists, whose
    later pages are fetched anyway; doubled again after a few answers.
    """

    count: int
    items: int
    most: int = 0
    most_items: int = 0
    _good: int = 0

    def __post_init__(self) -> None:
        self.most, self.most_items = self.count, self.items

    def shrink(self) -> bool:
        """False where it cannot become smaller."""
        self._good = 0
        if self.count > 1:
            self.count //= 2
        elif self.items > 1:
            self.items //= 2
        else:
            return False
        return True

    def answered(self) -> None:
        self._good += 1
        if self._good < _GROW_AFTER:
            return
        self._good = 0
        if self.items < self.most_items:
            self.items = min(self.items * 2, self.most_items)
        else:
            self.count = min(self.count * 2, self.most)


@dataclass(slots=True)
class Desk:
    """Shared by all streams of a collection, within one event loop."""

    client: Client
    store: Store
    request: CollectRequest
    now: Callable[[], datetime]
    issues: int = 0
    expected: int | None = None
    notes: list[str] = field(default_factory=list)
    names: dict[str, str] = field(default_factory=dict)

    def heard_name(self, repository: Repository, current: str) -> None:
        """A repository answers to its former names; documents stay under the one that was asked."""
        self.names[repository.name] = current
        if current.casefold() != repository.name.casefold():
            self.note(
                f"{repository.name} is now called {current}; its documents stay under "
                f"{repository.name}, so that their history goes on"
            )

    def allowed(self, wanted: int) -> int:
        """How many of `wanted` issues the limit still lets through; they are counted as taken."""
        if self.request.limit is not None:
            wanted = max(0, min(wanted, self.request.limit - self.issues))
        self.issues += wanted
        return wanted

    def exhausted(self) -> bool:
        return self.request.limit is not None and self.issues >= self.request.limit

    def note(self, text: str) -> None:
        if text not in self.notes:
            self.notes.append(text)

    def standing(self) -> Standing:
        budget = self.client.budget
        expected, limit = self.expected, self.request.limit
        return Standing(
            issues=self.issues,
            expected=expected if expected is None or limit is None else min(expected, limit),
            points_used=budget.points_used,
            points_left=budget.points_left,
            seconds_to_reset=budget.seconds_to_reset,
            waiting_for=budget.waiting_for,
        )

    async def in_portions(
        self,
        name: str,
        portion: Portion,
        about: Sequence[Thing],
        question: Callable[[Sequence[Thing]], Question],
        calls: list[Call],
    ) -> AsyncIterator[tuple[Sequence[Thing], Reply]]:
        """Ask about many things, as many at a time as the portion allows: (things, the reply)."""
        left = about
        while left:
            asked: list[Thing] = []

            def next_question(left: Sequence[Thing] = left, asked: list[Thing] = asked) -> Question:
                asked[:] = left[: portion.count]
                return question(asked)

            reply = await self.ask(name, portion, next_question, calls)
            left = left[len(asked) :]
            yield asked, reply

    async def ask(
        self,
        name: str,
        portion: Portion,
        question: Callable[[], Question],
        calls: list[Call],
    ) -> Reply:
        """Ask, smaller and smaller while the service finds it too heavy.

        `question` gives (text, variables, points expected) for the portion as it then is. What
        was sent is added to `calls`, failed or not. Raises SystemFault where even the smallest
        portion is too heavy, time and again.
        """
        failures = holes = 0
        while True:
            text, variables, cost = question()
            try:
                reply = await self.client.query(name, text, variables, cost)
            except TooHeavy as heavy:
                calls += heavy.calls
                if not portion.shrink():
                    failures += 1
                if failures >= _TRIES_AT_SMALLEST:
                    raise SystemFault(
                        f"GitHub cannot answer even the smallest {name} query ({heavy}); "
                        "try again later with the same command"
                    ) from heavy
                await self._pause(failures)
            else:
                calls += reply.calls
                if _has_holes(reply):
                    holes += 1
                    if holes < _TRIES_AT_HOLES:
                        continue
                    # An id that was asked for may simply be gone; of a list, it should not be.
                    if all(path[0] == "nodes" for path in reply.missing if path):
                        return self._answered(portion, reply)
                    self.note(
                        f"GitHub's answer to a query for {name} had holes, {holes} times running; "
                        "a refresh with --full will see what was in them"
                    )
                return self._answered(portion, reply)

    def _answered(self, portion: Portion, reply: Reply) -> Reply:
        portion.answered()
        return reply

    async def _pause(self, failures: int) -> None:
        if failures:
            await asyncio.sleep(self.client.pace.first_pause_s * 2 ** (failures - 1))


def _has_holes(reply: Reply) -> bool:
    """Whether items of a list are missing; a single node that was asked for may well be gone."""
    return any(isinstance(path[-1], int) for path in reply.missing if path)
