"""What a refresh is bounded by leaves no hole: the next one goes on where it stopped."""

from collections.abc import Sequence
from datetime import timedelta

import pytest

from tests.github_server import faults
from tests.github_server.records import Issue
from tests.github_server.server import GithubServer
from tests.github_server.truth import expected_documents
from tests.github_server.world import World
from tests.sources.github_collector.conftest import Reach
from tests.sources.github_collector.home import REPOSITORY, Home, of_kind, on

BROKEN = faults.refused("FORBIDDEN", "not today")


def names(issues: Sequence[Issue]) -> list[str]:
    return sorted(f"{REPOSITORY}#{issue.number}" for issue in issues)


def by_update(world: World) -> list[Issue]:
    return sorted(world.issues.values(), key=lambda issue: (issue.updated_at, issue.serial))


def spread(issues: int = 10) -> World:
    """Issues, the last of whose updates lie an hour apart."""
    world = World.small(4, issues=issues, pulls=0, busy_share=0, chatty_share=0)
    for number in sorted(world.issues):
        world.advance(3_600)
        world.label(number, "Sorted")
    world.advance(3_600)
    return world


def starts_of(server: GithubServer) -> list[str]:
    """The update times that pages of issues were asked for from; "" for the very beginning."""
    asked = [call.variables["since"] for call in server.calls if call.operation == "Issues"]
    return [start or "" for start in asked]


@pytest.mark.parametrize("limit", [1, 3, 4, 10])
def test_a_limit_takes_exactly_so_many_and_the_next_refresh_takes_the_following(
    home: Home, reach: Reach, limit: int
) -> None:
    world = spread()
    order = by_update(world)
    with GithubServer(world, max_page=3) as server:
        reach(server)
        for turn in range(1, 3):
            home.refresh(limit=limit)
            assert home.ids() == names(order[: turn * limit])
        home.refresh()
    assert home.documents() == expected_documents(world)


def test_a_limit_beyond_what_there_is_takes_all(home: Home, reach: Reach) -> None:
    world = spread(issues=5)
    with GithubServer(world, max_page=3) as server:
        reach(server)
        result = home.refresh(limit=50)
    assert home.ids() == names(by_update(world))
    assert (result.complete, result.note) == (True, None)


def test_a_limited_refresh_takes_the_pull_requests_that_its_issues_name_and_no_others(
    home: Home, reach: Reach
) -> None:
    world = World.small(23, issues=8, pulls=6)
    first = by_update(world)[:2]
    with GithubServer(world, max_page=3) as server:
        reach(server)
        home.refresh(limit=2)
        operations = {call.operation for call in server.calls}
    named = {
        event.data.get(key)
        for issue in first
        for event in issue.events
        for key in ("source", "closer")
    } & set(world.pulls)
    assert 0 < len(named) < len(world.pulls)
    assert home.ids("github.pull") == sorted(f"{REPOSITORY}#{number}" for number in named)
    assert home.ids() == names(first)
    assert "Pulls" not in operations


def test_since_takes_what_was_updated_from_then_on(home: Home, reach: Reach) -> None:
    world = spread()
    order = by_update(world)
    with GithubServer(world, max_page=3) as server:
        reach(server)
        home.refresh(since=order[6].updated_at)
        assert home.ids() == names(order[6:])
        home.refresh()  # has a cursor of its own: nothing is skipped
    assert home.documents() == expected_documents(world)


def test_until_takes_what_was_updated_up_to_then_and_a_later_one_goes_on(
    home: Home, reach: Reach
) -> None:
    world = spread()
    order = by_update(world)
    with GithubServer(world, max_page=3) as server:
        reach(server)
        home.refresh(until=order[3].updated_at)
        assert home.ids() == names(order[:4])
        server.forget()
        home.refresh()
        starts = starts_of(server)
    assert home.documents() == expected_documents(world)
    begin = order[3].updated_at - timedelta(minutes=5)
    assert starts[0] == begin.strftime("%Y-%m-%dT%H:%M:%SZ")


def test_since_and_until_together_cut_out_a_span(home: Home, reach: Reach) -> None:
    world = spread()
    order = by_update(world)
    with GithubServer(world, max_page=3) as server:
        reach(server)
        home.refresh(since=order[2].updated_at, until=order[5].updated_at)
    assert home.ids() == names(order[2:6])


def test_only_a_full_refresh_sees_what_left_no_update_time(home: Home, reach: Reach) -> None:
    world = spread()
    old = by_update(world)[0].number
    with GithubServer(world, max_page=3) as server:
        reach(server)
        home.refresh()
        world.rename(old, "[$500] Renamed without a trace", silently=True)
        home.refresh()
        assert home.documents("github.issue") != of_kind(world, "github.issue")
        home.refresh(full=True)
    assert home.documents("github.issue") == of_kind(world, "github.issue")


def test_a_full_refresh_records_what_is_gone_once(home: Home, reach: Reach) -> None:
    world = spread()
    deleted, moved = (issue.number for issue in by_update(world)[:2])
    with GithubServer(world, max_page=3) as server:
        reach(server)
        home.refresh()
        world.delete_issue(deleted)
        world.transfer_issue(moved)
        assert home.refresh().gone == 0
        first, again = home.refresh(full=True), home.refresh(full=True)
    assert (first.gone, again.gone) == (2, 0)
    reasons = {p["number"]: p["reason"] for p in home.documents("github.gone").values()}
    assert reasons == {deleted: "deleted", moved: "transferred"}


def test_a_full_refresh_that_was_cut_off_goes_on_and_the_one_after_it_begins_anew(
    home: Home, reach: Reach
) -> None:
    world = spread()
    with GithubServer(world, max_page=3) as server:
        reach(server)
        home.refresh()
    with GithubServer(world, max_page=3, faults=on("Issues", BROKEN, 2)) as server:
        reach(server)
        with pytest.raises(Exception, match="not today"):
            home.refresh(full=True)
    starts: list[str] = []
    with GithubServer(world, max_page=3) as server:
        reach(server)
        for _ in range(2):
            server.forget()
            home.refresh(full=True)
            starts.append(starts_of(server)[0])
    beginning = world.created_at.isoformat()
    assert starts[0] > beginning > starts[1]


def test_a_full_refresh_moves_the_cursor_of_the_ordinary_one(home: Home, reach: Reach) -> None:
    world = spread()
    with GithubServer(world, max_page=3) as server:
        reach(server)
        home.refresh(full=True)
        server.forget()
        home.refresh()
        assert [c.operation for c in server.calls].count("Issues") == 1
    assert home.documents() == expected_documents(world)
