"""What a dataset takes of its instances: filters, each with the reason why it leaves one out."""

from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import datetime
from typing import Annotated, Self

from pydantic import BaseModel, Field, field_validator, model_validator

from tasks.domain.facts import LANGUAGES, Facts
from tasks.specs.ranges import CountRange, DateRange, PriceRange

Word = Annotated[str, Field(min_length=1)]


class Words(BaseModel, frozen=True, extra="forbid"):
    """Words that must be there, or must not; letter case does not count."""

    any: tuple[Word, ...] = Field(default=(), description="At least one of these is there.")
    all: tuple[Word, ...] = Field(default=(), description="Every one of these is there.")
    none: tuple[Word, ...] = Field(default=(), description="Not one of these is there.")

    @model_validator(mode="after")
    def names_something(self) -> Self:
        if not (self.any or self.all or self.none):
            raise ValueError("name words under `any`, `all` or `none`")
        return self

    def lacks(self, holds: Callable[[str], bool]) -> str | None:
        """Why what `holds` some words in lower case does not fit; None where it does."""
        missing = [word for word in self.all if not holds(word.lower())]
        if missing:
            return f"{missing[0]!r} is not there"
        if self.any and not any(holds(word.lower()) for word in self.any):
            return f"none of {', '.join(map(repr, self.any))} is there"
        found = [word for word in self.none if holds(word.lower())]
        return f"{found[0]!r} is there" if found else None


class PatchSize(BaseModel, frozen=True, extra="forbid"):
    """How large the patch is that solves the task; of tasks without one, the fix."""

    files: CountRange | None = Field(default=None, description="Changed files.")
    lines: CountRange | None = Field(default=None, description="Lines added and removed.")

    @model_validator(mode="after")
    def bounds_something(self) -> Self:
        if self.files is None and self.lines is None:
            raise ValueError("say `files`, `lines` or both")
        return self

    def lacks(self, files: int | None, lines: int | None) -> str | None:
        """Why this size does not fit; None where it does."""
        for name, wanted, count in (("files", self.files, files), ("lines", self.lines, lines)):
            why = wanted.lacks(count) if wanted is not None else None
            if why:
                return f"{name}: {why}"
        return None


class Candidate(BaseModel, frozen=True, extra="forbid"):
    """An instance as filters see it; `text` is empty where no filter reads it."""

    facts: Facts
    prices: Mapping[str, int | None]
    text: str = ""


class Around(BaseModel, frozen=True, extra="forbid"):
    """What filters go by besides: the dataset's price rule, and the newest date that landed."""

    price_rule: str
    newest: datetime | None = None


class Filters(BaseModel, frozen=True, extra="forbid"):
    """What the dataset takes; an instance has to pass every filter that is named. What a filter
    asks and nobody knows does not pass."""

    created: DateRange | None = Field(default=None, description="When the issue was opened.")
    assigned: DateRange | None = Field(
        default=None, description="When the fix's author was first assigned to it."
    )
    merged: DateRange | None = Field(default=None, description="When the fix was merged.")
    closed: DateRange | None = Field(default=None, description="When the issue was closed.")
    price: PriceRange | None = Field(default=None, description="What the task is worth.")
    labels: Words | None = Field(
        default=None, description="Labels of the issue, tags of a posting."
    )
    raises: CountRange | None = Field(default=None, description="How often the bounty was raised.")
    proposals: CountRange | None = Field(
        default=None, description="Proposals that stood at the moment of the task."
    )
    patch: PatchSize | None = Field(
        default=None, description="Size of the patch that solves the task."
    )
    languages: tuple[str, ...] | None = Field(
        default=None,
        min_length=1,
        description="The fix changes a file of one of these, by its ending: "
        + ", ".join(LANGUAGES),
    )
    text: Words | None = Field(default=None, description="What title and statement say.")

    @field_validator("languages")
    @classmethod
    def known_languages(cls, value: tuple[str, ...] | None) -> tuple[str, ...] | None:
        lowered = tuple(sorted({name.lower() for name in value or ()}))
        for name in lowered:
            if name not in LANGUAGES:
                raise ValueError(f"unknown language {name!r}; known: {', '.join(LANGUAGES)}")
        return lowered if value is not None else None

    def named(self) -> list[str]:
        """The filters that are set, in the order in which they are applied."""
        return [name for name in Filters.model_fields if getattr(self, name) is not None]

    def lacks(self, name: str, one: Candidate, around: Around) -> str | None:
        """Why the filter called `name` leaves this instance out; None where it does not."""
        wanted = getattr(self, name)
        if isinstance(wanted, DateRange):
            return wanted.lacks(getattr(one.facts, name), around.newest)
        if isinstance(wanted, CountRange):
            return wanted.lacks(getattr(one.facts, name))
        if isinstance(wanted, PriceRange):
            rule = wanted.rule or around.price_rule
            return wanted.lacks(one.prices.get(rule), rule)
        if isinstance(wanted, PatchSize):
            return wanted.lacks(one.facts.files, one.facts.lines)
        if isinstance(wanted, Words):
            return _words_lack(name, wanted, one)
        return _languages_lack(wanted or (), one.facts.languages)


def _words_lack(name: str, wanted: Words, one: Candidate) -> str | None:
    if name == "text":
        return wanted.lacks(one.text.lower().__contains__)
    if one.facts.labels is None:
        return "no labels are known"
    return wanted.lacks({label.lower() for label in one.facts.labels}.__contains__)


def _languages_lack(wanted: Collection[str], own: Sequence[str] | None) -> str | None:
    if own is None:
        return "which files the fix changes is not known"
    if not wanted or set(own) & set(wanted):
        return None
    return f"the fix is in {', '.join(own) or 'no known language'}"
