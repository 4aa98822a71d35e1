"""One line of a payment summary as entries: who gets how much, for what, and whether it is paid."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from tasks.domain.payment_sums import Sum, sums_in
from tasks.domain.payment_words import (
    Role,
    Status,
    mask,
    only_vocabulary,
    pays_nothing,
    people_in,
    role_in,
    roles_in,
    speaks_of_bonus,
    status_in,
)

_LABEL_END: Final = re.compile(r":|\s[-–—=]+\s|\s?[–—]\s?")
_LONGEST_LABEL_WORDS: Final = 10
# Between the entries of one line; never inside a number or parentheses.
_SEPARATOR: Final = re.compile(r"[();|]|,(?!\d{3})|\s(?:and|&)\s", re.IGNORECASE)
# Between entries only where an entry follows: inside one they set off a sum, a way or a person.
_LABELLED: Final = (
    r"(?:(?:external|issue|bug) ){0,2}(?:contributors?(?:\s?\+|[ -]plus)?|c\s?\+|cplus|c"
    r"|reviewers?|reporters?|author)(?:\s\(?@[\w-]{1,39}\)?)?(?:\s?:|\s[-–—]\s|(?=\s@))"
)
_LOOSE: Final = re.compile(
    rf"[()]|\s[/–—•·-]\s|[–—•·]|/(?=@)|[.!]\s"
    rf"|(?<!issue)(?<!bug)(?<!external)\s(?={_LABELLED})",
    re.IGNORECASE,
)
_ENTRY_LABEL: Final = re.compile(rf"[\s/–—•·.!-]*(?:and\s)?{_LABELLED}", re.IGNORECASE)
_ADDED: Final = re.compile(
    r"\W*(?:(?:and|plus|with|&|\+)?\W*\S+ (?:\w+ ){0,2}bonus|of which\b|inc(?:l\b|lud))",
    re.IGNORECASE,
)
# `Contributor bonus: @ann $250`: the head of a line that pays nothing but a bonus.
_ROLES_BONUS: Final = re.compile(
    r"(?:(?!no |not |with|inc|after|before|eligible)[\w+]+ ){1,3}bonus(?: payment)?", re.IGNORECASE
)
_OPENING: Final = re.compile(r"[\s,;|&]*(?:and\s)?", re.IGNORECASE)
_EACH: Final = re.compile(r"\beach\b|\bper person\b|\bapiece\b", re.IGNORECASE)
_SHARED: Final = re.compile(r"\bsplit\b|\bshared?\b|\bhalf\b|\bbetween\b", re.IGNORECASE)
_NAME: Final = re.compile(r"[^\W\d_][\w.'’-]*(?: [^\W\d_][\w.'’-]*){0,2}")
_NAME_END: Final = re.compile(r"[,;:()|]|\s[-–—]\s")


@dataclass(slots=True)
class Entry:
    """What a line states about a payment; None is what it leaves open."""

    role: Role | None
    person: str | None
    cents: int
    currency: str
    status: Status | None
    bonus_cents: int | None
    words: str
    is_bonus: bool = False


@dataclass(frozen=True, slots=True)
class Label:
    """The role in front of a line, up to `end`; `sharp` where a colon or a dash ends it."""

    role: Role
    end: int
    sharp: bool


# A line without separators is read as a line, as its only part, and as what that part begins with.
@lru_cache(maxsize=256)
def read_label(text: str) -> Label | None:
    """`Contributor+: ...`, `Issue reporter - ...`, `Contributor that fixed the issue @ann ...`."""
    stop = _LABEL_END.search(text)
    starts = [p.start for p in people_in(text)] + [s.start for s in sums_in(text)]
    first = min(starts, default=len(text))
    sharp = stop is not None and stop.start() <= first
    end = stop.start() if stop is not None and sharp else first
    label = text[:end]
    role = role_in(text[: end + 2])  # a bare `C:` is a role because of its colon
    if role is None or len(label.split()) > _LONGEST_LABEL_WORDS:
        return None
    if not sharp and (end == len(text) or not only_vocabulary(label)):
        return None
    return Label(role, stop.end() if stop is not None and sharp else end, sharp)


def read_entries(text: str, ticked: bool | None, *, named: bool) -> list[Entry]:
    """The entries of a line, in order; `named`: a plain name after a role's label is a person."""
    label = read_label(text)
    bonus = label is None and _is_bonus_line(text)
    line_status = status_in(text, ticked)
    entries: list[Entry] = []
    carried: str | None = None
    for chunk in _chunks(text):
        found = list(_read_chunk(chunk, label, carried, named=named))
        for entry in found:
            entry.status = status_in(chunk, ticked) or line_status
            entry.is_bonus = bonus and entry.role is None
            if label is not None and entry.role != "reporter" and _is_a_roles_bonus(text):
                entry.bonus_cents = entry.cents
            carried = entry.person
        entries += found
    return entries


def leading_name(text: str) -> tuple[str, str] | None:
    """`Ann Lee: $500 (Contributor)` → (name, rest); a role in the rest makes it a name."""
    stop = _LABEL_END.search(text)
    if stop is None or role_in(text[stop.end() :]) is None:
        return None
    name, rest = text[: stop.start()].strip(), text[stop.end() :]
    usual = any(only_vocabulary(word) for word in name.split())
    statement = only_vocabulary(mask(rest, [(s.start, s.end) for s in sums_in(rest)]))
    return (name, rest) if _NAME.fullmatch(name) and not usual and statement else None


def _is_bonus_line(text: str) -> bool:
    """`Urgency bonus: @ann $250`."""
    head, colon, _ = text.partition(":")
    return bool(colon) and speaks_of_bonus(head) and not people_in(head) and not sums_in(head)


def _is_a_roles_bonus(text: str) -> bool:
    head, colon, _ = text.partition(":")
    return bool(colon) and _ROLES_BONUS.fullmatch(head.strip()) is not None


def states_a_payment(text: str) -> bool:
    """Whether nothing but the usual words leads to, and stands between, a person and a sum."""
    people, sums = people_in(text), sums_in(text)
    if not people or not sums:
        return False
    end = max(people[0].end, sums[0].end)
    return only_vocabulary(mask(text, _spans(text))[:end])


def _spans(text: str) -> list[tuple[int, int]]:
    spans: list[tuple[int, int]] = [(p.start, p.end) for p in people_in(text)]
    return spans + [(s.start, s.end) for s in sums_in(text)]


def _pieces(text: str) -> Iterator[str]:
    for piece in _split(text, _SEPARATOR):
        yield from _entries_apart(piece)


def _split(text: str, separator: re.Pattern[str]) -> Iterator[str]:
    """The text cut before each separator outside parentheses; the pattern matches those too."""
    depth, start = 0, 0
    for match in separator.finditer(text):
        if match.group() == "(":
            depth += 1
        elif match.group() == ")":
            depth = max(0, depth - 1)
        elif depth == 0:
            yield text[start : match.start()]
            start = match.start()
    yield text[start:]


def _entries_apart(piece: str) -> Iterator[str]:
    """`Contributor: @ann $500 / C+: @bob $500`: cut where a labelled or a whole entry follows."""
    start = at = 0
    named = valued = refused = False
    for stretch in _split(piece, _LOOSE):
        names, values = bool(people_in(stretch)), bool(sums_in(stretch))
        whole = named and valued and names and values
        if at > start and (whole or ((valued or refused) and _ENTRY_LABEL.match(piece, at))):
            yield piece[start:at]
            start, named, valued, refused = at, False, False, False
        at += len(stretch)
        named, valued = named or names, valued or values
        refused = refused or pays_nothing(stretch)
    yield piece[start:]


def _chunks(text: str) -> Iterator[str]:
    """Stretches of a line with one entry each, or one sum for several people."""
    current: list[str] = []
    has_sum = settled = False
    for piece in _pieces(text):
        piece_has_sum = bool(sums_in(piece)) and not (has_sum and _ADDED.match(piece))
        refuses = pays_nothing(piece) and not piece_has_sum
        own = bool(people_in(piece)) or role_in(piece.lstrip(" ,;|&") + " ") is not None
        if current and (
            (has_sum and piece_has_sum) or (own and (settled or (has_sum and refuses)))
        ):
            yield "".join(current)
            current, has_sum = [], False
        current.append(piece)
        has_sum = has_sum or piece_has_sum
        settled = refuses
    yield "".join(current)


def _read_chunk(
    chunk: str, label: Label | None, carried: str | None, *, named: bool
) -> Iterator[Entry]:
    sums = [s for s in sums_in(chunk) if s.cents > 0]
    if not sums or pays_nothing(chunk):
        return
    people: list[str] = [p.login for p in people_in(chunk)]
    own = read_label(chunk.lstrip(" ,;|&"))
    role = role_in(chunk) or (label.role if label else None)
    if not people and carried is not None and not (own and own.sharp):
        people = [carried]
    if not people and named and (label or own):
        people = [name for name in [_plain_name(chunk)] if name]
    words = chunk[_opening_end(chunk) :].strip(" ,;|")
    if len(people) > 1 and len(sums) == len(people):
        for person, total in zip(people, sums, strict=True):
            yield _entry(role, person, total, words)
        return
    roles = roles_in(chunk)
    if len(people) <= 1 and len(sums) > 1:
        yield from _several(chunk, sums, role, people[0] if people else None, words)
    elif len(people) > 1:
        given = roles if len(roles) == len(people) else (role,) * len(people)
        for person, its_role, total in zip(
            people, given, _shares(chunk, sums[0], people), strict=True
        ):
            yield _entry(its_role, person, total, words)
    elif not people and len(roles) > 1 and _EACH.search(chunk):
        yield from (_entry(each, None, sums[0], words) for each in roles)
    else:
        yield _entry(role, people[0] if people else None, sums[0], words)


def _several(
    chunk: str, sums: Sequence[Sum], role: Role | None, person: str | None, words: str
) -> Iterator[Entry]:
    """Several sums for one person: one entry each if each has a role of its own, else the first."""
    ends = [s.start for s in sums[1:]] + [len(chunk)]
    starts = [0] + [s.start for s in sums[1:]]
    parts = [role_in(chunk[a:b]) for a, b in zip(starts, ends, strict=True)]
    if None in parts:
        yield _entry(role, person, sums[0], words)
        return
    for part, total in zip(parts, sums, strict=True):
        yield _entry(part, person, total, words)


def _shares(chunk: str, total: Sum, people: Sequence[str]) -> list[Sum]:
    """Each person's sum: all of it, unless the words say that it was shared."""
    if _EACH.search(chunk) or not _SHARED.search(chunk) or total.cents % len(people):
        return [total] * len(people)
    share = Sum(total.cents // len(people), total.currency, total.start, total.end)
    return [share] * len(people)


def _opening_end(chunk: str) -> int:
    match = _OPENING.match(chunk)
    return match.end() if match else 0


def _plain_name(chunk: str) -> str | None:
    """`Contributor: Ann Lee - $500`, `C+: $250 bob`: the name beside the sum, None without one."""
    label = _LABEL_END.search(chunk)
    total = sums_in(chunk)[0]
    before = chunk[label.end() : total.start] if label and label.end() <= total.start else ""
    after = chunk[total.end :]
    stop = _NAME_END.search(after)
    for candidate in (before, after[: stop.start()] if stop else after):
        name = candidate.strip(" -–—:,")
        if _NAME.fullmatch(name) and not any(only_vocabulary(word) for word in name.split()):
            return name
    return None


def _entry(role: Role | None, person: str | None, total: Sum, words: str) -> Entry:
    bonus = None if role == "reporter" and total.bonus == total.cents else total.bonus
    return Entry(role, person, total.cents, total.currency, None, bonus, words)
