"""A long first load is cut into windows that together are all of it, and is resumed in any."""

import asyncio
from datetime import UTC, datetime
from itertools import pairwise
from random import Random

import pytest

from tasks.domain.collecting import Access, Call, CollectRequest
from tasks.sources.github import backfill, collection
from tasks.sources.github.backfill import Window, plan_windows
from tasks.sources.github.client import Client
from tasks.sources.github.desk import Desk, Repository
from tasks.warehouse.collected import cursor_of
from tests.github_server import faults
from tests.github_server.exchange import Request
from tests.github_server.faults import Fault
from tests.github_server.ground import BEGIN
from tests.github_server.server import GithubServer
from tests.github_server.truth import expected_documents
from tests.github_server.world import World
from tests.sources.github_collector.conftest import Reach
from tests.sources.github_collector.home import QUICK, REPOSITORY, Home, on, tokens

BROKEN = faults.refused("FORBIDDEN", "not today")


@pytest.fixture
def short_windows(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(collection, "WORTH_WINDOWS", 20)
    monkeypatch.setattr(backfill, "ISSUES_PER_WINDOW", 12)


def bare_world(moments: list[datetime]) -> World:
    world = World()
    for place, at in enumerate(sorted(moments)):
        world.open_issue(f"Issue {place}", "", at=at)
    return world


def uneven(issues: int, seed: int = 5) -> World:
    """Most issues were updated in the last tenth of the time, a sixth of them at one moment."""
    chance = Random(seed)
    span = 10**8
    moments = [chance.randrange(span // 10 * 9, span) for _ in range(issues * 2 // 3)]
    moments += [chance.randrange(span) for _ in range(issues // 6)]
    moments += [span // 2] * (issues - len(moments))
    return bare_world([datetime.fromtimestamp(BEGIN.timestamp() + at, UTC) for at in moments])


def planned(server: GithubServer, start: str, total: int) -> tuple[list[Window], str, list[Call]]:
    calls: list[Call] = []

    async def plan() -> tuple[list[Window], str]:
        access = Access(tokens=tokens(server), graphql_url=server.graphql_url, api_url=server.url)
        async with Client(access, wait=True, pace=QUICK) as client:
            store: object = None  # a plan looks at nothing that is stored
            desk = Desk(client, store, CollectRequest(), lambda: BEGIN)  # type: ignore[arg-type]
            return await plan_windows(desk, Repository(REPOSITORY), start, total, calls)

    windows, newest = asyncio.run(plan())
    return windows, newest, calls


def stamps(world: World) -> list[str]:
    return sorted(i.updated_at.strftime("%Y-%m-%dT%H:%M:%SZ") for i in world.issues.values())


@pytest.mark.parametrize(("issues", "per_window"), [(600, 100), (600, 300), (450, 5)])
def test_windows_are_gapless_about_equal_and_planned_in_a_few_calls(
    monkeypatch: pytest.MonkeyPatch, issues: int, per_window: int
) -> None:
    monkeypatch.setattr(backfill, "ISSUES_PER_WINDOW", per_window)
    world = uneven(issues)
    times = stamps(world)
    with GithubServer(world) as server:
        windows, newest, calls = planned(server, times[0], issues)
        assert [call.points for call in calls] == [1] * len(calls)
    assert len(calls) <= 4
    assert (windows[0][0], windows[-1][1], newest) == (times[0], times[-1], times[-1])
    assert all(before[1] == after[0] for before, after in pairwise(windows))
    assert all(start < end for start, end in windows)
    held = [sum(start <= at < end for at in times) for start, end in windows]
    assert sum(held) == sum(at < newest for at in times)
    wanted = min(16, -(-issues // per_window))
    assert wanted // 2 <= len(windows) <= wanted
    # A moment that a sixth of all issues share cannot be cut; beside it, windows are about equal.
    assert max(held) <= issues / wanted * 1.25 + issues / 6


@pytest.mark.parametrize("count", [1, 40])
def test_issues_that_were_all_updated_in_one_second_make_no_window(count: int) -> None:
    world = bare_world([BEGIN] * count)
    (time,) = set(stamps(world))
    with GithubServer(world) as server:
        windows, newest, _ = planned(server, time, count)
    assert (windows, newest) == ([], time)


def windowed(home: Home) -> list[str]:
    rows = home.rows(
        "SELECT DISTINCT stream FROM raw.fetches WHERE contains(stream, '..') ORDER BY stream"
    )
    return [row["stream"] for row in rows]


@pytest.mark.usefixtures("short_windows")
@pytest.mark.parametrize("full", [False, True])
def test_a_load_in_windows_is_the_world_and_ends_the_windows(
    home: Home, reach: Reach, full: bool
) -> None:
    world = World.small(41, issues=40, pulls=3)
    with GithubServer(world, max_page=3) as server:
        reach(server)
        home.refresh(full=full)
        assert len(windowed(home)) >= 3
        server.forget()
        again = home.refresh()
        assert [call.operation for call in server.calls].count("Issues") == 1
    assert home.documents() == expected_documents(world)
    assert again.landed == 0


@pytest.mark.usefixtures("short_windows")
def test_windows_that_are_swept_are_not_swept_again_when_a_load_is_resumed(
    home: Home, reach: Reach
) -> None:
    world = World.small(42, issues=40, pulls=0)
    late = stamps(world)[30]

    def broken(_: int, request: Request) -> Fault | None:
        return BROKEN if str(request.variables.get("since", "")) > late else None

    with GithubServer(world, max_page=3, faults=broken) as server:
        reach(server)
        with pytest.raises(Exception, match="not today"):
            home.refresh()
    rows = home.rows("SELECT stream FROM raw.fetches WHERE done AND contains(stream, '..')")
    done = {row["stream"] for row in rows}
    planned_windows = windowed(home)
    assert 0 < len(done) < len(planned_windows)
    (row,) = home.rows("SELECT max(rowid) AS newest FROM raw.fetches")
    with GithubServer(world, max_page=3) as server:
        reach(server)
        world.update_random(5, Random(1))
        home.refresh()
    later = home.rows(f"SELECT DISTINCT stream FROM raw.fetches WHERE rowid > {row['newest']}")
    assert {each["stream"] for each in later} >= {f"{REPOSITORY} issues"}
    assert not done & {each["stream"] for each in later}
    assert set(planned_windows) <= set(windowed(home))
    stored, true = home.documents(), expected_documents(world)
    assert {key: stored.get(key) for key in true} == true


@pytest.mark.usefixtures("short_windows")
def test_a_limited_load_stays_in_one_stream_and_takes_up_windows_that_were_cut(
    home: Home, reach: Reach
) -> None:
    world = World.small(43, issues=40, pulls=0, busy_share=0, chatty_share=0)
    with GithubServer(world, max_page=3) as server:
        reach(server)
        home.refresh(limit=5)
        assert (len(home.ids()), windowed(home)) == (5, [])
    with GithubServer(world, max_page=3, faults=on("Issues", BROKEN, *range(4, 99))) as server:
        reach(server)
        with pytest.raises(Exception, match="not today"):
            home.refresh()
    before = len(home.ids())
    with GithubServer(world, max_page=3) as server:
        reach(server)
        home.refresh(limit=5)
        assert len(home.ids()) == before + 5
        assert cursor_of(home.warehouse, "github", f"{REPOSITORY} issues") is not None
        home.refresh()
    assert home.documents() == expected_documents(world)
