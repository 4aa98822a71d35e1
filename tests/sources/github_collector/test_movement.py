"""What happens to issues while they are being collected."""

from random import Random

import pytest

from tests.github_server import faults
from tests.github_server.server import GithubServer
from tests.github_server.truth import expected_documents, expected_payload
from tests.github_server.world import World
from tests.sources.github_collector.conftest import Reach
from tests.sources.github_collector.home import REPOSITORY, Home, of_kind, on

GONE = "github.gone"


def talkative(comments: int = 8) -> World:
    """Three issues; the thread of the second one is long."""
    world = World()
    for number in (1, 2, 3):
        world.open_issue(f"Issue {number}", "A body.")
        world.advance(60)
    for place in range(comments):
        world.comment(2, f"Comment {place}")
    return world


def copies(home: Home, number: int) -> int:
    (row,) = home.rows(
        f"SELECT count(*) AS n FROM raw.documents WHERE external_id = '{REPOSITORY}#{number}' "
        "AND kind = 'github.issue'"
    )
    return int(row["n"])


def test_an_issue_that_changes_between_its_pages_is_fetched_anew(home: Home, reach: Reach) -> None:
    world = talkative()
    first = world.issues[2].comments[0]
    disturbed = faults.calling(before=lambda: world.delete_comment(2, first))
    with GithubServer(world, max_page=3, faults=on("ThreadPages", disturbed, 1)) as server:
        reach(server)
        home.refresh()
        home.refresh()
    assert home.documents() == expected_documents(world)
    assert "issues by id" in home.asked()


def test_an_issue_that_never_rests_is_taken_as_it_is_after_three_starts(
    home: Home, reach: Reach
) -> None:
    world = talkative()
    restless = faults.calling(before=lambda: world.label(2, f"Label {len(world.issues[2].labels)}"))
    with GithubServer(world, max_page=3, faults=on("ThreadPages", restless, *range(9))) as server:
        reach(server)
        home.refresh()
        calls = [call.operation for call in server.calls]
    assert calls.count("IssuesById") == 3
    with GithubServer(world, max_page=3) as server:
        reach(server)
        home.refresh()
    assert home.documents() == expected_documents(world)


@pytest.mark.parametrize("style", ["keyset", "offset"])
@pytest.mark.parametrize("seed", range(3))
def test_issues_that_move_while_pages_are_turned_are_all_there_in_the_end(
    home: Home, reach: Reach, style: str, seed: int
) -> None:
    world = World.small(seed, issues=12)
    busy = [faults.mutate(world, 2, each, after=each % 2 == 0) for each in range(6)]
    with GithubServer(
        world,
        max_page=3,
        cursor_style=style,  # type: ignore[arg-type]
        faults=lambda index, request: busy[index // 2] if index < 12 and index % 2 else None,
    ) as server:
        reach(server)
        home.refresh()
        home.refresh()
    stored, true = home.documents(), expected_documents(world)
    assert {key: stored.get(key) for key in true} == true


def test_many_issues_of_one_second_are_neither_lost_nor_doubled(home: Home, reach: Reach) -> None:
    world = World()
    world.tick *= 0
    for number in range(1, 12):
        world.open_issue(f"Issue {number}", "")
    with GithubServer(world, max_page=3) as server:
        reach(server)
        first = home.refresh()
        again = home.refresh()
    assert (first.landed, again.landed) == (11, 0)
    assert home.documents() == expected_documents(world)
    assert [copies(home, number) for number in range(1, 12)] == [1] * 11


def test_an_issue_that_is_deleted_while_its_pages_wait_is_recorded_as_gone(
    home: Home, reach: Reach
) -> None:
    world = talkative()
    deleting = faults.calling(before=lambda: world.delete_issue(2))
    with GithubServer(world, max_page=3, faults=on("ThreadPages", deleting, 0)) as server:
        reach(server)
        result = home.refresh()
    assert result.gone == 1
    assert home.documents("github.issue") == of_kind(world, "github.issue")
    assert home.documents(GONE) == {
        (GONE, f"{REPOSITORY}#2"): {
            "number": 2,
            "reason": "deleted",
            "status": 410,
            "location": None,
        }
    }


def test_an_issue_that_is_transferred_while_its_pages_wait_is_recorded_with_where_it_went(
    home: Home, reach: Reach
) -> None:
    world = talkative()
    moving = faults.calling(before=lambda: world.transfer_issue(2, "quill-works/elsewhere"))
    with GithubServer(world, max_page=3, faults=on("ThreadPages", moving, 0)) as server:
        reach(server)
        home.refresh()
    (payload,) = home.documents(GONE).values()
    assert (payload["number"], payload["reason"], payload["status"]) == (2, "transferred", 301)
    assert "quill-works/elsewhere" in payload["location"]


def test_a_comment_that_is_deleted_before_its_edits_are_fetched_is_no_failure(
    home: Home, reach: Reach
) -> None:
    world = talkative(comments=1)
    comment = world.issues[2].comments[0]
    world.edit_comment(2, comment, "Comment 0, edited")
    before = expected_payload(world, world.issues[2])
    deleting = faults.calling(before=lambda: world.delete_comment(2, comment))
    with GithubServer(world, faults=on("CommentEdits", deleting, 0)) as server:
        reach(server)
        home.refresh()
        assert home.documents("github.comment_edits") == {}
        assert home.documents()["github.issue", f"{REPOSITORY}#2"] == before
        home.refresh()
    assert home.documents() == expected_documents(world)


def test_what_is_cut_off_within_a_thread_is_finished_by_the_next_refresh(
    home: Home, reach: Reach
) -> None:
    world = World.small(11)
    broken = on("ThreadPages", faults.refused("FORBIDDEN", "not today"), *range(99))
    with GithubServer(world, max_page=3, faults=broken) as server:
        reach(server)
        with pytest.raises(Exception, match="not today"):
            home.refresh()
    assert home.documents() != expected_documents(world)
    with GithubServer(world, max_page=3) as server:
        reach(server)
        home.refresh()
    assert home.documents() == expected_documents(world)


def test_random_changes_between_refreshes_leave_every_version_in_raw(
    home: Home, reach: Reach
) -> None:
    world = World.small(13)
    number = min(world.issues)
    with GithubServer(world, max_page=3) as server:
        reach(server)
        home.refresh()
        for turn in range(3):
            world.rename(number, f"[${turn + 1}] A price")
            world.update_random(3, Random(turn))
            world.advance(400)
            home.refresh()
    stored, true = home.documents(), expected_documents(world)
    assert {key: stored.get(key) for key in true} == true
    titles = home.rows(
        "SELECT payload->>'title' AS title FROM raw.documents WHERE kind = 'github.issue' "
        f"AND external_id = '{REPOSITORY}#{number}' AND title LIKE '%A price' ORDER BY fetched_at"
    )
    assert list(dict.fromkeys(row["title"] for row in titles)) == [
        "[$1] A price",
        "[$2] A price",
        "[$3] A price",
    ]
