"""Postings that say the same have one representative, which no order of theirs decides."""

from hypothesis import given
from hypothesis import strategies as st

from tasks.domain.near_duplicates import normalised, representatives
from tests.variants.freelance_code.offers import MARKET, posting


def test_case_marks_and_blanks_make_no_difference_and_words_do() -> None:
    assert normalised("  Clean-up\u2028my  EXCEL, please!") == "clean up my excel please"
    assert normalised("cafe\u0301 1") == normalised("CAF\u00c9 1") == "caf\u00e9 1"
    assert normalised("10 rows") != normalised("100 rows")


def test_the_oldest_id_stands_for_those_that_say_the_same() -> None:
    listed = [
        posting(100, description="Draw a map."),
        posting(9, description="draw a MAP"),
        posting(10, description="Draw two maps."),
        posting(11, description="!"),
        posting(12, description="?"),
    ]
    own = {name: f"{MARKET}#{key}" for name, key in ((n, n) for n in (9, 10, 11, 12))}
    assert representatives(listed) == {
        f"{MARKET}#100": own[9],
        **{f"{MARKET}#{key}": own[key] for key in (9, 10, 11, 12)},
    }


@given(st.permutations(range(8)), st.lists(st.sampled_from("ab "), min_size=8, max_size=8))
def test_order_does_not_matter(order: list[int], texts: list[str]) -> None:
    listed = [posting(key, description=text) for key, text in enumerate(texts)]
    assert representatives(listed[i] for i in order) == representatives(listed)
