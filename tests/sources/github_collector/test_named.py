"""Issues that are asked for by their numbers: what is there, what is not, and what is gone."""

from collections.abc import Iterator

import pytest

from tasks.domain.errors import UsageError
from tasks.warehouse.collected import cursor_of
from tests.github_server.exchange import Reply, Request, message_reply
from tests.github_server.faults import Fault
from tests.github_server.server import GithubServer
from tests.github_server.truth import expected_payload, expected_pull
from tests.github_server.world import World
from tests.sources.github_collector.conftest import Reach
from tests.sources.github_collector.home import REPOSITORY, Home

GONE = "github.gone"
STREAMS = ("issues", "pulls")


def name(number: int) -> str:
    return f"{REPOSITORY}#{number}"


@pytest.fixture
def world() -> World:
    return World.small(21)


@pytest.fixture
def server(world: World, reach: Reach) -> Iterator[GithubServer]:
    with GithubServer(world, max_page=3) as running:
        reach(running)
        yield running


def linked(world: World, number: int) -> set[int]:
    """The own pull requests that an issue's timeline names."""
    events = world.issues[number].events
    named = {e.data.get(key) for e in events for key in ("source", "closer")}
    return {each for each in named if isinstance(each, int) and each in world.pulls}


def test_a_named_issue_brings_itself_and_the_pull_requests_that_it_names(
    home: Home, server: GithubServer, world: World
) -> None:
    number = max(world.issues, key=lambda each: len(linked(world, each)))
    result = home.refresh(issues=(str(number),))
    assert home.documents("github.issue") == {
        ("github.issue", name(number)): expected_payload(world, world.issues[number])
    }
    assert linked(world, number) != set()
    assert home.documents("github.pull") == {
        ("github.pull", name(each)): expected_pull(world, world.pulls[each])
        for each in linked(world, number)
    }
    assert (result.complete, result.gone) == (True, 0)


def test_a_named_issue_is_fetched_again_and_moves_no_cursor(
    home: Home, server: GithubServer, world: World
) -> None:
    home.refresh()
    number = min(world.issues)
    comment = world.comment(number, "hidden by and by")
    home.refresh()
    world.minimize_comment(number, comment)  # leaves updatedAt alone
    assert home.refresh().landed == 0
    cursors = [cursor_of(home.warehouse, "github", f"{REPOSITORY} {each}") for each in STREAMS]
    server.forget()
    home.refresh(issues=(f"{REPOSITORY}#{number}",))
    found = home.documents()["github.issue", name(number)]
    assert found == expected_payload(world, world.issues[number])
    assert None not in cursors
    assert cursors == [
        cursor_of(home.warehouse, "github", f"{REPOSITORY} {each}") for each in STREAMS
    ]
    assert {call.operation for call in server.calls} <= {
        "IssuesByNumber",
        "ThreadPages",
        "PullsByNumber",
        "CommentEdits",
    }


@pytest.mark.parametrize("kind", ["pull request", "unknown"])
def test_a_number_that_is_no_issue_is_told_and_the_others_land(
    home: Home, server: GithubServer, world: World, kind: str
) -> None:
    number = min(world.issues)
    wrong = min(world.pulls) if kind == "pull request" else 9_999
    with pytest.raises(UsageError) as caught:
        home.refresh(issues=(str(wrong), str(number)))
    assert str(caught.value) == (
        f"{REPOSITORY} has no issue #{wrong} (a pull request, or a slip of the pen?); the other "
        "issues are landed"
    )
    assert home.ids() == [name(number)]
    assert home.ids(GONE) == []


@pytest.mark.parametrize("known", [True, False])
@pytest.mark.parametrize("fate", ["deleted", "transferred"])
def test_an_issue_that_is_gone_is_recorded_whether_it_was_known_or_not(
    home: Home, server: GithubServer, world: World, fate: str, known: bool
) -> None:
    if known:
        home.refresh()
    number = min(world.issues)
    if fate == "deleted":
        world.delete_issue(number)
    else:
        world.transfer_issue(number)
    result = home.refresh(issues=(str(number),))
    ((key, payload),) = home.documents(GONE).items()
    assert key == (GONE, name(number))
    assert (payload["number"], payload["reason"]) == (number, fate)
    assert result.gone == 1


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("7", "the dataset has several repositories; say owner/name#N"),
        ("quill-works/other#7", "the dataset has no repository quill-works/other; known: quill"),
    ],
)
def test_a_number_without_its_repository_is_asked_back(
    home: Home, server: GithubServer, text: str, said: str
) -> None:
    with pytest.raises(UsageError, match=said):
        home.refresh({"repositories": [REPOSITORY, "quill-works/mobile"]}, issues=(text,))
    assert server.calls == []


def test_what_a_server_says_of_where_an_issue_went_is_kept_without_the_token(
    home: Home, world: World, reach: Reach
) -> None:
    def elsewhere(request: Request) -> Reply:
        there = f"{request.base_url}/repositories/{request.token}/issues/7"
        return message_reply(301, "Moved", {"Location": there})

    def asked(_: int, request: Request) -> Fault | None:
        return Fault("moved", elsewhere) if request.path.startswith("/repos/") else None

    with GithubServer(world, faults=asked) as server:
        reach(server)
        home.refresh(issues=("9999",))
    (payload,) = home.documents(GONE).values()
    assert payload["location"].endswith("/repositories/***/issues/7")
