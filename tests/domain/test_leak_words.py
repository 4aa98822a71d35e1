"""Words that tell how an issue ended are found, and ordinary sentences are not."""

import time

import pytest

from tasks.domain.leaks import lint
from tests.domain.bodies import DETAILS, LISTED
from tests.domain.builders import URL, instance
from tests.domain.leaking import COMMIT, FACTS, codes, in_proposal, in_statement, in_title

LEAK_TEXTS = [
    ("[HOLD for payment 2024-05-02]", "hold_date"),
    ("It is on hold for payment until the checks end [HOLD for payment]", "hold_date"),
    ("Due for payment 2025-03-04", "hold_date"),
    ("## Payment Summary\n- Contributor: @ann-lee $250", "payment_summary"),
    ("Contributor: @ann-lee is due $250", "payment_words"),
    ("$250 paid to @ann-lee via Upwork", "payment_words"),
    ("@ann-lee offer sent", "payment_words"),
    ("The Upwork contract was ended", "payment_words"),
    ("https://www.upwork.com/nx/wm/offer/2511", "job_link"),
    ("Last Price Increase: 2024-03-01", "price_increase_date"),
    ("ann-lee | Contributor | 0", "offer_line"),
    ("Upwork Automation - Do Not Edit", "automation_block"),
    ("Fixed by #123", "fix_number"),
    ("Fixed by ours/old-app#123", "fix_number"),
    ("Fixed by PR 123", "fix_number"),
    ("See pull/123 please", "fix_number"),
    ("See /ours/app/pull/123/files", "fix_number"),
    ("Payment due 2024-05-20.", "hold_date"),
    ("- Payment is due on May 20, thanks", "hold_date"),
    ("It sank. Payment on hold until 5/20", "hold_date"),
    ("It says that payment is due 2024-03-20 there", "hold_date"),
    ("On [HOLD] for payment 5/02", "hold_date"),
    ("[HOLD] for payment", "hold_date"),
    ("Payment Summary: @ann-lee $500", "payment_summary"),
    ("paid $500 to @ann-lee", "payment_words"),
    ("@ann-lee is owed $500", "payment_words"),
    ("Eligible for 50% bonus", "payment_words"),
    ("@ann-lee is eligible for a 50% bonus", "payment_words"),
    ("https://github.com/ours/app/pull/123/files", "fix_url"),
    ("https://github.com/ours/old-app/pull/123", "fix_url"),
    ("on the branch ann/caulk-7", "fix_branch"),
    ("since 0123ABC it is dry", "fix_commit"),
    (f"since {COMMIT} it is dry", "fix_commit"),
    (f"https://github.com/ours/app/blob/{COMMIT}/boat.py", "fix_commit"),
    ("We hired @ann-lee for this", "accepted_marker"),
    ("The proposal of ann-lee was accepted", "accepted_marker"),
    ("Let's go with @ann-lee's proposal", "accepted_marker"),
    ("🎀👀🎀 C+ reviewed", "reviewer_marker"),
    ("🎀 👀 🎀 fine by me", "reviewer_marker"),
    ("as said in #issuecomment-88001", "later_link"),
]


@pytest.mark.parametrize(("text", "code"), LEAK_TEXTS)
def test_what_tells_the_end_is_a_leak_wherever_it_stands(text: str, code: str) -> None:
    for found in (in_statement(f"Boats leak.\n{text}\n"), in_proposal(f"## Proposal\n{text}")):
        assert (code, "leak") in found


@pytest.mark.parametrize(
    ("text", "findings"),
    [
        ("[$250] Boats leak", [("price_tag", "warning")]),
        ("[PAID] Boats leak", [("payment_tag", "leak")]),
        ("[HOLD #12] Boats leak", [("hold_tag", "warning")]),
        ("[HOLD for payment 2024-03-20] Boats", [("hold_date", "leak")]),
        ("[Wave 6: Tags] Boats leak", []),
        ("Boats leak since #123", [("fix_number", "leak")]),
    ],
)
def test_a_title_is_read_as_people_tag_it(text: str, findings: list[tuple[str, str]]) -> None:
    assert in_title(text) == findings


ORDINARY = [
    "1. Pay the invoice. 2. Notice that it says Paid and the payment of $250 is due twice.",
    "The employee paid $20 and the approver sees the payment summary page with the total.",
    "Hold for payment is shown in the menu; the expense is put on hold. Paid on 2024-05-02.",
    "Accepted file types are shown as not accepted; select an assigned card.",
    "Click on the offer, accept it, and the winner is shown.",
    "1. Choose option #12 and #1234, then PR 1,123.",
    "The owner of the issue sees the last price increase as a chart.",
    "Commit deadbeefcafe added this; a colour of #0123ab is wrong.",
    "Issue reported by: @ann-lee",
    "Found when testing https://github.com/ours/app/pull/122",
    "The contract ended early and the bonus paid is wrong.",
    "Reviewer sees the amount $20 as due.",
    "Slack conversation: https://ours.slack.com/archives/C1/p1700000000",
    "C++ reviewed the ribbon 🎀 emoji",
    "User A hires User B; hired users are listed.",
    "| Name | Contributor |\n|---|---|\n| boat | 3 |",
    "The report is awaiting payment and shows Awaiting payment as its state.",
    "Employees are eligible for a bonus; a 50% bonus is shown.",
    "The payment is due next week, and the payment due date is shown.",
    "Notice the pull/1234 folder and theirs/app/pull/123",
]


@pytest.mark.parametrize("text", ORDINARY)
def test_ordinary_words_of_an_app_about_money_are_not_found(text: str) -> None:
    assert in_statement(text) == []
    assert in_proposal(f"## Proposal\n{text}") == []


@pytest.mark.parametrize(
    "text",
    [
        "If my proposal is accepted I will open a pull request; once I am hired I begin.",
        "My profile: https://www.upwork.com/freelancers/~0101ab",
        "I agree with @ann-lee about the cause.",
        "@ann-lee could be hired if this fails",
        "Selected boats are accepted by the harbour",
    ],
)
def test_what_freelancers_say_before_a_choice_is_not_found(text: str) -> None:
    assert in_proposal(f"## Proposal\n{text}") == []


@pytest.mark.parametrize(
    ("text", "findings"),
    [
        ("We should drop the bounty to $125", [("bounty_words", "warning")]),
        ("User A paid @b $20 today", [("payment_words", "warning")]),
        ("The card shows a payment due 5/02 twice", [("hold_date", "warning")]),
        ("Tap the card: payment due 5/02.", [("hold_date", "warning")]),
        ("Payment due 2024-05-20 is shown", [("hold_date", "warning")]),
        ("Everybody eligible for 10% bonus is listed", [("payment_words", "warning")]),
        ("**Awaiting Payment**", [("payment_words", "warning")]),
        ("Label: Awaiting payment", [("payment_words", "warning")]),
        ("cc @ann-lee", [("hired_name", "warning")]),
        ("The date 2024-03-20 is shown", [("hold_date", "warning")]),
        ("Shows `#123` instead", [("fix_number", "warning")]),
        ("Issue Owner: @rae", [("owner_line", "warning")]),
        ("Status is [PAID]", [("payment_tag", "warning")]),
        ("Payment Summary\nTotal: 3", [("payment_summary", "warning")]),
        (f"{URL}#issuecomment-77001", [("accepted_proposal", "leak")]),
        ("job 1598765432109876543", [("job_id", "leak")]),
    ],
)
def test_what_may_be_harmless_is_a_warning(text: str, findings: list[tuple[str, str]]) -> None:
    assert in_statement(text) == findings


@pytest.mark.parametrize(
    ("text", "leaks"),
    [
        ("bob was hired for this.", True),
        ("Job hired: bob", True),
        ("We hired Bob", True),
        ("We accepted bob's proposal", True),
        ("The proposal of bob was accepted", True),
        ("bob selected the assigned card", False),
        ("The expense is assigned to bob, who is not hired", False),
        ("We hired bobby", False),
        ("Should bob's proposal be accepted?", False),
        ("bob pays for the accepted card", False),
    ],
)
def test_a_short_name_is_found_where_the_choice_is_said_of_it(text: str, leaks: bool) -> None:
    facts = FACTS.model_copy(update={"hired": ("bob",), "accepted_author": "bob"})
    found = codes(lint(instance(statement=text), facts))
    assert found == ([("accepted_marker", "leak")] if leaks else [])


def test_a_whole_block_gives_every_line_away() -> None:
    found = {code for code, _ in in_statement(f"Boats leak.\n{LISTED}\n{DETAILS}")}
    assert found == {
        *("job_link", "job_id", "automation_block", "price_increase_date", "offer_line")
    }


def test_the_accepted_proposal_may_name_itself_and_others_may_cite_it() -> None:
    link = f"[Updated]({URL}#issuecomment-77001)"
    assert in_proposal(f"## Proposal\n{link}", 77001, "ann-lee") == []
    assert in_proposal(f"## Proposal\nUnlike {link}") == [("accepted_proposal", "warning")]
    assert in_proposal(f"## Proposal\n{link} was accepted") == [("accepted_proposal", "leak")]


@pytest.mark.parametrize(
    "text", ["Edit: I was hired, thanks", "My proposal has been accepted.", "✅ **Accepted**"]
)
def test_a_proposal_that_tells_of_its_luck_leaks(text: str) -> None:
    assert in_proposal(f"## Proposal\n{text}", 77001, "ann-lee") == [("accepted_marker", "leak")]


HOSTILE = {
    "digits": "1," * 50_000,
    "blank": "\n" * 100_000,
    "hex": "0123abc" * 14_000,
    "dashes": "a-" * 50_000,
    "pipes": "a | contributor | 1 " * 5000,
    "names": "@ann-lee " * 11_000,
    "holds": "hold for payment " * 6000,
    "numbers": "#123 " * 20_000,
    "tags": "[PAID" * 20_000,
    "paid": "paid " * 20_000,
    "job": "https://www.upwork.com/jobs/" * 3500,
    "payments due": "payment due 5/02 " * 6000,
    "shares": "eligible for 50% bonus " * 4500,
    "labels": "awaiting payment\n" * 6000,
    "paths": "../pull/123 " * 8000,
    "dots": "../" * 33_000,
    "bars": "-" * 100_000 + " eligible for 5% bonus",
    "summaries": "payment summary\n" * 6000,
    "own address": "https://github.com/ours/app/pull/123 " * 2500,
}


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
def test_a_hostile_text_costs_no_more_than_its_length(text: str) -> None:
    begun = time.process_time()
    in_statement(text)
    in_proposal(text)
    assert time.process_time() - begun < 5
