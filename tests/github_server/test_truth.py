"""The server shows all of a world, and nothing else, whatever its pages and cursors are like."""

from random import Random

import pytest

from tests.github_server.connections import CursorStyle
from tests.github_server.naive_reader import NaiveReader
from tests.github_server.server import GithubServer
from tests.github_server.truth import expected_documents, truth
from tests.github_server.world import World


def _read(server: GithubServer, world: World) -> dict[tuple[str, str], object]:
    name = world.repository
    with NaiveReader(server.graphql_url, name) as reader:
        issues = reader.issues()
        found: dict[tuple[str, str], object] = {
            ("github.issue", f"{name}#{issue['number']}"): issue for issue in issues
        }
        found |= {("github.pull", f"{name}#{pull['number']}"): pull for pull in reader.pulls()}
        for issue in issues:
            for comment in issue["comments"]["nodes"]:
                if comment["lastEditedAt"]:
                    edits = reader.comment_edits(comment["id"])
                    found["github.comment_edits", comment["id"]] = edits
    return found


@pytest.mark.parametrize("style", ["keyset", "offset"])
def test_a_naive_client_reads_exactly_the_truth_of_a_still_world(style: CursorStyle) -> None:
    world = World.small(11, issues=9, pulls=4, page=3)
    with GithubServer(world, max_page=3, cursor_style=style) as server:
        assert _read(server, world) == expected_documents(world)
    assert len(server.calls) > 20  # inner pages were needed


def test_a_client_reads_what_every_kind_of_change_left_behind() -> None:
    world = World.small(5, issues=6, pulls=2, page=3)
    for seed in range(12):
        world.update_random(6, Random(seed))
    world.delete_issue(min(world.issues))
    world.rename_repository("quill-works/renamed")
    with GithubServer(world, max_page=50) as server:
        assert _read(server, world) == expected_documents(world)


def test_whole_pages_of_a_hundred_are_read_to_the_end() -> None:
    world = World.generate(3, issues=6, pulls=2, busy_share=0.5, chatty_share=0.4)
    with GithubServer(world) as server:
        assert _read(server, world) == expected_documents(world)
    assert any(len(issue.events) > 100 for issue in world.issues.values())


def test_plain_truth_tells_versions_oldest_first() -> None:
    world = World()
    issue = world.open_issue("[$250] Search is slow", "one")
    comment = world.comment(issue.number, "## Proposal")
    world.edit_comment(issue.number, comment, "## Proposal, better")
    world.rename(issue.number, "[$500] Search is slow")
    told = truth(world)["issues"][1]
    assert [text for _, _, text in told["comments"][comment.serial]["versions"]] == [
        "## Proposal",
        "## Proposal, better",
    ]
    assert [rename[1:3] for rename in told["renames"]] == [
        ("[$250] Search is slow", "[$500] Search is slow")
    ]
