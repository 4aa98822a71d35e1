"""Cursors of both styles name everything once, and differ in what an update does to them."""

from collections.abc import Sequence

import pytest
from graphql import GraphQLError

from tests.github_server.connections import CursorStyle, Listing, Node, Paging

STYLES: tuple[CursorStyle, ...] = ("keyset", "offset")


def _listing(numbers: Sequence[int]) -> Listing:
    return Listing(sorted(numbers), lambda number: (number // 10, number), lambda n: {"n": n})


def _walk(paging: Paging, listing: Listing, size: int, *, backwards: bool = False) -> list[int]:
    found: list[int] = []
    cursor = None
    while True:
        way = ("last", "before") if backwards else ("first", "after")
        page = paging.connection(listing, {way[0]: size, way[1]: cursor})
        numbers = [node["n"] for node in page["nodes"]]
        found = numbers + found if backwards else found + numbers
        info = page["pageInfo"]
        if not info["hasPreviousPage" if backwards else "hasNextPage"]:
            return found
        cursor = info["startCursor" if backwards else "endCursor"]


@pytest.mark.parametrize("backwards", [False, True])
@pytest.mark.parametrize("style", STYLES)
@pytest.mark.parametrize(("size", "most"), [(1, 100), (3, 100), (7, 100), (100, 2), (100, 100)])
def test_a_still_list_is_enumerated_once(
    style: CursorStyle, size: int, most: int, backwards: bool
) -> None:
    numbers = list(range(21))
    walked = _walk(Paging(style, most), _listing(numbers), size, backwards=backwards)
    assert walked == numbers


def _pages(style: CursorStyle, before: Sequence[int], then: Sequence[int]) -> list[int]:
    """A first page of three of `before`, and all the rest of `then`."""
    paging = Paging(style)
    first = paging.connection(_listing(before), {"first": 3})
    cursor = first["pageInfo"]["endCursor"]
    rest = paging.connection(_listing(then), {"first": 100, "after": cursor})
    return [node["n"] for node in (*first["nodes"], *rest["nodes"])]


def test_what_moves_to_the_end_shifts_offsets_and_not_keysets() -> None:
    before, then = [1, 2, 3, 4, 5], [2, 3, 4, 5, 99]
    assert _pages("keyset", before, then) == [1, 2, 3, 4, 5, 99]
    assert _pages("offset", before, then) == [1, 2, 3, 5, 99]  # 4 is missed


def test_the_edges_of_a_page_carry_their_cursors() -> None:
    page = Paging().connection(_listing([4, 5, 6]), {"first": 2})
    assert [edge["cursor"] for edge in page["edges"]] == [
        page["pageInfo"]["startCursor"],
        page["pageInfo"]["endCursor"],
    ]
    assert page["totalCount"] == 3


@pytest.mark.parametrize("style", STYLES)
def test_an_empty_list_has_no_cursors(style: CursorStyle) -> None:
    page: Node = Paging(style).connection(_listing([]), {"first": 5})
    assert page["pageInfo"] == {
        "startCursor": None,
        "endCursor": None,
        "hasNextPage": False,
        "hasPreviousPage": False,
    }


@pytest.mark.parametrize("cursor", ["nonsense!", "bm9uc2Vuc2U=", ""])
def test_a_cursor_that_is_none_is_refused(cursor: str) -> None:
    with pytest.raises(GraphQLError, match="does not appear to be a valid cursor"):
        Paging().connection(_listing([1]), {"first": 1, "after": cursor})


def test_a_cursor_of_the_other_style_is_refused() -> None:
    page = Paging("offset").connection(_listing([1, 2]), {"first": 1})
    with pytest.raises(GraphQLError, match="does not appear to be a valid cursor"):
        Paging("keyset").connection(
            _listing([1, 2]), {"first": 1, "after": page["pageInfo"]["endCursor"]}
        )
