"""What engagements are paid, by plain terms and by the dated rules of the guide."""

from datetime import UTC, datetime
from typing import Any

import pytest

from tasks.domain.engagements import (
    Engagement,
    EngagementTally,
    Settlement,
    has_regressed,
    settle,
    tally_engagements,
)
from tasks.domain.errors import UsageError
from tasks.domain.verdicts import Expectation

FAST = "merged within 3 business days: +50 %"
SLOW = "merged after more than 6 business days: -50 %"
REGRESSION = "regression: -50 %"


def engagement(**changes: Any) -> Engagement:
    plain: dict[str, Any] = {
        "instance_id": "ours__app-7-ic_swe",
        "variant": "ic_swe",
        "accepted": True,
        "delivered": True,
        "outcome": "resolved",
        "price_cents": 25_001,
        "as_of": datetime(2023, 9, 4, 12, tzinfo=UTC),
        "worked_s": 40.0,
        "deadline_s": 100.0,
    }
    return Engagement(**(plain | changes))


def paid(**changes: Any) -> tuple[int, int, str]:
    found = settle(engagement(**changes), "expensify")
    return found.invoiced_cents, found.paid_cents, found.because


def test_plain_terms_pay_the_price_of_what_the_client_took() -> None:
    assert settle(engagement(), "plain") == Settlement(invoiced_cents=25_001, paid_cents=25_001)
    for none in ({"outcome": "unresolved"}, {"outcome": None}, {"price_cents": None}):
        assert settle(engagement(**none), "plain") == Settlement()
    assert settle(engagement(outcome="unresolved", regressed=True), "plain") == Settlement()


@pytest.mark.parametrize(
    ("changes", "cents", "because"),
    [
        ({"worked_s": 50.0}, 37_502, FAST),  # half to even
        ({"worked_s": 50.1}, 25_001, ""),
        ({"worked_s": 100.0}, 25_001, ""),
        ({"worked_s": 99.9, "overdue": True}, 12_500, SLOW),
        ({"worked_s": None}, 25_001, ""),
        ({"worked_s": 30 * 86_400.0, "deadline_s": None}, 12_500, SLOW),
        ({"worked_s": 3 * 86_400.0, "deadline_s": None}, 37_502, FAST),
    ],
)
def test_a_deadline_stands_for_six_days_and_else_the_clock_counts(
    changes: dict[str, Any], cents: int, because: str
) -> None:
    assert paid(**changes) == (25_001, cents, because)


def test_the_on_time_rule_ends_with_its_day() -> None:
    last = datetime(2023, 10, 25, 23, 59, tzinfo=UTC)
    assert paid(as_of=last) == (25_001, 37_502, FAST)
    assert paid(as_of=last.replace(day=26)) == (25_001, 25_001, "")
    assert paid(as_of=None) == (25_001, 25_001, "")


def test_a_regression_is_paid_half_from_its_day_on_and_not_approved() -> None:
    regressed: dict[str, Any] = {"outcome": "unresolved", "regressed": True}
    assert paid(**regressed) == (25_001, 18_751, f"{FAST}, {REGRESSION}")
    today = datetime(2025, 9, 1, tzinfo=UTC)
    assert paid(**regressed, as_of=today) == (25_001, 12_500, REGRESSION)
    assert paid(**regressed, as_of=datetime(2023, 7, 31, tzinfo=UTC)) == (0, 0, "")
    assert paid(outcome="unresolved", as_of=today) == (0, 0, "")
    assert not engagement(**regressed).approved


@pytest.mark.parametrize("variant", ["swe_manager", "freelance_code"])
def test_what_is_no_code_for_an_issue_is_paid_plainly(variant: str) -> None:
    assert paid(variant=variant) == (25_001, 25_001, "")


def test_nothing_that_was_not_delivered_or_priced_is_paid() -> None:
    assert paid(delivered=False, outcome="unresolved", regressed=True) == (0, 0, "")
    assert paid(price_cents=None) == (0, 0, "")


def test_unknown_terms_are_answered_with_the_known_ones() -> None:
    with pytest.raises(UsageError, match="unknown terms 'fair'; known: plain, expensify"):
        settle(engagement(), "fair")


def test_a_tally_counts_every_attempt() -> None:
    today = datetime(2025, 9, 1, tzinfo=UTC)
    listed = [
        engagement(as_of=today, price_cents=100, questions=2),
        engagement(as_of=today, price_cents=100),
        engagement(accepted=False, delivered=False, outcome="unresolved"),
        engagement(as_of=today, price_cents=100, outcome="unresolved", regressed=True),
        engagement(delivered=False, outcome="unresolved", questions=1),
    ]
    assert tally_engagements(listed, "expensify") == EngagementTally(
        terms="expensify",
        offered=5,
        accepted=4,
        delivered=3,
        approved=2,
        invoiced_cents=300,
        paid_cents=250,
        questions=3,
    )


@pytest.mark.parametrize(
    ("report", "found"),
    [
        ({"new": "passed", "old": "failed"}, True),
        ({"new": "passed", "old": "error"}, True),
        ({"new": "passed", "old": "passed"}, False),
        ({"new": "failed", "old": "failed"}, False),
        ({"new": "passed"}, False),
        ({"old": "failed"}, False),
    ],
)
def test_a_regression_does_what_was_asked_and_breaks_what_worked(
    report: dict[str, str], found: bool
) -> None:
    expectation = Expectation(fail_to_pass=("new",), pass_to_pass=("old",))
    assert has_regressed(report, expectation) is found
    assert not has_regressed(report, Expectation(pass_to_pass=("old",)))
