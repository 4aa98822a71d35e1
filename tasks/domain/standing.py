"""Which statements of payment stand: one payment once, however many texts state it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final, Literal

from tasks.domain.bounties import BountyEvent
from tasks.domain.payments import Payment

# Nobody is paid in more lines; a text of thousands must not be added up for each of them.
_MOST_LINES: Final = 20
_NO_ROLE: Final = "other"
_AGAIN: Final = "stated again later"
_SUMMED: Final = "the sum of what is stated role by role"

# What a statement restates: all of its payee's earlier ones, the one line of its own sum that
# lent it the role or the person, or the lines of several roles together.
Restates = Literal["payee", "line", "roles"]
_Key = tuple[str | int | None, ...]


@dataclass(frozen=True, slots=True)
class Statement:
    event: BountyEvent
    restates: Restates = "payee"


class Standing:
    """`events` holds every statement in the order taken, superseded ones among them."""

    def __init__(self) -> None:
        self.events: list[BountyEvent] = []
        # By each of its keys the positions of what stands, in order.
        self._live: dict[_Key, dict[int, None]] = {}
        self._times: dict[str, int] = {}

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
        for statement in summary:
            event = self._apart(statement.event)
            if statement.restates == "roles":
                first = self._first(("roles", _login(event.person)))
                summed = {"superseded_by": first and first.event_id, "reason": _SUMMED}
                self.events.append(event.model_copy(update=summed))
                continue
            for place in self._restated(event, statement.restates, before):
                self._supersede(place, event)
            for key in _keys(event):
                self._live.setdefault(key, {})[len(self.events)] = None
            self.events.append(event)

    def _restated(self, event: BountyEvent, restates: Restates, before: int) -> list[int]:
        sum_key = (event.amount_cents, event.currency)
        login = _login(event.person)
        payee = ("payee", event.role, login)
        found = self._earlier((*payee, *sum_key) if restates == "line" else payee, before)
        found = found[:1] if restates == "line" else found
        if event.role != _NO_ROLE and event.person is not None:
            for role, person in ((_NO_ROLE, login), (event.role, None)):
                found += self._earlier(("payee", role, person, *sum_key), before)[:1]
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
        for key in _keys(event):
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


def _keys(event: BountyEvent) -> list[_Key]:
    sum_key = (event.amount_cents, event.currency)
    login = _login(event.person)
    payee: _Key = ("payee", event.role, login)
    keys = [payee, (*payee, *sum_key)]
    if event.role != _NO_ROLE and event.person is not None:
        keys += [
            ("roles", login),
            ("roles", login, *sum_key),
            ("people", event.role, *sum_key),
        ]
    return keys


def _total(lines: Sequence[BountyEvent]) -> tuple[int, str] | None:
    currencies = {line.currency for line in lines}
    if len(currencies) != 1:
        return None
    return sum(line.amount_cents for line in lines), currencies.pop()
