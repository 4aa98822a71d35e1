"""Where a published table of postings is found, and which of its columns mean what."""

import re
from typing import Annotated, Final, Self

from pydantic import BaseModel, Field, field_validator, model_validator

_DATASET: Final = re.compile(
    r"(?P<name>[A-Za-z0-9][A-Za-z0-9_-]*/[A-Za-z0-9][A-Za-z0-9_-]*)(?:/(?P<version>[1-9][0-9]{0,8}))?"
)

Column = Annotated[str, Field(min_length=1)]


class PostingColumns(BaseModel, frozen=True, extra="forbid"):
    """Our field → the file's column. What is None by default is not in every file.

    Amounts are in the posting's own currency, in units and not cents. `tags` holds a Python list
    literal of strings, `posted_at` an ISO 8601 date or time, UTC where it names no zone.
    """

    key: Column = "projectId"
    title: Column = "job_title"
    description: Column = "job_description"
    tags: Column = "tags"
    currency: Column = "currency"
    band_min: Column = "min_price"
    band_max: Column = "max_price"
    rate_type: Column = "rate_type"
    posted_at: Column | None = None
    bid_count: Column | None = None
    average_bid: Column | None = None
    awarded_bid: Column | None = None

    def needed(self) -> tuple[str, ...]:
        """The columns that the file must have, each once."""
        return _named(self)


class BidColumns(BaseModel, frozen=True, extra="forbid"):
    """The same for a table with one row a bid. `key` is the posting's.

    Without `currency`, amounts are in the posting's. `awarded` says yes or no in whatever common
    word; without it nobody knows which bid won.
    """

    key: Column
    bid_id: Column
    amount: Column
    currency: Column | None = None
    awarded: Column | None = None

    def needed(self) -> tuple[str, ...]:
        """The columns that the file must have, each once."""
        return _named(self)


class BidsFile(BaseModel, frozen=True, extra="forbid"):
    """The table of bids beside the postings, in the same dataset."""

    file: Column
    columns: BidColumns


class PostingsFile(BaseModel, frozen=True, extra="forbid"):
    """A table of postings in a Kaggle dataset, `owner/slug` or, pinned, `owner/slug/version`."""

    dataset: str
    file: Column
    columns: PostingColumns = PostingColumns()
    bids: BidsFile | None = None

    @field_validator("dataset")
    @classmethod
    def named(cls, value: str) -> str:
        if not _DATASET.fullmatch(value):
            raise ValueError(f"{value!r} is no Kaggle dataset; write owner/slug or owner/slug/3")
        return value

    @model_validator(mode="after")
    def two_files(self) -> Self:
        if self.bids is not None and self.bids.file == self.file:
            raise ValueError("the bids stand in a file of their own; for totals use `columns`")
        return self

    @property
    def market(self) -> str:
        """`owner/slug`, whichever version it is."""
        return self._parts()["name"]

    @property
    def version(self) -> int | None:
        """The pinned version, None for the newest."""
        pinned = self._parts()["version"]
        return int(pinned) if pinned else None

    def _parts(self) -> re.Match[str]:
        match = _DATASET.fullmatch(self.dataset)
        assert match is not None  # the validator let nothing else in
        return match


def _named(columns: BaseModel) -> tuple[str, ...]:
    found = (value for _, value in columns if isinstance(value, str))
    return tuple(dict.fromkeys(found))
