"""From first pages to whole documents, and from documents to committed harvests.

An issue whose threads need more pages waits in a pool, so that one call fetches the next pages of
many. Until it is whole, its id stands in the stream's cursor: a crash forgets the pages, never
the issue.
"""

from collections.abc import Sequence
from typing import Final

from tasks.domain.collecting import Call, Harvest
from tasks.domain.documents import Document
from tasks.sources.github import queries
from tasks.sources.github.desk import Desk, Portion, Question, Repository
from tasks.sources.github.edits import EditRule, wanted_edits
from tasks.sources.github.gone import look_for, returns
from tasks.sources.github.shapes import (
    Node,
    Partial,
    document,
    edits_partial,
    issue_partial,
    titles_of,
)
from tasks.sources.github.state import IssueState

# An issue that changes while its pages are fetched is fetched anew, but not for ever.
_FRESH_STARTS: Final = 3


class Gathering:
    """One stream's documents under way, its cursor and the calls not yet stored."""

    def __init__(
        self,
        desk: Desk,
        repository: Repository,
        stream: str,
        state: IssueState,
        rule: EditRule,
        calls: list[Call],
    ) -> None:
        self.desk = desk
        self.repository = repository
        self.stream = stream
        self.state = state
        self.rule = rule
        self.calls = calls
        self.landed: list[Node] = []
        self.keep_landed = False
        self._pool: dict[str, Partial] = {}
        self._starts: dict[str, int] = {}
        self._threads = Portion(queries.THREADS_PER_CALL, queries.ITEMS_PER_PAGE)
        self._ids = Portion(queries.ISSUES_PER_PAGE, queries.ITEMS_PER_PAGE)
        self._edits = Portion(queries.IDS_PER_CALL, queries.ITEMS_PER_PAGE)

    async def take(
        self,
        nodes: Sequence[Node],
        *,
        seen: Sequence[str] = (),
        beside: Sequence[Document] = (),
    ) -> None:
        """Commit the issues of a page; those with more pages are put into the pool.

        `beside` goes into the same transaction.
        """
        whole = []
        for node in nodes:
            partial = issue_partial(node, self.repository.name)
            self._forget(partial.node_id)
            if partial.open:
                self._remember(partial)
            else:
                whole.append(partial)
        await self.commit([*beside, *await self._finished(whole)], seen)

    async def commit(
        self, documents: Sequence[Document] = (), seen: Sequence[str] = (), *, done: bool = False
    ) -> None:
        calls = tuple(self.calls)
        self.calls.clear()
        self.state.done = done
        await self.desk.store.commit(
            Harvest(self.stream, tuple(documents), calls, self.state.text(), tuple(seen), done)
        )

    async def resume(self) -> None:
        """Fetch what the last run had not finished."""
        await self._refetch(list(self.state.incomplete))

    async def drain(self, *, everything: bool) -> None:
        """Fetch later pages and comment edits once they fill a call, or all of them."""
        while self._pool and (everything or self._open() >= queries.THREADS_PER_CALL):
            await self._next_pages()
        while self.state.edits and (everything or len(self.state.edits) >= queries.IDS_PER_CALL):
            await self._next_edits()

    def _open(self) -> int:
        return sum(len(partial.open) for partial in self._pool.values())

    def _remember(self, partial: Partial) -> None:
        starts = self._starts.get(partial.node_id, 0) + 1
        self._starts[partial.node_id] = starts
        if starts > _FRESH_STARTS:
            partial.moved = None
        self._pool[partial.node_id] = partial
        self.state.incomplete.append((partial.node_id, int(partial.node["number"])))

    def _forget(self, node_id: str) -> None:
        self._pool.pop(node_id, None)
        self.state.incomplete = [entry for entry in self.state.incomplete if entry[0] != node_id]

    async def _finished(self, whole: Sequence[Partial]) -> list[Document]:
        """The documents of whole issues, but those whose titles show that nobody asked for them."""
        for partial in whole:
            self._starts.pop(partial.node_id, None)
        wanted = [p for p in whole if _titled(p.node, self.repository.title)]
        issues = [p.node for p in wanted]
        queued = set(self.state.edits)
        ids = await wanted_edits(issues, self.rule, self.repository, self.desk.store)
        self.state.edits += [i for i in ids if i not in queued]
        if self.keep_landed:
            self.landed += issues
        now = self.desk.now
        returned = returns(self.desk, [p.external_id for p in wanted])
        return [document(p.kind, p.external_id, p.node, now()) for p in wanted] + returned

    async def _next_pages(self) -> None:
        """One call for the next pages of as many threads as fit."""
        entries = [(p, c) for p in self._pool.values() for c in p.open]
        asked: list[tuple[Partial, str]] = []

        def question() -> Question:
            asked[:] = entries[: self._threads.count]
            variables: dict[str, object] = {"items": self._threads.items}
            for i, (partial, connection) in enumerate(asked):
                variables |= {f"i{i}": partial.node_id, f"a{i}": partial.open[connection]}
            return queries.thread_pages(tuple(c for _, c in asked)), variables, 1

        reply = await self.desk.ask("thread pages", self._threads, question, self.calls)
        stale: dict[str, tuple[str, int]] = {}
        for i, (partial, connection) in enumerate(asked):
            answer = reply.data.get(f"n{i}") or {}
            moved = partial.moved is not None and answer.get("updatedAt") != partial.moved
            if connection not in answer or moved:  # gone, or another than when its pages began
                stale[partial.node_id] = (partial.node_id, int(partial.node["number"]))
            else:
                partial.add(connection, answer[connection])
        whole = [p for p in self._pool.values() if not p.open and p.node_id not in stale]
        for partial in whole:
            self._forget(partial.node_id)
        await self.commit(await self._finished(whole))
        await self._refetch(list(stale.values()))

    async def _refetch(self, entries: list[tuple[str, int]]) -> None:
        """Issues by their ids, from their first pages on."""

        def question(asked: Sequence[tuple[str, int]]) -> Question:
            ids = [node_id for node_id, _ in asked]
            return queries.ISSUES_BY_ID, {"ids": ids, "items": self._ids.items}, 1

        name, portion = "issues by id", self._ids
        async for asked, reply in self.desk.in_portions(
            name, portion, entries, question, self.calls
        ):
            found = [n for n in reply.data["nodes"] if n and "number" in n]
            there = {node["id"] for node in found}
            gone = await self._look_for([entry for entry in asked if entry[0] not in there])
            await self.take(found, beside=gone)

    async def _look_for(self, missing: Sequence[tuple[str, int]]) -> list[Document]:
        """What became of issues that do not show. One that is there after all stays in the cursor,
        so that the next refresh asks for it."""
        if not missing:
            return []
        numbers = [number for _, number in missing]
        found = await look_for(self.desk, self.repository, numbers, self.calls)
        gone = {document.payload["number"] for document in found}
        for node_id, number in missing:
            if number in gone:
                self._forget(node_id)
            else:
                self._pool.pop(node_id, None)
        return found

    async def _next_edits(self) -> None:
        """One call for the edits of as many comments as fit, and then their later pages.

        What is whole is stored before any later page is asked for: points may run out meanwhile.
        """
        asked: list[str] = []

        def question() -> Question:
            asked[:] = self.state.edits[: self._edits.count]
            return queries.COMMENT_EDITS, {"ids": list(asked), "items": self._edits.items}, 1

        reply = await self.desk.ask("comment edits", self._edits, question, self.calls)
        # A comment that was deleted since has no edits any more, and no document.
        found = [edits_partial(node) for node in reply.data["nodes"] if node and "id" in node]
        longer = [partial for partial in found if partial.open]
        await self._settle_edits(
            [p for p in found if not p.open], set(asked) - {p.node_id for p in longer}
        )
        for partial in longer:
            while partial.open:
                await self._more_edits(partial)
            await self._settle_edits([partial], {partial.node_id})

    async def _settle_edits(self, whole: Sequence[Partial], answered: set[str]) -> None:
        self.state.edits = [i for i in self.state.edits if i not in answered]
        now = self.desk.now
        await self.commit([document(p.kind, p.external_id, p.node, now()) for p in whole])

    async def _more_edits(self, partial: Partial) -> None:
        def question() -> Question:
            variables: dict[str, object] = {
                "items": self._threads.items,
                "i0": partial.node_id,
                "a0": partial.open["userContentEdits"],
            }
            return queries.thread_pages(("userContentEdits",)), variables, 1

        reply = await self.desk.ask("thread pages", self._threads, question, self.calls)
        page = (reply.data.get("n0") or {}).get("userContentEdits")
        if page is None:
            partial.open.clear()
        else:
            partial.add("userContentEdits", page)


def _titled(issue: Node, wanted: Sequence[str]) -> bool:
    """Whether a present or former title holds one of the texts, in any case of letters."""
    if not wanted:
        return True
    titles = [title.casefold() for title in titles_of(issue)]
    return any(text.casefold() in title for text in wanted for title in titles)
