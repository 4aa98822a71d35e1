"""A rollout as freelance work: offered, accepted, delivered, approved, invoiced, paid, by terms."""

from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, date, datetime, timedelta
from fractions import Fraction
from typing import Final, NamedTuple

from pydantic import BaseModel

from tasks.domain.bonuses import Rule, business_days, regression_rule, speed_rule
from tasks.domain.errors import unknown
from tasks.domain.money import round_cents
from tasks.domain.verdicts import Expectation, Outcome

PLAIN: Final = "plain"
EXPENSIFY: Final = "expensify"
# The terms count days: after so many the work is late, which is what a deadline says as well.
_DAYS_OF_A_DEADLINE: Final = 6


class Engagement(NamedTuple):
    """One offer and what came of it. Every attempt is an engagement of its own.

    `outcome` is None where nothing was judged yet. `price_cents` is the price under the run's
    rule, None where there is none. `as_of` is the instance's moment, `worked_s` how long the
    solver worked, `deadline_s` what it had, both in seconds; None where there is none. `overdue`:
    the deadline ended it. `regressed`: it does what was asked and breaks something else.
    """

    instance_id: str
    variant: str
    accepted: bool
    delivered: bool
    outcome: Outcome | None
    price_cents: int | None
    questions: int = 0
    as_of: datetime | None = None
    worked_s: float | None = None
    deadline_s: float | None = None
    overdue: bool = False
    regressed: bool = False

    @property
    def approved(self) -> bool:
        """Whether the client took the work."""
        return self.outcome == "resolved"


class Settlement(NamedTuple):
    """What the client is asked to pay, what is paid by the terms, both in cents, and why the two
    differ."""

    invoiced_cents: int = 0
    paid_cents: int = 0
    because: str = ""


class EngagementTally(BaseModel, frozen=True, extra="forbid"):
    """Sums over engagements: with several attempts an instance counts several times, and
    `invoiced_cents` with it, otherwise than earnings."""

    terms: str
    offered: int
    accepted: int
    delivered: int
    approved: int
    invoiced_cents: int
    paid_cents: int
    questions: int


def settle(engagement: Engagement, terms: str) -> Settlement:
    """What comes of an engagement under the terms. Raises UsageError for unknown ones.

    `plain`: the price of what the client took is invoiced and paid.

    `expensify`: the dated rules of the contributing guide, for code (`ic_swe`); whoever chooses
    between proposals, and programs from postings, are paid plainly.

    - On time, for work that began by 2023-10-25: within 3 business days +50 %, over 6 -50 %. The
      work begins at the instance's moment. A rollout is merged by nobody; it ends when the solver
      stops, and a verdict takes no time. Where it had a deadline, this stands for the 6 days after
      which work is late: half of it for 3 days, and a rollout that the deadline ended is late.
      Without a deadline its own wall clock counts, from the moment on. Where nobody worked (gold,
      baselines, answers replayed) the rule does not apply.
    - Regressions, from 2023-08-01 on: a delivery that does what the issue asks (every test that
      has to begin to pass does) and breaks what worked before (a test that has to go on passing
      fails) is one: such work was merged and paid -50 %. It is unresolved all the same: it is
      invoiced and paid half, and not approved. Before that day nobody had put a price on it, and
      it is paid like other unresolved work, not at all.

    Both rules together multiply. The sum is rounded to whole cents once, half to even. An instance
    without a moment has no date that a rule could apply to.
    """
    if engagement.price_cents is None or not engagement.delivered:
        return Settlement()
    return TERMS[check_terms(terms)](engagement, engagement.price_cents)


def check_terms(terms: str) -> str:
    """`terms`, or a UsageError that lists the known ones."""
    if terms not in TERMS:
        raise unknown("terms", terms, list(TERMS))
    return terms


def tally_engagements(engagements: Iterable[Engagement], terms: str) -> EngagementTally:
    """What the engagements come to under the terms."""
    listed = list(engagements)
    settled = [settle(one, terms) for one in listed]
    return EngagementTally(
        terms=check_terms(terms),
        offered=len(listed),
        accepted=sum(one.accepted for one in listed),
        delivered=sum(one.delivered for one in listed),
        approved=sum(one.approved for one in listed),
        invoiced_cents=sum(one.invoiced_cents for one in settled),
        paid_cents=sum(one.paid_cents for one in settled),
        questions=sum(one.questions for one in listed),
    )


def has_regressed(report: Mapping[str, str], expectation: Expectation) -> bool:
    """Whether a report (test → result) says that all that was asked for works, and that something
    that worked before does not."""
    asked = expectation.fail_to_pass
    works = bool(asked) and all(report.get(name) == "passed" for name in asked)
    return works and any(
        report.get(name) in ("failed", "error") for name in expectation.pass_to_pass
    )


def _plain(engagement: Engagement, price_cents: int) -> Settlement:
    if not engagement.approved:
        return Settlement()
    return Settlement(invoiced_cents=price_cents, paid_cents=price_cents)


def _expensify(engagement: Engagement, price_cents: int) -> Settlement:
    as_of = engagement.as_of
    if as_of is None or engagement.variant != "ic_swe":
        return _plain(engagement, price_cents)
    rules = [_on_time(engagement, as_of)]
    if not engagement.approved:
        merged_on = _day(as_of + timedelta(seconds=engagement.worked_s or 0.0))
        regression = regression_rule(merged_on) if engagement.regressed else None
        if regression is None:
            return Settlement()
        rules.append(regression)
    applied = [rule for rule in rules if rule is not None]
    factor = Fraction(1)
    for rule in applied:
        factor *= rule.factor
    return Settlement(
        invoiced_cents=price_cents,
        paid_cents=round_cents(price_cents * factor),
        because=", ".join(rule.phrase for rule in applied),
    )


def _on_time(engagement: Engagement, as_of: datetime) -> Rule | None:
    days = _days_taken(engagement, as_of)
    return None if days is None else speed_rule(_day(as_of), days)


def _days_taken(engagement: Engagement, as_of: datetime) -> Fraction | None:
    """In business days; None where nobody worked."""
    worked, deadline = engagement.worked_s, engagement.deadline_s
    if engagement.overdue:
        return Fraction(_DAYS_OF_A_DEADLINE + 1)
    if worked is None:
        return None
    if deadline is None:
        return Fraction(business_days(as_of, as_of + timedelta(seconds=worked)))
    return _DAYS_OF_A_DEADLINE * Fraction(worked) / Fraction(deadline)


def _day(moment: datetime) -> date:
    return moment.astimezone(UTC).date()


TERMS: Final[Mapping[str, Callable[[Engagement, int], Settlement]]] = {
    PLAIN: _plain,
    EXPENSIFY: _expensify,
}
