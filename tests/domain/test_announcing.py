"""Announcements beside the prices in force and the titles: what a number without a sign means."""

import pytest

from tasks.domain.ledger import read_ledger
from tests.domain.builders import title
from tests.domain.test_ledger import FIRST, history, rows, said, seen


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
