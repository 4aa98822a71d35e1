"""Corrections of a ledger by hand: each is evidence itself, and says why."""

from typing import Self

from pydantic import AwareDatetime, BaseModel, Field, model_validator

from tasks.domain.digests import digest


class Override(BaseModel, frozen=True, extra="forbid"):
    """One correction of the ledger of `issue` (`owner/name#N`).

    Either `bounty_cents` is the bounty from `occurred_at` on (0: withdrawn), or `drop` names, by
    the beginning of its id, an event that is none, or `paid_cents` is what `person` was paid at
    `occurred_at` as a contributor.
    """

    issue: str = Field(pattern=r"^[^\s#]+/[^\s#]+#\d+$")
    reason: str = Field(min_length=1)
    occurred_at: AwareDatetime | None = None
    bounty_cents: int | None = Field(default=None, ge=0)
    paid_cents: int | None = Field(default=None, ge=0)
    person: str | None = None
    drop: str | None = Field(default=None, min_length=6, pattern=r"^[0-9a-f]+$")

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
