"""What is code in a text is found, and all the rest is not."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tasks.domain.code_spans import code_spans, outside_code, outside_spans, pieces, without_code

TEXTS = st.text(alphabet="`~ \na\r", max_size=60)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("a\n```\nb\n```\nc", ["```\nb\n```\n"]),
        ("~~~js\nb\n~~~", ["~~~js\nb\n~~~"]),
        ("````\n```\n````\n", ["````\n```\n````\n"]),
        ("```\r\nb\r\n```\r\n", ["```\r\nb\r\n```\r\n"]),
        ("```\nb\n~~~\n", []),
        ("``` a ``` b\nc", []),
        ("    ```\nb\n```\n", []),
        ("```\nnever closed", []),
        ("```x\na\n```y\nb\n```\n", ["```x\na\n```y\nb\n```\n"]),
    ],
)
def test_a_fenced_block_ends_at_its_own_fence(text: str, code: list[str]) -> None:
    assert [piece.text for piece in pieces(text) if piece.is_code] == code


@pytest.mark.parametrize(
    ("line", "spans"),
    [("a `b` c", ["`b`"]), ("``a ` b`` `c`", ["``a ` b``", "`c`"]), ("a ` b", []), ("``a`", [])],
)
def test_a_code_span_ends_at_as_many_ticks(line: str, spans: list[str]) -> None:
    assert [line[start:end] for start, end in code_spans(line)] == spans


@given(TEXTS)
def test_the_pieces_are_the_text(text: str) -> None:
    assert "".join(piece.text for piece in pieces(text)) == text
    assert outside_code(text, lambda part: part) == text
    assert outside_spans(text, lambda part: part) == text
    assert len(without_code(text)) == len(text)


def test_only_what_is_no_code_changes() -> None:
    assert outside_code("a\n```\na\n```\na", str.upper) == "A\n```\na\n```\nA"
    assert outside_spans("a `a` a", str.upper) == "A `a` A"
    assert without_code("a `b` c\n```\nd\n```\n") == "a     c\n   \n \n   \n"


@pytest.mark.parametrize(
    "text", ["```x\n" * 20_000, "`" * 100_000, "` `` " * 20_000, "~~~\n" * 9999]
)
def test_a_hostile_text_costs_no_more_than_its_length(text: str) -> None:
    begun = time.process_time()
    without_code(text)
    assert time.process_time() - begun < 3
