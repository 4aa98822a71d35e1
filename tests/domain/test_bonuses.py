"""The dated rules: each explains what it computes, inside its dates and nowhere else."""

from datetime import UTC, date, datetime, timedelta, timezone
from fractions import Fraction
from math import prod

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tasks.domain.bonuses import business_days, explain_payout, rules_in_force
from tasks.domain.money import round_cents

FAST = "merged within 3 business days: +50 %"
SLOW = "merged after more than 6 business days: -50 %"
MOMENTS = st.datetimes(
    min_value=datetime(2021, 1, 1), max_value=datetime(2027, 1, 1), timezones=st.just(UTC)
)


def moment(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def explained(
    bounty: int, paid: int, assigned: str | None, merged: str | None, **more: object
) -> str | None:
    options: dict[str, object] = {"role": "contributor", "regression": False, **more}
    return explain_payout(
        bounty * 100,
        paid * 100,
        role=str(options["role"]),
        assigned_at=moment(assigned) if assigned else None,
        merged_at=moment(merged) if merged else None,
        regression=bool(options["regression"]),
        reported=bool(options.get("reported")),
    )


@pytest.mark.parametrize(
    ("start", "end", "days"),
    [
        ("2023-03-06T09:00", "2023-03-06T23:59", 0),  # the same Monday
        ("2023-03-06T23:59", "2023-03-07T00:01", 1),
        ("2023-03-06T09:00", "2023-03-09T18:00", 3),
        ("2023-03-10T23:00", "2023-03-13T01:00", 1),  # Friday to Monday
        ("2023-03-10T09:00", "2023-03-12T09:00", 0),  # Friday to Sunday
        ("2023-03-11T09:00", "2023-03-12T09:00", 0),  # Saturday to Sunday
        ("2023-03-11T09:00", "2023-03-15T09:00", 3),  # Saturday to Wednesday
        ("2023-03-06T09:00", "2023-03-14T09:00", 6),
        ("2023-03-06T09:00", "2023-03-15T09:00", 7),
        ("2023-03-09T09:00", "2023-03-06T09:00", 0),  # backwards
    ],
)
def test_business_days_are_weekdays_after_the_first_day(start: str, end: str, days: int) -> None:
    assert business_days(moment(start), moment(end)) == days


@given(MOMENTS, st.integers(0, 400))
def test_business_days_equal_a_count_day_by_day(start: datetime, length: int) -> None:
    days = (start.date() + timedelta(days=n) for n in range(1, length + 1))
    counted = sum(day.weekday() < 5 for day in days)
    assert business_days(start, start + timedelta(days=length)) == counted


@given(MOMENTS, MOMENTS)
def test_business_days_do_not_depend_on_the_zone_they_are_told_in(
    start: datetime, end: datetime
) -> None:
    there = timezone(timedelta(hours=-8))
    assert business_days(start.astimezone(there), end) == business_days(start, end)


def test_business_days_of_naive_moments_are_refused() -> None:
    with pytest.raises(ValueError, match="timezone"):
        business_days(datetime(2023, 3, 6), datetime(2023, 3, 7))


@pytest.mark.parametrize("role", ["contributor", "reviewer"])
def test_the_speed_rules_hold_for_who_fixes_and_for_who_reviews(role: str) -> None:
    assert explained(1000, 1500, "2023-03-06", "2023-03-09", role=role) == FAST
    assert explained(1000, 500, "2023-03-06", "2023-03-15", role=role) == SLOW


@pytest.mark.parametrize(
    ("paid", "merged"),
    [(1500, "2023-03-10"), (500, "2023-03-14"), (500, "2023-03-07"), (1500, "2023-03-20")],
)
def test_a_speed_rule_explains_nothing_outside_its_days(paid: int, merged: str) -> None:
    assert explained(1000, paid, "2023-03-06", merged) is None


def test_the_speed_rules_end_with_work_given_out_on_their_last_day() -> None:
    assert explained(500, 750, "2023-10-25T23:59", "2023-10-27") == FAST
    assert explained(500, 750, "2023-10-26T00:00", "2023-10-27") is None
    assert explained(500, 250, "2023-10-25", "2023-11-20") == SLOW
    assert explained(500, 250, "2023-10-26", "2023-11-20") is None


def test_a_regression_halves_the_pay_from_its_first_day_on_and_only_where_it_is_known() -> None:
    known = {"regression": True}
    assert explained(500, 250, "2024-02-05", "2024-02-12", **known) == "regression: -50 %"
    assert explained(500, 125, "2024-02-05", "2024-02-12", **known) == "two regressions: -75 %"
    assert explained(500, 250, "2024-02-05", "2024-02-12") is None
    assert explained(500, 250, "2023-07-24", "2023-07-31", **known) is None
    assert explained(500, 250, "2023-07-26", "2023-08-01", **known) == "regression: -50 %"


def test_size_multiplies_the_pay_from_2026_on() -> None:
    assert explained(250, 500, "2026-03-02", "2026-04-20") == "size multiplier: 200 %"
    assert explained(250, 750, None, "2026-04-20") == "size multiplier: 300 %"
    assert explained(250, 500, "2025-12-01", "2025-12-31") is None


def test_rules_combine() -> None:
    known = {"regression": True}
    assert explained(500, 375, "2023-09-04", "2023-09-06", **known) == f"regression: -50 %, {FAST}"
    assert explained(500, 125, "2023-09-04", "2023-09-29", **known) == "two regressions: -75 %"
    both = "regression: -50 %, size multiplier: 300 %"
    assert explained(250, 375, "2026-03-02", "2026-04-20", **known) == both


def test_equal_pay_needs_a_reason_only_where_a_regression_should_have_cut_it() -> None:
    assert explained(250, 250, "2026-03-02", "2026-04-20") is None
    assert explained(250, 250, "2024-03-04", "2024-04-20", regression=True) is None
    both = "regression: -50 %, size multiplier: 200 %"
    assert explained(250, 250, "2026-03-02", "2026-04-20", regression=True) == both


def test_a_reporter_is_explained_by_the_reporters_bonus_of_the_time_alone() -> None:
    reporter = {"role": "reporter"}
    assert explained(1000, 250, "2023-03-06", None, **reporter) == "reporter bonus: $250"
    assert explained(500, 50, "2023-09-04", "2023-09-06", **reporter) == "reporter bonus: $50"
    assert explained(500, 50, "2023-03-06", "2023-03-08", **reporter) is None
    assert explained(1000, 250, "2021-03-01", "2021-03-08", **reporter) is None
    assert explained(1000, 1500, "2023-03-06", "2023-03-08", **reporter) is None


def test_who_fixes_what_they_reported_gets_both() -> None:
    both = {"reported": True}
    words = f"{FAST}, reporter bonus: $50"
    assert explained(500, 800, "2023-09-25", "2023-09-27", **both) == words
    assert explained(500, 550, "2023-09-04", "2023-09-13", **both) == "reporter bonus: $50"
    assert explained(500, 800, "2023-09-25", "2023-09-27") is None


def test_nothing_is_guessed_without_dates_roles_or_a_bounty() -> None:
    assert explained(250, 125, None, None, regression=True) is None
    assert explained(1000, 1500, None, "2023-03-08") is None
    assert explained(1000, 1500, "2023-03-06", None) is None
    assert explained(1000, 1500, "2023-03-08", "2023-03-06") is None
    assert explained(1000, 1500, "2023-03-06", "2023-03-08", role="other") is None
    assert explained(0, 0, "2023-03-06", "2023-03-08", regression=True) is None
    assert explained(2000, 2500, "2023-03-06", "2023-03-08") is None


@st.composite
def choices(
    draw: st.DrawFn,
) -> tuple[int, Fraction, datetime | None, datetime, bool]:
    """A bounty, the product of one choice of rules in force, and what they depend on."""
    merged = draw(MOMENTS)
    days = draw(st.none() | st.integers(0, 20))
    assigned = None if days is None else merged - timedelta(days=days)
    regression = draw(st.booleans())
    groups = rules_in_force(assigned_at=assigned, merged_at=merged, regression=regression)
    factors = [rule.factor for group in groups for rule in [draw(st.sampled_from(group))]]
    kept = [factor for factor in factors if draw(st.booleans())]
    return (
        draw(st.integers(1, 40_000)) * 400,
        prod(kept, start=Fraction(1)),
        assigned,
        merged,
        regression,
    )


@given(choices(), st.sampled_from(["contributor", "reviewer"]))
def test_explaining_what_rules_computed_finds_rules_with_the_same_product(
    choice: tuple[int, Fraction, datetime | None, datetime, bool], role: str
) -> None:
    bounty, factor, assigned, merged, regression = choice
    phrase = explain_payout(
        bounty,
        round_cents(bounty * factor),
        role=role,
        assigned_at=assigned,
        merged_at=merged,
        regression=regression,
    )
    groups = rules_in_force(assigned_at=assigned, merged_at=merged, regression=regression)
    factors = {rule.phrase: rule.factor for group in groups for rule in group}
    if phrase is None:
        assert factor == 1
    else:
        named = [factors[words] for words in phrase.split(", ")]
        assert prod(named, start=Fraction(1)) == factor


@given(st.integers(1, 10**7), st.integers(1, 10**7), MOMENTS, MOMENTS, st.booleans())
def test_an_explanation_names_only_rules_in_force(
    bounty: int, paid: int, assigned: datetime, merged: datetime, regression: bool
) -> None:
    phrase = explain_payout(
        bounty,
        paid,
        role="contributor",
        assigned_at=assigned,
        merged_at=merged,
        regression=regression,
    )
    words = phrase.split(", ") if phrase else []
    if {FAST, SLOW} & set(words):
        assert assigned.date() <= date(2023, 10, 25)
    if any(word.startswith(("regression", "two regressions")) for word in words):
        assert regression
        assert merged.date() >= date(2023, 8, 1)
    if any(word.startswith("size") for word in words):
        assert merged.date() >= date(2026, 1, 1)
