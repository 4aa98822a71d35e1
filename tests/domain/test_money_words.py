"""The quick question before two million comments are read: may this speak of money?"""

import re
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tasks.domain import readings
from tasks.domain import sentences as sentences_module
from tasks.domain.readings import MONEY_EXPRESSION, MONEY_PATTERN, read_comment, speaks_of_money

_WORDS = """
    raised raising increased upped bumped doubled doubling halved lowered cut set updated made
    went up the price bounty job title it this to from by now is was be been not won't could please
    if $500 €20 250 1000 -> 1,000 USD 2k INR rs 7 50% x2 2x half in another reward withdrawn
    removing stays at
    title/job and & Title updated
    one thousand dollars longer offer has raise
    C+ review fee bonus total = + ? . , ; > ` ``` ~~ <!-- --> ** [$250] → #7 we I double no and
    """
WORDS = st.sampled_from(_WORDS.split())
SENTENCES = st.lists(WORDS, max_size=14).map(" ".join)
LINES = st.lists(st.one_of(SENTENCES, st.text(max_size=20)), max_size=4).map("\n".join)


@given(LINES)
def test_whatever_has_a_reading_speaks_of_money(text: str) -> None:
    with pytest.MonkeyPatch.context() as unfiltered:
        unfiltered.setattr(readings, "speaks_of_money", lambda _: True)
        unfiltered.setattr(sentences_module, "speaks_of_money", lambda _: True)
        found = read_comment(text)
    assert found == () or speaks_of_money(text)
    assert read_comment(text) == found


@given(LINES)
def test_one_expression_asks_the_same_question(text: str) -> None:
    one = re.search(MONEY_EXPRESSION, text.lower(), re.ASCII)
    assert (one is not None) == speaks_of_money(text)


def test_the_expression_has_no_look_around_that_a_database_could_not_run() -> None:
    assert not re.search(r"\(\?[=!<P]", MONEY_PATTERN)


@pytest.mark.parametrize(
    "piece",
    [
        *(
            "raised the price ",
            "price, ",
            "the price is now ",
            "$1 ",
            "$1`",
            "`",
            "[",
            "~~",
            "<!--",
        ),
        *("a.", "<blockquote>", "```\n", "eur", "increased by ", " and $5", "($5; ", "the ", "no "),
        *("1. ", ">", "up up ", "\\$", "*", "_", "<s>a", "[a](b", "lower ", "rs", "x2 price "),
        *("raised to 1", "raised 100 ", "raised the price ", "no longer ", "one thousand "),
    ],
)
def test_hostile_texts_take_time_in_proportion(piece: str) -> None:
    text = (piece * 100_000)[:100_000] + " $5 price raised to $7"
    start = time.perf_counter()
    read_comment(text)
    speaks_of_money(text)
    assert time.perf_counter() - start < 10
