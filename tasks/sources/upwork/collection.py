"""Collecting jobs over the network: those that issues link, and those that searches find."""

from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from datetime import datetime
from typing import Any, Final

from tasks.domain.collecting import Access, Call, CollectRequest, Harvest, Standing, Store
from tasks.domain.documents import Document
from tasks.domain.errors import UsageError
from tasks.domain.job_links import JobName
from tasks.sources.upwork.client import Client
from tasks.sources.upwork.kinds import FOUND, SOURCE_NAME
from tasks.sources.upwork.named import PAGE, Reader
from tasks.sources.upwork.patience import Pace
from tasks.sources.upwork.queries import SEARCH
from tasks.sources.upwork.state import LinkedState
from tasks.sources.upwork.tokens import UNARMED, configured

_SEARCH_PAGE: Final = 20


def linked_stream(dataset: str) -> str:
    """The stream of the jobs that a dataset's issues link."""
    return f"{dataset} linked jobs"


@asynccontextmanager
async def open_collection(
    options: Mapping[str, Any],
    access: Access,
    request: CollectRequest,
    store: Store,
    now: Callable[[], datetime],
    pace: Pace | None = None,
) -> AsyncIterator["UpworkCollection"]:
    """Raises UsageError where nothing opens Upwork.

    `options` are the specification's section, with `dataset`, the `jobs` (number, ciphertext) that
    its issues link, and the position up to which they were `read_to`.
    """
    if not configured(access.oauth):
        raise UsageError(UNARMED)
    async with Client(access, wait=request.wait, pace=pace, now=now) as client:
        yield UpworkCollection(client, options, request, store, now)


class UpworkCollection:
    """The streams of one dataset."""

    def __init__(
        self,
        client: Client,
        options: Mapping[str, Any],
        request: CollectRequest,
        store: Store,
        now: Callable[[], datetime],
    ) -> None:
        self._client, self._options, self._request = client, options, request
        self._store, self._now = store, now
        self._notes: list[str] = []
        self._done = 0
        self._expected: int | None = None
        linked, named = bool(options.get("linked")), bool(request.issues)
        self._linked = linked_stream(options["dataset"])
        self._searches = {
            f"{options['dataset']} search {expression}": expression
            for expression in (() if named else options.get("search", ()))
        }
        self._left = [*([self._linked] if linked else ()), *self._searches]

    def streams(self) -> Sequence[str]:
        return list(self._left)

    def standing(self) -> Standing:
        return Standing(
            issues=self._done, expected=self._expected, waiting_for=self._client.waiting_for
        )

    def notes(self) -> Sequence[str]:
        if self._client.tokens.replaced:
            return (
                *self._notes,
                "Upwork replaced the refresh token; should it refuse the one in "
                "UPWORK_REFRESH_TOKEN next time, sign in again",
            )
        return tuple(self._notes)

    async def sweep(self, stream: str) -> None:
        """Sweep a stream that `streams` named. Whatever happens, its calls are recorded."""
        calls: list[Call] = []
        try:
            if stream == self._linked:
                await self._jobs(calls)
            else:
                await self._search(stream, self._searches[stream], calls)
        except Exception as failure:
            calls += getattr(failure, "calls", ())
            raise
        finally:
            if calls:
                await self._store.commit(Harvest(stream, calls=tuple(calls)))
        self._left.remove(stream)

    async def _jobs(self, calls: list[Call]) -> None:
        state = LinkedState.read(self._store.cursor(self._linked))
        before = state.text()
        reader = Reader(self._client, self._now, calls)
        found = [JobName(number=n, ciphertext=c) for n, c in self._options["jobs"]]
        todo = self._wanted(state, found)
        self._expected = len(todo)
        if not self._request.issues:
            state.read_to = self._options["read_to"]
        for start in range(0, len(todo), PAGE):
            page = todo[start : start + PAGE]
            documents, open_ones = await reader.read(page)
            asked = {name for job in page if job.name not in reader.unread for name in job.names}
            state.open = sorted({n for n in state.open if n not in asked} | open_ones)
            if not self._request.issues:
                failed = [job for job in todo[: start + PAGE] if job.name in reader.unread]
                left = [*failed, *todo[start + PAGE :]]
                state.pending = [(job.number, job.ciphertext) for job in left]
            await self._store.commit(
                Harvest(
                    self._linked,
                    tuple(documents),
                    tuple(calls),
                    cursor=state.text(),
                    seen=tuple(job.name for job in page if job.name not in reader.unread),
                    done=start + PAGE >= len(todo),
                )
            )
            calls.clear()
            self._done += len(page)
        if not todo and state.text() != before:
            await self._store.commit(Harvest(self._linked, cursor=state.text(), done=True))
        self._notes += reader.notes()

    def _wanted(self, state: LinkedState, found: Sequence[JobName]) -> list[JobName]:
        """New jobs, those an earlier refresh did not get to, and those that may have changed."""
        seen = self._store.seen(self._linked)
        waiting = [] if self._request.issues else state.pending
        fresh = [*found, *(JobName(number=n, ciphertext=c) for n, c in waiting)]
        if self._request.full or self._request.issues:
            again = [JobName(number=name) for name in sorted(seen) if self._request.full]
        else:
            fresh = [job for job in fresh if job.name not in seen]
            again = [JobName(number=number) for number in state.open]
        unique: dict[str, JobName] = {}
        for job in [*fresh, *(_renamed(job) for job in again)]:
            unique.setdefault(job.name, job)
        return list(unique.values())

    async def _search(self, stream: str, expression: str, calls: list[Call]) -> None:
        after, left, more = "0", int(self._options.get("limit", 0)), True
        while more and left > 0:
            page = {"after": after, "first": min(_SEARCH_PAGE, left)}
            variables = {"filter": {"searchExpression_eq": expression, "pagination_eq": page}}
            answer = await self._client.ask("search", SEARCH, variables, alone=True)
            calls += answer.calls
            found = answer.data.get("marketplaceJobPostingsSearch") or {}
            documents = self._results(found, expression)[:left]
            left -= len(documents)
            following = found.get("pageInfo") or {}
            end = following.get("endCursor")
            more = bool(following.get("hasNextPage") and end and end != after and documents)
            after = str(end)
            if answer.errors:
                self._notes.append(
                    f"some results of the search {expression!r} could not be read: "
                    f"{answer.errors[0].get('message', 'no reason given')}"
                )
            await self._store.commit(
                Harvest(
                    stream,
                    tuple(documents),
                    tuple(calls),
                    seen=tuple(document.external_id for document in documents),
                    done=not more or left <= 0,
                )
            )
            calls.clear()
            self._done += len(documents)

    def _results(self, found: Mapping[str, Any], expression: str) -> list[Document]:
        nodes = [edge.get("node") for edge in found.get("edges") or () if isinstance(edge, dict)]
        there = [node for node in nodes if isinstance(node, dict)]
        named = [node for node in there if isinstance(node.get("id"), str) and node["id"]]
        if len(named) < len(there):
            lost = len(there) - len(named)
            self._notes.append(f"{lost} results of the search {expression!r} have no id")
        moment = self._now()
        return [Document(SOURCE_NAME, FOUND, node["id"], moment, node) for node in named]


def _renamed(job: JobName) -> JobName:
    """What was asked for by its ciphertext is remembered by that."""
    name = job.number or ""
    return JobName(ciphertext=name) if name.startswith("~") else job
