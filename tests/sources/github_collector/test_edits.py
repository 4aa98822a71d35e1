"""Edits are fetched for comments that matter, or once mattered, and only when they are new."""

from collections.abc import Mapping
from typing import Any

import pytest

from tasks.sources.github.edits import looks_relevant
from tests.github_server.records import Comment
from tests.github_server.server import GithubServer
from tests.github_server.texts import BOTS, FREELANCERS
from tests.github_server.truth import expected_comment_edits
from tests.github_server.world import World
from tests.sources.github_collector.conftest import Reach
from tests.sources.github_collector.home import Home

OURS = {"conventions": "expensify"}
EDITS = "github.comment_edits"


@pytest.fixture
def world() -> World:
    made = World()
    made.open_issue("A wrong sum", "It is off by one.")
    return made


def say(world: World, first: str, *later: str, bot: bool = False) -> Comment:
    """A comment, edited as often as there are later texts."""
    by = BOTS[0] if bot else FREELANCERS[0]
    comment = world.comment(1, first, by=by)
    for text in later:
        world.edit_comment(1, comment, text, by=by)
    return comment


def edits_of(*comments: Comment) -> dict[tuple[str, str], Any]:
    return {(EDITS, each.id): expected_comment_edits(each) for each in comments}


@pytest.mark.parametrize(
    ("body", "relevant"),
    [
        ("## Proposal\nTouch two files.", True),
        ("I withdraw my PROPOSAL", True),
        ("Upping the price to $500", True),
        ("500 USD it is", True),
        ("now 2k", True),
        ("that is 50%", True),
        ("paid, thank you", True),
        ("You will be paid tomorrow", True),
        ("we doubled it", True),
        ("bumping this", True),
        ("x2", True),
        ("Reviewing today.", False),
        ("I cannot reproduce this", False),
        ("", False),
    ],
)
def test_plans_and_money_are_worth_reading(body: str, relevant: bool) -> None:
    assert looks_relevant(body) is relevant


def test_with_conventions_only_plans_and_amounts_bring_their_edits(
    home: Home, reach: Reach, world: World
) -> None:
    plan = say(world, "## Proposal one", "## Proposal two", "## Proposal three")
    amount = say(world, "The price is $250", "The price is $500")
    say(world, "Any news?", "Any news here?")
    say(world, "## Proposal, never edited")
    with GithubServer(world) as server:
        reach(server)
        home.refresh(OURS)
    assert home.documents(EDITS) == edits_of(plan, amount)


def test_without_conventions_every_edited_comment_brings_its_edits(
    home: Home, reach: Reach, world: World
) -> None:
    chat = say(world, "Any news?", "Any news here?")
    plan = say(world, "## Proposal one", "## Proposal two")
    say(world, "never edited")
    with GithubServer(world) as server:
        reach(server)
        home.refresh()
    assert home.documents(EDITS) == edits_of(chat, plan)


def test_what_a_bot_edits_is_not_fetched(home: Home, reach: Reach, world: World) -> None:
    say(world, "Price: $250", "Price: $500", bot=True)
    person = say(world, "Price: $250", "Price: $500")
    with GithubServer(world) as server:
        reach(server)
        home.refresh(OURS | {"bots": [BOTS[0].login]})
    assert home.documents(EDITS) == edits_of(person)


@pytest.mark.parametrize("asked", [{}, {"issues": ("1",)}, {"full": True}, {"since": "2020-01-01"}])
def test_a_plan_that_was_blanked_still_brings_its_edits(
    home: Home, reach: Reach, world: World, asked: Mapping[str, Any]
) -> None:
    plan = say(world, "## Proposal: touch two files")
    with GithubServer(world) as server:
        reach(server)
        home.refresh(OURS)
        assert home.documents(EDITS) == {}
        world.edit_comment(1, plan, "never mind")
        home.refresh(OURS, **asked)
    assert home.documents(EDITS) == edits_of(plan)


def test_edits_that_are_there_are_not_paid_again(home: Home, reach: Reach, world: World) -> None:
    old = say(world, "## Proposal one", "## Proposal two")
    world.advance(3_600)
    fresh = say(world, "## Proposal of another", "## Proposal of another, better")
    with GithubServer(world) as server:
        reach(server)
        home.refresh(OURS)
        world.advance(3_600)
        world.edit_comment(1, fresh, "## Proposal of another, best")
        server.forget()
        home.refresh(OURS)
        asked = [c.variables["ids"] for c in server.calls if c.operation == "CommentEdits"]
    assert asked == [[fresh.id]]
    assert home.documents(EDITS) == edits_of(old, fresh)


def test_a_long_past_of_edits_is_fetched_page_by_page(
    home: Home, reach: Reach, world: World
) -> None:
    plan = say(world, "## Proposal 0", *(f"## Proposal {n}" for n in range(1, 9)))
    with GithubServer(world, max_page=3) as server:
        reach(server)
        home.refresh(OURS)
    assert home.documents(EDITS) == edits_of(plan)
    assert home.asked().count("thread pages") == 2
