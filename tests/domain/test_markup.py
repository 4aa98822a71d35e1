"""Spans of code in a text, and blanking them in place."""

from hypothesis import given
from hypothesis import strategies as st

from tasks.domain.markup import blank, code_blocks, code_spans

TEXTS = st.text(st.sampled_from("ab `~>\n"), max_size=60)


def test_code_is_blanked_where_it_stands() -> None:
    text = "a `b` c\n```js\nd\n```\ne\n~~~\nf"
    assert blank(text, code_blocks(text)) == "a `b` c\n     \n \n   \ne\n   \n "
    assert blank(text, code_spans(text)[:1], "x") == "a xxx c\n```js\nd\n```\ne\n~~~\nf"


@given(TEXTS)
def test_spans_are_in_order_and_blanking_keeps_length_and_lines(text: str) -> None:
    for spans in (code_blocks(text), code_spans(text)):
        edges = [edge for span in spans for edge in span]
        assert edges == sorted(edges)
        blanked = blank(text, spans, "x")
        assert [len(line) for line in blanked.split("\n")] == [
            len(line) for line in text.split("\n")
        ]
