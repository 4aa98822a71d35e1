"""Which statements of payment stand: one payment once, however many texts state it.

What a payee got for the role is one thing, a bonus beside it another: a later statement of one
leaves the other alone, unless it tells the whole.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Final, Literal

from tasks.domain.bounties import BountyEvent
from tasks.domain.payments import Payment

# Nobody is paid in more lines; a text of thousands must not be added up for each of them.
_MOST_LINES: Final = 20
_NO_ROLE: Final = "other"
_AGAIN: Final = "stated again later"
_SUMMED: Final = "the sum of what is stated role by role"
_HELD: Final = "a bonus that is part of what is stated"

# What a statement restates: all of its payee's earlier ones, the one line of its own sum that
# lent it the role or the person, or the lines of several roles together.
Restates = Literal["payee", "line", "roles"]
_Key = tuple[str | int | None, ...]


@dataclass(frozen=True, slots=True)
class Statement:
    """`bonus_cents` is the part that is called a bonus, 0 without one; `share` is said of one whose
    part is not told: the bonus over the pay without it."""

    event: BountyEvent
    restates: Restates = "payee"
    bonus_cents: int = 0
    share: Fraction | None = None

    @property
    def is_bonus(self) -> bool:
        """Nothing but a bonus."""
        return self.bonus_cents >= self.event.amount_cents


@dataclass(slots=True)
class _Pay:
    """What one text tells of a payee, and what stood before it."""

    before: tuple[int, str] | None
    cents: int = 0
    currency: str = "USD"
    stated: bool = False
    with_bonus: bool = False

    @property
    def is_whole(self) -> bool:
        """Whether bonuses stated before are in it, or overruled with the pay they stood beside."""
        told = (self.cents, self.currency)
        return self.stated and (self.with_bonus or self.before not in (None, told))


class Standing:
    """`events` holds every statement in the order taken, superseded ones among them."""

    def __init__(self) -> None:
        self.events: list[BountyEvent] = []
        # By each of its keys the positions of what stands, in order.
        self._live: dict[_Key, dict[int, None]] = {}
        self._times: dict[str, int] = {}
        self._taken: dict[int, Statement] = {}

    def stated(self) -> list[BountyEvent]:
        """Every statement in the order taken; one that gave way names what stands in the end."""
        after = {e.event_id: e.superseded_by for e in self.events if e.superseded_by is not None}
        return [
            event
            if event.superseded_by is None
            else event.model_copy(update={"superseded_by": _end(event.superseded_by, after)})
            for event in self.events
        ]

    def completed(self, payment: Payment) -> tuple[Payment, Restates]:
        """What a statement leaves out, from the standing payment of the same sum.

        `Paid @ann $500` after `Contributor: @ann $500 due` pays the contributor; so does the
        total of all lines of one role. A different sum may be another payment, a bonus say, and
        stays as it is.
        """
        role, person = payment.role, payment.person
        sum_key = (payment.amount_cents, payment.currency)
        if role == _NO_ROLE and person is not None:
            like = self._first(("roles", _login(person), *sum_key))
            if like is not None:
                return payment.model_copy(update={"role": like.role}), "line"
            payee: _Key = (role, _login(person))
            # With nothing else paid, the sum of a bonus is that bonus.
            if ("bonus", *payee, *sum_key) in self._live and ("payee", *payee) not in self._live:
                return payment, "line"
            return self._summed(payment)
        if person is None and len(self._live.get(("people", role, *sum_key), ())) == 1:
            like = self._first(("people", role, *sum_key))
            if like is not None:
                return payment.model_copy(update={"person": like.person}), "line"
        return payment, "payee"

    def _summed(self, payment: Payment) -> tuple[Payment, Restates]:
        places = self._live.get(("roles", _login(payment.person)), {})
        if not 1 < len(places) <= _MOST_LINES:
            return payment, "payee"
        lines = [self.events[place] for place in places]
        if _total(lines) != (payment.amount_cents, payment.currency):
            return payment, "payee"
        if len({line.role for line in lines}) > 1:
            return payment, "roles"
        return payment.model_copy(update={"role": lines[0].role}), "payee"

    def take(self, summary: Iterable[Statement]) -> None:
        """The statements of one text at one moment: none of them restates another of them."""
        before = len(self.events)
        statements = [self._sized(statement) for statement in summary]
        pays = self._pays(statements)
        for statement in statements:
            event = self._apart(statement.event)
            if statement.restates == "roles":
                first = self._first(("roles", _login(event.person)))
                summed = {"superseded_by": first and first.event_id, "reason": _SUMMED}
                self.events.append(event.model_copy(update=summed))
                continue
            pay = pays.get(_payee(event))
            holder = (
                self._holder(event) if statement.is_bonus and not (pay and pay.stated) else None
            )
            if holder is not None:
                held = {"superseded_by": holder.event_id, "reason": _HELD}
                self.events.append(event.model_copy(update=held))
                continue
            statement = replace(statement, event=event)
            if statement.restates == "line":
                places = self._line(event, before)
                if places and self._taken[places[0]].is_bonus:
                    statement = replace(statement, bonus_cents=event.amount_cents)
            else:
                places = self._restated(statement, before, whole=bool(pay and pay.is_whole))
            for place in places + self._incomplete(statement, before):
                self._supersede(place, event)
            for key in _keys(statement):
                self._live.setdefault(key, {})[len(self.events)] = None
            self._taken[len(self.events)] = statement
            self.events.append(event)

    def _sized(self, statement: Statement) -> Statement:
        """`$250 (bonus)` after a pay of $500 is no pay that holds a bonus, but the bonus itself."""
        if statement.share is None or statement.restates != "payee":
            return statement
        stood = self._stood(_payee(statement.event))
        event = statement.event
        if stood is None or stood[1] != event.currency:
            return statement
        if stood[0] * statement.share != event.amount_cents:
            return statement
        return replace(statement, bonus_cents=event.amount_cents, share=None)

    def _pays(self, statements: Iterable[Statement]) -> dict[_Key, _Pay]:
        pays: dict[_Key, _Pay] = {}
        for statement in statements:
            if statement.restates != "payee":
                continue
            event, payee = statement.event, _payee(statement.event)
            if payee not in pays:
                pays[payee] = _Pay(self._stood(payee))
            pay = pays[payee]
            pay.with_bonus |= statement.bonus_cents > 0 or statement.share is not None
            if not statement.is_bonus:
                pay.stated, pay.currency = True, event.currency
                pay.cents += event.amount_cents
        return pays

    def _stood(self, payee: _Key) -> tuple[int, str] | None:
        lines = [self.events[place] for place in self._live.get(("payee", *payee), ())]
        return _total(lines)

    def _holder(self, event: BountyEvent) -> BountyEvent | None:
        """What stands of the same payee, and has this bonus in it."""
        places = list(self._live.get(("payee", *_payee(event)), ()))[:_MOST_LINES]
        lines = [self._taken[place] for place in places]
        alike = [line for line in lines if line.event.currency == event.currency]
        for line in alike:
            unsized = line.share is not None and event.amount_cents < line.event.amount_cents
            if unsized or line.bonus_cents == event.amount_cents:
                return line.event
        parts = [line for line in alike if line.bonus_cents]
        whole = sum(line.bonus_cents for line in parts) == event.amount_cents
        return parts[0].event if parts and whole else None

    def _line(self, event: BountyEvent, before: int) -> list[int]:
        sum_key = (*_payee(event), event.amount_cents, event.currency)
        found = (self._earlier((kind, *sum_key), before)[:1] for kind in ("payee", "bonus"))
        return next(filter(None, found), [])

    def _restated(self, statement: Statement, before: int, *, whole: bool) -> list[int]:
        payee = _payee(statement.event)
        bonuses = self._earlier(("bonus", *payee), before)
        if statement.is_bonus:
            return bonuses
        return self._earlier(("payee", *payee), before) + (bonuses if whole else [])

    def _incomplete(self, statement: Statement, before: int) -> list[int]:
        """The same sum, or the pay to which it adds a bonus, stated before without its role or its
        person."""
        event = statement.event
        if event.role == _NO_ROLE or event.person is None:
            return []
        found: list[int] = []
        kind = "bonus" if statement.is_bonus else "payee"
        sums = [event.amount_cents]
        if not statement.is_bonus and statement.bonus_cents:
            sums.append(event.amount_cents - statement.bonus_cents)
        for role, person in ((_NO_ROLE, _login(event.person)), (event.role, None)):
            for cents in sums:
                found += self._earlier((kind, role, person, cents, event.currency), before)[:1]
        return found

    def _earlier(self, key: _Key, before: int) -> list[int]:
        """In order, so that what follows `before` is not walked over for every line."""
        found = []
        for place in self._live.get(key, ()):
            if place >= before:
                break
            found.append(place)
        return found

    def _first(self, key: _Key) -> BountyEvent | None:
        return next((self.events[place] for place in self._live.get(key, ())), None)

    def _supersede(self, place: int, by: BountyEvent) -> None:
        event = self.events[place]
        for key in _keys(self._taken[place]):
            del self._live[key][place]
            if not self._live[key]:  # an emptied dict is walked over as a full one is
                del self._live[key]
        self.events[place] = event.model_copy(
            update={"superseded_by": by.event_id, "reason": _AGAIN}
        )

    def _apart(self, event: BountyEvent) -> BountyEvent:
        """A line that stands twice in a summary is two payments, and needs two ids."""
        first = event.event_id
        name = first
        words = event.words
        while name in self._times:
            self._times[first] += 1
            event = event.model_copy(update={"words": f"{words} ({self._times[first]})"})
            name = event.event_id
        self._times[name] = 1
        return event


def _login(person: str | None) -> str | None:
    """GitHub's logins are the same in any letter case."""
    return None if person is None else person.lower()


def _payee(event: BountyEvent) -> _Key:
    return (event.role, _login(event.person))


def _keys(statement: Statement) -> list[_Key]:
    event = statement.event
    sum_key = (event.amount_cents, event.currency)
    login = _login(event.person)
    payee: _Key = ("bonus" if statement.is_bonus else "payee", *_payee(event))
    keys = [payee, (*payee, *sum_key)]
    if event.role != _NO_ROLE and event.person is not None:
        keys += [
            ("roles", login),
            ("roles", login, *sum_key),
            ("people", event.role, *sum_key),
        ]
    return keys


def _end(name: str, after: dict[str, str]) -> str:
    """Where the statements that gave way to each other end; what was walked is made shorter."""
    path = [name]
    while path[-1] in after:
        path.append(after[path[-1]])
    after.update(dict.fromkeys(path[:-1], path[-1]))
    return path[-1]


def _total(lines: Sequence[BountyEvent]) -> tuple[int, str] | None:
    currencies = {line.currency for line in lines}
    if len(currencies) != 1:
        return None
    return sum(line.amount_cents for line in lines), currencies.pop()
