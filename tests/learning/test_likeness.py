"""Texts about one thing are alike, whatever else is there; the result is the same in any order."""

from tasks.learning.likeness import NEAREST, THRESHOLD, Alike, alike

ISSUES = {
    "i1": "Report page: the chart of monthly expenses is empty",
    "i2": "Login fails with a long password",
}
POSTINGS = {
    "p1": "Build a chart of monthly expenses for our report page",
    "p2": "Translate a brochure into Danish",
    "p3": "Users cannot login, the password is refused",
}


def test_the_nearest_comes_first_and_what_is_unlike_is_left_out() -> None:
    found = alike(ISSUES, POSTINGS)
    assert [(one.asked, one.found) for one in found] == [("i1", "p1"), ("i2", "p3")]
    assert all(THRESHOLD <= one.similarity <= 1 for one in found)


def test_order_does_not_matter_and_a_text_is_wholly_like_itself() -> None:
    turned = alike(dict(reversed(ISSUES.items())), dict(reversed(POSTINGS.items())))
    assert turned == alike(ISSUES, POSTINGS)
    assert alike({"a": "red apples fall"}, {"b": "red apples fall"}) == [Alike("a", "b", 1.0)]


def test_no_text_has_more_than_so_many_neighbours() -> None:
    many = {f"b{n:02d}": "red apples fall" for n in range(20)}
    found = alike({"a": "red apples fall"}, many)
    assert [one.found for one in found] == [f"b{n:02d}" for n in range(NEAREST)]


def test_texts_without_a_common_word_are_not_alike() -> None:
    assert alike({}, POSTINGS) == []
    assert alike(ISSUES, {}) == []
    assert alike({"a": "the of and"}, {"b": "..."}) == []
