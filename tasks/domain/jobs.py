"""Jobs of the market place: what a client posted there, for which budget, and what became of it."""

from datetime import datetime
from typing import Final

from pydantic import BaseModel

from tasks.domain.job_links import JobName
from tasks.domain.money import show_cents
from tasks.domain.postings import Posting, RateType

MARKET: Final = "upwork"
_OPEN: Final = "ACTIVE"


class MarketJob(BaseModel, frozen=True, extra="forbid"):
    """A job as the market place shows it. Amounts are cents of `currency`.

    The budget of a fixed price is `amount_cents`, up to `most_cents` where the client gave a range;
    of an hourly job it is a rate between them. `status` and `close_result` are the source's own
    words. `gone` says why the job cannot be read (any more); all but its names is then empty.
    """

    job: JobName
    title: str = ""
    description: str = ""
    tags: tuple[str, ...] = ()
    rate_type: RateType | None = None
    currency: str = "USD"
    amount_cents: int | None = None
    most_cents: int | None = None
    created_at: datetime | None = None
    published_at: datetime | None = None
    status: str | None = None
    close_result: str | None = None
    gone: str | None = None
    document_id: str

    @property
    def posted_at(self) -> datetime | None:
        return self.published_at or self.created_at

    @property
    def is_open(self) -> bool:
        """Whether its budget and state may still change."""
        return self.gone is None and self.close_result is None and self.status in (None, _OPEN)

    def budget(self) -> str:
        """`$250 fixed price`, `$20–$40 an hour`, `no budget`: the words of an observation."""
        if self.amount_cents is None:
            return "no budget"
        low, most = self._shown(self.amount_cents), self.most_cents
        amount = low if most in (None, self.amount_cents) else f"{low}–{self._shown(most)}"
        return f"{amount} an hour" if self.rate_type == "hourly" else f"{amount} fixed price"

    def _shown(self, cents: int | None) -> str:
        shown = show_cents(cents)
        return shown if self.currency == "USD" else f"{shown.replace('$', '')} {self.currency}"


def posting_of(job: MarketJob) -> Posting | None:
    """The job as a posting; None where it cannot be read, or does not say how it pays."""
    if job.gone is not None or job.rate_type is None:
        return None
    return Posting(
        market=MARKET,
        key=job.job.name,
        title=job.title,
        description=job.description,
        tags=job.tags,
        currency=job.currency,
        band_min_cents=job.amount_cents,
        band_max_cents=job.amount_cents if job.most_cents is None else job.most_cents,
        rate_type=job.rate_type,
        posted_at=job.posted_at,
        document_id=job.document_id,
    )
