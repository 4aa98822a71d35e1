"""Each fault answers as it says, once, and leaves the world to be read as before."""

import time
from collections.abc import Iterator

import httpx
import pytest

from tests.github_server import faults
from tests.github_server.faults import Fault
from tests.github_server.naive_reader import ISSUES, Json, NaiveReader
from tests.github_server.server import GithubServer
from tests.github_server.world import World


@pytest.fixture
def world() -> World:
    return World.small(4, issues=5, pulls=2)


@pytest.fixture
def server(world: World) -> Iterator[GithubServer]:
    with GithubServer(world, tokens={"token-a": 10}) as server:
        yield server


@pytest.fixture
def reader(server: GithubServer, world: World) -> Iterator[NaiveReader]:
    with NaiveReader(server.graphql_url, world.repository) as reader:
        yield reader


def _faulty(server: GithubServer, reader: NaiveReader, fault: Fault) -> httpx.Response:
    server.faults = {0: fault}
    return reader.post(ISSUES)


def _nodes(answer: Json) -> list[Json | None]:
    nodes: list[Json | None] = answer["data"]["repository"]["issues"]["nodes"]
    return nodes


@pytest.mark.parametrize(
    ("fault", "status", "words"),
    [
        (faults.http(500), 500, "<html>"),
        (faults.http(502), 502, "<html>"),
        (faults.http(503), 503, "<html>"),
        (faults.http(504), 504, "<html>"),
        (faults.html(), 200, "<html>"),
        (faults.empty(), 200, ""),
        (faults.secondary(), 403, "secondary rate limit"),
        (faults.secondary(429), 429, "secondary rate limit"),
        (faults.limited(), 200, '"type": "RATE_LIMITED"'),
        (faults.went_wrong(), 200, '"data": null'),
        (faults.timed_out(), 200, "timeout"),
        (faults.bad_credentials(), 401, "Bad credentials"),
        (faults.refused("FORBIDDEN", "No."), 200, '"type": "FORBIDDEN"'),
    ],
    ids=lambda value: value.name if isinstance(value, Fault) else None,
)
def test_a_fault_answers_once_and_charges_nothing(
    server: GithubServer, reader: NaiveReader, fault: Fault, status: int, words: str
) -> None:
    answer = _faulty(server, reader, fault)
    assert answer.status_code == status
    assert words in answer.text
    assert "retry-after" not in answer.headers
    assert server.points == 0
    assert len(reader.listed(ISSUES, "issues")) == 5
    assert [call.fault for call in server.calls] == [fault.name, None]


def test_a_secondary_limit_may_say_for_how_long(server: GithubServer, reader: NaiveReader) -> None:
    answer = _faulty(server, reader, faults.secondary(403, retry_after=3))
    assert answer.headers["retry-after"] == "3"
    assert int(answer.headers["x-ratelimit-remaining"]) > 0


@pytest.mark.parametrize("forbidden", [False, True])
def test_exhaustion_lasts_until_the_reset(
    server: GithubServer, reader: NaiveReader, forbidden: bool
) -> None:
    answer = _faulty(server, reader, faults.exhausted(forbidden=forbidden))
    assert answer.status_code == (403 if forbidden else 200)
    assert answer.headers["x-ratelimit-remaining"] == "0"
    again = reader.post(ISSUES)
    assert again.json()["errors"][0]["type"] == "RATE_LIMITED"
    assert again.headers["x-ratelimit-remaining"] == "0"


def test_a_truncated_body_is_shorter_than_promised(
    server: GithubServer, reader: NaiveReader
) -> None:
    with pytest.raises(httpx.RemoteProtocolError, match=r"incomplete|without sending complete"):
        _faulty(server, reader, faults.truncated())
    assert server.calls[0].status == 200
    assert server.points == 1


def test_cut_json_is_a_whole_answer_that_cannot_be_read(
    server: GithubServer, reader: NaiveReader
) -> None:
    answer = _faulty(server, reader, faults.cut_json())
    assert answer.status_code == 200
    with pytest.raises(ValueError):
        answer.json()


@pytest.mark.parametrize(
    ("fault", "points"), [(faults.reset(), 0), (faults.reset_after_executing(), 1)]
)
def test_a_reset_answers_nothing(
    server: GithubServer, reader: NaiveReader, fault: Fault, points: int
) -> None:
    with pytest.raises(httpx.TransportError):
        _faulty(server, reader, fault)
    assert (server.calls[0].status, server.calls[0].bytes, server.points) == (0, 0, points)


def test_partial_data_lacks_connections_and_says_where(
    server: GithubServer, reader: NaiveReader
) -> None:
    answer = _faulty(server, reader, faults.partial(every=2)).json()
    lost = [node["comments"] is None for node in _nodes(answer) if node]
    assert lost == [True, False, True, False, True]
    paths = [error["path"] for error in answer["errors"]]
    assert ["repository", "issues", "nodes", 2, "timelineItems"] in paths
    assert {error["type"] for error in answer["errors"]} == {"RESOURCE_LIMITS_EXCEEDED"}


def test_partial_data_may_lack_whole_nodes(server: GithubServer, reader: NaiveReader) -> None:
    answer = _faulty(server, reader, faults.partial(every=4, whole=True)).json()
    assert [node is None for node in _nodes(answer)] == [True, False, False, False, True]
    assert {error["path"][3] for error in answer["errors"]} == {0, 4}


def test_a_lost_node_is_null_with_an_error_of_its_own(
    server: GithubServer, reader: NaiveReader
) -> None:
    answer = _faulty(server, reader, faults.node_lost(3)).json()
    assert [node is None for node in _nodes(answer)] == [False, False, False, True, False]
    [error] = answer["errors"]
    assert (error["type"], error["path"]) == ("NOT_FOUND", ["repository", "issues", "nodes", 3])


@pytest.mark.parametrize("status", [307, 308])
def test_a_redirect_leads_to_a_path_that_answers(
    server: GithubServer, reader: NaiveReader, status: int
) -> None:
    reader.client.follow_redirects = True
    answer = _faulty(server, reader, faults.redirect(status=status))
    assert answer.url.path == "/moved/graphql"
    assert len(_nodes(answer.json())) == 5


def test_a_redirect_may_lead_to_another_host(
    server: GithubServer, reader: NaiveReader, world: World
) -> None:
    with GithubServer(world) as other:
        answer = _faulty(server, reader, faults.redirect(other.graphql_url))
        assert answer.status_code == 307
        assert answer.headers["location"] == other.graphql_url


def test_a_slow_answer_is_right_and_late(server: GithubServer, reader: NaiveReader) -> None:
    begin = time.monotonic()
    answer = _faulty(server, reader, faults.slow(0.15))
    assert time.monotonic() - begin >= 0.15
    assert len(_nodes(answer.json())) == 5


def test_a_skewed_clock_shows_in_the_date_and_in_the_reset(
    server: GithubServer, reader: NaiveReader
) -> None:
    skewed = _faulty(server, reader, faults.skewed(7_200)).headers
    right = reader.post(ISSUES).headers
    assert 7_190 < _date(skewed) - _date(right) < 7_210
    assert int(skewed["x-ratelimit-reset"]) - int(right["x-ratelimit-reset"]) == 7_200


def _date(headers: httpx.Headers) -> float:
    return time.mktime(time.strptime(headers["date"], "%a, %d %b %Y %H:%M:%S GMT"))


def test_a_mutation_shows_in_the_answer_or_only_in_the_next(
    server: GithubServer, reader: NaiveReader, world: World
) -> None:
    still = reader.post(ISSUES).json()
    server.faults = {1: faults.mutate(world, 2, seed=1), 2: faults.mutate(world, 2, after=True)}
    before = reader.post(ISSUES).json()
    after = reader.post(ISSUES).json()
    assert still != before == after
    assert reader.post(ISSUES).json() != after


def test_an_action_runs_before_or_after_the_answer(
    server: GithubServer, reader: NaiveReader
) -> None:
    seen: list[tuple[str, int]] = []
    _faulty(
        server,
        reader,
        faults.calling(
            before=lambda: seen.append(("before", len(server.calls))),
            after=lambda: seen.append(("after", len(server.calls))),
        ),
    )
    reader.post(ISSUES)  # the same connection: it is served once the action is done
    assert seen == [("before", 0), ("after", 1)]


def test_faults_may_depend_on_the_request(server: GithubServer, reader: NaiveReader) -> None:
    server.faults = lambda index, request: (
        faults.http(502) if request.variables.get("after") else None
    )
    assert reader.post(ISSUES).status_code == 200
    assert reader.post(ISSUES, after="x").status_code == 502


def test_a_fault_hits_rest_too(server: GithubServer, reader: NaiveReader, world: World) -> None:
    server.faults = {0: faults.exhausted(), 1: faults.http(503)}
    url = f"{server.api_url}/repos/{world.repository}"
    assert reader.client.get(url).status_code == 403
    assert reader.client.get(url).status_code == 503
