"""Payment summaries in the shapes of 2022–2026; anything else is none."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tasks.domain.payment_words import Role, Status
from tasks.domain.payments import Payment, is_summary, read_payments
from tests.domain.payment_layouts import LAYOUTS
from tests.domain.payment_shapes import SHAPES, Row

ALL = [*SHAPES, *LAYOUTS]


def rows(text: str) -> list[Row]:
    """(role, person, dollars, status) of each payment, all in USD."""
    found = read_payments(text)
    assert {p.currency for p in found} <= {"USD"}
    return [(p.role, p.person, p.amount_cents / 100, p.status) for p in found]


@pytest.mark.parametrize(("text", "expected"), [s[1:] for s in ALL], ids=[s[0] for s in ALL])
def test_every_shape_gives_its_payments(text: str, expected: list[Row]) -> None:
    assert rows(text) == expected
    assert is_summary(text)


@pytest.mark.parametrize(
    ("line", "cents", "bonus"),
    [
        ("@ann $500 + $250 (bonus) = $750", 750_00, 250_00),
        ("@ann $500 + $250 (50% bonus) + $50 (reporting bonus) = $800", 800_00, 300_00),
        ("@ann $500 + $250", 750_00, None),
        ("@ann $500 and $250 bonus", 750_00, 250_00),
        ("@ann $1500 ($1000 + $500 bonus)", 1500_00, 500_00),
        ("@ann $1000 (+ $500 bonus)", 1500_00, 500_00),
        ("@ann $750 (50% bonus)", 750_00, None),
        ("@ann $750 (bonus included)", 750_00, None),
        ("@ann $250 (50% regression penalty) = $125", 125_00, None),
        ("@ann $250 - $125 (regression penalty)", 125_00, None),
        ("@ann $250 - $125 = $125", 125_00, None),
        ("@ann $1000 + 50% bonus", 1500_00, 500_00),
        ("@ann $1000 + 50% bonus ($500)", 1500_00, 500_00),
        ("@ann $1000 + 50% urgency bonus $500", 1500_00, 500_00),
        ("@ann $1000 + 50% bonus = $1500", 1500_00, 500_00),
        ("@ann $750 → $375 → **$187.50**", 187_50, None),
        ("@ann $1.5k + $500 for the urgency bonus, paid", 2000_00, 500_00),
    ],
)
def test_a_sum_is_one_payment_of_its_result(line: str, cents: int, bonus: int | None) -> None:
    found = read_payments(f"## Payments\nContributor: {line}")
    assert [(p.person, p.amount_cents, p.bonus_cents) for p in found] == [("ann", cents, bonus)]


def test_a_bonus_on_its_own_line_is_part_of_the_same_persons_payment() -> None:
    text = "## Payments\nContributor: @ann $500\nC+: @bob $500\nUrgency bonus: @ann $250"
    assert [(p.role, p.person, p.amount_cents, p.bonus_cents) for p in read_payments(text)] == [
        ("contributor", "ann", 750_00, 250_00),
        ("reviewer", "bob", 500_00, None),
    ]


def test_a_role_told_elsewhere_in_the_text_is_the_persons_role() -> None:
    text = (
        "Payment Summary:\n\n>The people of this issue:\n>@ann requires payment (Contributor)\n"
        ">@bob does not require payment (C+)\n\n@ann - $500 + $250 (50% bonus) = $750\n@bob - $500"
    )
    assert rows(text) == [("contributor", "ann", 750, "due"), ("reviewer", "bob", 500, "due")]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Paid out @ann $750 ($500 + 50% bonus) 🎉 Closing!", [("other", "ann", 750, "paid")]),
        ("You're right. @ann paid $750.", [("other", "ann", 750, "paid")]),
        (
            "@ann has been paid $500 via Upwork. @bob is due $250 in NewDot.",
            [("other", "ann", 500, "paid"), ("other", "bob", 250, "due")],
        ),
        (
            "I've paid @ann $500 via Upwork for the fix and @bob $250 for the review.",
            [("contributor", "ann", 500, "paid"), ("reviewer", "bob", 250, "paid")],
        ),
        (
            "#### Payment Summary\n@ann requires payment automatic offer (Contributor) $500\n"
            "@bob requires payment (Needs manual offer from BZ) (Reviewer) - $250",
            [("contributor", "ann", 500, "due"), ("reviewer", "bob", 250, "due")],
        ),
        ("Similar to #123. @ann paid $250.", []),
        ("Should we? @ann paid $250.", []),
    ],
)
def test_a_sentence_of_a_line_may_state_a_payment(text: str, expected: list[Row]) -> None:
    assert rows(text) == expected


def test_a_payment_is_read_whole() -> None:
    assert read_payments("**Payments**\r\n* C+: **@bob** — €200 + €100 (bonus) ✅") == (
        Payment(
            role="reviewer",
            person="bob",
            amount_cents=300_00,
            currency="EUR",
            status="paid",
            bonus_cents=100_00,
            words="C+: @bob — €200 + €100 (bonus) ✅",
        ),
    )


@pytest.mark.parametrize(
    "text",
    [
        "",
        "I think @ann was paid $500 for a similar issue",
        "@ann the price was raised to $500, please take another look",
        "Contributor: please note that the price went from $250 to $500",
        "@ann should be due $500, right?",
        "Could this be raised to $500? @ann",
        "@ann $500 paid?",
        "Reviewer @bob thinks that $500 is too low",
        "The fee of $25 was taken off, so I was paid $225. @ann",
        "@ann I asked for a refund of $500, we paid $1000 before",
        "Upwork job price has been updated to $1000",
        "Job added to Upwork: https://www.upwork.com/jobs/~01abc with $500",
        "$1,500 payment approved for @bob based on the summary above.",
        "Payment due on May 5th. Contributor: @ann, C+: @bob",
        "## Proposal\nThe contributor's fix costs $500 in fees, paid by users",
        "> ### Payments\n> - [x] @ann ($1000 via NewDot)\n\nThis was $50 at first.",
        "<!-- Payment summary\nContributor: @ann $500 -->",
        "```\nPayment summary\nContributor: @ann $500\n```",
        "## Payments\nTotal: $1,000\nJob price: $500\nBounty: @ann $500\n",
        "@ann @bob the payment summary is above, $500 in all",
    ],
)
def test_a_mere_mention_of_money_pays_nobody(text: str) -> None:
    assert read_payments(text) == ()
    assert not is_summary(text)


def test_what_follows_under_another_heading_is_no_part_of_the_summary() -> None:
    text = "## Payments\nContributor: @ann $500\n\n## Regression test\n1. @zoe $20\n2. Pay $5"
    assert rows(text) == [("contributor", "ann", 500, "due")]


def test_a_summary_by_which_nothing_is_due_is_one_without_payments() -> None:
    text = "## Payment Summary\nContributor: N/A\nC+: @bob no payment needed"
    assert (is_summary(text), read_payments(text)) == (True, ())


LOGINS = st.from_regex(r"\A[a-z][a-z0-9]{2,8}\Z").filter(lambda s: s not in ("expensify",))
LABELS: dict[str, Role] = {
    "Contributor": "contributor",
    "Contributor that fixed the issue": "contributor",
    "C+": "reviewer",
    "Contributor+ review": "reviewer",
    "Reviewer": "reviewer",
    "External issue reporter": "reporter",
    "Reporter": "reporter",
}
STATES: dict[str, Status] = {
    "paid": "paid",
    "PAID": "paid",
    "✅": "paid",
    "due": "due",
    "owed": "due",
    "to be paid": "due",
    "": "due",
}
FORMS = (
    "{label}: @{person} {state} {amount}",
    "{label}: @{person} {amount} {state}",
    "{label} - @{person} - {amount} {state} via NewDot",
    "{label}: {amount} @{person} {state}",
    "{label}: [@{person}](https://github.com/{person}) {amount} ({state})",
    "@{person} ({label}) — {state} {amount}",
    "{amount} {state} to @{person} ({label})",
)


@st.composite
def summaries(draw: st.DrawFn) -> tuple[list[str], list[Row]]:
    """The lines of a summary under a heading, without bullets, and what they state."""
    heading = draw(
        st.sampled_from(["Payment Summary", "## Payment summary", "**Payments**", "Payouts due:"])
    )
    lines = [heading]
    expected: list[Row] = []
    for person in draw(st.lists(LOGINS, min_size=1, max_size=5, unique=True)):
        label = draw(st.sampled_from(sorted(LABELS)))
        state = draw(st.sampled_from(sorted(STATES)))
        dollars = draw(st.integers(1, 20_000))
        amount = draw(st.sampled_from([f"${dollars}", f"${dollars:,}", f"{dollars} USD"]))
        form = draw(st.sampled_from(FORMS))
        lines.append(form.format(label=label, person=person, state=state, amount=amount))
        expected.append((LABELS[label], person, float(dollars), STATES[state]))
    return lines, expected


@given(summaries())
def test_what_a_summary_states_is_read_back(summary: tuple[list[str], list[Row]]) -> None:
    lines, expected = summary
    assert rows("\n".join(lines)) == expected


@given(
    summaries(),
    st.sampled_from(["", "- ", "* ", "+ ", "• ", "  - ", "1. ", "2) "]),
    st.sampled_from(["\n", "\r\n", "\r", "\n\n", "\r\n\r\n", "\n \n\n"]),
)
def test_payments_do_not_depend_on_blank_lines_line_ends_or_bullets(
    summary: tuple[list[str], list[Row]], bullet: str, end: str
) -> None:
    heading, *lines = summary[0]
    plain = read_payments("\n".join([heading, *lines]))
    assert read_payments(end.join([heading, *(bullet + line for line in lines)])) == plain


@given(summaries())
def test_quoted_summaries_are_someone_elses(summary: tuple[list[str], list[Row]]) -> None:
    assert read_payments("\n".join(f"> {line}" for line in summary[0])) == ()


@given(summaries())
def test_a_total_changes_nothing(summary: tuple[list[str], list[Row]]) -> None:
    text = "\n".join(summary[0])
    assert read_payments(f"{text}\n**Total: $99,999**") == read_payments(text)


@given(st.text(alphabet="@$1a+-=|:()[]>#*~`, \n\rCpaidue", max_size=200))
def test_any_text_is_read_without_an_error(text: str) -> None:
    assert all(p.amount_cents > 0 for p in read_payments(text))
    assert is_summary(text) or read_payments(text) == ()


HOSTILE = [
    "Payments\n" + "@a $1 " * 17_000,
    "Payments\n" + "@a $1, \n" * 12_000,
    "Payments\n" + "Contributor: @a $1 bonus (\n" * 3_700,
    "Payments\n" + "Bonus: @a $1\n" * 7_600,
    "Payments\n" + ("@a $1" + " - " * 600 + "\n") * 55,
    "Payments\n" + (" / C+: @a $1" * 160 + "\n") * 55,
    "Payments\n" + "paid\n@a $1\n" * 8_000,
    "Payments\n" + ("@a @b " * 300 + "\n" + "$1, " * 400 + "\n") * 30,
    "Payments\n" + ("$1 + " * 390 + "\n") * 50,
    "Payments\n" + ("(" * 900 + "$1" + ")" * 900 + "\n") * 55,
    "Payments\n|who|amount|\n|-|-|\n" + "|@a|$1|\n" * 12_000,
    "Payments 1 " + "[" * 100_000,
    "Payments 1 " + "<!--" * 25_000,
    "Payments 1 " + "<a " * 33_000,
    "Payments 1 " + "> " * 50_000,
    "Payments 1 " + "~~" * 50_000,
    "Payments 1\n" + "| " * 50_000,
    "Payments: " * 10_000 + "$1",
]


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_a_hostile_text_is_read_in_linear_time(text: str) -> None:
    quarter = text[: len(text) // 4]
    assert _seconds(text) < 12 * _seconds(quarter) + 0.5


def _seconds(text: str) -> float:
    """Processor time, which what else runs on the machine hardly changes; the better of two."""
    times = []
    for _ in range(2):
        start = time.process_time()
        is_summary(text)
        times.append(time.process_time() - start)
    return min(times)
