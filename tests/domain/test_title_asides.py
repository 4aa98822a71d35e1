"""Titles whose tags move no price: kept as evidence, with the reason."""

import pytest

from tasks.domain.ledger import read_ledger
from tests.domain.builders import day, title
from tests.domain.test_ledger import FIRST, history, rows, said, seen


@pytest.mark.parametrize(
    ("tag", "observed"),
    [
        ("[$500 AUD]", ("title_price", 500, False, "in AUD, which is not summed")),
        ("[€500]", ("title_price", 500, False, "in EUR, which is not summed")),
        ("[$1000000000000]", ("title_price", None, False, "no amount that anybody pays")),
        ("[$12,50]", ("title_price", None, False, "no amount that anybody pays")),
        ("[$２５０]", ("title_price", None, False, "no amount that anybody pays")),
    ],
)
def test_a_tag_that_is_no_price_in_dollars_is_kept_and_moves_none(
    tag: str, observed: tuple[str, int | None, bool, str]
) -> None:
    strange = title(3, f"{tag} Boats leak")
    ledger = read_ledger("github", history(FIRST, strange, title(4, f"{tag} Boats leak now")))
    assert rows(ledger) == [(0, "posted", 250, "title_at_creation")]
    assert seen(ledger) == [observed]
    alone = read_ledger("github", history(title(0, f"{tag} Boats leak", at_creation=True)))
    assert (rows(alone), seen(alone)) == ([], [observed])
    assert seen(read_ledger("github", history(FIRST, strange), until=day(2))) == []


@pytest.mark.parametrize(
    ("tag", "dollars"),
    [
        ("[Upwork $250]", 250),
        ("[$250 bonus]", 250),
        ("[$250 -> $500]", None),
        ("[Hold $100 EUR]", 100),
        ("[up to $99,999,999]", None),
    ],
)
def test_an_amount_among_other_words_of_a_tag_is_told_once_and_is_no_price(
    tag: str, dollars: int | None
) -> None:
    strange = title(3, f"{tag} Boats leak", at_creation=True)
    ledger = read_ledger("github", history(strange, title(4, f"{tag} Boats leak now")))
    assert rows(ledger) == []
    reason = "an amount among other words is no price"
    assert seen(ledger) == [("title_price", dollars, False, reason)]
    assert seen(read_ledger("github", history(FIRST, strange), until=day(2))) == []
    amid = history(title(0, f"Boats {tag} leak", at_creation=True))
    assert seen(read_ledger("github", amid)) == []


@pytest.mark.parametrize("tag", ["[$0]", "[$0.00]", "[0 USD]"])
def test_a_tag_of_nothing_is_no_price_and_takes_away_the_one_before(tag: str) -> None:
    nothing = ("title_price", 0, False, "offers nothing, where nothing was offered")
    alone = read_ledger("github", history(title(0, f"{tag} Boats leak", at_creation=True)))
    assert (rows(alone), seen(alone)) == ([], [nothing])
    held = f"{tag} [HOLD for payment 2024-05-02] Boats leak"
    ledger = read_ledger("github", history(FIRST, title(3, held), title(4, f"{tag} Boats leak")))
    assert rows(ledger)[1:] == [(3, "withdrawn", 0, "title_rename")]
    assert ledger.events[1].confidence == 1.0
    assert seen(ledger) == []
    again = read_ledger("github", history(FIRST, title(3, held), title(5, "[$250] Boats leak")))
    assert rows(again)[2:] == [(5, "posted", 250, "title_rename")]


def test_a_tag_of_nothing_takes_away_what_only_a_comment_announced() -> None:
    untagged = title(0, "Boats leak", at_creation=True)
    told = (said(1, 1, "Raised the price to $500."),)
    ledger = read_ledger("github", history(untagged, title(3, "[$0] Boats leak"), comments=told))
    assert rows(ledger) == [(1, "posted", 500, "comment"), (3, "withdrawn", 0, "title_rename")]
    assert seen(ledger) == []


def test_a_title_that_follows_its_announcement_late_confirms_it() -> None:
    late = title(20, "[$500] Boats leak")
    told = history(FIRST, late, comments=(said(1, 1, "Raised to $500."),))
    ledger = read_ledger("github", told)
    assert rows(ledger)[1:] == [(1, "raised", 500, "comment")]
    assert seen(ledger) == [("title_price", 500, True, "shows the announced price")]
    assert ledger.observations[0].source_kind == "title_rename"
