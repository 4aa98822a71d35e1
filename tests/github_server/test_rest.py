"""The REST endpoints: pages with links to the others, issues among pull requests, comments."""

from collections.abc import Iterator

import httpx
import pytest

from tests.github_server.server import GithubServer
from tests.github_server.world import World


@pytest.fixture(scope="module")
def world() -> World:
    return World.generate(9, issues=120, pulls=30, busy_share=0.05, chatty_share=0.05)


@pytest.fixture(scope="module")
def server(world: World) -> Iterator[GithubServer]:
    with GithubServer(world) as server:
        yield server


def _all(url: str) -> list[dict[str, object]]:
    found: list[dict[str, object]] = []
    with httpx.Client(headers={"Authorization": "token token-a"}) as client:
        while url:
            answer = client.get(url)
            assert answer.status_code == 200
            found += answer.json()
            url = answer.links.get("next", {}).get("url", "")
    return found


def test_all_issues_and_pull_requests_are_listed_once(server: GithubServer, world: World) -> None:
    url = f"{server.api_url}/repos/{world.repository}/issues?state=all&filter=all&per_page=100"
    found = _all(url)
    assert sorted(str(each["number"]) for each in found if "pull_request" not in each) == sorted(
        map(str, world.issues)
    )
    assert len(found) == len(world.issues) + len(world.pulls)
    assert all(isinstance(each["user"], dict) for each in found)  # ghosts have an account here


def test_all_comments_are_listed_once(server: GithubServer, world: World) -> None:
    url = f"{server.api_url}/repos/{world.repository}/issues/comments?per_page=100"
    serials = [comment.serial for issue in world.issues.values() for comment in issue.comments]
    assert [each["id"] for each in _all(url)] == sorted(serials)


def test_the_comments_of_an_issue_fill_several_pages(server: GithubServer, world: World) -> None:
    issue = max(world.issues.values(), key=lambda each: len(each.comments))
    before = len(server.calls)
    url = f"{server.api_url}/repos/{world.repository}/issues/{issue.number}/comments?per_page=100"
    assert [each["body"] for each in _all(url)] == [each.text.now for each in issue.comments]
    assert len(server.calls) - before == -(-len(issue.comments) // 100) >= 2


@pytest.mark.parametrize("path", ["/repos/no/body", "/repos/quill-works/ledger/issues/99999", "/x"])
def test_what_is_not_there_is_not_found(server: GithubServer, path: str) -> None:
    headers = {"Authorization": "token token-a"}
    assert httpx.get(f"{server.api_url}{path}", headers=headers).status_code == 404
