"""Ranges that filters are written in: of dates, of dollars, and of counts."""

import re
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Annotated, Final, Literal, Self

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    Field,
    TypeAdapter,
    ValidationError,
    field_validator,
    model_validator,
)

from tasks.domain.bounties import PRICE_RULES
from tasks.domain.money import MOST_CENTS, dollars_to_cents

_MOST_DAYS: Final = 36_500
_MOMENT: Final = TypeAdapter(datetime)
_NUMBER: Final = re.compile(r"\s*[-+]?[0-9.]+\s*")


def _in_utc(value: datetime) -> datetime:
    return value if value.tzinfo is not None else value.replace(tzinfo=UTC)


def _in_cents(value: Decimal) -> Decimal:
    """The amount in its shortest form: how it is spelled must not change a digest."""
    if dollars_to_cents(str(value)) > MOST_CENTS:
        raise ValueError(f"${value} is no bounty anyone advertised")
    shortest = value.normalize()
    return shortest if shortest.as_tuple().exponent <= 0 else shortest.quantize(Decimal(1))  # type: ignore[operator]


def refuse_numbers(value: object) -> object:
    """A year, or a date without dashes, would otherwise be taken for seconds since 1970."""
    if isinstance(value, int | float) or (isinstance(value, str) and _NUMBER.fullmatch(value)):
        raise ValueError(f"{value} is no date; write 2024-03-01, or 2024-03-01T12:00:00Z")
    return value


Moment = Annotated[datetime, BeforeValidator(refuse_numbers), AfterValidator(_in_utc)]
Dollars = Annotated[Decimal, AfterValidator(_in_cents)]
Count = Annotated[int, Field(ge=0)]


def checked_rule(value: str) -> str:
    """A price rule as it is; raises ValueError for an unknown one."""
    if value not in PRICE_RULES:
        raise ValueError(f"unknown price rule {value!r}; known: {', '.join(PRICE_RULES)}")
    return value


def _read_as_of(value: object) -> object:
    if value == "variant":
        return value
    refuse_numbers(value)
    try:
        return _in_utc(_MOMENT.validate_python(value))
    except ValidationError as error:
        raise ValueError(f"{str(value)!r} is neither `variant` nor a date") from error


AsOf = Annotated[datetime | Literal["variant"], BeforeValidator(_read_as_of)]


class DateRange(BaseModel, frozen=True, extra="forbid"):
    """From `since` on and before `until`; or the last so many days that the market has landed."""

    since: Moment | None = Field(
        default=None, description="The first moment that counts; a date is its midnight in UTC."
    )
    until: Moment | None = Field(
        default=None, description="The first moment that no longer counts; a date is its midnight."
    )
    last_days: int | None = Field(
        default=None,
        ge=1,
        le=_MOST_DAYS,
        description="Counted back from the newest date in what has landed, never from the clock.",
    )

    @model_validator(mode="after")
    def holds_something(self) -> Self:
        if self.last_days is not None and (self.since or self.until):
            raise ValueError("`last_days` stands alone, without `since` and `until`")
        if self.last_days is None and self.since is None and self.until is None:
            raise ValueError("say `since`, `until` or `last_days`")
        if self.since and self.until and self.since >= self.until:
            raise ValueError("`since` must lie before `until`")
        return self

    def lacks(self, moment: datetime | None, newest: datetime | None) -> str | None:
        """Why `moment` is outside; None where it is not. `newest` is what days are counted from."""
        if moment is None:
            return "no date is known"
        since = self.since
        if self.last_days is not None and newest is not None:
            since = newest - timedelta(days=self.last_days)
        if since is not None and moment < since:
            return f"{_shown(moment)} is before {_shown(since)}"
        if self.until is not None and moment >= self.until:
            return f"{_shown(moment)} is not before {_shown(self.until)}"
        return None


class CountRange(BaseModel, frozen=True, extra="forbid"):
    """At least `min` and at most `max`, both included."""

    min: Count | None = Field(default=None, description="The least that counts.")
    max: Count | None = Field(default=None, description="The most that counts.")

    @model_validator(mode="after")
    def holds_something(self) -> Self:
        _check_bounds(self.min, self.max)
        return self

    def lacks(self, count: int | None) -> str | None:
        """Why `count` is outside; None where it is not."""
        if count is None:
            return "how many is not known"
        if self.min is not None and count < self.min:
            return f"{count} is less than {self.min}"
        if self.max is not None and count > self.max:
            return f"{count} is more than {self.max}"
        return None


def _check_bounds(least: int | Decimal | None, most: int | Decimal | None) -> None:
    if least is None and most is None:
        raise ValueError("say `min`, `max` or both")
    if least is not None and most is not None and least > most:
        raise ValueError("`min` must not be more than `max`")


class PriceRange(BaseModel, frozen=True, extra="forbid"):
    """Dollars under a price rule, from `min` to `max`, both included."""

    rule: str | None = Field(
        default=None, description="The price rule; the dataset's own where left out."
    )
    min: Dollars | None = Field(default=None, ge=0, description="The least, in dollars.")
    max: Dollars | None = Field(default=None, ge=0, description="The most, in dollars.")

    @field_validator("rule")
    @classmethod
    def known_rule(cls, value: str | None) -> str | None:
        return value if value is None else checked_rule(value)

    @model_validator(mode="after")
    def holds_something(self) -> Self:
        _check_bounds(self.min, self.max)
        return self

    def lacks(self, cents: int | None, rule: str) -> str | None:
        """Why a price under `rule` is outside; None where it is not."""
        if cents is None:
            return f"no {rule} price"
        dollars = Decimal(cents) / 100
        if self.min is not None and dollars < self.min:
            return f"${dollars:,} {rule} is less than ${self.min:,}"
        if self.max is not None and dollars > self.max:
            return f"${dollars:,} {rule} is more than ${self.max:,}"
        return None


def _shown(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%d")
