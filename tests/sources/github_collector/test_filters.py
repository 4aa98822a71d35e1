"""What dataset.yaml narrows, and under which names what is collected is kept."""

import pytest

from tests.github_server.server import GithubServer
from tests.github_server.truth import expected_documents
from tests.github_server.world import World
from tests.sources.github_collector.conftest import Reach
from tests.sources.github_collector.home import REPOSITORY, Home


def names(*numbers: int) -> list[str]:
    return [f"{REPOSITORY}#{number}" for number in numbers]


def labelled() -> World:
    world = World()
    labels = {1: ["Bug"], 2: ["Help Wanted"], 3: ["Bug", "Help Wanted"], 4: ["Internal"], 5: []}
    for number, found in labels.items():
        world.open_issue(f"Issue {number}", "")
        for label in found:
            world.label(number, label)
    return world


def test_any_of_the_labels_is_enough(home: Home, reach: Reach) -> None:
    world = labelled()
    with GithubServer(world) as server:
        reach(server)
        home.refresh({"labels": ["Bug", "Help Wanted"]})
        assert home.ids() == names(1, 2, 3)
        world.label(5, "Bug")
        world.comment(4, "no label of ours")
        home.refresh({"labels": ["Bug", "Help Wanted"]})
    assert home.ids() == names(1, 2, 3, 5)


def test_without_its_labels_a_dataset_collects_the_rest_as_well(home: Home, reach: Reach) -> None:
    world = labelled()
    with GithubServer(world) as server:
        reach(server)
        home.refresh({"labels": ["Bug"]})
        home.refresh()
    assert home.documents() == expected_documents(world)


@pytest.mark.parametrize("label", ["in full swing", 'say "when"', "a..b", "Design: später"])
def test_a_label_of_any_form_is_collected_in_full_and_goes_on(
    home: Home, reach: Reach, label: str
) -> None:
    world = labelled()
    world.label(2, label)
    with GithubServer(world) as server:
        reach(server)
        assert home.refresh({"labels": [label]}, full=True).landed == 1
        server.forget()
        world.label(4, label)
        home.refresh({"labels": [label]})
        starts = [c.variables["since"] or "" for c in server.calls if c.operation == "Issues"]
    assert home.ids() == names(2, 4)
    assert min(starts) > "2020"  # from its cursor on


def test_a_text_in_a_present_or_a_former_title_is_enough(home: Home, reach: Reach) -> None:
    world = World()
    for title in ("[$250] Present", "Was priced once", "Never priced", "[HOLD][$250] Late"):
        world.open_issue(title, "$250 in the body does not count")
    world.rename(2, "[$250] was priced")
    world.rename(2, "No price any more")
    with GithubServer(world) as server:
        reach(server)
        home.refresh({"title": ["[$"]})
        assert home.ids() == names(1, 2, 4)
        world.rename(3, "[$125] Priced at last")
        home.refresh({"title": ["[$"]})
    assert home.ids() == names(1, 2, 3, 4)


def test_letter_case_does_not_count_in_titles(home: Home, reach: Reach) -> None:
    world = World()
    world.open_issue("A BOUNTY of 500", "")
    world.open_issue("Nothing", "")
    with GithubServer(world) as server:
        reach(server)
        home.refresh({"title": ["nowhere", "bounty"]})
    assert home.ids() == names(1)


def test_a_former_title_counts_when_it_stands_on_a_later_page(home: Home, reach: Reach) -> None:
    world = World()
    world.open_issue("Plain", "")
    for label in range(4):
        world.label(1, f"Label {label}")
    world.rename(1, "[$250] Plain")
    world.rename(1, "Plain again")
    with GithubServer(world, max_page=2) as server:
        reach(server)
        home.refresh({"title": ["[$250]"]})
    assert home.documents() == expected_documents(world)


def test_since_in_the_specification_leaves_out_what_is_older(home: Home, reach: Reach) -> None:
    world = World()
    for number in (1, 2, 3):
        world.open_issue(f"Issue {number}", "")
        world.advance(86_400)
    with GithubServer(world) as server:
        reach(server)
        since = world.issues[2].at.isoformat()
        home.refresh({"since": since})
        assert home.ids() == names(2, 3)
        world.comment(1, "back again")
        home.refresh({"since": since})
    assert home.ids() == names(1, 2, 3)


def test_a_renamed_repository_keeps_the_name_that_was_asked_for_and_says_so(
    home: Home, reach: Reach
) -> None:
    world = World.small(31)
    before = expected_documents(world)
    with GithubServer(world, max_page=3) as server:
        reach(server)
        first = home.refresh()
        world.rename_repository("quill-works/books")
        world.delete_issue(min(world.issues))
        second = home.refresh(full=True)
    assert first.note is None
    assert second.note == (
        "quill-works/ledger is now called quill-works/books; its documents stay under "
        "quill-works/ledger, so that their history goes on"
    )
    stored = home.documents()
    gone = {key for key in stored if key[0] == "github.gone"}
    assert {name for _, name in stored if "/" in name} == {n for _, n in before if "/" in n}
    assert set(stored) - gone == set(before)
    assert [payload["reason"] for key, payload in stored.items() if key in gone] == ["deleted"]


def test_letter_case_makes_no_new_name(home: Home, reach: Reach) -> None:
    with GithubServer(World.small(32), max_page=3) as server:
        reach(server)
        assert home.refresh({"repositories": ["Quill-Works/Ledger"]}).note is None


def test_two_repositories_are_collected_side_by_side(home: Home, reach: Reach) -> None:
    one, two = World.small(33), World.small(34, repository="quill-works/mobile")
    with GithubServer([one, two], max_page=3) as server:
        reach(server)
        home.refresh({"repositories": [one.repository, two.repository]})
        assert home.documents() == expected_documents(one) | expected_documents(two)
        two.comment(min(two.issues), "something new")
        landed = home.refresh({"repositories": [one.repository, two.repository]}).landed
    assert landed == 1
    streams = home.rows("SELECT DISTINCT stream, repository FROM raw.fetches ORDER BY stream")
    assert [(row["stream"], row["repository"]) for row in streams] == [
        (f"{world.repository} {kind}", world.repository)
        for world in (one, two)
        for kind in ("issues", "pulls")
    ]
