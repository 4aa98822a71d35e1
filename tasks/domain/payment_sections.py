"""Payment summaries line by line: what headings announce, and what one line leaves to the next."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import Final

from tasks.domain.payment_entries import (
    Entry,
    leading_name,
    read_entries,
    read_label,
    states_a_payment,
)
from tasks.domain.payment_lines import Line
from tasks.domain.payment_sums import sums_in
from tasks.domain.payment_tables import Columns, read_columns, read_row, row_as_text
from tasks.domain.payment_words import (
    Role,
    Status,
    is_change,
    is_not_a_payment,
    is_talk,
    mask,
    only_vocabulary,
    pays_nothing,
    people_in,
    role_in,
    status_in,
    without_asides,
    without_people,
)

_PAYMENT: Final = r"(?:payments?|payouts?|compensation)"
# A heading of a payment summary, with what may lead to it and what may follow.
_HEADING: Final = re.compile(
    rf"\b{_PAYMENT} (?:summar(?:y|ies)|breakdown|overview|details|list)\b"
    rf"|\b(?:summary|summari[sz]ing|breakdown|overview)(?: of)?(?: the| all)? {_PAYMENT}\b"
    rf"|\b(?:the|following|confirming|issue|so|these|final|upcoming|makes)(?: the)? {_PAYMENT}"
    rf"(?= (?:as|for|are|below|due)\b|\W|\Z)"
    rf"|\A\W*{_PAYMENT}(?: (?:made|issued|below|as follows|for this issue))?(?=\W*\Z|\s*:)"
    rf"|\A\W*{_PAYMENT} (?:due|owed)\b"
    rf"|\b{_PAYMENT} (?:as follows|for this issue|due)(?=\W*\Z|\s*[:.])",
    re.IGNORECASE,
)
_ANNOUNCES: Final = re.compile(r"\b(?:below|follows|this issue)\b|\bpay\w+ due\b", re.IGNORECASE)
_SENTENCE_END: Final = re.compile(r"(?<=[.!?])\s+(?=[^\W\d_]|@)")
_LONGEST_HEADING_WORDS: Final = 30
_SHORT_HEADING_WORDS: Final = 5


def is_payment_heading(line: Line) -> bool:
    """Whether a line announces payments and states none itself."""
    text = line.text
    if not _names_payments(text) or "?" in text or people_in(text) or sums_in(text):
        return False
    short = len(text.split()) <= _SHORT_HEADING_WORDS
    emphatic = line.heading or line.apart or short or ":" in text
    return emphatic or _ANNOUNCES.search(text) is not None


def _names_payments(text: str) -> bool:
    return len(text.split()) <= _LONGEST_HEADING_WORDS and _HEADING.search(text) is not None


@dataclass(slots=True)
class _Section:
    """What the lines so far leave open for those that follow.

    `trusted`: a heading announced payments, so that lines may be terse; `stated`: the line before
    stated one in full, so that the next may leave out what it said. `role` is that of a
    heading, `people` wait for a sum. `begin` and `unstated` count entries: the section's first
    one, and the first whose state a later line may still tell.
    """

    trusted: bool = False
    stated: bool = False
    begin: int = 0
    unstated: int = 0
    status: Status | None = None
    role: Role | None = None
    people: list[str] = field(default_factory=list)
    people_role: Role | None = None
    columns: Columns | None = None


def read_sections(lines: Iterable[Line]) -> list[Entry]:
    """The entries of a text's lines, in order; without a heading only what is said in full."""
    reader = _Reader()
    for line in lines:
        reader.read(line)
    return reader.entries


class _Reader:
    def __init__(self) -> None:
        self.entries: list[Entry] = []
        self.section = _Section()

    def read(self, line: Line) -> None:
        if line.cells:
            self._read_cells(line)
            return
        self.section.columns = None
        if is_payment_heading(line):
            self._open(trusted=True)
        elif (rest := _after_heading(line.text)) is not None:
            self._open(trusted=True)
            self._read_text(without_asides(rest), line.ticked)
        elif _closes(line):
            self._open(trusted=False)
        else:
            self._read_text(without_asides(line.text), line.ticked)

    def _open(self, *, trusted: bool) -> None:
        count = len(self.entries)
        self.section = _Section(trusted=trusted, begin=count, unstated=count)

    def _read_cells(self, line: Line) -> None:
        section = self.section
        if line.header:
            section.columns = read_columns(line)
        elif section.columns is not None:
            self._add(read_row(line, section.columns))
        else:
            text = row_as_text(line)
            if text and (section.trusted or read_label(text)):
                self._add(read_entries(without_asides(text), None, named=section.trusted))

    def _read_text(self, text: str, ticked: bool | None) -> None:
        if is_not_a_payment(text):
            return
        if not self.section.trusted:
            stated = _stands_alone(text) or (self.section.stated and _goes_on(text))
            for statement in [text] if stated else _sentences_alone(text):
                self._add(read_entries(statement, ticked, named=False))
            self.section.stated = stated
        elif sums_in(text):
            self._read_sums(text, ticked)
        elif pays_nothing(text):
            self._forget_people()
        elif people_in(text):
            self._read_people(text, ticked)
        elif only_vocabulary(text):
            self._read_words(text)

    def _read_sums(self, text: str, ticked: bool | None) -> None:
        section = self.section
        label, own = read_label(text), bool(people_in(text))
        name = None if label or own else leading_name(text)
        if name is not None:
            self._add([replace(e, person=name[0]) for e in read_entries(text, ticked, named=False)])
            return
        if not (label and label.sharp) and (is_change(text) or not _is_terse(text)):
            return
        entries = read_entries(text, ticked, named=label is not None and not section.people)
        if not own and section.people:
            entries = _given(entries, section.people)
        for entry in entries:
            if entry.role is None and not own:
                entry.role = section.people_role
            if entry.role is None and not entry.is_bonus:
                entry.role = section.role
        self._add([entry for entry in entries if entry.person or entry.role])
        if own:
            self._forget_people()
            section.role = None if label else section.role

    def _read_people(self, text: str, ticked: bool | None) -> None:
        """People without a sum: they complete the sum above, or wait for one."""
        label = read_label(text)
        if label is None and not only_vocabulary(without_people(text)):
            return
        people = people_in(text)
        last = self.entries[-1] if len(self.entries) > self.section.begin else None
        if last is not None and last.person is None and label is None and len(people) == 1:
            last.person = people[0].login
            last.status = status_in(text, ticked) or last.status
            last.words = f"{last.words} {text}"
            return
        self.section.people = [person.login for person in people]
        self.section.people_role = role_in(text) or self.section.role

    def _read_words(self, text: str) -> None:
        """A line of words alone: a role's heading, a state's, or what became of the payments."""
        section = self.section
        role, status = role_in(text), status_in(text)
        if role is not None:
            section.role = role
            self._forget_people()
        elif status is not None and text.endswith(":"):
            section.status = status
            section.unstated = len(self.entries)
        elif status is not None:
            for entry in self.entries[section.unstated :]:
                entry.status = entry.status or status
            section.unstated = len(self.entries)

    def _forget_people(self) -> None:
        self.section.people, self.section.people_role = [], None

    def _add(self, entries: list[Entry]) -> None:
        for entry in entries:
            entry.status = entry.status or self.section.status
        self.entries += entries


def _after_heading(text: str) -> str | None:
    """The statements that follow a heading on its own line: `Payments: @ann $500`."""
    head, colon, rest = text.partition(":")
    if not colon or not _names_payments(head) or role_in(head) is not None:
        return None
    return rest.strip() if sums_in(rest) and not sums_in(head) and not people_in(head) else None


def _closes(line: Line) -> bool:
    """A heading of something else: neither a role's nor a state's, nor a statement set in bold."""
    text = line.text
    if not (line.heading or line.apart) or role_in(text) or status_in(text):
        return False
    return not people_in(text) and not sums_in(text)


def _stands_alone(text: str) -> bool:
    """Whether a line states a payment without a heading: a role or a state has to be named."""
    if not states_a_payment(text) or is_talk(text):
        return False
    label = read_label(text)
    return (label is not None and label.sharp) or status_in(text) is not None


def _sentences_alone(text: str) -> list[str]:
    """`You're right. @ann paid $750.`: the sentences of a line that state a payment each."""
    found = _SENTENCE_END.split(text) if sums_in(text) and not is_talk(text) else []
    return [sentence for sentence in found if _stands_alone(sentence)]


def _goes_on(text: str) -> bool:
    """`@bob $500 via manual request` under `@ann $500 paid`: nothing but a person and a sum."""
    if not states_a_payment(text) or is_talk(text):
        return False
    sums = mask(text, [(s.start, s.end) for s in sums_in(text)])
    return only_vocabulary(without_people(sums))


def _is_terse(text: str) -> bool:
    """`@ann $500 ...` or `$500 via Upwork`: a statement, or a sum for the line above."""
    if people_in(text):
        return states_a_payment(text)
    return only_vocabulary(mask(text, [(s.start, s.end) for s in sums_in(text)]))


def _given(entries: list[Entry], people: list[str]) -> list[Entry]:
    """The sums of a line for the people above it: one for all of them, or one each."""
    if len(entries) == 1:
        pairs = [(entries[0], person) for person in people]
    elif len(people) == 1:
        pairs = [(entry, people[0]) for entry in entries]
    elif len(people) == len(entries):
        pairs = list(zip(entries, people, strict=True))
    else:
        return entries
    return [replace(e, person=person, words=f"{person}: {e.words}") for e, person in pairs]
