"""What a sentence about money means, and that most of them change nothing."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tasks.domain.money_words import speaks_of_money
from tasks.domain.readings import read_comment


def told(text: str) -> list[tuple[str, int | None]]:
    """(reading, dollars) of each statement."""
    return [
        (r.reading, None if r.amount_cents is None else r.amount_cents // 100)
        for r in read_comment(text)
    ]


@pytest.mark.parametrize(
    ("text", "reading", "dollars"),
    [
        ("Upping the bounty to $500.", "raised", 500),
        ("Price increased to $1k", "raised", 1000),
        ("Raised from $250 to $500!", "raised", 500),
        ("Bumped this to 2500$.", "raised", 2500),
        ("Reduced the price to $125.", "lowered", 125),
        ("Title and job updated to 500 USD.", "set", 500),
        ("The price is now $1,000.", "set", 1000),
    ],
)
def test_a_stated_change_is_read_with_its_amount(text: str, reading: str, dollars: int) -> None:
    assert told(text) == [(reading, dollars)]


@pytest.mark.parametrize(
    ("text", "reading", "factor"),
    [
        ("Price doubled.", "raised", Fraction(2)),
        ("Doubling the bounty.", "raised", Fraction(2)),
        ("The bounty is tripled.", "raised", Fraction(3)),
        ("Increased the price by 50 %.", "raised", Fraction(3, 2)),
        ("Price x2.", "raised", Fraction(2)),
        ("The price was halved.", "lowered", Fraction(1, 2)),
        ("Lowered the price by 20%.", "lowered", Fraction(4, 5)),
    ],
)
def test_a_relative_change_keeps_its_factor(text: str, reading: str, factor: Fraction) -> None:
    (found,) = read_comment(text)
    assert (found.reading, found.factor, found.amount_cents) == (reading, factor, None)


def test_a_change_by_an_amount_is_a_difference() -> None:
    (found,) = read_comment("Raised the price by $250.")
    assert (found.reading, found.delta_cents, found.amount_cents) == ("raised", 25_000, None)


def test_money_of_another_currency_keeps_its_code() -> None:
    (found,) = read_comment("Raised the price to 500 EUR.")
    assert (found.reading, found.amount_cents, found.currency) == ("raised", 50_000, "EUR")


@pytest.mark.parametrize(
    ("text", "reading"),
    [
        ("Could this be raised to $500?", "request"),
        ("Please increase the bounty to $500.", "request"),
        ("I would do it for $500.", "request"),
        ("We won't raise the price to $500.", "denial"),
        ("The price stays at $250.", "denial"),
        ("We will not go to $3,000.", "denial"),
        ("There is a $250 review fee for the C+ who reviewed.", "review_fee"),
        ("$50 reporting bonus for @carl.", "reporter_bonus"),
        ("A 50% bonus of $125 for the quick merge.", "bonus"),
        ("The $250 were refunded.", "refund"),
        ("$500 + $250 = $750", "sum"),
        ("Was the price $500?", "question"),
        ("> Raised to $500.", "quoted"),
        ("If nobody takes it by Friday, the price is raised to $500.", "mention"),
        ("An expense of $80 shows as $0.", "mention"),
    ],
)
def test_what_changes_nothing_is_told_apart(text: str, reading: str) -> None:
    assert [r.reading for r in read_comment(text)] == [reading]


@pytest.mark.parametrize(
    "text",
    ["", "Looks good to me.", "`raised to $500`", "<!-- raised to $500 -->", "```\n$500\n```"],
)
def test_code_comments_and_other_talk_say_nothing(text: str) -> None:
    assert read_comment(text) == ()


def test_every_sentence_is_read_on_its_own() -> None:
    text = "Could we raise it to $500? Raised to $500.\nThe review fee for the C+ is $250."
    assert [reading for reading, _ in told(text)] == ["request", "raised", "review_fee"]


_PIECES = (
    *("raised", "price", "doubled", "to", "$500", "by", "50 %", "x2", "250 USD", "the", "bounty"),
    *("?", ".", "\n", "> ", "halved", "€20", "withdrawn", "please", "won't", "`", "$1k", "a"),
)


@given(st.lists(st.sampled_from(_PIECES), max_size=30).map(" ".join) | st.text(max_size=80))
def test_the_quick_filter_passes_whatever_is_read(text: str) -> None:
    assert not read_comment(text) or speaks_of_money(text)


def test_a_hostile_text_is_read_in_linear_time() -> None:
    for piece in ("$1 to now ", "raised ", "$" * 9 + "1", "price now ", "by 5% ", "<!--", "> $5 "):
        assert isinstance(read_comment(piece * (100_000 // len(piece))), tuple)
