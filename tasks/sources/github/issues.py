"""Sweeping issues in the order of their last update, from a moment on.

The sweep keeps its own place, the update time of the last issue it saw, and asks for what was
updated since. So it does not depend on how GitHub's cursors behave when an issue is updated
meanwhile and moves to the end, and it can go on after any pause. GitHub's cursor is used only
where a whole page was updated within one second, and only as long as the number of issues of that
second stays the same: where cursors count places, one that leaves the second would make the next
page begin too late.
"""

import asyncio
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from tasks.sources.github import queries
from tasks.sources.github.desk import Portion
from tasks.sources.github.gathering import Gathering
from tasks.sources.github.shapes import Node
from tasks.sources.github.state import next_second, stamp

_BEGINNING: Final = "1970-01-01T00:00:00Z"
# The clocks that stamp GitHub's updates and its answers are not one.
_CLOCKS_APART: Final = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Bounds:
    """Update times: from `lower` on, up to `until` inclusive, before `end`. None: no bound."""

    lower: str | None = None
    until: str | None = None
    end: str | None = None

    def beyond(self, updated_at: str) -> bool:
        return self.until is not None and updated_at > self.until

    def past(self, updated_at: str) -> bool:
        return self.end is not None and updated_at >= self.end


@dataclass(slots=True)
class Page:
    """`nodes` that were asked for and not known; `reached` all that count as swept.

    The seconds before `over` were over when the page was made. `last`: nothing comes after it.
    `stopped`: a bound of the request ends the sweep here.
    """

    nodes: list[Node]
    reached: dict[int, str]
    total: int
    over: str
    last: bool
    stopped: bool


class IssueSweep:
    """Run once; `crowded` afterwards: `total` issues lie ahead, so many that windows pay."""

    def __init__(self, gathering: Gathering, bounds: Bounds, *, crowd: int | None) -> None:
        self.gathering = gathering
        self.desk = gathering.desk
        self.state = gathering.state
        self.bounds = bounds
        self.crowded = False
        self.total = 0
        self._crowd = crowd
        self._portion = Portion(queries.ISSUES_PER_PAGE, queries.ITEMS_PER_PAGE)
        self._since = self._start()
        self._after: str | None = None
        self._alike = 0

    def _start(self) -> str:
        again = self.state.start_again()
        if again is None:
            return self.bounds.lower or _BEGINNING
        return max(again, self.bounds.lower) if self.bounds.lower else again

    async def run(self) -> bool:
        """Sweep to the end. True where the end was reached, and not a limit or a crowd."""
        await self.gathering.resume()
        following = asyncio.create_task(self._page())
        try:
            first = True
            while True:
                page = await following
                more = not page.last and not page.stopped
                if first and more and page.reached and self._is_crowd(page.total):
                    self.crowded, self.total, more = True, page.total, False
                first = False
                self.state.reached(page.reached, page.over)
                if more:  # the next answer is on its way while this one is committed
                    following = asyncio.create_task(self._page())
                await self._commit(page)
                if not more:
                    break
        finally:
            following.cancel()
        await self.gathering.drain(everything=True)
        return page.last and not self.crowded

    def _is_crowd(self, total: int) -> bool:
        return self._crowd is not None and total >= self._crowd

    async def _commit(self, page: Page) -> None:
        name = self.gathering.repository.name
        await self.gathering.take(page.nodes, seen=[f"{name}#{n}" for n in page.reached])
        await self.gathering.drain(everything=False)

    async def _page(self) -> Page:
        repository = self.gathering.repository

        def question() -> tuple[str, dict[str, Any], int]:
            variables = repository.variables() | {
                "first": self._portion.count,
                "items": self._portion.items,
                "since": self._since,
                "later": next_second(self._since),
                "after": self._after,
                "labels": [repository.label] if repository.label else None,
            }
            return queries.ISSUES, variables, 1

        while True:
            reply = await self.desk.ask("issues", self._portion, question, self.gathering.calls)
            found = reply.data["repository"]
            self.desk.heard_name(repository, found["nameWithOwner"])
            alike = found["issues"]["totalCount"] - found["later"]["totalCount"]
            if self._after is None or alike == self._alike:
                break
            self._after = None
        self._alike = alike
        connection = found["issues"]
        nodes = [node for node in connection["nodes"] if node is not None]
        page = self._sorted_out(nodes, connection, _over(found["newest"]["nodes"], reply.date))
        self._go_on(nodes, connection)
        return page

    def _sorted_out(self, nodes: list[Node], connection: Node, over: str) -> Page:
        before_end = [n for n in nodes if not self.bounds.past(n["updatedAt"])]
        inside = [n for n in before_end if not self.bounds.beyond(n["updatedAt"])]
        last = len(before_end) < len(nodes) or not connection["pageInfo"]["hasNextPage"]
        bounded = len(inside) < len(before_end)
        unknown = [n for n in inside if not self.state.landed(n["number"], n["updatedAt"])]
        refused = {n["number"] for n in unknown[self.desk.allowed(len(unknown)) :]}
        wanted = [n for n in inside if not self.state.certain(n["number"], n["updatedAt"])]
        if self.desk.expected is None:
            self.desk.expected = int(connection["totalCount"])
        return Page(
            nodes=[n for n in wanted if n["number"] not in refused],
            reached={n["number"]: n["updatedAt"] for n in inside if n["number"] not in refused},
            total=int(connection["totalCount"]),
            over=over,
            last=last and not refused and not bounded,
            stopped=bool(refused) or bounded or self.desk.exhausted(),
        )

    def _go_on(self, nodes: list[Node], connection: Node) -> None:
        """Where the next page begins."""
        if not nodes:
            # Every node of the page is missing: only GitHub's cursor leads past them.
            self._after = connection["pageInfo"]["endCursor"]
            return
        newest = max(node["updatedAt"] for node in nodes)
        if newest == self._since:
            self._after = connection["pageInfo"]["endCursor"]
        else:
            self._since, self._after = newest, None


def _over(newest: list[Node | None], date: float | None) -> str:
    """Up to when time is over: some issue was updated later, or the answer is dated well after."""
    updates = [node["updatedAt"] for node in newest if node is not None]
    if date is not None:
        updates.append(stamp(datetime.fromtimestamp(date, UTC) - _CLOCKS_APART))
    return max(updates, default=_BEGINNING)
