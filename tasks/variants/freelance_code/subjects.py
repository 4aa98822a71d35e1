"""What postings are about: the words that a task of theirs is told in."""

import re
from dataclasses import dataclass
from functools import cache
from typing import Final


@dataclass(frozen=True)
class Subject:
    """A trade and its words, all in small letters and fit for column names.

    `record` and `records` are what its tables list, `identifier` the column that names one (with
    `prefix` in front of a number), `group` a column that sorts them into `groups`, `amount` a
    column of money or measure, `quantity` one of counts, `label` a column of `labels` (free text,
    names of things), `person` a column of people. `about` is told apart by the words that are
    looked for in a posting.
    """

    name: str
    about: str
    record: str
    records: str
    identifier: str
    prefix: str
    group: str
    groups: tuple[str, ...]
    amount: str
    quantity: str
    label: str
    labels: tuple[str, ...]
    person: str


PEOPLE: Final = (
    *("Ana Sousa", "Bo Lindqvist", "Chidi Okafor", "Dana Reyes", "Emil Novak", "Farah Haddad"),
    *("Grace Kim", "Hugo Martin", "Ines Costa", "Jonas Weber", "Kavya Rao", "Liam Byrne"),
    *("Mei Tanaka", "Nadia Petrova", "Omar Aziz", "Priya Nair", "Quinn Murphy", "Rosa Marino"),
)
"""Invented people, for any subject."""

SUBJECTS: Final = (
    Subject(
        name="retail",
        about=r"\b(?:shop|store|retail|e-?commerce|amazon|product|sku|inventory|sales?|order)s?\b",
        record="order",
        records="orders",
        identifier="order_id",
        prefix="ORD",
        group="category",
        groups=("garden", "kitchen", "office", "outdoor", "toys"),
        amount="price",
        quantity="units",
        label="product",
        labels=("desk lamp", "hand trowel", "kettle, steel", "notebook A5", "tent 2p", "yo-yo"),
        person="customer",
    ),
    Subject(
        name="finance",
        about=r"\b(?:financ\w*|account\w*|invoice|bank\w*|tax|payroll|bookkeep\w*|ledger|loan)s?\b",
        record="transaction",
        records="transactions",
        identifier="transaction_id",
        prefix="TX",
        group="account",
        groups=("fees", "payroll", "rent", "supplies", "travel"),
        amount="amount",
        quantity="items",
        label="payee",
        labels=("Alder & Co", "Brightside, Inc.", "City Water", "Duna Print", "Elm Cars"),
        person="approver",
    ),
    Subject(
        name="health",
        about=r"\b(?:health\w*|medic\w*|patient|clinic\w*|hospital|pharma\w*|disease|nurs\w+)s?\b",
        record="visit",
        records="visits",
        identifier="visit_id",
        prefix="V",
        group="ward",
        groups=("cardiology", "day care", "emergency", "pediatrics", "surgery"),
        amount="charge",
        quantity="minutes",
        label="procedure",
        labels=("blood test", "check-up", "MRI, head", "suture", "vaccination", "x-ray"),
        person="patient",
    ),
)


@cache
def _pattern(subject: Subject) -> re.Pattern[str]:
    return re.compile(subject.about, re.IGNORECASE)


def subject_of(title: str, description: str) -> Subject:
    """The subject whose words the posting uses most; those of the title count three times. The
    first of the list where it uses none."""
    hits = [
        3 * len(_pattern(s).findall(title)) + len(_pattern(s).findall(description))
        for s in SUBJECTS
    ]
    return SUBJECTS[hits.index(max(hits))]
