"""Which part of a dataset counts: its sample, its contamination window, and its splits."""

from typing import Annotated, Final, Literal, Self

from pydantic import BaseModel, Field, field_validator, model_validator

from tasks.specs.ranges import Dollars
from tasks.specs.splits import HOLDOUT

STRATA: Final = ("price_band", "variant", "month")
Stratum = Literal["price_band", "variant", "month"]
Share = Annotated[float, Field(gt=0, lt=1)]


class Sample(BaseModel, frozen=True, extra="forbid"):
    """A part of what the filters leave, drawn by digests: the same ids and seed give the same
    sample on any machine and in any order."""

    count: int = Field(ge=1, description="So many instances; all of them where there are fewer.")
    stratify: tuple[Stratum, ...] = Field(
        default=(), description="Each stratum gets its share of the count: largest remainders."
    )
    seed: int = Field(default=0, description="Another seed draws another sample.")
    price_bands: tuple[Dollars, ...] = Field(
        default=(),
        description="Dollars at which a price band begins; 250, 500, 1000 and 2000 where left out.",
    )

    @field_validator("stratify", mode="before")
    @classmethod
    def one_or_several(cls, value: object) -> object:
        return (value,) if isinstance(value, str) else value

    @field_validator("stratify")
    @classmethod
    def sorted_once(cls, value: tuple[Stratum, ...]) -> tuple[Stratum, ...]:
        return tuple(name for name in STRATA if name in value)

    @model_validator(mode="after")
    def bands_rise(self) -> Self:
        if any(a >= b for a, b in zip(self.price_bands, self.price_bands[1:], strict=False)):
            raise ValueError("`price_bands` must rise")
        if self.price_bands and "price_band" not in self.stratify:
            raise ValueError("`price_bands` needs `stratify: [price_band]`")
        return self


class Contamination(BaseModel, frozen=True, extra="forbid"):
    """Only what a model cannot have been trained on, or only what it can."""

    model: str = Field(min_length=1, description="A name in datasets/cutoffs.yaml.")
    merged: Literal["after", "before"] = Field(
        default="after",
        description="Whether the fix was merged after the day of the model's cutoff, or up to it.",
    )


class SplitRule(BaseModel, frozen=True, extra="forbid"):
    """Which gradable instances `paydag freeze DATASET SPLIT` writes down."""

    evidence: int | None = Field(
        default=None,
        ge=1,
        le=3,
        description="At least so many independent kinds of evidence say which proposal won.",
    )
    lint: Literal["clean", "any"] = Field(
        default="any", description="`clean`: nothing in the task that the leak linter finds."
    )
    share: Share | None = Field(
        default=None, description="Of all issues, the part whose digests fall below this."
    )
    seed: int = Field(default=0, description="Another seed draws another share.")
    without: tuple[str, ...] = Field(
        default=(), description="Splits whose ids stay theirs; those held out always do."
    )


def check_splits(splits: dict[str, SplitRule]) -> None:
    """Raises ValueError for rules that cannot be kept."""
    for name, rule in splits.items():
        if name in rule.without:
            raise ValueError(f"{name} cannot be without itself")
    held = splits.get(HOLDOUT)
    if held is not None and held.share is None:
        raise ValueError(f"{HOLDOUT} needs a `share`, or nothing would be left to publish")
