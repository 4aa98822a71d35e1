"""Which postings become tasks: one reason each for those that do not."""

from collections.abc import Callable, Mapping, Sequence

from tasks.domain.coding import CodingReference, CodingTask
from tasks.domain.digests import digest
from tasks.domain.instances import Rejection
from tasks.domain.near_duplicates import representatives
from tasks.domain.posting_context import PostingContext
from tasks.domain.posting_prices import posting_prices
from tasks.domain.postings import Posting

Prices = Mapping[str, int | None]
Task = tuple[str, CodingTask, CodingReference]
"""Statement, what a solver sees, what graders know."""
Refusal = tuple[str, str]
"""A reason of instances.REASONS, and its detail."""
Draft = Callable[[], Task | Refusal]
"""Makes a task of the posting that it is of."""


def all_prices(postings: Sequence[Posting], context: PostingContext) -> dict[str, Prices]:
    """Posting id → its prices by rule."""
    return {
        posting.posting_id: posting_prices(
            posting, context.rates, context.predicted.get(posting.posting_id)
        )
        for posting in postings
    }


def refuse(
    posting: Posting, variant: str, reason: str, detail: str, price: int | None
) -> Rejection:
    return Rejection(
        candidate_id=posting.posting_id,
        variant=variant,
        reason=reason,
        detail=detail,
        price_cents=price,
        origin=posting.market,
    )


def screen(
    postings: Sequence[Posting],
    variant: str,
    prices: Mapping[str, Prices],
    context: PostingContext,
    draft_of: Callable[[Posting], Draft | Refusal],
) -> tuple[list[tuple[Posting, Draft]], list[Rejection]]:
    """(postings that may become tasks with what makes them, in the order in which they are taken;
    the others with their reasons). `draft_of` is asked where nothing else speaks against one.

    Duplicates are told among fixed-price postings alone: an hourly posting of the same words does
    not stand for one that can be priced. The order is drawn by the context's seed and each
    posting's id, so that a posting that comes or goes moves no other one.
    """
    fixed = [posting for posting in postings if posting.rate_type == "fixed"]
    stands_for = representatives(fixed)
    kept: list[tuple[Posting, Draft]] = []
    refused: list[Rejection] = []
    for posting in postings:
        price = prices[posting.posting_id][context.price_rule]
        found = _judged(posting, stands_for, price, context) or draft_of(posting)
        if isinstance(found, tuple):
            refused.append(refuse(posting, variant, *found, price))
        else:
            kept.append((posting, found))
    kept.sort(key=lambda one: digest(["selection", context.seed, one[0].posting_id]))
    return kept, refused


def _judged(
    posting: Posting, stands_for: Mapping[str, str], price: int | None, context: PostingContext
) -> Refusal | None:
    """What speaks against a posting, whatever its task would be."""
    if posting.rate_type != "fixed":
        return "hourly", f"{posting.posting_id} is paid by the hour"
    if stands_for[posting.posting_id] != posting.posting_id:
        return "near_duplicate", f"{stands_for[posting.posting_id]} says the same"
    if posting.currency not in context.rates:
        return "no_rate", f"the rate table has no {posting.currency}"
    if price is None:
        return "no_price", f"the posting has no {context.price_rule}"
    return None
