"""A client's answers are quotes, chosen by words alone."""

from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from tasks.domain.threads import LONGEST_PASSAGE, NOTHING_WRITTEN, Remark, Reply, reply_to
from tests.domain.builders import START


def remark(number: int, text: str, author: str = "mo") -> Remark:
    written = START + timedelta(days=number)
    return Remark(comment_id=number, author=author, role="MEMBER", written_at=written, text=text)


THREAD = (
    remark(1, "Dates are ISO dates.\n\nAmounts have two decimals, always."),
    remark(2, "The export keeps the date format of the import."),
    remark(3, "Amounts of zero are left out of exports."),
)


def test_the_passages_that_share_most_words_are_quoted_the_older_first() -> None:
    assert reply_to("Which date format does the export use?", THREAD) == Reply(
        text=(
            "@mo (MEMBER) wrote on 2024-03-03:\n> The export keeps the date format of the import."
            "\n\n@mo (MEMBER) wrote on 2024-03-02:\n> Dates are ISO dates."
            "\n\n@mo (MEMBER) wrote on 2024-03-04:\n> Amounts of zero are left out of exports."
        ),
        quoted=(2, 1, 3),
    )


def test_a_passage_is_quoted_alone_and_not_with_its_remark() -> None:
    found = reply_to("How many decimals do amounts have?", THREAD)
    assert found.text.startswith(
        "@mo (MEMBER) wrote on 2024-03-02:\n> Amounts have two decimals, always.\n\n"
    )
    assert "ISO" not in found.text


def test_where_nothing_fits_nothing_was_written() -> None:
    nothing = Reply(text=NOTHING_WRITTEN)
    assert reply_to("Which browsers are supported?", THREAD) == nothing
    assert reply_to("Should we do this or that?", THREAD) == nothing  # words of every question
    assert reply_to("Which date format?", ()) == nothing
    long = "Which of the eleven locale settings governs export rounding across tenants?"
    assert reply_to(long, THREAD) == nothing  # a third of the words is not reached


def test_a_long_passage_is_cut_with_a_mark() -> None:
    found = reply_to("dates?", [remark(1, "dates " + "x" * 3000)])
    quoted = found.text.split("> ")[1]
    assert quoted == ("dates " + "x" * 3000)[:LONGEST_PASSAGE] + " [... cut here]"


@given(st.text(max_size=80), st.lists(st.text(max_size=200), max_size=5))
def test_what_is_quoted_stands_in_the_thread_word_for_word(question: str, texts: list[str]) -> None:
    remarks = [remark(number, text) for number, text in enumerate(texts)]
    found = reply_to(question, remarks)
    assert found == reply_to(question, list(reversed(remarks)))
    if not found.quoted:
        assert found.text == NOTHING_WRITTEN
    written = "\n".join(texts).replace("\r\n", "\n").split("\n")
    quoted = [line[2:] for line in found.text.split("\n") if line.startswith("> ")]
    assert set(quoted) <= set(written)
