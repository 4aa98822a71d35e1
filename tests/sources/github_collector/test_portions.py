"""What is too heavy is asked for in smaller pieces, and the pieces grow back."""

import pytest

from tasks.domain.errors import SystemFault
from tasks.sources.github.desk import Portion
from tests.github_server import faults
from tests.github_server.exchange import Request
from tests.github_server.faults import Fault
from tests.github_server.server import GithubServer
from tests.github_server.truth import expected_documents
from tests.github_server.world import World
from tests.sources.github_collector.conftest import Reach
from tests.sources.github_collector.home import Home, on


def sizes(portion: Portion) -> tuple[int, int]:
    return portion.count, portion.items


def test_a_portion_halves_its_nodes_and_then_their_lists() -> None:
    portion = Portion(29, 10)
    seen = [sizes(portion)]
    while portion.shrink():
        seen.append(sizes(portion))
    assert seen == [(29, 10), (14, 10), (7, 10), (3, 10), (1, 10), (1, 5), (1, 2), (1, 1)]
    assert not portion.shrink()


def test_a_portion_doubles_after_four_answers_the_lists_first() -> None:
    portion = Portion(6, 3)
    while portion.shrink():
        pass
    seen = []
    for _ in range(6):
        for _ in range(4):
            portion.answered()
        seen.append(sizes(portion))
    assert seen == [(1, 2), (1, 3), (2, 3), (4, 3), (6, 3), (6, 3)]


def test_a_failure_makes_the_four_answers_count_anew() -> None:
    portion = Portion(8, 3)
    portion.shrink()
    for _ in range(3):
        portion.answered()
    portion.shrink()
    portion.answered()
    assert sizes(portion) == (2, 3)


def page_sizes(server: GithubServer) -> list[int]:
    return [call.variables["first"] for call in server.calls if call.operation == "Issues"]


@pytest.mark.parametrize(
    "fault",
    [faults.http(502), faults.http(504), faults.timed_out(), faults.partial(2)],
    ids=lambda fault: fault.name,
)
def test_a_page_that_is_too_heavy_is_halved_and_grows_back(
    home: Home, reach: Reach, fault: Fault
) -> None:
    world = World.generate(3, issues=80, busy_share=0, chatty_share=0)
    with GithubServer(world, faults=on("Issues", fault, 1, 2)) as server:
        reach(server)
        home.refresh()
        assert page_sizes(server)[:8] == [29, 29, 14, 7, 7, 7, 7, 14]
    assert home.documents() == expected_documents(world)


def over_twelve(request: Request) -> bool:
    return request.cost is not None and request.cost.requests > 12


def test_a_server_that_bears_two_issues_at_a_time_is_read_whole(home: Home, reach: Reach) -> None:
    world = World.small(5)
    with GithubServer(world, max_page=3, too_heavy=over_twelve) as server:
        reach(server)
        home.refresh()
        assert set(page_sizes(server)) == {29, 14, 7, 3, 1, 2}
    assert home.documents() == expected_documents(world)


def test_a_server_that_bears_nothing_is_given_up_with_one_sentence(
    home: Home, reach: Reach
) -> None:
    world = World.small(5)
    said = "GitHub cannot answer even the smallest .* query .*; try again later with the same"
    with GithubServer(world, too_heavy=lambda _: True) as server:
        reach(server)
        with pytest.raises(SystemFault, match=said):
            home.refresh()
        (row,) = home.rows("SELECT count(*) AS calls, sum(points) AS points FROM raw.fetches")
        assert (row["calls"], row["points"]) == (len(server.calls), None)
