"""Statements about money that change no price: each kind is told apart, and none is an event."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tasks.domain.readings import read_comment

CHANGES = ("raised", "lowered", "set", "withdrawn")


def kinds(text: str) -> list[str]:
    return [reading.reading for reading in read_comment(text)]


NEVER: dict[str, list[str]] = {
    "request": [
        "could this be raised to $500?",
        "can we double the bounty",
        "Could we double it?",
        "Please increase the price",
        "Raise the price to $500 please",
        "I would do it for $500",
        "I'd like $500 for this",
        "I think we should raise the price to $500",
        "Let's double the price",
        "This deserves to be raised to $500",
        "How about raising the bounty to $500?",
        "requesting a price increase to $500",
        "the price has to be raised to $500",
    ],
    "denial": [
        "we won't raise the price",
        "We won’t raise the price",
        "the price stays at $250",
        "Keeping the price at $250",
        "We will not go to $3,000.",
        "No price increase for now",
        "We are not increasing the price",
        "We never doubled the bounty",
        "I don't think it should be raised to $500",
        "The price was not raised to $500",
        "We are not raising the price and doubling the bounty",
    ],
    "review_fee": [
        "C+ review fee of $250",
        "Raised the C+ review fee to $500",
        "@moss is owed $250 for the review",
        "reviewer payment raised to $500",
    ],
    "reporter_bonus": [
        "$50 reporting bonus for @fern",
        "reported by @fern $250",
        "raised the reporting bonus to $250",
    ],
    "bonus": [
        "50% bonus of $250 as it was merged within 3 days",
        "urgency bonus $250",
        "Raised to $500 with the 50% bonus",
    ],
    "refund": ["Please refund $250", "Refunded the extra $250"],
    "sum": [
        "that's $750 in total",
        "$500 + $250 = $750",
        "Raised to $500 + $250 = $750",
        "Bringing the total to $750",
    ],
    "question": [
        "was this $500?",
        "is it $250 or $500?",
        "Was the price raised to $500?",
        "Raised to $500, right?",
    ],
    "quoted": [
        "> Raised to $500",
        "```\nRaised to $500\n```",
        "`raised to $500`",
        "<!-- raised the price to $500 -->",
        "<blockquote>Price doubled</blockquote>",
        "~~Raised to $500~~",
    ],
    "mention": [
        "In the screenshot the price is now $500",
        "I'll go ahead and raise the price to $500 on Monday",
        "If it stays quiet I'm going to go ahead and double the price",
        "Reset the price to $500 in the form and save",
        "Raising the price to $500 failed",
        "if nobody takes it by Friday we will double the price",
        "Raised to $500 if you are still interested",
        "I'll raise the price to $500 tomorrow",
        "We will double the price next week",
        "Raising to $500 on Friday",
        "Once it is merged the price is now $500",
        "thinking about raising the price to $500",
        "before raising the price to $500 we need a plan",
        "Raising the price to $500 would help",
        "We raised #1234 to $500",
        "Raised https://github.com/ours/app/issues/7 to $500",
        "The price was raised to $500 last month on another issue",
        "We had raised the price to $500",
        "If it stays open we are raising to 1k.",
        "The timeout on staging was bumped to 1000",
        "When I type, the price is raised to 1000",
        "Raising to $500, will take effect next week",
        "Raising to $500, then to $1000 next week",
        "If I don't see proposals, doubling to $500",
        "Wondering why the price was raised to $500",
        "I see that the price was raised to $500",
        "Yesterday he said we raised it to $500",
        "The price shown yesterday was raised to $500",
        "Raised to $500 when I submit the expense",
        "He said the price was raised to $500",
        'he wrote "raised to $500"',
        "The price was raised to $500 by mistake",
        "an expense of $80 shows as $0",
        "I increased it to $500 and saved the expense",
        "price is updated to $500 in the list when I click",
        "The limit was raised to $500",
        "The amount was updated to $500",
        "The price is $250",
        "It's now $500",
        "payment increased to $500",
        "Paid $250 to @moss",
        "Raised from $500 to $250",
        "Raised to $500 or $1000",
        "raised from €250 to $500",
    ],
}


@pytest.mark.parametrize(
    ("kind", "text"), [(k, text) for k, all_ in NEVER.items() for text in all_]
)
def test_what_never_changes_a_price_is_told_apart(kind: str, text: str) -> None:
    assert kinds(text) == [kind]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "please increase the font",
        "Increased to 1000 ms",
        "Raised the timeout to 1000",
        "Raising to 3 reviewers",
        "Raised a pull request to 1000 lines",
        "We no longer offer a bounty for reports",
        "If we no longer offer a bounty for this, say so",
        "not increasing",
        "doubled items are shown",
        "The message is doubled.",
        "Line height is increased by 50%.",
        "I raised a pull request",
        "On hold for payment",
        "Use `$1` here, or ${x}",
        "$ https://github.com/ours/app/issues/250",
        "double tap it",
        "x2",
        "Multiply the price x2",
        "The job title was updated",
        "Page title and job list updated",
        "Updated!",
        "The proposal was withdrawn",
    ],
)
def test_what_says_nothing_about_money_has_no_reading(text: str) -> None:
    assert read_comment(text) == ()


VERBS = st.sampled_from(["Raised", "Increased", "Bumped", "Upped", "I've raised", "We bumped up"])
OBJECTS = st.sampled_from(
    ["the price", "the bounty", "the job price", "this job's price", "bounty"]
)
SHAPES = st.sampled_from(["${}", "{}$", "$ {}", "{} USD", "USD {}", "US${}"])
DOLLARS = st.integers(10, 99_999)
HEDGES = st.sampled_from(
    [
        *("Could you say whether {}?", "> {}", "`{}`", "If nobody comes, {}", "<!-- {} -->", "{}?"),
        *("He said {}", "{} on #77", "{} last month", "~~{}~~", '"{}" is what it says'),
    ]
)


@given(VERBS, OBJECTS, SHAPES, DOLLARS, HEDGES)
def test_a_hedged_announcement_never_changes_a_price(
    verb: str, what: str, shape: str, dollars: int, hedge: str
) -> None:
    text = hedge.format(f"{verb} {what} to {shape.format(dollars)}")
    assert not set(kinds(text)) & set(CHANGES)
