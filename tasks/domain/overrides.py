"""Corrections of a ledger by hand: each is evidence itself, and says why."""

from datetime import UTC
from typing import Final, Self

from pydantic import AwareDatetime, BaseModel, Field, field_validator, model_validator

from tasks.domain.digests import digest

# A billion dollars: no bounty comes near it, and a slip of the keyboard goes beyond it.
MOST_CENTS: Final = 100_000_000_000


class Override(BaseModel, frozen=True, extra="forbid"):
    """One correction of the ledger of `issue` (`owner/name#N`).

    Either `bounty_cents` is the bounty from `occurred_at` on (0: withdrawn), or `drop` names, by
    the beginning of its id, an event that is none, or `paid_cents` is what `person` was paid at
    `occurred_at` as a contributor.
    """

    issue: str = Field(pattern=r"^[^\s#]+/[^\s#]+#\d+$")
    reason: str = Field(min_length=1)
    occurred_at: AwareDatetime | None = None
    bounty_cents: int | None = Field(default=None, ge=0, le=MOST_CENTS)
    paid_cents: int | None = Field(default=None, ge=0, le=MOST_CENTS)
    person: str | None = None
    drop: str | None = Field(default=None, min_length=6, pattern=r"^[0-9a-f]+$")

    @field_validator("occurred_at")
    @classmethod
    def in_the_calendar(cls, moment: AwareDatetime | None) -> AwareDatetime | None:
        try:
            return moment and moment.astimezone(UTC) and moment
        except OverflowError as error:
            raise ValueError("is outside the years 1 to 9999 in UTC") from error

    @field_validator("reason")
    @classmethod
    def says_something(cls, reason: str) -> str:
        if not reason.strip():
            raise ValueError("says nothing")
        return reason

    @field_validator("person")
    @classmethod
    def a_login(cls, person: str | None) -> str | None:
        login = person and person.strip().removeprefix("@")
        if login == "":
            raise ValueError("names nobody")
        return login

    @model_validator(mode="after")
    def one_correction(self) -> Self:
        given = [v is not None for v in (self.bounty_cents, self.paid_cents, self.drop)]
        if sum(given) != 1:
            raise ValueError("say one of bounty, paid or drop")
        if self.drop is None and self.occurred_at is None:
            raise ValueError("say from when, with `at`")
        return self

    @property
    def document_id(self) -> str:
        return "override:" + digest(self.model_dump(mode="json"))[:12]
