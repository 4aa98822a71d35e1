"""Amounts in people's words, and what only looks like one."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tasks.domain.amounts import Amount, amounts_in, names_an_unclear_amount
from tasks.domain.currencies import SIGNS
from tasks.domain.money_words import speaks_of_money


def read(text: str) -> list[tuple[int, str]]:
    return [(amount.cents, amount.currency) for amount in amounts_in(text)]


@pytest.mark.parametrize(
    ("text", "cents", "currency"),
    [
        ("$250", 250_00, "USD"),
        ("$ 500", 500_00, "USD"),
        ("$\u00a0500", 500_00, "USD"),
        ("$1k", 1_000_00, "USD"),
        ("$1.5K", 1_500_00, "USD"),
        ("$1.125k", 1_125_00, "USD"),
        ("$2 thousand", 2_000_00, "USD"),
        ("$4.50 million", 4_500_000_00, "USD"),
        ("$1,000", 1_000_00, "USD"),
        ("$1.000", 1_000_00, "USD"),
        ("1.250$", 1_250_00, "USD"),
        ("$1.000.000", 1_000_000_00, "USD"),
        ("$1.000,50", 1_000_50, "USD"),
        ("12.500 USD", 12_500_00, "USD"),
        ("$32,000", 32_000_00, "USD"),
        ("$125.00", 125_00, "USD"),
        ("$187.5", 187_50, "USD"),
        (r"\$500", 500_00, "USD"),
        ("2500$", 2_500_00, "USD"),
        ("500 $", 500_00, "USD"),
        ("250 USD", 250_00, "USD"),
        ("250usd", 250_00, "USD"),
        ("USD 250", 250_00, "USD"),
        ("USD$ 250", 250_00, "USD"),
        ("US$250", 250_00, "USD"),
        ("US$ 250", 250_00, "USD"),
        ("$50USD", 50_00, "USD"),
        ("300 dollars", 300_00, "USD"),
        ("300 US dollars", 300_00, "USD"),
        ("40 bucks", 40_00, "USD"),
        ("1.000,00 $", 1_000_00, "USD"),
        ("$1.250,50", 1_250_50, "USD"),
        ("€200", 200_00, "EUR"),
        ("45€", 45_00, "EUR"),
        ("200 EUR", 200_00, "EUR"),
        ("12,50 €", 12_50, "EUR"),
        ("€1.000,50", 1_000_50, "EUR"),
        ("1 000 EUR", 1_000_00, "EUR"),
        ("80 euros", 80_00, "EUR"),
        ("£90", 90_00, "GBP"),
        ("25GBP", 25_00, "GBP"),
        ("INR 5000", 5_000_00, "INR"),
        ("2k INR", 2_000_00, "INR"),
        ("₹5,000", 5_000_00, "INR"),
        ("₹1,00,000", 100_000_00, "INR"),
        ("500₹", 500_00, "INR"),
        ("Rs. 700", 700_00, "INR"),
        ("A$60", 60_00, "AUD"),
        ("AU$ 60", 60_00, "AUD"),
        ("AUD 50", 50_00, "AUD"),
        ("$60 AUD", 60_00, "AUD"),
        ("$60 (AUD)", 60_00, "AUD"),
        ("C$20", 20_00, "CAD"),
        ("20 Canadian dollars", 20_00, "CAD"),
        ("NZ$5", 5_00, "NZD"),
        ("HK$ 70", 70_00, "HKD"),
        ("S$30", 30_00, "SGD"),
    ],
)
@pytest.mark.parametrize("frame", ["{}", "we pay {}, then", "({})", "**{}**", "for {}.", "{}!\n"])
def test_an_amount_is_read_with_its_currency_whatever_stands_around(
    text: str, cents: int, currency: str, frame: str
) -> None:
    assert read(frame.format(text)) == [(cents, currency)]


@pytest.mark.parametrize(
    "text",
    [
        "`$1`",
        "use `$500` here",
        "```\ncost=$500\n```",
        "echo \"$1\" '$2' /$3/ $1$2",
        "${price} $price $_ $1st",
        "$ https://github.com/ours/app/issues/250",
        "https://example.org/?price=$500",
        "#250 USD",
        "#250",
        "2024-05-02$",
        "2024-05-02",
        "v1.2.3 and 9.0.38-0",
        "50 % and 50%",
        "$5% and $1.2.3",
        "$x^2 + 5$",
        "$$5 + 6$$",
        "$250$",
        "$12,50",
        "$0.125",
        "$1.0000",
        "$1000.000",
        "$1.00.000",
        "$12 500",
        "$0.0015",
        "$1e5",
        "$5min",
        "PHP 8",
        "cad 3",
        "users 5, errors: 404",
        "row$High",
        "USD",
        "$",
        "",
        "five dollars",
    ],
)
def test_what_is_no_amount_or_reads_in_two_ways_is_none(text: str) -> None:
    assert read(text) == []


@pytest.mark.parametrize(
    ("text", "cents"),
    [
        ("$500 + $250 = $750", [500_00, 250_00, 750_00]),
        ("500 $ - 800 $", [500_00, 800_00]),
        ("45€-50€", [45_00, 50_00]),
        ("$20-50 USD", [20_00, 50_00]),
        ("$250→$500", [250_00, 500_00]),
        ("$250/$500", [250_00, 500_00]),
        ("from 250 USD, later 300 dollars", [250_00, 300_00]),
    ],
)
def test_several_amounts_are_read_in_their_order(text: str, cents: list[int]) -> None:
    assert [a.cents for a in amounts_in(text)] == cents


def _grouped(cents: int) -> str:
    whole, rest = divmod(cents, 100)
    return f"{whole:,}" + (f".{rest:02d}" if rest else "")


SHAPES = st.sampled_from(
    ["${}", "{}$", "$ {}", "{} USD", "USD {}", "us${}", "{} dollars", "{} Usd"]
)
WORDS = st.text(st.sampled_from("abcé ,.()!\n"), max_size=20)


@given(SHAPES, st.integers(1000_00, 10**10))
def test_a_point_for_thousands_reads_like_a_comma(shape: str, cents: int) -> None:
    american = _grouped(cents)
    european = american.translate(str.maketrans(",.", ".,"))
    assert read(shape.format(european)) == read(shape.format(american)) == [(cents, "USD")]


@pytest.mark.parametrize(
    ("text", "unclear"),
    [
        ("paid $12,50", True),
        ("$0.125 each", True),
        ("$1.0000", True),
        ("$1.000", False),
        ("`$12,50`", False),
        ("$1.2.3", True),
        ("2024-05-12,50$", False),
        ("12,50", False),
    ],
)
def test_digits_that_make_no_certain_amount_are_told_from_none(text: str, unclear: bool) -> None:
    assert names_an_unclear_amount(text) is unclear


@given(WORDS, SHAPES, st.integers(100, 10**10), st.booleans(), WORDS)
def test_reading_undoes_writing(
    before: str, shape: str, cents: int, with_commas: bool, after: str
) -> None:
    number = _grouped(cents) if with_commas else _grouped(cents).replace(",", "")
    written = shape.format(number)
    text = f"{before} {written} {after}"
    start = len(before) + 1
    assert amounts_in(text) == (
        Amount(cents=cents, start=start, end=start + len(written), words=written),
    )


PIECES = st.sampled_from(
    [
        *(*SIGNS, *"0123456789", ".", ",", " ", "\u00a0", "k", "USD", "eur", "INR", "rs", "A", "`"),
        *("\\", "**", "_", "(", ")", "#", "-", "\n", "million", "dollars", "<b>", "~~"),
    ]
)
TEXTS = st.one_of(st.text(max_size=60), st.lists(PIECES, max_size=30).map("".join))


@given(TEXTS)
def test_amounts_are_spans_of_the_text_in_order_and_apart(text: str) -> None:
    last = 0
    for amount in amounts_in(text):
        assert last <= amount.start < amount.end
        assert text[amount.start : amount.end] == amount.words
        assert amount.cents >= 0
        last = amount.end


@given(TEXTS)
def test_a_text_with_an_amount_speaks_of_money(text: str) -> None:
    assert speaks_of_money(text) or amounts_in(text) == ()


@pytest.mark.parametrize(
    "piece",
    ["$", "$1 ", "1,", "1 000 ", "usd ", "`", "$1`", "$x^", "\\$", "k1", "1.1.", "```\n$5\n"],
)
def test_hostile_texts_take_time_in_proportion(piece: str) -> None:
    text = (piece * 100_000)[:100_000]
    start = time.perf_counter()
    amounts_in(text)
    assert time.perf_counter() - start < 10


@pytest.mark.parametrize("text", ["C+: @inr $250", "@eur  $250", "@usd: $250", "paid @gbp $250"])
def test_a_login_that_is_spelled_like_a_currency_is_none(text: str) -> None:
    assert [(a.cents, a.currency) for a in amounts_in(text)] == [(250_00, "USD")]
    assert amounts_in(text.replace("$", "")) == ()
    assert [a.cents for a in amounts_in("@$250 each")] == [250_00]
