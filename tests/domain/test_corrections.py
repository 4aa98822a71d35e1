"""Corrections by hand: what they change, what they keep, and what they refuse."""

import pytest
from pydantic import ValidationError

from tasks.domain.bounties import ladder, paid_cents
from tasks.domain.corrections import apply_overrides
from tasks.domain.errors import UsageError
from tasks.domain.ledger import Ledger, read_ledger
from tasks.domain.overrides import Override
from tests.domain.builders import ISSUE, day, issue, title
from tests.domain.test_ledger import said

HISTORY = issue(
    titles=(
        title(0, "[$250] Boats leak", at_creation=True),
        title(5, "[$5000] Boats leak"),
        title(6, "[$500] Boats leak"),
    )
)
LEDGER = read_ledger("github", HISTORY)


def override(**fields: object) -> Override:
    return Override.model_validate({"issue": ISSUE, "reason": "a slip of the keyboard"} | fields)


def applied(*overrides: Override) -> Ledger:
    return apply_overrides(LEDGER, overrides, "boats", "github", HISTORY)


def rows(ledger: Ledger) -> list[tuple[str, int, int | None, str, bool]]:
    return [
        (e.kind, e.amount_cents, e.previous_cents, e.source_kind, e.superseded_by is None)
        for e in ledger.events
    ]


def test_a_dropped_event_stays_and_the_others_are_counted_anew() -> None:
    slip = LEDGER.events[1].event_id
    ledger = applied(override(drop=slip[:12]))
    assert rows(ledger) == [
        ("posted", 25_000, None, "title_at_creation", True),
        ("restated", 25_000, 25_000, "override", True),
        ("raised", 500_000, 25_000, "title_rename", False),
        ("raised", 50_000, 25_000, "title_rename", True),
    ]
    assert [r.amount_cents for r in ladder(ledger.events)] == [25_000, 50_000]
    by = ledger.events[1]
    assert (ledger.events[2].superseded_by, ledger.events[2].reason) == (by.event_id, by.reason)
    assert {e.dataset for e in ledger.events} == {"boats"}


def test_a_stated_bounty_holds_from_its_moment_on() -> None:
    ledger = applied(override(occurred_at=day(9), bounty_cents=75_000))
    assert rows(ledger)[-1] == ("raised", 75_000, 50_000, "override", True)
    assert ledger.events[-1].reason == "a slip of the keyboard"


def test_a_stated_payment_is_paid() -> None:
    ledger = applied(override(occurred_at=day(9), paid_cents=60_000, person="ann"))
    assert paid_cents(ledger.events) == 60_000
    assert [r.amount_cents for r in ladder(ledger.events)] == [25_000, 500_000, 50_000]


@pytest.mark.parametrize("person", ["Ann", "@ann", None])
def test_a_stated_payment_replaces_what_a_summary_says_of_the_person(person: str | None) -> None:
    words = "Payment summary\nContributor: @ann $500"
    paid = read_ledger("github", HISTORY.model_copy(update={"comments": (said(1, 8, words),)}))
    entry = override(occurred_at=day(9), paid_cents=60_000, person=person)
    ledger = apply_overrides(paid, [entry], "boats", "github", HISTORY)
    assert paid_cents(ledger.events) == 60_000


def test_within_a_second_the_walk_goes_on_and_the_correction_has_the_last_word() -> None:
    titles = (title(0, "Boats", at_creation=True), title(5, "[$250] Boats"), title(5, "[$500] B"))
    tied = HISTORY.model_copy(
        update={
            "titles": tuple(
                t.model_copy(update={"document_id": f"{n}"}) for n, t in enumerate(titles)
            )
        }
    )
    entry = override(occurred_at=day(5), bounty_cents=90_000)
    ledger = apply_overrides(read_ledger("github", tied), [entry], "boats", "github", tied)
    assert [r.amount_cents for r in ladder(ledger.events)] == [25_000, 50_000, 90_000]


def test_the_order_of_corrections_does_not_matter() -> None:
    first = override(occurred_at=day(8), bounty_cents=10_000)
    second = override(occurred_at=day(9), bounty_cents=0)
    assert applied(first, second) == applied(second, first)
    assert rows(applied(first, second))[-1][:2] == ("withdrawn", 0)


def test_dropping_what_is_not_there_is_the_users_mistake() -> None:
    with pytest.raises(UsageError, match=r"drops 'abcdef', which is no bounty event of ours/app#7"):
        applied(override(drop="abcdef"))


@pytest.mark.parametrize(
    "fields",
    [
        {},
        {"bounty_cents": 1},
        {"bounty_cents": 1, "drop": "abcdef", "occurred_at": day(1)},
        {"drop": "abc"},
        {"bounty_cents": -1, "occurred_at": day(1)},
        {"bounty_cents": 1, "occurred_at": "2024-01-01T00:00:00"},
        {"reason": "", "drop": "abcdef"},
        {"reason": " ", "drop": "abcdef"},
        {"paid_cents": 1, "occurred_at": day(1), "person": "@"},
        {"issue": "7", "drop": "abcdef"},
        {"drop": "abcdef", "why": "not"},
    ],
)
def test_an_override_is_one_correction_with_a_reason(fields: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        override(**fields)
