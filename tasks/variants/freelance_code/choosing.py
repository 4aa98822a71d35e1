"""Which postings become tasks: one reason each for those that do not."""

from collections.abc import Mapping, Sequence

from tasks.domain.digests import digest
from tasks.domain.instances import Rejection
from tasks.domain.near_duplicates import representatives
from tasks.domain.postings import Posting
from tasks.domain.protocols import PostingContext
from tasks.variants.freelance_code.family import Family
from tasks.variants.freelance_code.matching import family_of

Prices = Mapping[str, int | None]


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
    families: Mapping[str, Family],
) -> tuple[list[tuple[Posting, str]], list[Rejection]]:
    """(postings that may become tasks with the name of their family, in the order in which they
    are taken; the others with their reasons).

    Duplicates are told among fixed-price postings alone: an hourly posting of the same words does
    not stand for one that can be priced. The order is drawn by the context's seed and each
    posting's id, so that a posting that comes or goes moves no other one.
    """
    fixed = [posting for posting in postings if posting.rate_type == "fixed"]
    stands_for = representatives(fixed)
    kept: list[tuple[Posting, str]] = []
    refused: list[Rejection] = []
    for posting in postings:
        price = prices[posting.posting_id][context.price_rule]
        found = _judged(posting, stands_for, price, context, families)
        if isinstance(found, str):
            kept.append((posting, found))
        else:
            refused.append(refuse(posting, variant, *found, price))
    kept.sort(key=lambda one: digest(["selection", context.seed, one[0].posting_id]))
    return kept, refused


def _judged(
    posting: Posting,
    stands_for: Mapping[str, str],
    price: int | None,
    context: PostingContext,
    families: Mapping[str, Family],
) -> str | tuple[str, str]:
    """The family's name, or (reason, detail)."""
    if posting.rate_type != "fixed":
        return "hourly", f"{posting.posting_id} is paid by the hour"
    if stands_for[posting.posting_id] != posting.posting_id:
        return "near_duplicate", f"{stands_for[posting.posting_id]} says the same"
    if posting.currency not in context.rates:
        return "no_rate", f"the rate table has no {posting.currency}"
    if price is None:
        return "no_price", f"the posting has no {context.price_rule}"
    family = family_of(posting, families)
    if family is None:
        return "no_family", "no family fits its tags and words"
    return family
