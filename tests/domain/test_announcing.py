"""Announcements beside the prices in force, the titles, and later words of their authors."""

from dataclasses import replace

import pytest

from tasks.domain.issues import Comment, TextVersion
from tasks.domain.ledger import read_ledger
from tests.domain.builders import day, title
from tests.domain.test_ledger import FIRST, SECOND, history, rows, said, seen


@pytest.mark.parametrize(
    ("text", "kind", "dollars"),
    [
        ("Raising to 1k", "raised", 1000),
        ("Bumping this to 500", "raised", 500),
        ("Raised 250 -> 500", "raised", 500),
        ("Lowering it to 125.", "lowered", 125),
    ],
)
def test_a_bare_number_is_the_next_price_where_it_fits_the_ladder(
    text: str, kind: str, dollars: int
) -> None:
    ledger = read_ledger("github", history(FIRST, comments=(said(1, 4, text),)))
    assert rows(ledger)[1:] == [(4, kind, dollars, "comment")]
    signed = read_ledger("github", history(FIRST, comments=(said(1, 4, "Raised to $500."),)))
    assert ledger.events[1].confidence < signed.events[1].confidence


@pytest.mark.parametrize(
    ("text", "by"),
    [
        ("Bumping to 300", "MEMBER"),  # nobody offers that
        ("Bumping this to 2k", "MEMBER"),  # eight times the price
        ("Raised 500 -> 1000", "MEMBER"),  # not from the price in force
        ("Lowering to 500", "MEMBER"),
        ("Raising to 1k", "CONTRIBUTOR"),
    ],
)
def test_a_bare_number_beside_the_ladder_is_a_mention(text: str, by: str) -> None:
    ledger = read_ledger("github", history(FIRST, comments=(said(1, 4, text, by=by),)))
    assert rows(ledger) == [(0, "posted", 250, "title_at_creation")]
    (observation,) = ledger.observations
    assert (observation.reading, observation.event_id) == ("mention", None)


def test_a_bare_number_without_any_price_before_it_posts_none() -> None:
    untagged = title(0, "Boats leak", at_creation=True)
    ledger = read_ledger("github", history(untagged, comments=(said(1, 4, "Raising to 1k"),)))
    assert rows(ledger) == []
    (observation,) = ledger.observations
    assert observation.reason == "a number without a currency, and no step from the price in force"


def test_a_bare_number_confirms_the_title_that_shows_it() -> None:
    for number in ("500", "2k"):  # a title needs no ladder to prove it
        dollars = {"500": "500", "2k": "2,000"}[number]
        renamed = title(10, f"[${dollars}] Boats leak")
        told = said(1, 9, f"Raising to {number}")
        ledger = read_ledger("github", history(FIRST, renamed, comments=(told,)))
        assert [source for *_, source in rows(ledger)] == ["title_at_creation", "title_rename"]
        assert seen(ledger)[0][2:] == (True, "announces the title's change")


def test_comments_of_one_second_speak_in_the_order_of_their_numbers() -> None:
    for first, second in ((9, 10), (99, 100)):  # as texts these are the other way round
        told = (said(first, 4, "Raised to $500."), said(second, 4, "Raised to $1000."))
        for comments in (told, told[::-1]):
            ledger = read_ledger("github", history(FIRST, comments=comments))
            assert [dollars for _, _, dollars, _ in rows(ledger)] == [250, 500, 1000]


def test_titles_of_one_moment_stand_in_their_places() -> None:
    later = title(3, "[$1000] Boats leak").model_copy(update={"place": 1, "document_id": "a"})
    sooner = title(3, "[$500] Boats leak").model_copy(update={"document_id": "b"})
    for titles in ((FIRST, sooner, later), (later, sooner, FIRST)):
        ledger = read_ledger("github", history(*titles))
        assert [dollars for _, _, dollars, _ in rows(ledger)] == [250, 500, 1000]


def edited(number: int, *versions: tuple[float, str]) -> Comment:
    at, text = versions[0]
    texts = tuple(TextVersion(day(at), text) for at, text in versions)
    return replace(said(number, at, text), versions=texts)


def test_going_back_to_the_titles_price_is_a_change() -> None:
    comments = (said(1, 2, "Raised to $500."), said(2, 4, "Reverting the price back to $250."))
    ledger = read_ledger("github", history(FIRST, comments=comments))
    assert rows(ledger) == [
        (0, "posted", 250, "title_at_creation"),
        (2, "raised", 500, "comment"),
        (4, "lowered", 250, "comment"),
    ]
    assert seen(ledger) == []


@pytest.mark.parametrize(
    ("words", "again", "dollars"),
    [
        ("Doubled.", "Price doubled, still no proposals.", 1000),
        ("Raised to $500.", "Raised to $500.", 500),
        ("Raised by $250.", "Raised by another $250.", 750),
    ],
)
def test_a_step_that_is_told_again_a_week_later_is_another(
    words: str, again: str, dollars: int
) -> None:
    comments = (said(1, 9.9, words), said(2, 17, again))
    found = rows(read_ledger("github", history(FIRST, SECOND, comments=comments)))
    assert found[-1][2] == dollars
    assert found[:2] == rows(read_ledger("github", history(FIRST, SECOND)))


@pytest.mark.parametrize("at", [10.5, 17])
def test_a_step_is_told_once_by_several_people_or_late(at: float) -> None:
    once = (said(2, at, "Doubled."),)
    twice = (said(1, 10.2, "Doubled."), said(2, 10.6, "Price doubled.", author="fern"))
    for comments in (once, twice):
        found = rows(read_ledger("github", history(FIRST, SECOND, comments=comments)))
        assert found == rows(read_ledger("github", history(FIRST, SECOND)))


def test_a_freelancers_words_leave_a_late_announcement_what_it_is() -> None:
    comments = (
        said(1, 11, "Raised to $900.", by="NONE"),
        said(2, 12, "Raised the price to $500."),
    )
    ledger = read_ledger("github", history(FIRST, SECOND, comments=comments))
    assert rows(ledger) == rows(read_ledger("github", history(FIRST, SECOND)))
    assert ("raised", 500, True, "announces the title's change") in seen(ledger)


def test_what_its_author_soon_corrects_was_no_price() -> None:
    slip = edited(1, (2, "Raised to $5000."), (2.1, "Raised to $500."))
    told = history(FIRST, comments=(slip,))
    ledger = read_ledger("github", told)
    first = (0, "posted", 250, "title_at_creation")
    assert rows(ledger) == [first, (2.1, "raised", 500, "comment")]
    assert seen(ledger) == [("raised", 5000, False, "its author wrote something else within a day")]
    then = read_ledger("github", told, until=day(2))
    assert rows(then) == [first, (2, "raised", 5000, "comment")]


@pytest.mark.parametrize(
    ("at", "author", "words", "ladder"),
    [
        (2.2, "moss", "Oops, I meant $500 of course, not $5000. Fixed the job.", [250, 500]),
        (2.2, "moss", "Sorry, $500.", [250, 500]),
        (2.2, "moss", "Sorry about the $50 of yesterday.", [250, 5000]),
        (2.2, "fern", "Oops, I meant $500, not $5000.", [250, 5000]),
        (4, "moss", "Oops, I meant $500, not $5000.", [250, 5000]),
    ],
)
def test_the_next_comment_of_its_author_may_take_a_slip_back(
    at: float, author: str, words: str, ladder: list[int]
) -> None:
    comments = (said(1, 2, "Raised to $5000!"), said(2, at, words, author=author))
    told = history(FIRST, comments=comments)
    assert [dollars for _, _, dollars, _ in rows(read_ledger("github", told))] == ladder
    then = rows(read_ledger("github", told, until=day(2)))
    assert [dollars for _, _, dollars, _ in then] == [250, 5000]


@pytest.mark.parametrize(
    ("later", "ladder"),
    [
        ((2.1, "Never mind."), [250]),
        ((2.1, "Raised to $500, from $250."), [250, 500]),
        ((2.1, "Raised to $500. Raised to $750."), [250, 500, 750]),
        ((9, "Raised to $750."), [250, 500, 750]),
        ((9, "Not any more."), [250, 500]),
    ],
)
def test_an_edit_takes_back_only_what_it_leaves_out_and_soon(
    later: tuple[float, str], ladder: list[int]
) -> None:
    comment = edited(1, (2, "Raised to $500."), later)
    ledger = read_ledger("github", history(FIRST, comments=(comment,)))
    assert [dollars for _, _, dollars, _ in rows(ledger)] == ladder


def test_a_title_that_repeats_itself_overrules_by_the_title_that_follows() -> None:
    titles = (FIRST, title(3, "[$250] Wet boats"), title(20, "[$500] Wet boats"))
    comments = (said(1, 1, "Raised to $500."), said(2, 2, "Lowered the price to $125."))
    ledger = read_ledger("github", history(*titles, comments=comments))
    assert rows(ledger) == [
        (0, "posted", 250, "title_at_creation"),
        (1, "raised", 500, "comment"),
    ]
    (overruled,) = [e for e in ledger.events if e.superseded_by is not None]
    assert (overruled.amount_cents, overruled.superseded_by) == (
        125_00,
        ledger.events[1].event_id,
    )
