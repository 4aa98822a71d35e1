"""The model of dataset.yaml. A key that is not listed here is an error."""

from datetime import datetime
from typing import Any, Final, Literal, Self

from pydantic import BaseModel, Field, field_validator, model_validator

from tasks.domain.bounties import POSTING_RULES, PRICE_RULES
from tasks.domain.digests import digest
from tasks.domain.errors import UsageError
from tasks.domain.protocols import PathRules
from tasks.specs.filters import Filters
from tasks.specs.ranges import AsOf, checked_rule
from tasks.specs.sections import (
    EnvironmentSection,
    FreelanceSection,
    GithubSection,
    KaggleSection,
    Sources,
    SwelancerSection,
    UpworkSection,
)
from tasks.specs.selecting import Contamination, Sample, SplitRule, check_splits

__all__ = [
    "DatasetSpec",
    "EnvironmentSection",
    "FreelanceSection",
    "GithubSection",
    "KaggleSection",
    "Sources",
    "SwelancerSection",
    "UpworkSection",
    "canonical",
    "check_price_rule",
    "judged",
    "limited",
    "spec_digest",
]

# What the digest leaves out: words for people, what was resolved, and lists of ids and their rules.
_NOT_CONTENT: Final = {"description", "title", "extends", "splits"}
# What decides the fate of an issue before any selection: datasets that agree in it share the work.
_JUDGED: Final = {"paths", "environment", "as_of"}
_POSTINGS: Final = {"freelance_code"}


class DatasetSpec(BaseModel, frozen=True, extra="forbid"):
    """One benchmark: where it comes from and what counts."""

    name: str = Field(
        pattern=r"^[a-z0-9][a-z0-9._-]*$", description="The name of the folder, and of the dataset."
    )
    title: str = Field(default="", description="A few words for people.")
    description: str = Field(default="", description="What it is, for people.")
    extends: str | None = Field(
        default=None,
        description="A dataset whose keys count where this one sets none: mappings are merged key "
        "by key, everything else is replaced, null takes a section away.",
    )
    sources: Sources = Field(description="Where documents come from.")
    variants: tuple[Literal["freelance_code", "ic_swe", "swe_manager"], ...] = Field(
        min_length=1, description="Kinds of work that are made of them."
    )
    as_of: AsOf = Field(
        default="variant",
        description="What is known: `variant` is each variant's own moment, with hindsight about "
        "what came of it; a date stands for the market as it was then, and nothing later counts.",
    )
    price_rule: str = Field(default="final", description="What a task is worth.")
    filters: Filters | None = None
    contamination: Contamination | None = None
    sample: Sample | None = None
    splits: dict[str, SplitRule] = Field(
        default_factory=dict, description="Rules of splits by name, for `paydag freeze`."
    )
    paths: PathRules = PathRules()
    environment: EnvironmentSection = EnvironmentSection()
    freelance_code: FreelanceSection = FreelanceSection()
    lint: Literal["report", "reject"] = Field(
        default="report",
        description="Whether a task that tells how it ended is reported, or rejected as `leak`.",
    )
    canary: str | None = Field(
        default=None,
        min_length=8,
        description="A text that every export carries, by which training data can be searched.",
    )

    def sections(self) -> dict[str, dict[str, Any]]:
        """Source name → its section, for the sources that are named."""
        found = self.sources.model_dump(mode="json")
        return {name: section for name, section in found.items() if section is not None}

    @field_validator("price_rule")
    @classmethod
    def known_rule(cls, value: str) -> str:
        return checked_rule(value)

    @model_validator(mode="after")
    def one_market(self) -> Self:
        """A dataset has one price rule, and those of issues and of postings are not the same."""
        of_postings, of_issues = "freelance_code" in self.variants, set(self.variants) - _POSTINGS
        sources = self.sources
        if of_postings and of_issues:
            raise ValueError("freelance_code is made of postings: give it a dataset of its own")
        if of_postings and sources.kaggle is None:
            raise ValueError("freelance_code is made of postings: sources needs `kaggle`")
        made_of = (sources.github, sources.swelancer, sources.upwork)
        if of_issues and all(source is None for source in made_of):
            raise ValueError(
                f"{min(of_issues)} is made of issues: sources needs `github` or `swelancer`"
            )
        if of_postings and self.price_rule not in POSTING_RULES:
            raise ValueError(
                f"price_rule {self.price_rule!r} is not one of postings: {', '.join(POSTING_RULES)}"
            )
        if of_issues and self.price_rule in POSTING_RULES:
            own = ", ".join(rule for rule in PRICE_RULES if rule not in POSTING_RULES)
            raise ValueError(f"price_rule {self.price_rule!r} is not one of issues: {own}")
        return self

    @model_validator(mode="after")
    def dates_need_dates(self) -> Self:
        """Published files and postings are one state, of one day: they have no other past."""
        if isinstance(self.as_of, datetime):
            dateless = [name for name in self.sections() if name in ("kaggle", "swelancer")]
            if dateless:
                raise ValueError(f"`as_of` a date: {dateless[0]} has no history, only issues have")
        return self

    @field_validator("splits")
    @classmethod
    def keepable(cls, value: dict[str, SplitRule]) -> dict[str, SplitRule]:
        check_splits(value)
        return value

    @field_validator("variants")
    @classmethod
    def sorted_once(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(sorted(set(value)))


def canonical(spec: DatasetSpec) -> dict[str, Any]:
    """The content of a specification: only the keys that were set, no words for people.

    So an optional key added to the model later leaves every stored digest as it was.
    """
    return spec.model_dump(mode="json", exclude_unset=True, exclude=_NOT_CONTENT)


def judged(spec: DatasetSpec) -> dict[str, Any]:
    """The part of a specification that an issue's outcome rests on: what it says of sources,
    variants and prices only chooses among outcomes, as filters and samples do."""
    return {name: part for name, part in canonical(spec).items() if name in _JUDGED}


def spec_digest(spec: DatasetSpec) -> str:
    """Digest of the canonical form, 64 hex digits."""
    return digest(canonical(spec))


def check_price_rule(rule: str) -> str:
    """`rule`, or a UsageError that lists the known ones."""
    if rule not in PRICE_RULES:
        raise UsageError(f"unknown price rule {rule!r}; known: {', '.join(PRICE_RULES)}")
    return rule


def limited(spec: DatasetSpec, limit: int) -> DatasetSpec:
    """The specification as if it took at most `limit` postings.

    Raises UsageError where it takes none at all, or for a limit below 1.
    """
    if spec.sources.kaggle is None:
        raise UsageError(f"--limit is for datasets of postings; {spec.name} is made of issues")
    if limit < 1:
        raise UsageError(f"--limit {limit}: at least one posting is needed")
    own = spec.freelance_code.model_dump(exclude_unset=True)
    section = FreelanceSection.model_validate(own | {"limit": limit})
    return spec.model_copy(update={"freelance_code": section})
