"""Payment summaries: who was, or is to be, paid how much for an issue.

The shapes are those that the conventions list (2022–2026): headings with lists, checklists and
tables, and single statements. What they give is a payment, which is not the bounty.
"""

import re
from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import Final

from pydantic import BaseModel

from tasks.domain.currencies import CODES, NAMES, SIGNS
from tasks.domain.money_words import SUMS_COLUMN
from tasks.domain.payment_entries import Entry
from tasks.domain.payment_lines import Line, read_lines
from tasks.domain.payment_sections import is_payment_heading, read_sections
from tasks.domain.payment_words import Role, Status, pays_nothing, people_in, role_in

# One of each of these has to be there; most comments are left after this.
_HINT: Final = re.compile(
    r"\bpa(?:y|id)|\bdue\b|\bow(?:ed|es)\b|contributor|\bc\s?\+|review|report|fix|✅", re.IGNORECASE
)
# Each is a hint by itself, and in ASCII nothing is one that holds none of either.
_HINT_WORDS: Final = ("contributor", "review", "report", "fix")
_HINT_PARTS: Final = ("pay", "paid", "due", "owed", "owes", "+")
_DIGIT: Final = re.compile(r"\d")
_CURRENCY: Final = re.compile(
    "|".join([f"[{''.join(SIGNS)}]", *CODES, *NAMES, r"\brs\b", SUMS_COLUMN]), re.IGNORECASE
)


class Payment(BaseModel, frozen=True, extra="forbid"):
    """A payment to one person, or to a role whose holder is not named.

    `amount_cents` is the whole in cents of `currency`, `bonus_cents` the part of it that the words
    call a bonus. `person` is a login without @, or the plain name as written. `status` is `due`
    where nothing says that it was paid. `words` is the line it rests on, without markup.
    """

    role: Role
    person: str | None
    amount_cents: int
    currency: str = "USD"
    status: Status
    bonus_cents: int | None
    words: str


# A text is read for the ledger, and again for the ledger as it was known at a moment.
@lru_cache(maxsize=256)
def read_payments(text: str) -> tuple[Payment, ...]:
    """The payments that a summary states, in its order; () for any other text.

    Quoted lines, code, HTML comments and struck text are not the author's words. Totals, prices,
    requests and refunds are no payments; neither is a line that says that nothing is due. A
    person without a role beside the sum has the one that the rest of the text gives them.
    """
    if _DIGIT.search(text) is None or not (_hints(text) and _names_a_currency(text)):
        return ()
    lines = read_lines(text)
    entries = read_sections(line for line in lines if not line.quoted)
    known = _roles_of_people(lines) if any(e.role is None for e in entries) else {}
    return tuple(_payment(entry, known) for entry in _with_bonuses(entries))


def _hints(text: str) -> bool:
    """Whether `_HINT` is in the text; plain words first, which take a tenth of its time."""
    holds = text.lower().__contains__
    if any(map(holds, _HINT_WORDS)):
        return True
    return (not text.isascii() or any(map(holds, _HINT_PARTS))) and _HINT.search(text) is not None


def _names_a_currency(text: str) -> bool:
    return "$" in text or _CURRENCY.search(text) is not None


def is_summary(text: str) -> bool:
    """Whether a text is a payment summary, be it one by which nobody is to be paid."""
    return bool(read_payments(text)) or _says_that_nothing_is_due(read_lines(text))


def _says_that_nothing_is_due(lines: Sequence[Line]) -> bool:
    headed = False
    for line in lines:
        if line.quoted:
            continue
        if is_payment_heading(line):
            headed = True
        elif headed and pays_nothing(line.text) and (role_in(line.text) or people_in(line.text)):
            return True
    return False


def _roles_of_people(lines: Iterable[Line]) -> dict[str, Role]:
    """The role of each person who is given only one, quoted lines included."""
    roles: dict[str, set[Role]] = {}
    for line in lines:
        people, role = people_in(line.text), role_in(line.text)
        if len(people) == 1 and role is not None:
            roles.setdefault(people[0].login, set()).add(role)
    return {login: found.pop() for login, found in roles.items() if len(found) == 1}


def _with_bonuses(entries: Iterable[Entry]) -> list[Entry]:
    """A bonus on a line of its own is part of what the same person gets by the line before."""
    found: list[Entry] = []
    latest: dict[str | None, Entry] = {}
    for entry in entries:
        base = latest.get(entry.person) if entry.is_bonus else None
        if base is not None and base.currency == entry.currency:
            base.cents += entry.cents
            base.bonus_cents = (base.bonus_cents or 0) + entry.cents
            base.words = f"{base.words} {entry.words}"
        else:
            found.append(entry)
            latest[entry.person] = entry
    return found


def _payment(entry: Entry, known: dict[str, Role]) -> Payment:
    return Payment(
        role=entry.role or known.get(entry.person or "") or "other",
        person=entry.person,
        amount_cents=entry.cents,
        currency=entry.currency,
        status=entry.status or "due",
        bonus_cents=entry.cents if entry.is_bonus else entry.bonus_cents,
        words=entry.words,
    )
