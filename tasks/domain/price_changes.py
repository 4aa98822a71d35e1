"""Announcements of a price in one sentence: what its words would change, were they meant so.

Whether they are meant so (and are no request, denial, plan or talk of a product) is for
`price_guards` to say.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Final, Literal

from tasks.domain.price_statements import STATEMENTS, ChangeKind
from tasks.domain.price_vocabulary import (
    ANOTHER_AMOUNT,
    AUXILIARY,
    BARE_FACTOR,
    BY,
    FIRST_THEN,
    FORMERLY,
    FROM_TO,
    NOUN_OF_CHANGE,
    OBJECT,
    PLACE,
    PRICE,
    STATEMENT_END,
    SUBJECT,
    THEN_TO,
    TO,
    VERB,
)
from tasks.domain.sentences import AMOUNT

# What the change is said of: a price, what carries one (job, title), or nothing but a pronoun.
Said = Literal["price", "place", "bare"]
_A: Final = re.ASCII
_FACTORS: Final = {
    "doubl": Fraction(2),
    "tripl": Fraction(3),
    "quadr": Fraction(4),
    "halv": Fraction(1, 2),
}

_VERB: Final = re.compile(VERB, _A)
_NOUN_OF_CHANGE: Final = re.compile(NOUN_OF_CHANGE, _A)
_OBJECT: Final = re.compile(rf"[ ]?(?P<object>{OBJECT})", _A)
_SUBJECT: Final = re.compile(rf"(?<![\w'@.-])(?P<subject>{SUBJECT}){AUXILIARY}{{0,6}}\Z", _A)
_LONGEST_SUBJECT: Final = 120
# What an object takes along, and what follows it may need: "doubled the price, let's see",
# "doubled once more, now $2k".
_BREATH: Final = re.compile(r"(?:, ?(?:it's )?|(?<=\w) )now \Z|, ?\Z", _A)
_PRICE: Final = re.compile(rf"(?<![\w']){PRICE}(?![\w'])", _A)
_PLACE: Final = re.compile(rf"(?<![\w']){PLACE}(?![\w'])", _A)
_TAILS: Final = tuple(re.compile(tail, _A) for tail in (FROM_TO, FIRST_THEN, BY, TO, BARE_FACTOR))
_TO: Final = re.compile(TO, _A)
_FORMERLY: Final = re.compile(FORMERLY, _A)
_ANOTHER_AMOUNT: Final = re.compile(ANOTHER_AMOUNT, _A)
_AGAIN: Final = re.compile(r"(?<!\w)(?:again|once more|further)(?!\w)", _A)
_THEN_TO: Final = re.compile(THEN_TO, _A)
_STATEMENT_END: Final = re.compile(STATEMENT_END, _A)


@dataclass(frozen=True, slots=True)
class Change:
    """What a stretch of a sentence announces. `amount`, `previous` and `delta` are positions of
    `AMOUNT` in the sentence, None where it names none.

    `is_again` says that it is a further step. `active_at` is where the verb begins that a guard
    has to look before; `is_gerund` whether it ends in -ing.
    """

    kind: ChangeKind
    said: Said
    start: int
    end: int
    active_at: int
    is_gerund: bool
    amount: int | None = None
    previous: int | None = None
    delta: int | None = None
    factor: Fraction | None = None
    is_again: bool = False


def changes_in(text: str) -> tuple[Change, ...]:
    """The changes that a sentence's words name, in order and apart from each other."""
    found: list[Change] = []
    for candidate in sorted(_candidates(text), key=lambda c: (c.start, -c.end)):
        if not found or candidate.start >= found[-1].end:
            again = _AGAIN.search(text, candidate.start, candidate.end) is not None
            found.append(replace(candidate, is_again=True) if again else candidate)
    return tuple(found)


def _candidates(text: str) -> Iterator[Change]:
    for match in _VERB.finditer(text):
        change = _of_verb(text, match)
        if change is not None:
            yield change
    for match in _NOUN_OF_CHANGE.finditer(text) if AMOUNT in text else ():
        change = _with_tail(text, match.end(), _plain(match, _kind(match), "price"))
        if change is not None and (change.amount is not None or change.delta is not None):
            yield change
    for kind, needed, pattern in STATEMENTS:
        if not any(map(text.__contains__, needed)):
            continue
        for match in pattern.finditer(text):
            change = _of_statement(kind, match)
            if change is not None and not _ANOTHER_AMOUNT.match(text, change.end):
                yield change


def _kind(match: re.Match[str]) -> ChangeKind:
    groups = match.groupdict()
    if groups.get("times"):
        return "lowered" if match["times"].startswith("halv") else "raised"
    if groups["raised"]:
        return "raised"
    return "lowered" if groups["lowered"] else "set"


def _plain(match: re.Match[str], kind: ChangeKind, said: Said) -> Change:
    gerund = match.group().split(" ")[0].endswith("ing")
    return Change(kind, said, match.start(), match.end(), match.start(), gerund)


def _of_verb(text: str, match: re.Match[str]) -> Change | None:
    left = text[max(0, match.start() - _LONGEST_SUBJECT) : match.start()]
    # What ends in a comma is no gerund's subject: "nobody took it, raising".
    apart = match.group().split(" ")[0].endswith("ing") and left.rstrip().endswith(",")
    subject = None if apart else _SUBJECT.search(left)
    start = match.start() - len(subject.group()) if subject else match.start()
    right = _OBJECT.match(text, match.end())
    end = right.end() if right and right["object"] else match.end()
    named = f"{subject['subject'] if subject else ''} {right['object'] if right else ''}"
    said: Said = "price" if _PRICE.search(named) else "place" if _PLACE.search(named) else "bare"
    change = replace(_plain(match, _kind(match), said), start=start)
    word = match["times"]
    if word:
        change = replace(change, factor=_FACTORS[word[:5] if word[:4] != "halv" else "halv"])
    found = _with_tail(text, end, change)
    if found is None and (breath := _BREATH.search(text, change.end, end)) is not None:
        found = _with_tail(text, breath.start(), change)
    return found if found is not None and _says_enough(found) else None


def _says_enough(change: Change) -> bool:
    """ "Price raised" is a statement without a number; "issue raised" and "updated" are none."""
    if change.kind == "set":
        return change.said != "bare" and change.amount is not None
    number = change.amount is not None or change.delta is not None or change.factor is not None
    return number or change.said == "price"


def _with_tail(text: str, end: int, change: Change) -> Change | None:
    """The change with what follows at `end`; None where the words go on to something else."""
    for pattern in _TAILS:
        match = pattern.match(text, end)
        if match is None:
            continue
        found = _filled(change, match)
        if found.amount is None:
            target = _TO.match(text, found.end)
            if target is not None:
                found = replace(found, amount=target.start("amount"), end=target.end())
        former = _FORMERLY.match(text, found.end)
        if found.previous is None and found.amount is not None and former is not None:
            found = replace(found, previous=former.start("previous"), end=former.end())
        while found.amount is not None and (step := _THEN_TO.match(text, found.end)):
            found = replace(found, amount=step.start("amount"), end=step.end())
        return None if _ANOTHER_AMOUNT.match(text, found.end) else found
    former = _FORMERLY.match(text, end)
    if former is not None and change.factor is not None:
        return replace(change, previous=former.start("previous"), end=former.end())
    if _STATEMENT_END.match(text, end):
        return replace(change, end=max(end, change.end))
    return None


def _filled(change: Change, match: re.Match[str]) -> Change:
    groups = match.groupdict()

    def place(name: str) -> int | None:
        return match.start(name) if groups.get(name) else None

    return replace(
        change,
        end=match.end(),
        amount=place("amount"),
        previous=place("previous"),
        delta=place("delta"),
        factor=change.factor if (found := _factor(change.kind, groups)) is None else found,
    )


def _factor(kind: ChangeKind, groups: dict[str, str | None]) -> Fraction | None:
    times = groups.get("after_x") or groups.get("before_x")
    if times:
        number = Fraction(times)
        return 1 / number if kind == "lowered" and number else number
    share = Fraction(1, 2) if groups.get("half") else None
    if groups.get("percent"):
        share = Fraction(int(groups["percent"] or 0), 100)
    if share is None:
        return None
    return 1 - share if kind == "lowered" else 1 + share


def _of_statement(kind: ChangeKind, match: re.Match[str]) -> Change | None:
    groups = match.groupdict()
    what = groups["what"] or match.group()
    said: Said = "price" if _PRICE.search(what) else "place" if _PLACE.search(what) else "bare"
    if said == "bare":
        return None
    change = replace(_filled(_plain(match, kind, said), match))
    if groups.get("tag"):
        change = replace(change, said="price", previous=match.start("tag"))
    if groups.get("amount_first"):
        change = replace(change, amount=match.start("amount_first"))
    if change.factor is not None:
        # "Multiply price x2": as with a gerund, the words before decide.
        return replace(change, is_gerund=True) if change.factor != 1 else None
    return change
