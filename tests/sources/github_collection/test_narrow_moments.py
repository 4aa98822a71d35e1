"""Moments so narrow that chance seldom finds them, each of them scripted."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

from tasks.domain.collecting import CollectRequest
from tasks.sources.github import backfill, collection
from tests.github_server import faults
from tests.github_server.connections import CursorStyle
from tests.github_server.exchange import Request
from tests.github_server.faults import Fault
from tests.github_server.server import GithubServer
from tests.github_server.world import World
from tests.sources.github_collection.comparing import gone
from tests.sources.github_collection.playing import (
    TOKENS,
    assert_all_is_there,
    refresh_until_nothing_is_new,
)
from tests.sources.github_collection.refreshing import CrashError, Home, access_to

PLAINLY = CollectRequest()
NAME = "quill-works/ledger"


def quiet_world(issues: int, *, comments: int = 0) -> World:
    """Issues of different hours, each with so many comments."""
    world = World()
    for n in range(issues):
        issue = world.open_issue(f"Issue {n}", "body")
        for m in range(comments):
            world.comment(issue.number, f"comment {m}")
        world.advance(3_600)
    return world


def served(world: World, *, page: int = 3, style: CursorStyle = "keyset") -> GithubServer:
    return GithubServer(
        world,
        tokens=TOKENS,
        max_page=page,
        cursor_style=style,
        clock=lambda: world.now.timestamp(),
    )


def home_of(path: Path, server: GithubServer) -> Home:
    return Home(path, access_to(server.url, *TOKENS), {"repositories": [NAME]})


def at(operation: str, turn: int, fault: Fault) -> Callable[[int, Request], Fault | None]:
    """The fault at a turn (from 0) of an operation."""
    turns = iter(range(10**6))

    def find(_: int, request: Request) -> Fault | None:
        return fault if request.operation == operation and next(turns) == turn else None

    return find


def doing(change: Callable[[], object]) -> Fault:
    return faults.calling(before=change)


@pytest.mark.parametrize("durable", [True, False])
@pytest.mark.parametrize("dies_at", range(3))
def test_a_death_beside_an_issue_that_is_gone_loses_none_of_the_others(
    tmp_path: Path, dies_at: int, durable: bool
) -> None:
    world = quiet_world(4, comments=7)
    with served(world, page=4) as server:
        home = home_of(tmp_path, server)
        assert isinstance(home.refresh(dies_at=2), CrashError)  # with threads under way
        world.delete_issue(2)
        assert isinstance(home.refresh(dies_at=dies_at, durable=durable), CrashError)
        refresh_until_nothing_is_new(home, PLAINLY)
        assert_all_is_there(home, world, NAME)


@pytest.mark.exhaustive
@pytest.mark.parametrize("operation", ["Issues", "Pulls", "ThreadPages", "CommentEdits"])
def test_a_node_that_is_missing_once_is_not_missed(tmp_path: Path, operation: str) -> None:
    world = World.small(3, issues=9, pulls=4)
    with served(world) as server:
        home = home_of(tmp_path, server)
        server.faults = at(operation, 0, faults.node_lost(1))
        assert home.refresh() is None
        assert any(call.fault == "node lost" for call in server.calls)
        world.advance(86_400)
        refresh_until_nothing_is_new(home, PLAINLY)
        assert_all_is_there(home, world, NAME)


def test_an_issue_that_does_not_show_by_its_id_stays_asked_for(tmp_path: Path) -> None:
    world = quiet_world(4, comments=7)
    with served(world, page=4) as server:
        home = home_of(tmp_path, server)
        assert isinstance(home.refresh(dies_at=2), CrashError)  # with threads under way

        def lose(_: int, request: Request) -> Fault | None:
            return faults.node_lost(1) if request.operation == "IssuesById" else None

        server.faults = lose
        assert home.refresh() is None
        server.faults = {}
        world.advance(86_400)
        refresh_until_nothing_is_new(home, PLAINLY)
        assert_all_is_there(home, world, NAME)
        assert gone(home.warehouse) == {}


@pytest.mark.parametrize("request_", [PLAINLY, CollectRequest(full=True)])
@pytest.mark.parametrize("dies_at", [3, 4, 5, 6])
def test_what_does_not_show_in_a_window_or_a_full_sweep_is_owed_by_the_sweep_that_follows(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, request_: CollectRequest, dies_at: int
) -> None:
    monkeypatch.setattr(collection, "WORTH_WINDOWS", 3)
    monkeypatch.setattr(backfill, "ISSUES_PER_WINDOW", 2)
    world = quiet_world(8, comments=7)
    with served(world, page=4) as server:
        home = home_of(tmp_path, server)
        assert isinstance(home.refresh(request_, dies_at=dies_at), CrashError)

        def lose(_: int, request: Request) -> Fault | None:
            return faults.node_lost(0) if request.operation == "IssuesById" else None

        server.faults = lose
        assert home.refresh(request_) is None
        server.faults = {}
        world.advance(86_400)
        refresh_until_nothing_is_new(home, PLAINLY)
        assert_all_is_there(home, world, NAME)


def test_a_second_update_within_one_second_is_seen(tmp_path: Path) -> None:
    world = quiet_world(3)
    world.comment(2, "one")
    with served(world) as server:
        home = home_of(tmp_path, server)
        assert home.refresh() is None
        world.comment(2, "two", at=world.now)
        world.advance(86_400)
        refresh_until_nothing_is_new(home, PLAINLY)
        assert_all_is_there(home, world, NAME)


@pytest.mark.parametrize("style", ["keyset", "offset"])
def test_an_issue_that_leaves_a_crowded_second_takes_none_along(
    tmp_path: Path, style: CursorStyle
) -> None:
    world = quiet_world(9)
    moment = world.now
    for number in world.issues:
        world.label(number, "bulk", at=moment)
    world.advance(86_400)
    with served(world, style=style) as server:
        home = home_of(tmp_path, server)
        # Two pages of the second are read when its first issue goes to the end.
        server.faults = at("Issues", 2, doing(lambda: world.comment(1, "moved")))
        assert home.refresh() is None
        refresh_until_nothing_is_new(home, PLAINLY)
        assert_all_is_there(home, world, NAME)


def test_edits_of_a_comment_fetched_by_number_are_fetched_again_by_the_sweep(
    tmp_path: Path,
) -> None:
    world = quiet_world(6, comments=1)
    comment = world.issues[1].comments[0]
    world.edit_comment(1, comment, "second")
    with served(world) as server:
        home = home_of(tmp_path, server)
        assert home.refresh(CollectRequest(issues=("1",))) is None
        world.edit_comment(1, comment, "third")
        world.advance(86_400)
        for number in (2, 3, 4):
            world.comment(number, "later")
        world.advance(86_400)
        world.comment(1, "last of all")
        assert isinstance(home.refresh(dies_at=2, durable=True), CrashError)
        refresh_until_nothing_is_new(home, PLAINLY)
        assert_all_is_there(home, world, NAME)


def test_a_deleted_issue_of_a_renamed_repository_is_deleted_and_not_transferred(
    tmp_path: Path,
) -> None:
    world = quiet_world(4, comments=7)
    with served(world, page=4) as server:
        home = home_of(tmp_path, server)
        assert home.refresh() is None
        world.advance(86_400)
        world.comment(1, "again under way")
        assert isinstance(home.refresh(dies_at=2), CrashError)
        world.rename_repository("quill-works/renamed")
        world.delete_issue(1)
        assert home.refresh() is None
        assert gone(home.warehouse) == {1: "deleted"}


def test_a_crowd_within_the_overlap_is_not_cut_up_for_ever(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(collection, "WORTH_WINDOWS", 3)
    monkeypatch.setattr(backfill, "ISSUES_PER_WINDOW", 2)
    world = quiet_world(8)
    moment = world.now
    for number in world.issues:
        world.label(number, "bulk", at=moment)
    with served(world) as server:
        home = home_of(tmp_path, server)
        refresh_until_nothing_is_new(home, PLAINLY)
        assert_all_is_there(home, world, NAME)
        assert len(server.calls) < 100


def test_refreshes_of_a_machine_whose_clock_was_set_back_are_told_apart(tmp_path: Path) -> None:
    world = quiet_world(3)
    with served(world) as server:
        home = home_of(tmp_path, server)
        home.clock_is_off = timedelta(days=2)
        assert home.refresh() is None
        home.clock_is_off = timedelta()
        for _ in range(3):
            assert home.refresh() is None
        with home.warehouse.read("raw") as session:
            (row,) = session.rows("SELECT count(DISTINCT refresh_id) AS refreshes FROM raw.fetches")
        assert row["refreshes"] == 4


def test_two_sweeps_of_everything_within_a_second_are_two(tmp_path: Path) -> None:
    world = quiet_world(4, comments=1)
    with served(world) as server:
        home = home_of(tmp_path, server)
        assert home.refresh(CollectRequest(full=True)) is None
        home.clock_is_off = timedelta(days=-1)  # so that all that follows is in one second
        for text in ("changed", "changed again"):
            world.edit_comment(1, world.issues[1].comments[0], text, silently=True)
            assert home.refresh(CollectRequest(full=True)) is None
            assert_all_is_there(home, world, NAME)
