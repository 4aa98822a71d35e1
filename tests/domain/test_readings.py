"""What a comment says about money: the few statements that change a price, and all the others."""

from fractions import Fraction
from typing import Any, get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tasks.domain.readings import (
    CONFIDENCES,
    PriceReading,
    Reading,
    read_comment,
)


def change(text: str) -> dict[str, Any]:
    """What the single reading of a text says, confidence and words aside, defaults left out."""
    (reading,) = read_comment(text)
    assert reading.words == text
    defaults = {name: field.default for name, field in PriceReading.model_fields.items()}
    return {
        name: value
        for name, value in reading
        if name not in ("words", "confidence") and value != defaults[name]
    }


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Upping the bounty to $500", {"amount_cents": 500_00}),
        ("increased to $1k", {"amount_cents": 1_000_00}),
        ("I've increased the price to $500.", {"amount_cents": 500_00}),
        ("Raised the Upwork job to 2500$", {"amount_cents": 2_500_00}),
        ("Hey all, bumped this to $500!", {"amount_cents": 500_00}),
        ("Still no proposals so upping to $1k", {"amount_cents": 1_000_00}),
        ("The price has been raised to €200", {"amount_cents": 200_00, "currency": "EUR"}),
        ("@moss raised the price to $500", {"amount_cents": 500_00}),
        ("Raised to $500 for both contributor and C+", {"amount_cents": 500_00}),
        ("Raised to $500, can you update the job?", {"amount_cents": 500_00}),
        ("Raised to $500, let me know if you have questions", {"amount_cents": 500_00}),
        ("No takers yet, raised the price to $750", {"amount_cents": 750_00}),
        ("We can't double the price but raised it to $500", {"amount_cents": 500_00}),
        (
            "Raising the bounty to $500 since we have had no proposals.",
            {"amount_cents": 500_00},
        ),
        ("Bumped the price to $500 🚀 please submit proposals!", {"amount_cents": 500_00}),
        ("Raising to $500, will double again next week", {"amount_cents": 500_00}),
        ("Not sure why nobody took it, raising to $500", {"amount_cents": 500_00}),
        ("I don't see proposals, doubling", {"factor": Fraction(2)}),
        ("Yesterday we raised this to $500", {"amount_cents": 500_00}),
        ("Raised to $500 and then to $1000", {"amount_cents": 1_000_00}),
        ("Raising the bounty to 1000", {"amount_cents": 1_000_00}),
        ("Bumping the bounty to 2k, no proposals yet", {"amount_cents": 2_000_00}),
        (
            "Raised the price from 500 to 1,000.",
            {"amount_cents": 1_000_00, "previous_cents": 500_00},
        ),
        ("raising to one thousand dollars", {"amount_cents": 1_000_00}),
        ("Raising to 1k", {"amount_cents": 1_000_00, "unsigned": True}),
        ("No takers, bumping this to 2k", {"amount_cents": 2_000_00, "unsigned": True}),
        ("Raising it to 1,000.", {"amount_cents": 1_000_00, "unsigned": True}),
        (
            "Raised 500 -> 1000",
            {"amount_cents": 1_000_00, "previous_cents": 500_00, "unsigned": True},
        ),
        ("**Raised** the price to *$500* 🎉", {"amount_cents": 500_00}),
        ("raised from $250 to $500", {"amount_cents": 500_00, "previous_cents": 250_00}),
        ("Price increase: $250 → $500", {"amount_cents": 500_00, "previous_cents": 250_00}),
        ("Raised price to $500 (was $250)", {"amount_cents": 500_00, "previous_cents": 250_00}),
        ("bumped the price by $250", {"delta_cents": 250_00}),
        ("adding another $250 to the bounty", {"delta_cents": 250_00}),
        ("Adding $250 to the bounty, so $500 in total.", {"delta_cents": 250_00}),
        ("Raised the bounty by $250 to $500", {"delta_cents": 250_00, "amount_cents": 500_00}),
        ("price doubled", {"factor": Fraction(2)}),
        ("Doubling", {"factor": Fraction(2)}),
        ("Doubling this", {"factor": Fraction(2)}),
        ("I doubled the price.", {"factor": Fraction(2)}),
        ("The bounty is now doubled", {"factor": Fraction(2)}),
        ("Doubled the price ($500)", {"factor": Fraction(2), "amount_cents": 500_00}),
        (
            "doubled to $500 from $250",
            {"factor": Fraction(2), "amount_cents": 500_00, "previous_cents": 250_00},
        ),
        ("Price x2", {"factor": Fraction(2)}),
        ("2x bounty", {"factor": Fraction(2)}),
        ("Raising the price x2.", {"factor": Fraction(2)}),
        ("Raised the price 1.5x", {"factor": Fraction(3, 2)}),
        ("Increased the price by 50 %", {"factor": Fraction(3, 2)}),
        ("Raising it by 50%", {"factor": Fraction(3, 2)}),
        ("price tripled", {"factor": Fraction(3)}),
        ("I've doubled the price, let's see whether that helps", {"factor": Fraction(2)}),
        ("Raised bounty 2x to $500.", {"factor": Fraction(2), "amount_cents": 500_00}),
        (
            "Price raised from $250 → $500 → $1000",
            {"amount_cents": 1_000_00, "previous_cents": 250_00},
        ),
        ("Price\u200b raised to $500", {"amount_cents": 500_00}),
        (
            "Still no proposals that we are happy with, so I'm going to go ahead and double the "
            "price for this to $2000.",
            {"factor": Fraction(2), "amount_cents": 2_000_00},
        ),
        ("I'll go ahead and raise the price to $500", {"amount_cents": 500_00}),
        ("Tripled the bounty, good luck all!", {"factor": Fraction(3)}),
        (
            "Doubled once more, now $2k",
            {"factor": Fraction(2), "amount_cents": 2_000_00},
        ),
        (
            "heads up - doubled to $500!!!",
            {"factor": Fraction(2), "amount_cents": 500_00},
        ),
        ("Incresed the prise to 1.000,00 $", {"amount_cents": 1_000_00}),
        ("Price increased", {}),
    ],
)
def test_raises(text: str, expected: dict[str, Any]) -> None:
    assert change(text) == {"reading": "raised", **expected}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("reduced to $125", {"amount_cents": 125_00}),
        ("Dropping the bounty to $125", {"amount_cents": 125_00}),
        (
            "Smaller than we thought, so I am lowering the price to $250.",
            {"amount_cents": 250_00},
        ),
        (
            "Lowered the bounty from $500 to $250",
            {"amount_cents": 250_00, "previous_cents": 500_00},
        ),
        ("knocked $100 off the price", {"delta_cents": 100_00}),
        ("price halved", {"factor": Fraction(1, 2)}),
        ("cut the price in half", {"factor": Fraction(1, 2)}),
        ("lowered the price by 25%", {"factor": Fraction(3, 4)}),
    ],
)
def test_cuts(text: str, expected: dict[str, Any]) -> None:
    assert change(text) == {"reading": "lowered", **expected}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("title and job updated to $500", {"amount_cents": 500_00}),
        ("Title and job updated.", {}),
        ("Updated the Upwork job and title", {}),
        ("the price is now $1,000", {"amount_cents": 1_000_00}),
        ("Price is $500 now", {"amount_cents": 500_00}),
        ("updated the job price to 500 USD", {"amount_cents": 500_00}),
        ("Upwork job price has been updated to $500", {"amount_cents": 500_00}),
        ("Please note the price is now $500", {"amount_cents": 500_00}),
        ("We are setting the price of this job to $250.", {"amount_cents": 250_00}),
        ("added a $500 bounty", {"amount_cents": 500_00}),
        ("Posted the job at $250", {"amount_cents": 250_00}),
        ("Posted to Upwork for $250: https://www.upwork.com/jobs/~01", {"amount_cents": 250_00}),
        ("I posted the job to Upwork for $250", {"amount_cents": 250_00}),
        ("New price: $500", {"amount_cents": 500_00}),
        ("Job price → $1000", {"amount_cents": 1_000_00}),
        ('Updated title to "[$500] Boats leak"', {"amount_cents": 500_00}),
        ("reverting the price back to $250", {"amount_cents": 250_00}),
        ("Price was $250, now $500", {"amount_cents": 500_00, "previous_cents": 250_00}),
        (
            "Updated the title: [$250] → [$500]",
            {"amount_cents": 500_00, "previous_cents": 250_00},
        ),
    ],
)
def test_prices_that_are_set(text: str, expected: dict[str, Any]) -> None:
    assert change(text) == {"reading": "set", **expected}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("bounty withdrawn", {}),
        ("removing the bounty, making this internal", {}),
        ("The bounty was cancelled", {}),
        ("We no longer offer a bounty for this", {}),
        ("There is no longer a bounty on this issue.", {}),
        ("This no longer has a bounty", {}),
        ("Removed the price from the title", {}),
        ("removing the $500 bounty", {"previous_cents": 500_00}),
        ("removed the [$250] price tag", {"previous_cents": 250_00}),
        ("Removing [$250] from the title", {"previous_cents": 250_00}),
    ],
)
def test_withdrawals(text: str, expected: dict[str, Any]) -> None:
    assert change(text) == {"reading": "withdrawn", **expected}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "Price raised to $500, and the C+ review fee is $250.",
            [("raised", 500_00), ("review_fee", 250_00)],
        ),
        ("Raised to $500, C+ gets $250", [("raised", 500_00), ("review_fee", 250_00)]),
        (
            "Raised it to $500. @fern gets a $50 reporting bonus. We won't raise it to $1000.",
            [("raised", 500_00), ("reporter_bonus", 50_00), ("denial", 1_000_00)],
        ),
        ("Could it be $500? Doubling the price.", [("question", 500_00), ("raised", None)]),
        ("Raised to $500. Sorry, $250.", [("mention", 500_00), ("raised", 250_00)]),
        ("Raising the price to $1.000", [("raised", 1_000_00)]),
        ("Raising the price to $12,50", [("mention", None)]),
        ("@ann $1.000", [("mention", 1_000_00)]),
        ("@ann $12,50", [("mention", None)]),
        ("Would you do it for $12,50?", [("question", None)]),
        ("> Raising to 1k", []),
        ("Raised to $500. Sorry about the $50.", [("raised", 500_00), ("mention", 50_00)]),
        ("Raised to $500. No, not $1000.", [("raised", 500_00), ("mention", 1_000_00)]),
        (
            "Raising to $5000. Oops, I meant $500 of course, not $5000.",
            [("mention", 5_000_00), ("raised", 500_00)],
        ),
        (
            "Raising to $500. Oops, I meant $50 for you, not $100.",
            [("raised", 500_00), ("mention", None)],
        ),
        (
            "Raised the price to ~~$500~~ $1000",
            [("raised", 1_000_00), ("quoted", 500_00)],
        ),
        (
            "Raised the price to <del>$500</del> $1000",
            [("raised", 1_000_00), ("quoted", 500_00)],
        ),
        ("Doubled the price, $500 for the reviewer", [("review_fee", 500_00)]),
        ("> Could it be $500?\n\nRaised to $1k.", [("raised", 1_000_00), ("quoted", 500_00)]),
        ("- Title set to $500\n- Refunded $250", [("set", 500_00), ("refund", 250_00)]),
    ],
)
def test_each_statement_has_a_reading_of_its_own(
    text: str, expected: list[tuple[str, int | None]]
) -> None:
    assert [(r.reading, r.amount_cents) for r in read_comment(text)] == expected


def test_a_reading_rests_on_its_sentence_as_written() -> None:
    text = "Nobody yet.\r\n**We’ve raised** the price to `now` $500 — good luck! Thanks."
    assert read_comment(text) == (
        PriceReading(
            reading="mention",
            amount_cents=500_00,
            words="**We’ve raised** the price to `now` $500 — good luck!",
            confidence=0.5,
        ),
    )


def test_every_reading_that_changes_nothing_has_a_confidence() -> None:
    assert set(get_args(Reading)) - {"raised", "lowered", "set"} <= set(CONFIDENCES)
    assert all(0 < confidence <= 1 for confidence in CONFIDENCES.values())


def test_the_plainer_the_words_the_surer_the_reading() -> None:
    texts = ("Price raised from $250 to $500", "Raised to $500", "Doubling", "Price raised")
    assert [read_comment(text)[0].confidence for text in texts] == [0.97, 0.8, 0.6, 0.5]


# The grammar: an announcement is read whatever its verb, object, amount and frame are.
VERBS = st.sampled_from(["Raised", "Increased", "Bumped", "Upped", "I've raised", "We bumped up"])
OBJECTS = st.sampled_from(
    ["the price", "the bounty", "the job price", "this job's price", "bounty"]
)
FRAMES = st.sampled_from(
    ["{}", "{}.", "{}!", "@moss {}", "Hi all, {}", "**{}**", "Done. {}", "- {}"]
)
SHAPES = st.sampled_from(["${}", "{}$", "$ {}", "{} USD", "USD {}", "US${}"])
DOLLARS = st.integers(10, 99_999)


@given(VERBS, OBJECTS, SHAPES, DOLLARS, FRAMES)
def test_every_plain_announcement_is_a_raise(
    verb: str, what: str, shape: str, dollars: int, frame: str
) -> None:
    text = frame.format(f"{verb} {what} to {shape.format(dollars)}")
    (reading,) = read_comment(text)
    assert (reading.reading, reading.amount_cents) == ("raised", dollars * 100)
