"""A refresh over the network, as a user has it: what it lands, costs, tells and shares."""

from pathlib import Path
from random import Random

import pytest

from tests.flows.command import Paydag
from tests.flows.loopback import TOKEN, add_dataset, leading_to
from tests.flows.tables import query
from tests.flows.test_bad_input import assert_one_sentence
from tests.github_server import texts
from tests.github_server.records import Commit, Pull
from tests.github_server.schema import need_schema
from tests.github_server.server import GithubServer
from tests.github_server.texts import FREELANCERS
from tests.github_server.truth import expected_documents
from tests.github_server.world import World

pytestmark = pytest.mark.prefect

KINDS = "SELECT kind, count(*) FROM raw.documents GROUP BY kind ORDER BY kind"


def add_a_task(world: World) -> None:
    """An issue with a price, two plans, one of them accepted, and the merged fix of its author."""
    ada, bo = FREELANCERS[:2]
    issue = world.open_issue("[$250] The export rounds twice", "Sums are off.").number
    for who in (ada, bo):
        plan = world.comment(issue, texts.proposal(Random(who.login)), by=who)
        world.edit_comment(issue, plan, f"{plan.text.now} And a test.", by=who)
    world.assign(issue, ada)
    body = texts.pull_body(world.url, (issue,), Random(0))
    number, at, oid = world.last_number + 1, world.now, "0a" * 20
    node, serial = world.identity("PR")
    title = "Round once"
    pull = Pull(node, serial, number, title, body, ada, at, at, "main", oid, oid, 2, 3, 4, (issue,))
    world.open_pull(pull)
    world.cross_reference(issue, number, by=ada)
    world.advance(3_600)
    world.update_pull(number, merge=Commit("0b" * 20, world.now, (oid,)))
    world.close(issue, closer=number)


def test_a_refresh_without_a_token_says_how_to_get_and_set_one(
    lone_paydag: Paydag, tmp_path: Path
) -> None:
    home = tmp_path / "home"
    finished = lone_paydag("refresh", "expensify", home=home)
    assert_one_sentence(finished, 2, "collecting from GitHub needs a token: make one at https://")
    assert "set GITHUB_TOKEN=" in finished.err
    assert not home.exists()  # no server was started for it


def test_a_bad_token_is_told_in_one_sentence_and_not_tried_again(
    paydag: Paydag, tmp_path: Path
) -> None:
    with GithubServer(World.small(1)) as server:
        finished = paydag(
            "refresh",
            "quill",
            home=tmp_path / "home",
            PAYDAG_DATASETS=add_dataset(tmp_path),
            **leading_to(server, TOKEN),
        )
        assert {call.status for call in server.calls} == {401}
        assert len(server.calls) <= 2  # issues and pull requests begin side by side
    assert_one_sentence(finished, 2, "GitHub does not accept token 1 of 1: bad credentials; set")


@pytest.mark.exhaustive
@pytest.mark.slow
def test_a_host_that_cannot_be_reached_is_told_in_one_sentence(
    paydag: Paydag, tmp_path: Path
) -> None:
    finished = paydag(
        "refresh",
        "quill",
        home=tmp_path / "home",
        PAYDAG_DATASETS=add_dataset(tmp_path),
        GITHUB_TOKEN=TOKEN,
        GITHUB_GRAPHQL_URL="http://127.0.0.1:9/graphql",
    )
    assert_one_sentence(finished, 1, "GitHub (127.0.0.1) gave no usable answer to ")


@pytest.mark.exhaustive
def test_what_is_collected_is_built_shown_archived_and_landed_elsewhere(
    paydag: Paydag, tmp_path: Path
) -> None:
    need_schema()
    home, other, archive = tmp_path / "home", tmp_path / "other", tmp_path / "archive"
    world = World.small(60, issues=7, pulls=3)
    add_a_task(world)
    expected = expected_documents(world)
    folder = {"PAYDAG_DATASETS": add_dataset(tmp_path)}
    with GithubServer(world, max_page=3, tokens={TOKEN: 5_000}) as server:
        there = folder | leading_to(server)
        found = paydag.json("refresh", "quill", "--archive", archive, home=home, **there)
        again = paydag.json("refresh", "quill", "--archive", archive, home=home, **there)
        charged = (len(server.calls), server.points)
    held = dict(query(home, KINDS))
    assert held["github.issue"] == 8
    assert held["github.pull"] == 4
    assert held["github.comment_edits"] <= sum(k == "github.comment_edits" for k, _ in expected)
    landed = sum(held.values())
    (file,) = archive.iterdir()
    assert found == {
        "source": "github",
        "read": landed,
        "landed": landed,
        "unchanged": 0,
        "gone": 0,
        "calls": found["calls"],
        "points": found["points"],
        "malformed": [],
        "complete": True,
        "notes": [],
        "archives": [str(file)],
    }
    assert (again["landed"], again["complete"], again["archives"]) == (0, True, [])
    assert (found["calls"] + again["calls"], found["points"] + again["points"]) == charged

    fetches = paydag.json("show", "fetches", "quill", home=home)
    assert [(r["calls"], r["points"]) for r in fetches["refreshes"]] == [
        (again["calls"], again["points"]),
        (found["calls"], found["points"]),
    ]
    assert [(r["repository"], r["issues"], r["pulls"]) for r in fetches["repositories"]] == [
        ("quill-works/ledger", 8, 4)
    ]
    assert fetches["failures"] == []
    assert {stream["stream"] for stream in fetches["streams"]} == {
        "quill-works/ledger issues",
        "quill-works/ledger pulls",
    }

    elsewhere = paydag.json("refresh", "quill", "--from", archive, home=other, **folder)
    assert (elsewhere["landed"], elsewhere["calls"]) == (landed, 0)
    assert query(other, KINDS) == query(home, KINDS)
    built, rebuilt = (paydag.json("build", "quill", home=each, **folder) for each in (home, other))
    assert (built["candidates"], built["instances"]) == (8, 1)
    assert rebuilt == built
