"""What an announcement means beside the titles: the amount it comes to, the change it speaks of."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from fractions import Fraction
from typing import Final

from tasks.domain.bounties import Observation
from tasks.domain.evidence import CHANGES, Announcement, TitleClaim
from tasks.domain.issues import IssueHistory
from tasks.domain.money import MOST_CENTS, round_cents
from tasks.domain.readings import PriceReading

# An announcement and the title's change are one event if at most this lies between them.
_SAME_CHANGE: Final = timedelta(days=14)
# "Title and job updated" says no amount: it speaks of what was just done.
_JUST_NOW: Final = timedelta(days=2)
# The prices that the conventions list, in dollars.
_LEVELS: Final = frozenset({50, 125, 250, 500, 1000, 1750, 2000, 4000, 8000, 16_000, 32_000})
# Nobody raised or cut a price by more in one step.
_WIDEST_STEP: Final = 4


@dataclass(frozen=True, slots=True)
class TitleChange:
    """A title whose price differs from the one before it; `before_cents` is that one's."""

    before_cents: int | None
    claim: TitleClaim


def title_changes(titles: Sequence[TitleClaim]) -> list[TitleChange]:
    """`titles` oldest first."""
    before = [None, *(t.amount_cents for t in titles)]
    return [
        TitleChange(earlier, title)
        for earlier, title in zip(before, titles, strict=False)
        # `[$0]` is said on purpose, and takes away even what no title showed.
        if (earlier or 0) != (title.amount_cents or 0) or (earlier, title.amount_cents) == (None, 0)
    ]


def change_spoken_of(
    said: Announcement,
    changes: Sequence[TitleChange],
    alone: Sequence[Announcement],
    told: Sequence[tuple[Announcement, TitleChange]],
) -> TitleChange | None:
    """The title's change that an announcement speaks of; None where it is a step of its own.

    Of the earlier announcements, `alone` are those that no title's change fits, `told` the others.
    """
    change = _nearest_fitting(said, changes)
    if change is None or _undoes(said, change, alone) or _repeats(said, change, told):
        return None
    return change


def _nearest_fitting(said: Announcement, changes: Sequence[TitleChange]) -> TitleChange | None:
    reading = said.reading
    if reading.reading not in CHANGES or reading.currency != "USD":
        return None
    near = [c for c in changes if abs(c.claim.at - said.said.at) <= _SAME_CHANGE]
    fitting = [
        c
        for c in near
        if _speaks_of(reading, c)
        or (_unmeasured(reading) and abs(c.claim.at - said.said.at) <= _JUST_NOW)
    ]
    return min(fitting, key=lambda c: (abs(c.claim.at - said.said.at), c.claim.at), default=None)


def _undoes(said: Announcement, change: TitleChange, alone: Sequence[Announcement]) -> bool:
    """Whether an announcement that fits a title's change goes back to it from another price.

    "Raised to $500", then "back to $250": the title showed $250 before either.
    """
    return said.reading.amount_cents is not None and any(
        a.said.authority and change.claim.at <= a.said.at <= said.said.at for a in alone
    )


def _repeats(
    said: Announcement, change: TitleChange, told: Sequence[tuple[Announcement, TitleChange]]
) -> bool:
    """Whether a relative step that fits a title's change was told before, so that it is another.

    "Doubled", as the title shows, and a week later "doubled" again.
    """
    return (
        said.reading.amount_cents is None
        and not _unmeasured(said.reading)
        and said.reading.reading != "withdrawn"
        and said.said.at - change.claim.at > _JUST_NOW
        and any(earlier is change for _, earlier in told)
    )


def _unmeasured(reading: PriceReading) -> bool:
    measures = (reading.amount_cents, reading.factor, reading.delta_cents)
    return reading.reading == "set" and all(measure is None for measure in measures)


def _speaks_of(reading: PriceReading, change: TitleChange) -> bool:
    before, after = change.before_cents or 0, change.claim.amount_cents or 0
    if reading.reading == "raised" and after < before:
        return False
    if reading.reading == "lowered" and after > before:
        return False
    if reading.unsigned:  # the title proves that the number is a price
        return reading.amount_cents == after
    return resolve(reading, change.before_cents) == after


def resolve(reading: PriceReading, price: int | None) -> int | None:
    """The cents an announcement means where `price` was in force before it; None: nothing.

    Negative where it cuts by more than the whole price: nobody means that.
    """
    if reading.reading == "withdrawn":
        return 0
    if reading.unsigned and not _is_step(price, reading):
        return None
    if reading.amount_cents is not None:
        return reading.amount_cents
    if not price:
        return None
    if reading.factor is not None:
        return round_cents(Fraction(price) * reading.factor)
    if reading.delta_cents is not None:
        sign = -1 if reading.reading == "lowered" else 1
        return price + sign * abs(reading.delta_cents)
    return None


def _is_step(price: int | None, reading: PriceReading) -> bool:
    """Whether a number without a currency can only be the next price: "raising to 1k" at $500."""
    amount = reading.amount_cents
    if not price or not amount or reading.previous_cents not in (None, price):
        return False
    usual = amount in (2 * price, price // 2) or (amount % 100 == 0 and amount // 100 in _LEVELS)
    return usual and price <= amount * _WIDEST_STEP and amount <= price * _WIDEST_STEP


def unrelated(reading: PriceReading) -> str:
    """Why no amount comes of an announcement."""
    if reading.unsigned:
        return "a number without a currency, and no step from the price in force"
    return "no price it could relate to"


def observed(
    source: str,
    issue: IssueHistory,
    said: Announcement,
    event_id: str | None,
    reason: str,
    amount: int | None = None,
) -> Observation:
    """What was announced as a piece of evidence that changed no price."""
    reading = said.reading
    return Observation(
        source=source,
        issue=issue.name,
        occurred_at=said.said.at,
        # A number that nothing shows to be money is a mention of it, whatever the words.
        reading="mention" if reading.unsigned and event_id is None else reading.reading,
        amount_cents=_plausible(reading.amount_cents if amount is None else amount),
        currency=reading.currency,
        source_kind="comment",
        actor=said.said.actor,
        document_id=said.said.document_id,
        url=said.said.url,
        words=reading.words,
        confidence=reading.confidence,
        event_id=event_id,
        reason=reason,
    )


def _plausible(cents: int | None) -> int | None:
    """What is beyond all prices stands in the words alone: no table could hold some of it."""
    return cents if cents is None or 0 <= cents <= MOST_CENTS else None
