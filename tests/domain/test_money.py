"""Dollars become integer cents once, and are shown again."""

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from tasks.domain.money import (
    dollars_to_cents,
    round_cents,
    show_cents,
    strip_price_tags,
)
from tasks.domain.title_prices import title_price_cents

AMOUNTS = st.fractions(min_value=-(10**15), max_value=10**15, max_denominator=10**6)


@given(AMOUNTS)
@example(Fraction(1, 2))
@example(Fraction(3, 2))
@example(Fraction(-1, 2))
@example(Fraction(-3, 2))
@example(Fraction(1, 2) + Fraction(1, 10**40))
@example(Fraction(10**40 + 1, 2))
def test_rounding_goes_to_the_nearest_cent_and_a_tie_to_the_even_one(amount: Fraction) -> None:
    below = amount.numerator // amount.denominator
    rest = amount - below
    is_up = rest > Fraction(1, 2) or (rest == Fraction(1, 2) and below % 2 == 1)
    assert round_cents(amount) == below + is_up


@given(AMOUNTS)
def test_rounding_is_symmetric_around_zero(amount: Fraction) -> None:
    assert round_cents(-amount) == -round_cents(amount)


@pytest.mark.parametrize(
    ("title", "cents"),
    [
        ("[$250] Boats leak", 25000),
        ("[$1,000] Boats leak", 100000),
        ("[$32,000] Boats leak", 3200000),
        ("[$250 each] Boats leak", 25000),
        ("[$187.50] Boats leak", 18750),
        ("[$187.5] Boats leak", 18750),
        ("[HOLD for payment 2024-05-02][$1000] Boats leak", 100000),
        ("Boats leak [$500]", 50000),
        ("[$250] Boats leak [$500]", 50000),
        ("[$0] Boats leak", 0),
        ("[$250] [$0] Boats leak", 25000),
        ("[$250] Show [$0] in total", 25000),
        ("[$250] Amount shows [$1,234.56] instead of [$0.00]", 25000),
        ("HIGH: [Wave 6: Tags] [$250] Amount shows [$10], not [€5] here", 25000),
        ("[$250] Boats leak - [$500] - reported by @fern", 50000),
        ("Boats [$250] leak", 25000),
        ("Boats leak, the total shows [$0] now", None),
        ("[$1k] Boats leak", 100000),
        ("[$1.5k] Boats leak", 150000),
        ("[250$] Boats leak", 25000),
        ("[250 USD] Boats leak", 25000),
        ("[$250 USD] Boats leak", 25000),
        ("[USD 250] Boats leak", 25000),
        ("[US$250] Boats leak", 25000),
        ("[Bounty: $250] Boats leak", 25000),
        ("[$250 bounty] Boats leak", 25000),
        ("[$250.] Boats leak", 25000),
        ("[$２５０] Boats leak", None),
        ("[$1000000000000] Boats leak", None),
        ("[€250] Boats leak", None),
        ("[$250 AUD] Boats leak", None),
        ("[$250] [€500] Boats leak", 25000),
        ("Total of $80.60 is shown twice", None),
        ("[250] Boats leak", None),
        ("[$250 Boats leak", None),
        ("[$12,50] Boats leak", None),
        ("[$1.234] Boats leak", 123400),
        ("[$0.234] Boats leak", None),
        ("[-$250] Boats leak", None),
        ("[Wave 6: Tags] Boats leak", None),
        ("", None),
    ],
)
def test_the_last_bracketed_amount_is_the_bounty(title: str, cents: int | None) -> None:
    assert title_price_cents(title) == cents


def _tag(cents: int, *, with_commas: bool) -> str:
    dollars, rest = divmod(cents, 100)
    whole = f"{dollars:,}" if with_commas else str(dollars)
    return f"[${whole}" + (f".{rest:02d}" if rest else "") + "]"


LETTERS = st.text(st.characters(categories=["L"]), min_size=1, max_size=20)
TAGS = st.tuples(st.integers(1, 10**9), st.booleans(), LETTERS)


@given(st.just("") | LETTERS, st.lists(TAGS, min_size=1, max_size=4))
def test_a_tag_at_the_beginning_goes_before_those_of_the_sentence_and_the_last_of_these_counts(
    start: str, tags: list[tuple[int, bool, str]]
) -> None:
    tagged = start + "".join(_tag(c, with_commas=k) + words for c, k, words in tags)
    # Only one at the very beginning is apart from the sentence.
    assert title_price_cents(tagged) == tags[-1 if start else 0][0]
    assert strip_price_tags(tagged) == start + "".join(words for _, _, words in tags)
    assert title_price_cents(strip_price_tags(tagged)) is None


@pytest.mark.parametrize(
    "title",
    [
        "[HOLD for payment 2024-05-02] [HOLD for payment 5/02] Boats leak",
        "[Due for payment 2025-05-02] Boats leak",
        "[HOLD #250] [HOLD on #250] [HOLD #1/#2] Boats leak",
        "[PAID] [Awaiting Payment] [WAITING ON CHECKLIST] Boats leak",
        "[BONUS PAYMENT] HIGH: [Wave 6: Tags] Boats leak - reported by @fern",
        "[$$250] [250] [250k] [$1h] Boats leak",
        "[$250 bonus] [was $250] [$250/$500] [$250-$500] Boats leak",
        "($250) {$250} Boats leak",
    ],
)
def test_other_tags_are_no_bounty_and_stay(title: str) -> None:
    assert title_price_cents(title) is None
    assert strip_price_tags(title) == title
    assert title_price_cents(f"{title} [$75]") == 75_00
    assert title_price_cents(f"[$75]{title}") == 75_00
    assert strip_price_tags(f"[$75]{title}[ $80.50 ]") == title


@given(
    st.integers(0, 10**9),
    st.sampled_from(["", " ", "  ", "\t"]),
    st.sampled_from(
        ["Boats leak", "BOATS LEAK", "[hold #4]boats", "[HOLD for payment 5/02] Boats"]
    ),
)
def test_blanks_in_a_tag_and_the_case_of_the_words_do_not_matter(
    cents: int, blanks: str, words: str
) -> None:
    inner = _tag(cents, with_commas=True)[2:-1]
    title = f"[{blanks}${blanks}{inner}{blanks}]{words}"
    assert title_price_cents(title) == cents
    assert strip_price_tags(title) == words


@pytest.mark.parametrize(
    ("text", "cents"),
    [("250.0", 25000), (" 1000 ", 100000), ("0", 0), ("187.50", 18750), ("1e3", 100000)],
)
def test_an_amount_in_dollars_is_read_exactly(text: str, cents: int) -> None:
    assert dollars_to_cents(text) == cents


@pytest.mark.parametrize("text", ["", "free", "nan", "inf", "-1", "0.001", "$250", "1,000"])
def test_what_is_no_amount_of_whole_cents_is_refused_by_name(text: str) -> None:
    with pytest.raises(ValueError, match="amount") as refused:
        dollars_to_cents(text)
    assert repr(text) in str(refused.value)


@given(st.integers(0, 10**12))
def test_reading_undoes_writing(cents: int) -> None:
    assert dollars_to_cents(str(Decimal(cents) / 100)) == cents


@pytest.mark.parametrize(
    ("cents", "shown"),
    [
        (0, "$0"),
        (5, "$0.05"),
        (125000, "$1,250"),
        (18750, "$187.50"),
        (-18750, "-$187.50"),
        (123456789, "$1,234,567.89"),
        (None, "-"),
    ],
)
def test_cents_are_shown_as_people_write_dollars(cents: int | None, shown: str) -> None:
    assert show_cents(cents) == shown
