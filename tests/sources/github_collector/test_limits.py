"""Several tokens carry a load together; without waiting, a refresh stops whole and goes on."""

import pytest

from tasks.domain.errors import UsageError
from tests.github_server import faults
from tests.github_server.exchange import Request
from tests.github_server.faults import Fault
from tests.github_server.server import GithubServer
from tests.github_server.truth import expected_documents
from tests.github_server.world import World
from tests.sources.github_collector.conftest import Reach
from tests.sources.github_collector.home import Home, on


def test_tokens_share_the_load_about_equally(home: Home, reach: Reach) -> None:
    world = World.small(51, issues=40)
    with GithubServer(world, max_page=3, tokens={"token-a": 900, "token-b": 900}) as server:
        reach(server)
        home.refresh()
        charged = {
            token: sum(call.points for call in server.calls if call.token == token)
            for token in server.tokens
        }
    assert home.documents() == expected_documents(world)
    assert abs(charged["token-a"] - charged["token-b"]) <= 4
    assert min(charged.values()) > 5


def test_a_token_that_is_used_up_leaves_the_rest_to_the_others(home: Home, reach: Reach) -> None:
    world = World.small(52, issues=40)
    used_up: list[int] = []

    def third_call_of_one(index: int, request: Request) -> Fault | None:
        used_up.extend([index] if request.token == "token-a" else [])
        return faults.exhausted() if len(used_up) == 3 and used_up[-1] == index else None

    tokens = {"token-a": 900, "token-b": 900}
    with GithubServer(world, max_page=3, tokens=tokens, faults=third_call_of_one) as server:
        reach(server)
        result = home.refresh(wait=False)
    assert home.documents() == expected_documents(world)
    assert (result.complete, len(used_up)) == (True, 3)


def test_without_waiting_a_refresh_stops_whole_and_the_next_one_goes_on(
    home: Home, reach: Reach
) -> None:
    world = World.small(53, issues=30)
    # The points of the first hour do not suffice; each refresh comes an hour after the last one.
    complete, refreshes, calls = False, 0, 0
    while not complete:
        with GithubServer(world, max_page=3, tokens={"token-a": 20}) as server:
            reach(server)
            result = home.refresh(wait=False)
            calls += len(server.calls)
        complete, refreshes = result.complete, refreshes + 1
        assert result.calls <= 21
        if not complete:
            assert result.note is not None
            assert result.note.startswith("GitHub's rate limit resets in ")
            assert result.note.endswith("; resume then with the same command")
            assert refreshes < 20
    assert refreshes > 1
    assert home.documents() == expected_documents(world)
    (row,) = home.rows("SELECT sum(calls) AS calls FROM raw.fetches")
    assert row["calls"] == calls


def test_a_refresh_that_waits_goes_on_when_the_points_come_back(home: Home, reach: Reach) -> None:
    world = World.small(54, issues=12)
    with GithubServer(world, max_page=3, tokens={"token-a": 6}, reset_seconds=1) as server:
        reach(server)
        result = home.refresh()
        assert server.points > 6
    assert home.documents() == expected_documents(world)
    assert (result.complete, result.note) == (True, None)


def test_a_secondary_limit_pauses_and_passes(home: Home, reach: Reach) -> None:
    world = World.small(55)
    with GithubServer(world, max_page=3, faults=on("Issues", faults.secondary(), 0, 1)) as server:
        reach(server)
        assert home.refresh(wait=False).complete
    assert home.documents() == expected_documents(world)
    (row,) = home.rows("SELECT count(*) AS n FROM raw.fetches WHERE status = 'secondary_limited'")
    assert row["n"] == 2


def test_a_bad_token_is_told_in_one_sentence_and_not_tried_again(home: Home, reach: Reach) -> None:
    with GithubServer(World.small(56)) as server:
        reach(server, "token-x")
        with pytest.raises(
            UsageError, match="GitHub does not accept token 1 of 1: bad credentials"
        ):
            home.refresh()
        assert len(server.calls) <= 2  # issues and pull requests began side by side
    assert home.documents() == {}
    assert "bad_credentials" in {r["status"] for r in home.rows("SELECT status FROM raw.fetches")}
