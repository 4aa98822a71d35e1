"""Outputs are compared as their mode says: fairly, symmetrically, and never slowly."""

import json
import math
import time
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from tasks.domain.comparing import Comparison, How, same

MODES: tuple[How, ...] = ("exact", "whitespace", "numeric")
NUMERIC = Comparison(how="numeric", relative=1e-6, absolute=1e-9)
EXACTLY = Comparison(how="numeric", relative=0, absolute=0)

modes = st.sampled_from(MODES)
blanks = st.text(" \t\r\n\v\f", min_size=1, max_size=4).map(str.encode)
# What numbers are made of, so that many of these are numbers, or nearly so.
words = st.one_of(
    st.text("0123456789.eE+-", min_size=1, max_size=12).map(str.encode),
    st.floats().map(lambda value: repr(value).encode()),
    st.integers().map(lambda value: str(value).encode()),
    st.sampled_from([b"inf", b"-Infinity", b"NaN", b"-nan", b"[1,", b"1_0", b"0x10"]),
    st.binary(min_size=1, max_size=6).filter(lambda word: len(word.split()) == 1),
)
outputs = st.lists(words, max_size=5).flatmap(
    lambda found: st.lists(blanks, min_size=len(found), max_size=len(found)).map(
        lambda between: b"".join(w + b for w, b in zip(found, between, strict=True))
    )
)


@given(outputs, outputs, modes, st.sampled_from([0, 1e-6, 0.5]), st.sampled_from([0, 1e-9, 1.0]))
def test_it_does_not_matter_which_was_expected(
    one: bytes, other: bytes, how: How, relative: float, absolute: float
) -> None:
    comparison = Comparison(how=how, relative=relative, absolute=absolute)
    assert same(one, other, comparison) == same(other, one, comparison)


@given(outputs, modes)
def test_every_output_is_the_same_as_itself(output: bytes, how: How) -> None:
    assert same(output, output, Comparison(how=how))


@given(outputs, outputs)
def test_a_looser_mode_takes_all_that_a_stricter_one_takes(one: bytes, other: bytes) -> None:
    taken = [same(one, other, Comparison(how=how)) for how in MODES]
    assert taken == sorted(taken)
    assert same(one, other, EXACTLY) <= same(one, other, NUMERIC)


@given(st.lists(words, max_size=5), st.data())
def test_only_the_words_count_and_not_what_parts_them(
    found: list[bytes], data: st.DataObject
) -> None:
    sides = [
        b"".join(data.draw(blanks) + word for word in found) + data.draw(blanks) for _ in range(2)
    ]
    assert same(sides[0], sides[1], Comparison(how="whitespace"))
    assert same(b" ".join(found), sides[0], Comparison(how="numeric"))


@given(
    st.decimals(allow_nan=False, allow_infinity=False, places=6, min_value=-1e9, max_value=1e9),
    st.decimals(allow_nan=False, allow_infinity=False, places=6, min_value=-1e9, max_value=1e9),
    st.sampled_from([0.0, 1e-6, 0.1, 0.25]),
    st.sampled_from([0.0, 1e-6, 0.5, 3.0]),
)
def test_tolerance_is_that_of_exact_fractions(
    one: object, other: object, relative: float, absolute: float
) -> None:
    left, right = Fraction(str(one)), Fraction(str(other))
    largest = max(abs(left), abs(right))
    allowed = max(Fraction(repr(relative)) * largest, Fraction(repr(absolute)))
    comparison = Comparison(how="numeric", relative=relative, absolute=absolute)
    given_same = same(f"{one:f}".encode(), f"{other:f}".encode(), comparison)
    assert given_same == (abs(left - right) <= allowed)


@given(st.floats(allow_nan=False, allow_infinity=False), st.integers(0, 20))
def test_a_number_is_the_same_however_it_is_written(value: float, zeros: int) -> None:
    plain = repr(value)
    padded = f"{value:+.20e}".replace("e", "0" * zeros + "E")
    assert float(padded) == value
    assert same(plain.encode(), padded.encode(), Comparison(how="numeric", relative=1e-12))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (b"a b\n", b"a b\n"),
        (b"a b", b"a b\n\n"),
        (b"a b\n", b"a b\r\n"),
        (b"a b  \nc", b"a b\nc"),
        (b"\ta   b", b"a\nb"),
        (b"", b" \r\n"),
    ],
)
def test_line_ends_and_trailing_blanks_do_not_count(one: bytes, other: bytes) -> None:
    assert same(one, other, Comparison(how="whitespace"))
    assert same(one, other, Comparison(how="exact")) == (one == other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (b"ab", b"a b"),
        (b"a", b"A"),
        (b"a", b""),
        (b"a b", b"b a"),
        (b"a", b"a a"),
        ("a\u00a0b".encode(), b"a b"),
        ("\u00e9".encode(), "e\u0301".encode()),
        ("\ufeffa".encode(), b"a"),
        ("\uff11".encode(), b"1"),
        (b"\xff", b"\xfe"),
        (b"a\0", b"a"),
        (b"1.0", b"1"),
    ],
)
def test_text_that_differs_is_another_text(one: bytes, other: bytes) -> None:
    assert not same(one, other, Comparison(how="whitespace"))


SAME_NUMBERS = [
    (b"1", b"1.0"),
    (b"1", b"+1"),
    (b"007", b"7"),
    (b"-0", b"0"),
    (b"-0.0", b"0.000"),
    (b"0e99999999999999999", b"0"),
    (b".5", b"0.5"),
    (b"5.", b"5.0"),
    (b"1e3", b"1000.0"),
    (b"1E+3", b"1000"),
    (b"12.5e-1", b"1.25"),
    (b"1e999999999", b"10e999999998"),
    (b"nan", b"NaN"),
    (b"-nan", b"nan"),
    (b"inf", b"Infinity"),
    (b"+inf", b"INF"),
    (b"-inf", b"-infinity"),
    (b"9" * 100 + b".0", b"9" * 100),
]
OTHER_NUMBERS = [
    (b"nan", b"0"),
    (b"nan", b"inf"),
    (b"inf", b"-inf"),
    (b"inf", b"1e999999999"),
    (b"1e999999999", b"1e999999998"),
    (b"1e99999999999999999", b"1e-99999999999999999"),
    (b"1e9999999999999999999999", b"1e9999999999999999999998"),
    (b"1", b"-1"),
    (b"1", b"one"),
    (b"1_000", b"1000"),
    (b"0x10", b"16"),
    (b"1e", b"1"),
    (b"e5", b"5"),
    (b".", b"0"),
    (b"+", b"0"),
    (b"--1", b"1"),
    (b"1,5", b"1.5"),
    (b"1.5.", b"1.5"),
    (b"infinit", b"inf"),
    ("\u0661".encode(), b"1"),
    (b"", b"0"),
    (b"1 2", b"1"),
]


@pytest.mark.parametrize(("one", "other"), SAME_NUMBERS)
@pytest.mark.parametrize("comparison", [NUMERIC, EXACTLY], ids=["tolerant", "exactly"])
def test_one_number_in_two_writings_is_the_same(
    one: bytes, other: bytes, comparison: Comparison
) -> None:
    assert same(one, other, comparison)
    assert not same(one, other, Comparison(how="whitespace"))


@pytest.mark.parametrize(("one", "other"), OTHER_NUMBERS)
def test_what_is_another_number_or_none_is_not_the_same(one: bytes, other: bytes) -> None:
    assert not same(one, other, NUMERIC)


@pytest.mark.parametrize(
    ("one", "other", "is_same"),
    [
        (b"1.0000001", b"1", True),
        (b"1.00001", b"1", False),
        (b"0.0000000001", b"0", True),
        (b"0.00000001", b"0", False),
        (b"1000000.5", b"1000000.4", True),
        (b"1000000", b"1000001", False),
        (b"1" + b"0" * 50, b"1" + b"0" * 49 + b"1", False),
        (b"1" + b"0" * 50 + b".0", b"1" + b"0" * 49 + b"1", True),
        (b"3.14159265", b"3.14159266", True),
        (b"x 1.0 y", b"x 1.0000001 y", True),
        (b"x 1.0 y", b"x 1.0000001 z", False),
    ],
)
def test_measurements_may_differ_a_little_and_counts_may_not(
    one: bytes, other: bytes, is_same: bool
) -> None:
    assert same(one, other, NUMERIC) == is_same


def test_without_a_tolerance_the_last_of_many_digits_counts() -> None:
    digits = b"0." + b"3" * 200
    assert same(digits + b"0", digits, EXACTLY)
    assert not same(digits + b"1", digits, EXACTLY)


def test_numbers_inside_of_lists_and_json_are_text() -> None:
    for one, other in (("[1.0, 2.0]", "[1.00, 2.00]"), ('{"a": 1.0}', '{"a": 1.00}')):
        assert json.loads(one) == json.loads(other)
        assert not same(one.encode(), other.encode(), NUMERIC)
    assert same(b"[1.0, 2.0]", b"[1.0,\n2.0]", NUMERIC)


@pytest.mark.parametrize(
    "pair",
    [
        (b"7" * 1_000_000 + b".5", b"7" * 1_000_000 + b".6"),
        (b"0" * 1_000_000 + b".1", b".10000000001"),
        (b"1e" + b"9" * 1_000_000, b"1"),
        (b"1.0 " * 100_000, b"1 " * 100_000),
        (b"1e99999999999999999 " * 10_000, b"1e-99999999999999999 " * 10_000),
    ],
    ids=["digits", "zeros", "exponent", "words", "exponents"],
)
def test_no_output_makes_comparing_slow(pair: tuple[bytes, bytes]) -> None:
    began = time.process_time()
    same(*pair, NUMERIC)
    assert time.process_time() - began < 10


@pytest.mark.parametrize(
    "wrong", [{"relative": -1}, {"relative": 1}, {"absolute": math.nan}, {"absolute": math.inf}]
)
def test_a_tolerance_that_would_take_everything_is_refused(wrong: dict[str, float]) -> None:
    with pytest.raises(ValidationError):
        Comparison.model_validate({"how": "numeric", **wrong})
