"""Collecting repositories over the network: every stream of a refresh within one budget."""

from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from datetime import datetime
from typing import Any

from tasks.domain.collecting import Access, Call, CollectRequest, Harvest, Standing, Store
from tasks.domain.errors import UsageError
from tasks.sources.github.backfill import WORTH_WINDOWS, plan_windows
from tasks.sources.github.client import Client, Pace
from tasks.sources.github.desk import Desk, Repository
from tasks.sources.github.edits import EditRule
from tasks.sources.github.gathering import Gathering
from tasks.sources.github.gone import look_for
from tasks.sources.github.issues import IssueSweep
from tasks.sources.github.named import fetch_issues, linked_pulls, numbers_gone
from tasks.sources.github.pulls import PullSweep
from tasks.sources.github.state import OVERLAP, IssueState, PullState, before
from tasks.sources.github.streams import Stream, Streams, repositories, window_name

_UNARMED = (
    "collecting from GitHub needs a token: make one at https://github.com/settings/tokens (a "
    "classic token without any scope will do for public repositories) and set "
    "GITHUB_TOKEN=...; or land an archive with --from PATH"
)


def check_access(access: Access) -> None:
    """Raise UsageError, with how to get a token, where there is none."""
    if not access.tokens:
        raise UsageError(_UNARMED)


@asynccontextmanager
async def open_collection(
    options: Mapping[str, Any],
    access: Access,
    request: CollectRequest,
    store: Store,
    now: Callable[[], datetime],
    pace: Pace | None = None,
) -> AsyncIterator["GithubCollection"]:
    """Raises UsageError where there is no token."""
    check_access(access)
    async with Client(access, wait=request.wait, pace=pace, now=now) as client:
        desk = Desk(client, store, request, now)
        yield GithubCollection(desk, repositories(options))


class GithubCollection:
    """The streams of the dataset's repositories."""

    def __init__(self, desk: Desk, wanted: list[Repository]) -> None:
        self._desk = desk
        self._streams = Streams(wanted, desk.request, desk.store, desk.now)

    def streams(self) -> Sequence[str]:
        return [stream.name for stream in self._streams.left()]

    def standing(self) -> Standing:
        return self._desk.standing()

    def notes(self) -> Sequence[str]:
        return tuple(self._desk.notes)

    async def sweep(self, stream: str) -> None:
        """Sweep a stream that `streams` named. Whatever happens, its calls are recorded."""
        chosen = self._streams.known[stream]
        calls: list[Call] = []
        try:
            if chosen.kind == "pulls":
                await self._pulls(chosen, calls)
            elif chosen.kind == "named":
                await self._named(chosen, calls)
            else:
                await self._issues(chosen, calls)
        except Exception as failure:
            calls += getattr(failure, "calls", ())
            raise
        finally:
            if calls:
                await self._desk.store.commit(Harvest(stream, calls=tuple(calls)))

    def _gathering(self, stream: Stream, state: IssueState, calls: list[Call]) -> Gathering:
        settled = None
        if not stream.full and stream.bounds.end is None and state.since is not None:
            settled = before(state.since, OVERLAP)
        return Gathering(
            self._desk, stream.repository, stream.name, state, EditRule(settled), calls
        )

    async def _issues(self, stream: Stream, calls: list[Call]) -> None:
        state = IssueState.read(self._desk.store.cursor(stream.name))
        after_windows = state.plan is not None
        if state.plan is not None:  # its windows are swept, or it would not be this stream's turn
            for window in state.plan:
                done = IssueState.read(self._desk.store.cursor(window_name(stream.name, window)))
                state.incomplete += done.incomplete  # what did not show then is owed still
            state.plan = None
        if stream.full:
            await self._mark_full(stream, done=False)
        gathering = self._gathering(stream, state, calls)
        gathering.keep_landed = self._desk.request.limit is not None
        sweep = IssueSweep(
            # What follows windows is swept at once, however much was updated within the overlap.
            gathering,
            stream.bounds,
            crowd=WORTH_WINDOWS if stream.windows and not after_windows else None,
        )
        ended = await sweep.run()
        if sweep.crowded:
            await self._cut(gathering, sweep.total)
            return  # not finished: its windows come next, and then it goes on
        if gathering.keep_landed:
            await self._pulls_of(gathering)
        if ended:
            if stream.full:
                await self._gone(stream, gathering)
                await self._mark_full(stream, done=True)
            await gathering.commit(done=True)
        self._streams.finished(stream.name)

    async def _cut(self, gathering: Gathering, total: int) -> None:
        state = gathering.state
        if state.since is None:
            raise RuntimeError("a crowd without a first page")
        windows, newest = await plan_windows(
            self._desk, gathering.repository, state.since, total, gathering.calls
        )
        state.plan, state.since, state.boundary = windows, newest, {}
        await gathering.commit()

    async def _pulls_of(self, gathering: Gathering) -> None:
        found = await linked_pulls(
            self._desk, gathering.repository, gathering.landed, gathering.calls
        )
        if found:
            await gathering.commit(found)

    async def _gone(self, stream: Stream, gathering: Gathering) -> None:
        """After a sweep of everything: what is stored and was not seen is asked for by number."""
        name, store = stream.repository.name, self._desk.store
        stored = set(store.external_ids("github.issue", f"{name}#"))
        if stream.repository.label is not None or stream.repository.since is not None:
            # It does not see everything, but everything that sweeps like it have seen.
            stored &= store.seen(stream.name.rpartition(" full ")[0])
        unseen_ids = stored - store.seen(stream.name)
        recorded = store.newest("github.gone", sorted(unseen_ids))
        unseen_ids -= {i for i, payload in recorded.items() if payload["reason"] != "returned"}
        unseen = sorted(int(i.rpartition("#")[2]) for i in unseen_ids)
        gone, there = await numbers_gone(gathering, unseen)
        found = await look_for(self._desk, stream.repository, gone, gathering.calls)
        if unseen:
            await gathering.commit(found)
        if there:
            await fetch_issues(gathering, there)

    async def _mark_full(self, stream: Stream, *, done: bool) -> None:
        """Remember which sweep of everything is under way; its end moves the ordinary cursor."""
        family, _, sweep = stream.name.rpartition(" full ")  # a label may hold the word as well
        sweep = sweep.partition(" ")[0]
        state = IssueState(sweep=sweep, done=done)
        pointer = Harvest(f"{family} full", cursor=state.text(), done=done)
        await self._desk.store.commit(pointer)
        if not done:
            return
        reached = IssueState.read(self._desk.store.cursor(stream.name))
        ordinary = IssueState.read(self._desk.store.cursor(family))
        moves = bool(reached.since and (ordinary.since or "") < reached.since)
        if moves or reached.incomplete:
            state = IssueState(since=reached.since) if moves else ordinary
            state.incomplete += reached.incomplete
            await self._desk.store.commit(Harvest(family, cursor=state.text()))

    async def _named(self, stream: Stream, calls: list[Call]) -> None:
        gathering = self._gathering(stream, IssueState(), calls)
        gathering.keep_landed = True
        missing = await fetch_issues(gathering, stream.numbers)
        await self._pulls_of(gathering)
        await gathering.commit(done=True)
        self._streams.finished(stream.name)
        if missing:
            numbers = ", ".join(f"#{n}" for n in missing)
            raise UsageError(
                f"{stream.repository.name} has no issue {numbers} (a pull request, or a slip of "
                "the pen?); the other issues are landed"
            )

    async def _pulls(self, stream: Stream, calls: list[Call]) -> None:
        state = PullState.read(self._desk.store.cursor(stream.name))
        sweep = PullSweep(
            self._desk, stream.repository, stream.name, state, stream.bounds.lower, calls
        )
        await sweep.run()
        if stream.full:
            await self._move_floor(stream, state)
        self._streams.finished(stream.name)

    async def _move_floor(self, stream: Stream, reached: PullState) -> None:
        """After pull requests were swept anew, the ordinary sweep need not go back before that."""
        ordinary_name = stream.name.rpartition(" full ")[0]
        ordinary = PullState.read(self._desk.store.cursor(ordinary_name))
        if reached.floor and ordinary.after is None and (ordinary.floor or "") < reached.floor:
            cursor = PullState(floor=reached.floor).text()
            await self._desk.store.commit(Harvest(ordinary_name, cursor=cursor))
