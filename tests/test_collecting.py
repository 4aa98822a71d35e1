"""Harvests reach raw in one piece each, in the order of time, and add up to what is told."""

import asyncio
import threading
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from tasks import collecting
from tasks.collecting import WarehouseStore, forward_clock, in_words
from tasks.domain.collecting import Call, Harvest, Standing
from tasks.domain.documents import Document
from tasks.scrape import ScrapeResult
from tasks.warehouse import Warehouse, harvests
from tasks.warehouse.collected import append_harvest
from tests.warehouse.homes import START, copies, document, fresh, put

STREAM = "ours/app issues"
MICROSECOND = timedelta(microseconds=1)


@pytest.fixture
def warehouse(tmp_path: Path) -> Warehouse:
    return fresh(tmp_path)


def standing_at(*minutes: float) -> Callable[[], datetime]:
    """A clock that shows these minutes after the start, one after the other."""
    moments = iter([START + timedelta(minutes=minute) for minute in minutes])
    return lambda: next(moments)


def store_of(warehouse: Warehouse) -> WarehouseStore:
    minute = 0

    def clock() -> datetime:
        nonlocal minute
        minute += 1
        return START + timedelta(minutes=minute)

    return WarehouseStore(warehouse, "github", "boats", clock)


def call(points: int | None = 1, **given: Any) -> Call:
    said: dict[str, Any] = {"query": "issues", "text": "query { a }", "variables": {}}
    said |= {"status": "ok", "bytes": 10, "started_at": START, "duration_ms": 5, "points": points}
    return Call(**said | given)


def test_a_clock_goes_its_way_where_nothing_is_stored(
    warehouse: Warehouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(collecting, "now", standing_at(1, 5, 9))
    clock = forward_clock(warehouse, "github")
    assert [clock() for _ in range(3)] == [START + timedelta(minutes=m) for m in (1, 5, 9)]


def test_a_clock_that_was_set_back_shows_no_time_that_a_document_has(
    warehouse: Warehouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(warehouse, [document(7, "a")])
    newest = START + timedelta(minutes=7)
    monkeypatch.setattr(collecting, "now", standing_at(7, 3, 8, 8))
    clock = forward_clock(warehouse, "github")
    later = START + timedelta(minutes=8)
    shown = [clock() for _ in range(4)]
    assert shown == [newest + MICROSECOND, newest + 2 * MICROSECOND, later, later + MICROSECOND]


def test_a_copy_that_is_fetched_after_the_clock_was_set_back_is_still_the_newest(
    warehouse: Warehouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(warehouse, [document(7, "old")])
    monkeypatch.setattr(collecting, "now", standing_at(*[2] * 9))
    clock = forward_clock(warehouse, "github")
    store = WarehouseStore(warehouse, "github", "boats", clock)
    fetched = Document("github", "github.issue", "ours/app#7", clock(), {"body": "new"})
    assert asyncio.run(store.commit(Harvest(STREAM, (fetched,)))) == 1
    assert store.newest("github.issue", ["ours/app#7"]) == {"ours/app#7": {"body": "new"}}


def test_a_store_answers_from_what_it_has_committed(warehouse: Warehouse) -> None:
    store = store_of(warehouse)
    harvest = Harvest(STREAM, (document(0, "a"),), (call(),), "C", ("ours/app#7",))
    assert asyncio.run(store.commit(harvest)) == 1
    assert store.cursor(STREAM) == "C"
    assert store.known("github.issue", ["ours/app#7", "ours/app#8"]) == {"ours/app#7"}
    assert list(store.external_ids("github.issue", "ours/app#")) == ["ours/app#7"]
    assert store.seen(STREAM) == {"ours/app#7"}


def test_a_commit_that_fails_leaves_neither_document_nor_cursor_nor_count(
    warehouse: Warehouse,
) -> None:
    store = store_of(warehouse)
    unstorable = call(bytes=2**70)
    with pytest.raises(Exception, match="too large"):
        asyncio.run(store.commit(Harvest(STREAM, (document(0, "a"),), (unstorable,), "C")))
    assert copies(warehouse) == []
    assert store.cursor(STREAM) is None
    asyncio.run(store.commit(Harvest(STREAM, (document(0, "a"),), (call(),), "C")))
    assert (store.cursor(STREAM), len(copies(warehouse))) == ("C", 1)
    result = store.result(complete=True, note=None)
    assert (result.read, result.landed, result.calls) == (1, 1, 1)


def test_totals_are_those_of_the_rows(warehouse: Warehouse) -> None:
    store = store_of(warehouse)
    gone = Document("github", "github.gone", "ours/app#4", START, {"reason": "deleted"})
    harvests = [
        Harvest(STREAM, (document(0, "a"), document(0, "b", name="ours/app#8")), (call(),)),
        Harvest(STREAM, (document(1, "a"), gone), (call(None, status="timeout"), call(2))),
        Harvest(STREAM, cursor="C"),
        Harvest(STREAM, calls=(call(None), call(3))),
    ]

    async def commit_all() -> list[int]:
        return [await store.commit(harvest) for harvest in harvests]

    assert asyncio.run(commit_all()) == [2, 1, 0, 0]
    result = store.result(complete=False, note="stopped")
    assert result == ScrapeResult(
        source="github",
        read=4,
        landed=3,
        unchanged=1,
        calls=5,
        points=6,
        complete=False,
        note="stopped",
        gone=1,
    )
    with warehouse.read("raw") as session:
        (row,) = session.rows(
            "SELECT sum(documents_read) AS read, sum(documents_landed) AS landed, "
            "sum(calls) AS calls, sum(points) AS points, count(DISTINCT refresh_id) AS refreshes "
            "FROM raw.fetches"
        )
    assert row == {"read": 4, "landed": 3, "calls": 5, "points": 6, "refreshes": 1}


def test_commits_of_several_streams_come_one_after_the_other(
    warehouse: Warehouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    store, busy, most = store_of(warehouse), 0, 0
    gate = threading.Lock()

    def counted(*given: Any, **named: Any) -> int:
        nonlocal busy, most
        with gate:
            busy += 1
            most = max(most, busy)
        try:
            return append_harvest(*given, **named)
        finally:
            with gate:
                busy -= 1

    monkeypatch.setattr(harvests, "append_harvest", counted)
    several = [Harvest(f"ours/app {n}", (document(n, n, name=f"ours/app#{n}"),)) for n in range(5)]

    async def commit_all() -> None:
        await asyncio.gather(*map(store.commit, several))

    asyncio.run(commit_all())
    assert (most, len(copies(warehouse))) == (1, 5)


@pytest.mark.parametrize(
    ("standing", "words"),
    [
        (Standing(), "0 points used"),
        (Standing(points_used=1_234), "1,234 points used"),
        (Standing(points_used=7, points_left=4_993), "7 points used, 4,993 left"),
        (
            Standing(points_used=7, points_left=4_993, seconds_to_reset=2_650),
            "7 points used, 4,993 left, reset in 44 min",
        ),
        (Standing(points_left=0, seconds_to_reset=-3), "0 points used, 0 left, reset in 0 min"),
        (
            Standing(points_used=7, points_left=0, waiting_for="rate limit resets in 60 s"),
            "rate limit resets in 60 s",
        ),
    ],
)
def test_progress_says_what_was_used_and_what_is_left_or_what_it_waits_for(
    standing: Standing, words: str
) -> None:
    assert in_words(standing) == words
