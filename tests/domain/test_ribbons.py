"""A reviewer's ribbon, with whatever blanks, names one proposal or none."""

import pytest

from tasks.domain.ribbons import named_by, ribbons_of
from tests.domain.builders import URL, comment, day, proposal

RIBBON = "🎀 👀 🎀 C+ reviewed"
STANDING = (
    proposal(51, "## Proposal\nCaulk the seams of the hull.", author="bea"),
    proposal(52, "## Proposal\nTar the seams of the deck.", author="cyd"),
    proposal(53, "## Proposal\nPaint the cabin in two coats.", author="cyd"),
)


@pytest.mark.parametrize(
    "text",
    [
        RIBBON,
        "🎀👀🎀 C+ reviewed",
        "🎀  👀  🎀",
        "🎀👀 🎀\nC+ Reviewed",
        "🎀\ufe0f 👀\ufe0f 🎀\ufe0f C+ reviewed",
        ":ribbon: :eyes: :ribbon: C+ reviewed",
        f"Looks right.\n\n{RIBBON}",
    ],
)
def test_blanks_in_a_ribbon_vary(text: str) -> None:
    assert [r.at for r in ribbons_of([comment(9, 3, text, author="rae")])] == [day(3)]


@pytest.mark.parametrize(
    "text", ["C+ reviewed", "👀", "🎀 nice", f"> {RIBBON}\n\nthanks", f"`{RIBBON}`", "🎀 x 👀 🎀"]
)
def test_words_alone_quotes_and_code_are_no_ribbon(text: str) -> None:
    assert ribbons_of([comment(9, 3, text, author="rae")]) == []


def test_a_ribbon_counts_from_the_edit_that_put_it_there() -> None:
    said = comment(9, 3, "Looking.", author="rae", later={5: RIBBON})
    assert [(r.at, r.author, r.words) for r in ribbons_of([said])] == [(day(5), "rae", RIBBON)]


@pytest.mark.parametrize(
    ("words", "named"),
    [
        (f"[this]({URL}#issuecomment-51)", 51),
        (f"{URL}#issuecomment-51 by @bea, not what @cyd says", 51),
        (f"{URL}#issuecomment-51 and {URL}#issuecomment-52", None),
        (f"{URL}#issuecomment-99", None),
        (f"{URL}#issuecomment-99, so @bea", 51),
        ("> Caulk the seams of the hull.\n\nAgreed.", 51),
        ("> caulk *the seams* of the hull\n\nAgreed, unlike @cyd.", 51),
        ("> seams of the\n\n> Tar the seams of the deck", 52),
        ("> the seams of the\n\nis in both", None),
        ("> Proposal\n\nShort quotes say nothing.", None),
        ("@bea, go ahead", 51),
        ("@BEA's is best. @owner, fine with you?", 51),
        ("@cyd has two", None),
        ("@bea and @cyd", None),
        ("mail to x@bea", None),
        ("All good.", None),
        ("", None),
    ],
)
def test_a_ribbon_names_one_proposal_by_link_then_quote_then_mention(
    words: str, named: int | None
) -> None:
    (ribbon,) = ribbons_of([comment(9, 3, f"{words}\n\n{RIBBON}", author="rae")])
    found = named_by(ribbon, STANDING, lambda number: number)
    assert (found.proposal_id if found else None) == named


def test_a_link_to_a_pointer_names_what_it_points_at() -> None:
    (ribbon,) = ribbons_of([comment(9, 3, f"{URL}#issuecomment-60 {RIBBON}", author="rae")])
    found = named_by(ribbon, STANDING, {60: 52}.__getitem__)
    assert found == STANDING[1]
