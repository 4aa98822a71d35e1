"""What postings are about: the words that a task of theirs is told in."""

import re
import tomllib
from functools import cache
from pathlib import Path
from typing import Final

from pydantic import BaseModel


class Subject(BaseModel, frozen=True, extra="forbid"):
    """A trade and its words, all but people's and things' names fit for column names.

    `record` and `records` are what its tables list, `identifier` the column that names one (with
    `prefix` in front of a number), `group` a column that sorts them into `groups`, `amount` a
    column of money or measure, `quantity` one of counts, `label` a column of `labels` (names of
    things, as people write them), `person` a column of people. `about` holds regular expressions:
    words of postings about it, in the singular.
    """

    name: str
    about: tuple[str, ...]
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


@cache
def subjects() -> tuple[Subject, ...]:
    """All of them, in the order of their file."""
    file = Path(__file__).with_suffix(".toml")
    listed = tomllib.loads(file.read_text(encoding="utf-8"))["subject"]
    return tuple(Subject.model_validate(entry) for entry in listed)


@cache
def _pattern(subject: Subject) -> re.Pattern[str]:
    return re.compile(rf"\b(?:{'|'.join(subject.about)})s?\b", re.IGNORECASE)


def subject_of(title: str, description: str) -> Subject:
    """The subject whose words the posting uses most; those of the title count three times. The
    first of the list where it uses none."""
    hits = [
        3 * len(_pattern(s).findall(title)) + len(_pattern(s).findall(description))
        for s in subjects()
    ]
    return subjects()[hits.index(max(hits))]
