"""Text of others on a page: what it says stays, what it would do does not."""

import re

import pytest

from tasks.reporting.answers import highlighted, log_text, turns_of
from tasks.reporting.compact import json_for_page
from tasks.reporting.drawing import Drawing, draw, in_page
from tasks.reporting.statements import LONGEST, sanitised
from tasks.reporting.texts import line, plain
from tests.reporting.hostile import STRINGS

_TAG = re.compile(r"<\s*/?\s*([a-zA-Z0-9]+)((?:\s[^>]*)?)>")
_KEPT = {
    *(
        "a",
        "p",
        "br",
        "hr",
        "ul",
        "ol",
        "li",
        "code",
        "pre",
        "em",
        "strong",
        "blockquote",
        "b",
        "i",
    ),
    *("table", "tbody", "thead", "tr", "td", "th", "details", "summary", "div", "h1", "h2"),
}


@pytest.mark.parametrize("text", STRINGS)
def test_a_statement_keeps_no_tag_or_address_that_does_something(text: str) -> None:
    for tag, attributes in _TAG.findall(sanitised(f"before\n\n{text}\n\nafter")):
        assert tag.lower() in _KEPT
        names = dict(re.findall(r'([\w-]+)="([^"]*)"', attributes))
        assert set(names) <= {"href", "rel", "open"}
        assert names.get("href", "https://").startswith(("https://", "http://"))
        assert "href" not in names or "noopener" in names["rel"]


def test_a_statement_keeps_its_markup_and_names_its_pictures() -> None:
    shown = sanitised(
        "# Head\n\n| a | b |\n|---|---|\n| 1 | ~~2~~ |\n\n- [x](https://ours.example/?a=1&b=2)\n\n"
        '<img width="9" alt="a <shot>" src="https://ours.example/p.png">'
    )
    assert "<h1>Head</h1>" in shown
    assert "<td><s>2</s></td>" in shown
    rel = 'rel="noopener noreferrer nofollow"'
    assert f'<a href="https://ours.example/?a=1&amp;b=2" {rel}>x</a>' in shown
    picture = "[picture: a &lt;shot&gt;]"
    assert f'<a href="https://ours.example/p.png" {rel}>{picture}</a>' in shown
    assert "<img" not in shown


def test_a_statement_is_cut_where_a_page_would_grow_too_large() -> None:
    shown = sanitised("word " * (LONGEST // 5) + "x" * 1_000_000)
    assert len(shown) < LONGEST + 200
    assert "… (1,000,000 more characters)" in shown


def test_what_steers_a_screen_is_written_out() -> None:
    assert plain("a\u202eb\u2066c\x00d\r\ne\tf\ud800") == "a\\u202eb\\u2066c\\x00d\ne\tf\\ud800"
    assert plain("\x1b[31mred\x1b[0m\x1b]8;;x\x07y") == "redy"
    assert line("one\n two\x1b[2J  three") == "one two three"
    assert line("x" * 1_000_000, 20) == "x" * 19 + "…"
    assert line("a family: 👩\u200d👧", 40) == "a family: 👩\u200d👧"


def test_a_patch_is_marked_line_by_line_and_stays_itself() -> None:
    patch = "diff --git a/x b/x\n--- a/x\n+++ b/x\n@@ -1 +1 @@\n-<b>old</b>\n+new\n same"
    marked = highlighted(patch, "diff")
    assert '<span class="gd">-&lt;b&gt;old&lt;/b&gt;</span>' in marked
    assert '<span class="gi">+new</span>\n same' in marked
    assert marked.striptags().count("old") == 1
    program = highlighted("def f(x):\n    return '<script>'", "python")
    assert '<span class="k">def</span>' in program
    assert "<script>" not in program


def test_the_middle_of_a_long_log_is_left_out_and_counted() -> None:
    shown = log_text("begin" + "x" * 1_000_000 + "the end")
    assert shown.startswith("begin")
    assert "the end" in shown
    assert "988,012 characters are left out" in shown


def test_a_conversation_names_who_spoke_and_keeps_its_ends() -> None:
    parts = [{"part_kind": "text", "content": f"word {n}"} for n in range(500)]
    turns = turns_of({"messages": [{"parts": parts}], "failures": [{"kind": "x", "says": "y"}]})
    assert [turn.who for turn in (turns[0], turns[60], turns[-1])] == ["model", "", "no answer"]
    assert (turns[0].words, turns[-1].words) == ("word 0", "x: y")
    call = {"part_kind": "tool-call", "tool_name": "run", "args": {"command": "ls"}}
    assert turns_of({"messages": [{"parts": [call]}]})[0] == (
        "model calls run",
        "{'command': 'ls'}",
    )


def test_data_in_a_page_cannot_end_its_element() -> None:
    text = json_for_page([*STRINGS, "\u2028"])
    assert not set(text) & set("<>&\u2028\u2029")


def test_a_chart_is_the_same_every_time_and_has_no_style_of_its_own() -> None:
    drawing = Drawing(lambda ax: ax.plot([1, 2], [3, 4], label="<b>$x$</b>", marker="o"))
    first, again = draw("one", drawing).decode(), draw("one", drawing).decode()
    assert first == again
    page = in_page(first, "one", "Title <1>", "Says")
    assert "style" not in page
    assert '<title id="one-title">Title &lt;1&gt;</title>' in page
    assert set(re.findall(r'id="(?!one-)', page)) == set()
    assert draw("one", drawing, "png").startswith(b"\x89PNG")
