"""Tokens, budgets, names, what is gone: the server answers for them as GitHub does."""

import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from random import Random

import httpx
import pytest

from tests.github_server.naive_reader import ISSUES, NUMBERS, Json, NaiveReader, sweep
from tests.github_server.server import GithubServer
from tests.github_server.world import World

NAME = "quill-works/ledger"
REPOSITORY = 'repository(owner: "quill-works", name: "ledger")'


@pytest.fixture
def world() -> World:
    return World.small(6, issues=7, pulls=3)


@pytest.fixture
def server(world: World) -> Iterator[GithubServer]:
    with GithubServer(world, tokens={"token-a": 5_000, "token-b": 2}) as server:
        yield server


@pytest.fixture
def reader(server: GithubServer) -> Iterator[NaiveReader]:
    with NaiveReader(server.graphql_url, NAME) as reader:
        yield reader


def _errors(reader: NaiveReader, text: str) -> list[tuple[str | None, list[str] | None]]:
    response = reader.post(text)
    assert response.status_code == 200
    return [(error.get("type"), error.get("path")) for error in response.json()["errors"]]


@pytest.mark.parametrize("header", [None, "bearer wrong", "bearer", "basic token-a"])
def test_without_a_known_token_there_is_no_answer(server: GithubServer, header: str | None) -> None:
    headers = {"Authorization": header} if header else {}
    answer = httpx.post(server.graphql_url, json={"query": "{ viewer { login } }"}, headers=headers)
    assert answer.status_code == 401
    assert answer.json()["message"] == "Bad credentials"


def test_points_of_a_token_are_told_and_run_out(server: GithubServer) -> None:
    text = "{ rateLimit { cost limit remaining used nodeCount } }"
    with NaiveReader(server.graphql_url, NAME, "token-b") as reader:
        told = [reader.ask(text)["rateLimit"] for _ in range(2)]
        refused = reader.post(text)
    assert told == [
        {"cost": 1, "limit": 2, "remaining": 1, "used": 1, "nodeCount": 0},
        {"cost": 1, "limit": 2, "remaining": 0, "used": 2, "nodeCount": 0},
    ]
    assert refused.status_code == 200
    assert refused.json()["errors"][0]["type"] == "RATE_LIMITED"
    assert refused.headers["x-ratelimit-remaining"] == "0"
    assert server.points == 2


def test_an_exhausted_token_may_be_told_by_a_403(world: World) -> None:
    with (
        GithubServer(world, tokens={"token-a": 1}, forbid_when_exhausted=True) as server,
        NaiveReader(server.graphql_url, NAME) as reader,
    ):
        statuses = [reader.post(NUMBERS).status_code for _ in range(2)]
    assert statuses == [200, 403]


def test_points_come_back_at_the_reset(world: World) -> None:
    now = [1_000.0]
    with (
        GithubServer(
            world, tokens={"token-a": 1}, reset_seconds=2.5, clock=lambda: now[0]
        ) as server,
        NaiveReader(server.graphql_url, NAME) as reader,
    ):
        assert reader.post(NUMBERS).headers["x-ratelimit-reset"] == "1003"
        now[0] = 1_002.9
        assert "errors" in reader.post(NUMBERS).json()
        now[0] = 1_003.0
        assert reader.ask("{ rateLimit { resetAt } }") == {
            "rateLimit": {"resetAt": "1970-01-01T00:16:46Z"}
        }


def test_what_the_schema_does_not_know_is_refused(reader: NaiveReader) -> None:
    answer = reader.post(f"{{ {REPOSITORY} {{ issues(first: 1) {{ nodes {{ price }} }} }} }}")
    assert answer.status_code == 200
    assert [error["message"] for error in answer.json()["errors"]] == [
        "Cannot query field 'price' on type 'Issue'."
    ]
    assert "data" not in answer.json()


def test_what_the_world_lacks_is_told(reader: NaiveReader, world: World) -> None:
    text = f"{{ {REPOSITORY} {{ stargazerCount }} }}"
    assert _errors(reader, text) == [("NOT_IN_THIS_WORLD", ["repository", "stargazerCount"])]


@pytest.mark.parametrize(
    ("text", "path"),
    [
        ('{ repository(owner: "no", name: "body") { id } }', ["repository"]),
        (f"{{ {REPOSITORY} {{ issue(number: 9999) {{ id }} }} }}", ["repository", "issue"]),
        (f"{{ {REPOSITORY} {{ some: issue(number: 9999) {{ id }} }} }}", ["repository", "some"]),
        ('{ node(id: "I_kwnothing") { id } }', ["node"]),
        ('{ nodes(ids: ["I_kwnothing"]) { id } }', ["nodes", 0]),
    ],
)
def test_what_is_not_there_is_null_with_an_error_at_its_path(
    reader: NaiveReader, text: str, path: list[str | int]
) -> None:
    answer = reader.post(text).json()
    [error] = answer["errors"]
    assert (error["type"], error["path"]) == ("NOT_FOUND", path)
    assert error["message"].startswith("Could not resolve to a")
    found = answer["data"]
    for step in path:
        found = found[step]
    assert found is None


@pytest.mark.parametrize("gone", ["deleted", "transferred"])
def test_a_gone_issue_is_found_no_more(
    world: World, server: GithubServer, reader: NaiveReader, gone: str
) -> None:
    number = min(world.issues)
    identity = world.issues[number].id
    if gone == "deleted":
        world.delete_issue(number)
    else:
        world.transfer_issue(number, "quill-works/elsewhere")
    assert _errors(reader, f"{{ {REPOSITORY} {{ issue(number: {number}) {{ id }} }} }}")
    assert _errors(reader, f'{{ node(id: "{identity}") {{ id }} }}')
    assert len(reader.listed(NUMBERS, "issues")) == 6
    answer = reader.client.get(f"{server.api_url}/repos/{NAME}/issues/{number}")
    if gone == "deleted":
        assert answer.status_code == 410
    else:
        there = f"{server.api_url}/repos/quill-works/elsewhere/issues/{number}"
        assert (answer.status_code, answer.headers["location"]) == (301, there)
        assert reader.client.get(there).status_code == 200


def test_a_renamed_repository_is_followed(
    world: World, server: GithubServer, reader: NaiveReader
) -> None:
    world.rename_repository("quill-works/notes")
    text = f"{{ {REPOSITORY} {{ nameWithOwner }} }}"
    assert reader.ask(text) == {"repository": {"nameWithOwner": "quill-works/notes"}}
    answer = reader.client.get(f"{server.api_url}/repos/{NAME}")
    assert answer.status_code == 301
    moved = reader.client.get(answer.headers["location"])
    assert moved.json()["full_name"] == "quill-works/notes"
    strict = text.replace('"ledger")', '"ledger", followRenames: false)')
    assert _errors(reader, strict) == [("NOT_FOUND", ["repository"])]


def test_issues_since_a_time_are_those_updated_then_or_later(
    world: World, reader: NaiveReader
) -> None:
    times = sorted(issue.updated_at for issue in world.issues.values())
    since = times[3].isoformat()
    asked = f'issues(first: 9, filterBy: {{since: "{since}"}})'
    text = f"{{ {REPOSITORY} {{ {asked} {{ totalCount }} }} }}"
    expected = sum(time >= times[3] for time in times)
    assert reader.ask(text)["repository"]["issues"]["totalCount"] == expected < 7


@pytest.mark.parametrize("direction", ["ASC", "DESC"])
@pytest.mark.parametrize("field", ["CREATED_AT", "UPDATED_AT", "COMMENTS"])
def test_issues_come_in_the_order_asked_for(
    world: World, reader: NaiveReader, field: str, direction: str
) -> None:
    text = sweep("issues", "number", 2).replace("field: UPDATED_AT", f"field: {field}")
    text = text.replace("direction: ASC", f"direction: {direction}")
    keys = {
        issue.number: {
            "CREATED_AT": (issue.at, issue.serial),
            "UPDATED_AT": (issue.updated_at, issue.serial),
            "COMMENTS": (len(issue.comments), issue.serial),
        }[field]
        for issue in world.issues.values()
    }
    expected = sorted(keys, key=lambda number: keys[number], reverse=direction == "DESC")
    assert [node["number"] for node in reader.listed(text, "issues")] == expected


def test_a_search_stops_at_a_thousand_and_counts_all() -> None:
    world = World()
    for _ in range(1_003):
        world.open_issue("Title", "")
    with GithubServer(world) as server, NaiveReader(server.graphql_url, NAME) as reader:
        found = _searched(reader, f"repo:{NAME} is:issue")
        half = world.issues[500].at.strftime("%Y-%m-%dT%H:%M:%SZ")
        young = _searched(reader, f"repo:{NAME} is:issue created:{half}..*")
        old = _searched(reader, f"repo:{NAME} is:issue created:*..{half} sort:created-asc")
    assert found == (1_003, list(range(1_003, 3, -1)))
    assert young == (504, list(range(1_003, 499, -1)))
    assert old == (500, list(range(1, 501)))


def _searched(reader: NaiveReader, query: str) -> tuple[int, list[int]]:
    text = """query S($query: String!, $after: String) {
        search(type: ISSUE, query: $query, first: 100, after: $after) {
            issueCount pageInfo { endCursor hasNextPage } nodes { ... on Issue { number } } } }"""
    page: Json = {"pageInfo": {"hasNextPage": True, "endCursor": None}}
    numbers: list[int] = []
    while page["pageInfo"]["hasNextPage"]:
        page = reader.ask(text, query=query, after=page["pageInfo"]["endCursor"])["search"]
        numbers += [node["number"] for node in page["nodes"]]
    return page["issueCount"], numbers


def test_a_heavy_page_is_refused_and_half_of_it_is_not(world: World) -> None:
    with (
        GithubServer(
            world, too_heavy=lambda request: bool(request.cost and request.cost.nodes > 15_000)
        ) as server,
        NaiveReader(server.graphql_url, NAME) as reader,
    ):
        texts = [ISSUES.replace("first: 20", f"first: {size}") for size in (40, 20)]
        assert [reader.post(text).status_code for text in texts] == [502, 200]


def test_a_cached_answer_is_the_same_bytes_until_the_world_changes(world: World) -> None:
    with GithubServer(world) as server, NaiveReader(server.graphql_url, NAME) as reader:
        names = {"owner": "quill-works", "name": "ledger"}
        server.prerender([(ISSUES, names)])
        one, two = reader.post(ISSUES).content, reader.post(ISSUES).content
        assert one == two
        world.rename(min(world.issues), "Another title")
        three = reader.post(ISSUES).content
        assert three != one
        assert b"Another title" in three


def test_several_worlds_are_served_by_their_names() -> None:
    worlds = [World.small(1), World.small(1, issues=4, repository="quill-works/other")]
    with GithubServer(worlds) as server, NaiveReader(server.graphql_url, NAME) as reader:
        assert len(reader.listed(NUMBERS, "issues")) == 8
        reader.name = "other"
        assert len(reader.listed(NUMBERS, "issues")) == 4


def test_every_call_is_recorded(server: GithubServer, reader: NaiveReader) -> None:
    begin = time.time()
    answer = reader.post(NUMBERS)
    reader.client.get(f"{server.api_url}/repos/{NAME}")
    posted, got = server.calls
    assert (posted.index, posted.operation, posted.token) == (0, "Sweep", "token-a")
    assert (posted.points, posted.status, posted.bytes) == (1, 200, len(answer.content))
    assert begin <= posted.at <= time.time()
    assert (got.method, got.path, got.points, got.operation) == ("GET", f"/repos/{NAME}", 0, None)


def test_a_world_that_changes_while_it_is_read_is_read_without_fault(world: World) -> None:
    numbers = set(world.issues)
    with GithubServer(world, max_page=3) as server:
        with ThreadPoolExecutor(4) as pool:
            readings = [pool.submit(_numbers_read, server) for _ in range(4)]
            for seed in range(40):
                world.update_random(2, Random(seed))
        assert all(reading.result() >= numbers for reading in readings)
    assert server.crashes == []


def _numbers_read(server: GithubServer) -> set[int]:
    with NaiveReader(server.graphql_url, NAME) as reader:
        return {issue["number"] for issue in reader.listed(ISSUES, "issues")}


def test_a_server_that_breaks_says_so_when_it_is_left(world: World) -> None:
    def broken(*_: object) -> bool:
        raise ZeroDivisionError

    with (
        pytest.raises(AssertionError, match="the server itself failed"),
        GithubServer(world, too_heavy=broken) as server,
        NaiveReader(server.graphql_url, NAME) as reader,
    ):
        assert reader.post(NUMBERS).status_code == 599
