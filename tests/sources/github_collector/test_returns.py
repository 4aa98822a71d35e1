"""What comes back, what is asked for by name, and what a sweep of everything takes anew."""

from dataclasses import replace

import pytest

from tasks.domain.proposals import fixed_issues
from tasks.sources.github.parse import parse_documents
from tasks.warehouse.documents import newest_documents
from tests.github_server import faults
from tests.github_server.server import GithubServer
from tests.github_server.world import World
from tests.sources.github_collector.conftest import Reach
from tests.sources.github_collector.home import REPOSITORY, Home, of_kind, on

PULL = "github.pull"


def gone(home: Home) -> dict[int, str | None]:
    market = parse_documents(newest_documents(home.warehouse, "github"))
    return {issue.number: issue.gone for issue in market.issues if issue.gone is not None}


def test_an_issue_that_returns_unchanged_is_not_gone_any_more(home: Home, reach: Reach) -> None:
    world = World.small(31)
    number = min(world.issues)
    with GithubServer(world) as server:
        reach(server)
        home.refresh()
        kept = world.issues[number]
        world.delete_issue(number)
        home.refresh(full=True)
        assert gone(home) == {number: "deleted"}
        world.issues[number] = kept
        world.deleted.discard(number)
        home.refresh(full=True)
        assert gone(home) == {}
        world.delete_issue(number)
        home.refresh(full=True)
        assert gone(home) == {number: "deleted"}


def test_a_named_issue_is_landed_whatever_its_title(home: Home, reach: Reach) -> None:
    world = World.small(31)
    number = min(world.issues)
    with GithubServer(world) as server:
        reach(server)
        home.refresh({"title": ["no title has this"]}, issues=(str(number),))
    assert home.ids() == [f"{REPOSITORY}#{number}"]


def test_a_full_refresh_takes_pull_requests_anew_and_the_next_one_follows_from_there(
    home: Home, reach: Reach
) -> None:
    world = World.small(31)
    number = min(world.pulls)
    with GithubServer(world) as server:
        reach(server)
        home.refresh()
        pull = world.pulls[number]
        world.pulls[number] = replace(pull, title="Changed without a trace")
        home.refresh()
        assert home.documents(PULL) != of_kind(world, PULL)
        home.refresh(full=True)
        assert home.documents(PULL) == of_kind(world, PULL)
        server.forget()
        home.refresh()
        assert [c.variables["after"] for c in server.calls if c.operation == "Pulls"] == [None]


def test_holes_that_stay_are_told(home: Home, reach: Reach) -> None:
    world = World.small(31)
    with GithubServer(world, faults=on("Issues", faults.node_lost(0), 0, 1, 2)) as server:
        reach(server)
        result = home.refresh()
    assert result.note is not None
    assert result.note.startswith("GitHub's answer to a query for issues had holes, 3 times")
    assert len(home.ids()) == len(world.issues) - 1


def test_edits_that_are_whole_are_stored_before_later_pages_are_asked_for(
    home: Home, reach: Reach
) -> None:
    world = World.small(32, issues=3, pulls=1, page=3)
    number = min(world.issues)
    short, long = world.comment(number, "## Proposal"), world.comment(number, "## Proposal")
    world.edit_comment(number, short, "## Proposal\n\nshort")
    for turn in range(6):
        world.edit_comment(number, long, f"## Proposal\n\n{turn}")
    world.advance(3_600)
    with GithubServer(world, max_page=3, faults=_broken_edit_pages) as server:
        reach(server)
        with pytest.raises(Exception, match="not today"):
            home.refresh()
    stored = home.ids("github.comment_edits")
    assert short.id in stored
    assert long.id not in stored
    with GithubServer(world, max_page=3) as server:
        reach(server)
        home.refresh()
    assert home.documents() == of_kind(world, "github.issue", PULL, "github.comment_edits")


def _broken_edit_pages(_: int, request: object) -> faults.Fault | None:
    """Later pages of a comment's edits alone are refused."""
    variables = getattr(request, "variables", None) or {}
    if getattr(request, "operation", None) != "ThreadPages" or set(variables) != _ONE_THREAD:
        return None
    return (
        faults.refused("SOMETHING", "not today") if str(variables["i0"]).startswith("IC_") else None
    )


_ONE_THREAD = {"items", "i0", "a0"}


def test_a_full_refresh_under_a_label_follows_what_lost_it_and_records_what_is_gone(
    home: Home, reach: Reach
) -> None:
    world, labels = World.small(33, issues=6), {"labels": ["Shelf"]}
    first, second, third = sorted(world.issues)[:3]
    for number in (first, second, third):
        world.label(number, "Shelf")
    world.advance(3_600)
    with GithubServer(world) as server:
        reach(server)
        home.refresh(labels)
        world.unlabel(first, "Shelf")
        world.rename(first, "[$750] Raised after the label was gone")
        world.delete_issue(second)
        world.transfer_issue(third, "quill-works/elsewhere")
        home.refresh(labels, full=True)
    assert gone(home) == {second: "deleted", third: "transferred"}
    titles = {p["title"] for p in home.documents("github.issue").values()}
    assert "[$750] Raised after the label was gone" in titles


def test_links_under_the_old_and_the_new_name_of_a_repository_are_the_same(
    home: Home, reach: Reach
) -> None:
    world = World.small(34, issues=8, pulls=4)

    def links() -> list[tuple[object, ...]]:
        market = parse_documents(newest_documents(home.warehouse, "github"))
        fixes = [(p.name, sorted(fixed_issues(p))) for p in market.pulls]
        return [*fixes, *[(i.name, i.linked_pulls) for i in market.issues]]

    with GithubServer(world) as server:
        reach(server)
        home.refresh()
        before = links()
        world.rename_repository("quill-works/renamed")
        home.refresh(full=True)
    assert any(len(link[1]) for link in before if isinstance(link[1], tuple | list))
    assert links() == before


def test_after_a_bulk_change_an_unchanged_refresh_still_takes_few_calls(
    home: Home, reach: Reach
) -> None:
    world = World.small(35, issues=120, pulls=2)
    with GithubServer(world) as server:
        reach(server)
        for number in sorted(world.issues):
            world.label(number, "Bulk")
        home.refresh()
        home.refresh()
        server.forget()
        home.refresh()
        assert len(server.calls) <= 3
