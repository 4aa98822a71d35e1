"""Pull requests: first by age, then back from the newest update to the last one known."""

from datetime import UTC, datetime

import pytest

from tests.github_server import faults
from tests.github_server.ground import BEGIN
from tests.github_server.records import Commit, Pull
from tests.github_server.server import GithubServer
from tests.github_server.world import World
from tests.sources.github_collector.conftest import Reach
from tests.sources.github_collector.home import Home, of_kind, on

PULL = "github.pull"
BROKEN = faults.refused("FORBIDDEN", "not today")


def add(world: World, number: int) -> None:
    world.advance(3_600)
    at = world.now
    pull = Pull(
        *world.identity("PR"), number, f"Pull {number}", "", None, at, at, "main", "b", "h", 1, 2, 3
    )
    world.open_pull(pull)


@pytest.fixture
def world() -> World:
    made = World()
    for number in range(1, 11):
        add(made, number)
    return made


def orders(server: GithubServer) -> list[str]:
    """By what the pages of pull requests were ordered, and whether a cursor was given."""
    return [
        (
            "age"
            if "CREATED_AT" in call.text.partition("pullRequests(first: $")[2][:80]
            else "update"
        )
        + (" after" if call.variables["after"] else "")
        for call in server.calls
        if call.operation == "Pulls"
    ]


@pytest.mark.parametrize("style", ["keyset", "offset"])
def test_pull_requests_are_loaded_by_age_and_then_followed_by_update(
    home: Home, reach: Reach, world: World, style: str
) -> None:
    with GithubServer(world, max_page=4, cursor_style=style) as server:  # type: ignore[arg-type]
        reach(server)
        home.refresh()
        assert orders(server) == ["age", "age after", "age after"]
        assert home.documents(PULL) == of_kind(world, PULL)
        server.forget()
        world.advance(3_600)
        world.update_pull(2, merge=Commit("m", world.now, ("b",)))
        add(world, 11)
        assert home.refresh().landed == 2
        assert orders(server) == ["update"]
    assert home.documents(PULL) == of_kind(world, PULL)


def test_a_first_load_is_resumed_in_the_middle(home: Home, reach: Reach, world: World) -> None:
    with GithubServer(world, max_page=4, faults=on("Pulls", BROKEN, 2)) as server:
        reach(server)
        with pytest.raises(Exception, match="not today"):
            home.refresh()
    assert len(home.ids(PULL)) == 8
    world.update_pull(1, title="Changed while nobody looked")
    with GithubServer(world, max_page=4) as server:
        reach(server)
        home.refresh()
        assert orders(server) == ["age after"]
        home.refresh()
        assert orders(server)[1] == "update"
    assert home.documents(PULL) == of_kind(world, PULL)


def test_what_changes_while_updates_are_followed_is_taken_by_the_next_refresh(
    home: Home, reach: Reach, world: World
) -> None:
    changing = faults.calling(before=lambda: world.update_pull(9, title="Moved to the top"))
    with GithubServer(world, max_page=4) as server:
        reach(server)
        home.refresh()
    for number in range(1, 8):
        world.advance(3_600)
        world.update_pull(number, title="Changed")
    with GithubServer(world, max_page=4, faults=on("Pulls", changing, 1)) as server:
        reach(server)
        home.refresh()
        home.refresh()
    assert home.documents(PULL) == of_kind(world, PULL)


@pytest.mark.parametrize("later", [False, True])
def test_a_cursor_that_is_not_understood_any_more_makes_it_start_over(
    home: Home, reach: Reach, world: World, later: bool
) -> None:
    with GithubServer(world, max_page=4) as server:
        reach(server)
        if later:
            home.refresh()
            for number in range(1, 8):
                world.advance(3_600)
                world.update_pull(number, title="Changed")
    with GithubServer(world, max_page=4, faults=on("Pulls", BROKEN, 1)) as server:
        reach(server)
        with pytest.raises(Exception, match="not today"):
            home.refresh()
    with GithubServer(world, max_page=4, cursor_style="offset") as server:
        reach(server)
        home.refresh()
        order = "update" if later else "age"
        assert orders(server)[:3] == [f"{order} after", order, f"{order} after"]
    assert home.documents(PULL) == of_kind(world, PULL)


def test_since_follows_updates_back_to_that_time_only(
    home: Home, reach: Reach, world: World
) -> None:
    since = world.pulls[7].updated_at
    with GithubServer(world, max_page=4) as server:
        reach(server)
        home.refresh(since=since)
        assert orders(server) == ["update", "update after"]
    assert home.ids(PULL) == sorted(f"{world.repository}#{number}" for number in (7, 8, 9, 10))


def test_a_repository_without_pull_requests_costs_one_call(home: Home, reach: Reach) -> None:
    with GithubServer(World(now=datetime(2021, 1, 1, tzinfo=UTC), created_at=BEGIN)) as server:
        reach(server)
        for _ in range(2):
            home.refresh()
        assert orders(server) == ["age", "age"]
