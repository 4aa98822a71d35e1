"""Sweeping pull requests, for which GitHub offers no "updated since".

The first load goes by age, an order in which nothing moves. Later ones go from the newest update
back to the last one known; what is updated meanwhile lies above the top and is the next sweep's.
"""

from collections.abc import Sequence
from typing import Any

from tasks.domain.collecting import Call, Harvest
from tasks.domain.documents import Document
from tasks.sources.failures import Unanswered
from tasks.sources.github import queries
from tasks.sources.github.desk import Desk, Portion, Repository
from tasks.sources.github.shapes import Node, document
from tasks.sources.github.state import OVERLAP, PullState, before


class PullSweep:
    """One stream of pull requests. `lower` bounds the update times, None: all of them."""

    def __init__(
        self,
        desk: Desk,
        repository: Repository,
        stream: str,
        state: PullState,
        lower: str | None,
        calls: list[Call],
    ) -> None:
        self.desk = desk
        self.repository = repository
        self.stream = stream
        self.state = state
        self.calls = calls
        self._lower = lower
        self._portion = Portion(queries.PULLS_PER_PAGE, 1)

    async def run(self) -> None:
        floor = self.state.floor or self._lower
        text = queries.PULLS_BY_AGE if floor is None else queries.PULLS_BY_UPDATE
        limit = None if floor is None else before(floor, OVERLAP)
        more = True
        while more:
            connection = await self._page(text)
            nodes = [node for node in connection["nodes"] if node is not None]
            wanted = [n for n in nodes if limit is None or n["updatedAt"] >= limit]
            more = connection["pageInfo"]["hasNextPage"] and len(wanted) == len(nodes)
            self.state.after = connection["pageInfo"]["endCursor"] if more else None
            if not more:
                self.state.floor, self.state.top = self.state.top or floor, None
            await self._commit(wanted, done=not more)

    async def _page(self, text: str) -> Node:
        def question() -> tuple[str, dict[str, Any], int]:
            variables = self.repository.variables() | {
                "first": self._portion.count,
                "after": self.state.after,
            }
            return text, variables, 2

        try:
            reply = await self.desk.ask("pulls", self._portion, question, self.calls)
        except Unanswered as refused:
            if refused.retryable or self.state.after is None:
                raise
            # A cursor kept since an earlier refresh is not promised to be understood for ever.
            self.calls += refused.calls
            self.state.after = None
            reply = await self.desk.ask("pulls", self._portion, question, self.calls)
        found: Node = reply.data["repository"]
        self.desk.heard_name(self.repository, found["nameWithOwner"])
        if self.state.top is None:
            newest = [node for node in found["newest"]["nodes"] if node is not None]
            self.state.top = newest[0]["updatedAt"] if newest else None
        pulls: Node = found["pullRequests"]
        return pulls

    async def _commit(self, nodes: Sequence[Node], *, done: bool) -> None:
        documents: list[Document] = []
        for node in nodes:
            name = f"{self.repository.name}#{node['number']}"
            documents.append(document("github.pull", name, node, self.desk.now()))
        calls = tuple(self.calls)
        self.calls.clear()
        seen = tuple(d.external_id for d in documents)
        self.state.done = done
        await self.desk.store.commit(
            Harvest(self.stream, tuple(documents), calls, self.state.text(), seen, done)
        )
