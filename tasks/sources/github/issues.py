"""Sweeping issues in the order of their last update, from a moment on.

The sweep keeps its own place, the update time of the last issue it saw, and asks for what was
updated since. So it does not depend on how GitHub's cursors behave when an issue is updated
meanwhile and moves to the end, and it can go on after any pause. GitHub's cursor is used only
where a whole page was updated within one second.
"""

import asyncio
from dataclasses import dataclass
from typing import Any, Final

from tasks.sources.github import queries
from tasks.sources.github.desk import Portion
from tasks.sources.github.gathering import Gathering
from tasks.sources.github.shapes import Node
from tasks.sources.github.state import OVERLAP, before


_BEGINNING: Final = "1970-01-01T00:00:00Z"


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

    `last`: nothing comes after it. `stopped`: a bound of the request ends the sweep here.
    """

    nodes: list[Node]
    reached: dict[int, str]
    total: int
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

    def _start(self) -> str:
        if self.state.since is None:
            return self.bounds.lower or _BEGINNING
        again = before(self.state.since, OVERLAP)
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
                if first and self._crowd is not None and page.total >= self._crowd and more:
                    self.crowded, self.total, more = True, page.total, False
                first = False
                self.state.reached(page.reached)
                if more:  # the next answer is on its way while this one is committed
                    following = asyncio.create_task(self._page())
                await self._commit(page)
                if not more:
                    break
        finally:
            following.cancel()
        await self.gathering.drain(everything=True)
        return page.last and not self.crowded

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
                "after": self._after,
                "labels": [repository.label] if repository.label else None,
            }
            return queries.ISSUES, variables, 1

        reply = await self.desk.ask("issues", self._portion, question, self.gathering.calls)
        self.desk.heard_name(repository, reply.data["repository"]["nameWithOwner"])
        connection = reply.data["repository"]["issues"]
        nodes = [node for node in connection["nodes"] if node is not None]
        page = self._sorted_out(nodes, connection)
        self._go_on(nodes, connection)
        return page

    def _sorted_out(self, nodes: list[Node], connection: Node) -> Page:
        before_end = [n for n in nodes if not self.bounds.past(n["updatedAt"])]
        inside = [n for n in before_end if not self.bounds.beyond(n["updatedAt"])]
        last = len(before_end) < len(nodes) or not connection["pageInfo"]["hasNextPage"]
        bounded = len(inside) < len(before_end)
        unknown = [n for n in inside if not self.state.landed(n["number"], n["updatedAt"])]
        taken = unknown[: self.desk.allowed(len(unknown))]
        refused = {n["number"] for n in unknown[len(taken) :]}
        if self.desk.expected is None:
            self.desk.expected = int(connection["totalCount"])
        return Page(
            nodes=taken,
            reached={n["number"]: n["updatedAt"] for n in inside if n["number"] not in refused},
            total=int(connection["totalCount"]),
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
