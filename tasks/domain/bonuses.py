"""The dated rules by which a payout differs from the bounty."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from fractions import Fraction
from itertools import product
from typing import Final

from tasks.domain.money import round_cents, show_cents

# The contributing guide dropped the speed bonus and the delay penalty on this day; work that was
# given out by then was still paid by them.
_LAST_DAY_OF_SPEED_RULES: Final = date(2023, 10, 25)
_FIRST_DAY_OF_REGRESSION_PENALTY: Final = date(2023, 8, 1)
_FIRST_DAY_OF_SIZE_MULTIPLIERS: Final = date(2026, 1, 1)
_BONUS_WITHIN_DAYS: Final = 3
_PENALTY_OVER_DAYS: Final = 6
# A reviewer earns what the contributor earns; nothing ties the others' pay to the bounty.
_PAID_BY_BOUNTY: Final = frozenset({"contributor", "reviewer"})
# What reporting a bug paid, and from which day on.
_REPORTER_BONUSES: Final = (
    (date(2021, 7, 28), 250_00),
    (date(2023, 8, 30), 50_00),
)


@dataclass(frozen=True, slots=True)
class Rule:
    """`factor` is what the bounty is multiplied with; `phrase` is how a person would say it."""

    phrase: str
    factor: Fraction


_FAST: Final = Rule("merged within 3 business days: +50 %", Fraction(3, 2))
_SLOW: Final = Rule("merged after more than 6 business days: -50 %", Fraction(1, 2))
# The guide applies the penalty "for each regression"; the payer's rubric stops at a quarter.
_REGRESSIONS: Final = (
    Rule("regression: -50 %", Fraction(1, 2)),
    Rule("two regressions: -75 %", Fraction(1, 4)),
)
_SIZES: Final = (
    Rule("size multiplier: 200 %", Fraction(2)),
    Rule("size multiplier: 300 %", Fraction(3)),
)


def business_days(start: datetime, end: datetime) -> int:
    """The weekdays after the day of `start`, up to and including the day of `end`, in UTC.

    The guide counts "based on the day" of the assignment, so the time of day does not matter:
    Friday 23:00 to Monday 01:00 is one business day. Saturdays and Sundays never count, public
    holidays do. Zero where `end` is on the day of `start` or before it. Both moments must be
    timezone-aware; raises ValueError otherwise.
    """
    if start.tzinfo is None or end.tzinfo is None:
        raise ValueError("business days need timezone-aware moments")
    first, last = start.astimezone(UTC).date(), end.astimezone(UTC).date()
    if last <= first:
        return 0
    return _weekdays_until(last) - _weekdays_until(first)


def _weekdays_until(day: date) -> int:
    """Weekdays from Monday, day 1 of the calendar, to `day` inclusive."""
    weeks, rest = divmod(day.toordinal(), 7)
    return weeks * 5 + min(rest, 5)


def rules_in_force(
    *, assigned_at: datetime | None, merged_at: datetime | None, regression: bool
) -> tuple[tuple[Rule, ...], ...]:
    """The rules that may apply, in groups of which at most one rule applies at a time.

    The regression penalty is there only where a regression is known; the others follow from the
    dates. Source: the contributing guide's changes, as the conventions list them.
    """
    if merged_at is None:
        return ()
    groups: list[tuple[Rule, ...]] = []
    merged_on = merged_at.astimezone(UTC).date()
    if regression and regression_rule(merged_on) is not None:
        groups.append(_REGRESSIONS)
    if merged_on >= _FIRST_DAY_OF_SIZE_MULTIPLIERS:
        groups.append(_SIZES)
    if assigned_at is not None:
        groups += [(rule,) for rule in _speed_rules(assigned_at, merged_at)]
    return tuple(groups)


def _speed_rules(assigned_at: datetime, merged_at: datetime) -> Iterator[Rule]:
    if merged_at < assigned_at:  # assigned for the record, after the work: no duration
        return
    days = business_days(assigned_at, merged_at)
    rule = speed_rule(assigned_at.astimezone(UTC).date(), days)
    if rule is not None:
        yield rule


def speed_rule(assigned_on: date, days: int | Fraction) -> Rule | None:
    """The rule for work that was given out on a day and merged so many business days later; None
    where none was in force, or the work was neither fast nor slow."""
    if assigned_on > _LAST_DAY_OF_SPEED_RULES:
        return None
    if days <= _BONUS_WITHIN_DAYS:
        return _FAST
    return _SLOW if days > _PENALTY_OVER_DAYS else None


def regression_rule(merged_on: date) -> Rule | None:
    """The rule for one regression of work that was merged on a day; None before it was made."""
    return _REGRESSIONS[0] if merged_on >= _FIRST_DAY_OF_REGRESSION_PENALTY else None


def explain_payout(
    bounty_cents: int,
    paid_cents: int,
    *,
    role: str,
    assigned_at: datetime | None,
    merged_at: datetime | None,
    regression: bool = False,
    reported: bool = False,
) -> str | None:
    """The dated rule, or the fewest rules together, that make `paid_cents` of `bounty_cents`.

    One phrase such as "merged within 3 business days: +50 %", several rules joined by a comma;
    None where no rule in force gives the amount, or where there is nothing to explain.
    `assigned_at` is the assignment of the fix's author, `merged_at` the merge of the fix; without
    them the rules that need them are not tried. `regression`: one is known. `reported`: the same
    person reported the bug too, so that the reporter's bonus may be in the sum. A reporter's own
    pay has nothing to do with the bounty and is explained by the dated reporter's bonus alone.
    """
    bonuses = _reporter_bonuses(assigned_at or merged_at)
    if role == "reporter":
        return _reporter_phrase(paid_cents) if paid_cents in bonuses else None
    if role not in _PAID_BY_BOUNTY or bounty_cents <= 0:
        return None
    groups = rules_in_force(assigned_at=assigned_at, merged_at=merged_at, regression=regression)
    for rules in _combinations(groups):
        factor = Fraction(1)
        for rule in rules:
            factor *= rule.factor
        base = round_cents(bounty_cents * factor)
        phrases = [rule.phrase for rule in rules]
        # Equal pay needs no reason, unless a known regression should have cut it.
        if rules and base == paid_cents and (base != bounty_cents or regression):
            return ", ".join(phrases)
        if reported and paid_cents - base in bonuses:
            return ", ".join([*phrases, _reporter_phrase(paid_cents - base)])
    return None


def _combinations(groups: tuple[tuple[Rule, ...], ...]) -> list[tuple[Rule, ...]]:
    """Every choice of at most one rule a group, the fewest rules first."""
    choices = product(*((None, *group) for group in groups))
    chosen = [tuple(rule for rule in choice if rule is not None) for choice in choices]
    rank = {rule: n for n, rule in enumerate(rule for group in groups for rule in group)}
    return sorted(chosen, key=lambda rules: (len(rules), [rank[rule] for rule in rules]))


def _reporter_bonuses(known_by: datetime | None) -> frozenset[int]:
    """What a report made by then may have paid: the report comes before the work."""
    if known_by is None:
        return frozenset()
    day = known_by.astimezone(UTC).date()
    return frozenset(cents for since, cents in _REPORTER_BONUSES if since <= day)


def _reporter_phrase(cents: int) -> str:
    return f"reporter bonus: {show_cents(cents)}"
