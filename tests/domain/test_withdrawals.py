"""Banners, strike-through and their authors' words take proposals back; other words do not."""

import time

import pytest

from tasks.domain.withdrawals import is_taken_back, own_words, taken_back_by, without_struck


@pytest.mark.parametrize(
    "body",
    [
        "⚠️ Your proposal has been withdrawn, it repeats another one.",
        "This proposal was removed by a moderator.\n\nCaulk it.",
        "🚫 Duplicate proposal withdrawn.",
        "> 🚫 Proposal withdrawn by the bot\n\nCaulk it.",
        "Withdrawn.",
        "**WITHDRAWN**\n\nCaulk it.",
        "Withdrawing in favour of a better one",
        "EDIT: withdrawn, since the first plan has all of it",
        "Caulk it.\n\nEdit: I withdraw my proposal.",
        "I’m withdrawing this proposal",
        "I would like to withdraw my proposal.",
        "I have decided to retract the proposal",
        "I've removed my proposal",
        "Please ignore this proposal.",
        "Ignore my comment",
        "~~Caulk it.~~",
        "~~Caulk it.~~\n\n~~Then tar it.~~",
        "<del>Caulk it.\n\nThen <s>tar</s> it.</del>",
    ],
)
def test_a_text_that_takes_itself_back_is_gone(body: str) -> None:
    assert is_taken_back(body)


@pytest.mark.parametrize(
    "body",
    [
        "Caulk it.",
        "Money withdrawn by a guest is counted twice; count it once.",
        "Withdrawing money fails, so catch it.",
        "The withdrawal page should remove the button.",
        "I would remove the first button.",
        "I do not withdraw my proposal, whatever the vote.",
        "I withdraw my previous proposal, this one is better: tar it.",
        "> I withdraw my proposal\n\nThat was theirs. Mine: caulk it.",
        "Log `I withdraw my proposal` there.",
        "~~Caulk it.~~ Tar it.",
        "~~ costs about ten minutes",
        "<del>never closed, so nothing is struck",
        "Ignore this warning of the compiler and caulk it.",
    ],
)
def test_other_words_leave_a_plan_standing(body: str) -> None:
    assert not is_taken_back(body)


def test_what_is_struck_through_is_not_there() -> None:
    assert without_struck("a ~~b~~ c<s>d<del>e</del>f</s>g ~~h") == "a  cg ~~h"
    assert without_struck("~~a\n\nb~~") == "~~a\n\nb~~"


def test_quotes_and_code_are_not_the_authors_words() -> None:
    text = "mine `code` mine\n> theirs\nmine\n```\nfenced\n```\nmine"
    assert own_words(text).split() == ["mine"] * 4
    assert len(own_words(text)) == len(text)


@pytest.mark.parametrize(
    ("text", "own", "comment", "gone"),
    [
        ("I withdraw my proposal", [1], 9, [1]),
        ("I withdraw my proposal", [1, 2], 9, [2]),
        ("I withdraw my first proposal", [1, 2], 9, [1]),
        ("I withdraw my proposals", [1, 2], 9, [1, 2]),
        ("I'm retracting both proposals", [1, 2], 9, [1, 2]),
        ("I withdraw [my proposal](https://x.test/7#issuecomment-1)", [1, 2], 9, [1]),
        ("I withdraw my proposal https://x.test/7#issuecomment-1", [1, 2], 9, [1]),
        ("I withdraw my previous proposal. New: tar.", [1, 9], 9, [1]),
        ("I withdraw my proposal", [9], 9, []),
        ("I withdraw my proposal", [], 9, []),
        ("> I withdraw my proposal\n\nreally?", [1], 9, []),
        ("You should withdraw your proposal", [1], 9, []),
        ("Caulk it.", [1], 9, []),
    ],
)
def test_a_comment_takes_back_what_its_author_says(
    text: str, own: list[int], comment: int, gone: list[int]
) -> None:
    assert taken_back_by(text, own, comment) == gone


@pytest.mark.parametrize(
    "text",
    [
        "~" * 100_000,
        "~~a " * 25_000,
        "<del>" * 20_000,
        "I am " * 20_000 + "withdraw",
        "\n> " * 33_000 + "withdraw",
        "`" * 100_000 + "withdraw",
        "withdrawn" + " " * 100_000 + "x",
        "_" * 100_000 + "withdrawn",
    ],
)
def test_hostile_texts_take_no_time(text: str) -> None:
    started = time.perf_counter()
    is_taken_back(text)
    taken_back_by(text, [1], 2)
    assert time.perf_counter() - started < 1
