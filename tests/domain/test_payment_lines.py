"""What is left of a comment's markup: the words, and how they were set."""

from tasks.domain.payment_lines import Line, read_lines


def test_markup_leaves_the_words_and_how_they_were_set() -> None:
    text = (
        "## **Payments** for [the fix](https://g.example/1)\r\n\r\n"
        "* [x] `@ann`: _$500_ \\+ __$250__\r\n"
        "> 1. quoted   words\r\n"
        "**Apart:**\r\n"
        "•@bob <b>due</b> ~~$1~~ $2 ![chart](https://g.example/c.png) https://g.example/2\r\n"
        "#urgent #12"
    )
    assert read_lines(text) == (
        Line("Payments for the fix", heading=True),
        Line("@ann: $500 + $250", ticked=True),
        Line("quoted words", quoted=True),
        Line("Apart:", apart=True),
        Line("@bob due $2"),
        Line("#urgent #12"),
    )


def test_code_comments_and_endless_lines_say_nothing() -> None:
    fenced = "one\n```\ncode\n~~~\n```\n<!-- a\nb -->two\n~~~~\ncode\n~~~\n"
    text = f"{fenced}{'x' * 2001}\nthree <!-- open"
    assert [line.text for line in read_lines(text)] == ["one", "two", "three"]


def test_profile_links_are_mentions_and_other_links_their_text() -> None:
    text = (
        "[Ann](https://github.com/ann-o) [@bob](https://github.com/bob/) https://github.com/carl "
        "[pull](https://github.com/ann-o/app/pull/1) @[dan](https://github.com/dan)"
    )
    assert read_lines(text) == (Line("@ann-o @bob @carl pull @dan"),)


def test_tables_keep_their_cells_and_the_row_above_the_rule_heads_them() -> None:
    text = "a | b\n--- | :-:\nc | **d**\n\n| | e |\n|-|-|\n| | f |\nend | of table"
    assert read_lines(text) == (
        Line("a | b", cells=("a", "b"), header=True),
        Line("c | d", cells=("c", "d")),
        Line("| | e |", cells=("", "e"), header=True),
        Line("| | f |", cells=("", "f")),
        Line("end | of table", cells=("end", "of table")),
    )


def test_html_that_sets_text_apart_is_read_as_markdown() -> None:
    text = (
        "<h2>Payments</h2><ul><li>one</li><li>two</li></ul>"
        "<details><summary>Why</summary>so<br>it is"
    )
    assert read_lines(text) == (
        Line("Payments", heading=True),
        Line("one"),
        Line("two"),
        Line("Why", heading=True),
        Line("so"),
        Line("it is"),
    )
