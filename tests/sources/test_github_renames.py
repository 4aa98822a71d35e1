"""Renames of one second are in the order of the titles that they say they changed."""

from collections.abc import Sequence
from itertools import pairwise, permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tasks.domain.ledger import read_ledger
from tasks.sources.github.renames import in_order
from tests.sources.parse_nodes import Node, bare_issue, event, history, nodes


def renames(titles: Sequence[str], hours: Sequence[float], ids: Sequence[int]) -> list[Node]:
    return [
        event("RenamedTitleEvent", hour, id=f"EV{name}", previousTitle=before, currentTitle=after)
        for (before, after), hour, name in zip(pairwise(titles), hours, ids, strict=True)
    ]


@pytest.mark.parametrize("ids", list(permutations(range(3))))
def test_the_last_title_of_a_second_is_the_one_that_stands(ids: Sequence[int]) -> None:
    titles = ["[$250] Boats", "[$500] Boats", "[$1000] Boats", "[HOLD] [$1000] Boats"]
    listed = renames(titles, [3, 3, 3], ids)
    found = history(bare_issue(title=titles[-1], timelineItems=nodes(*listed)))
    assert [t.title for t in found.titles] == titles
    events = read_ledger("github", found).events
    assert [e.amount_cents // 100 for e in events] == [250, 500, 1000]


@pytest.mark.parametrize("ids", list(permutations(range(2))))
def test_there_and_back_within_a_second_ends_where_it_began(ids: Sequence[int]) -> None:
    titles = ["[$250] Boats", "[$500] Boats", "[$250] Boats"]
    found = history(
        bare_issue(title=titles[-1], timelineItems=nodes(*renames(titles, [3, 3], ids)))
    )
    assert [t.title for t in found.titles] == titles


@given(
    st.lists(st.sampled_from("abc"), min_size=2, max_size=7).filter(
        lambda titles: all(a != b for a, b in pairwise(titles))
    ),
    st.data(),
)
def test_any_titles_are_a_chain_again(titles: list[str], data: st.DataObject) -> None:
    count = len(titles) - 1
    hours = sorted(data.draw(st.lists(st.integers(1, 3), min_size=count, max_size=count)))
    listed = renames(titles, hours, data.draw(st.permutations(range(count))))
    found = [item for item, _ in in_order(data.draw(st.permutations(listed)), titles[-1])]
    assert sorted(e["id"] for e in found) == sorted(e["id"] for e in listed)
    assert all(a["createdAt"] <= b["createdAt"] for a, b in pairwise(found))
    for a, b in pairwise(found):
        if a["createdAt"] == b["createdAt"] and len(set(hours)) == 1:
            assert a["currentTitle"] == b["previousTitle"]


def test_what_makes_no_chain_is_in_the_order_of_the_ids() -> None:
    listed = [
        event("RenamedTitleEvent", 3, id=name, previousTitle=before, currentTitle="z")
        for name, before in (("EV2", "a"), ("EV1", "b"))
    ]
    assert [item["id"] for item, _ in in_order(listed, "z")] == ["EV1", "EV2"]
