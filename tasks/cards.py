"""The card of a dataset version: what it holds, what its prices are, and where they come from."""

import json
from fractions import Fraction
from typing import Any, Final

from tasks.domain.bounties import PRICE_RULES
from tasks.domain.money import show_cents
from tasks.domain.spreads import Spread, spread
from tasks.runs import find_version
from tasks.warehouse import Session, Warehouse

# What the published benchmark of freelance programming tasks says of itself (arXiv 2505.13511).
_PUBLISHED_TASKS: Final = 1115
_PUBLISHED_MEDIAN: Final = 250_00
_PUBLISHED_MEAN: Final = 306_00
_PUBLISHED_EARNED: Final = 1_520_000_00
# By what part of it a mean may differ and still be called near.
_NEAR: Final = Fraction(1, 10)


def show_card(warehouse: Warehouse, reference: str) -> dict[str, Any]:
    """The card of `name`, `name@latest` or `name@digest-prefix`.

    `prices` is variant → price rule → a Spread of the instances that have a price under it, with
    `unpriced`; `facts` is what only the build knew, None for datasets of issues.
    """
    with warehouse.read("core") as session:
        version = find_version(session, reference)
        rows = session.query("instance_prices", version=version.dataset_version)
        reasons = session.tuples(
            "SELECT reason, count(*) FROM core.rejections WHERE dataset_version = $version "
            "GROUP BY reason ORDER BY reason",
            {"version": version.dataset_version},
        )
        facts = _facts(session, version.dataset_version)
    prices: dict[str, dict[str, Any]] = {}
    for variant in sorted({row["variant"] for row in rows}):
        listed = [dict(row["prices"]) for row in rows if row["variant"] == variant]
        prices[variant] = {
            rule: _spread_of([one.get(rule) for one in listed])
            for rule in PRICE_RULES
            if any(rule in one for one in listed)
        }
    return {
        "dataset": version.dataset,
        "version": version.dataset_version,
        "price_rule": version.price_rule,
        "instances": len(rows),
        "rejections": dict(reasons),
        "prices": prices,
        "facts": facts,
        "notes": [] if facts is None else notes_on(facts, prices, version.price_rule),
    }


def _spread_of(prices: list[int | None]) -> dict[str, Any]:
    known = [price for price in prices if price is not None]
    return spread(known).model_dump() | {"unpriced": len(prices) - len(known)}


def _facts(session: Session, version: str) -> dict[str, Any] | None:
    found = session.tuples(
        "SELECT facts FROM core.dataset_facts WHERE dataset_version = $version",
        {"version": version},
    )
    return json.loads(found[0][0]) if found else None


def notes_on(
    facts: dict[str, Any], prices: dict[str, dict[str, Any]], price_rule: str
) -> list[str]:
    """What a reader of the figures has to know, a sentence each."""
    whole = Spread.model_validate(facts["usd_fixed_band_max"])
    chosen = Spread.model_validate(facts["usd_chosen_band_max"])
    found = [
        f"{facts['postings']:,} postings: {facts['fixed']:,} at a fixed price, "
        f"{facts['hourly']:,} by the hour; {facts['malformed']:,} rows could not be read",
        f"{facts['bids']:,} bids" if facts["bids"] else "no bids published",
        f"other currencies in US dollars of {facts['rates']['date']}: {facts['rates']['source']}",
        f"USD fixed, highest of the band: median {show_cents(whole.median_cents)}, mean "
        f"{show_cents(whole.mean_cents)} in the file ({whole.n:,}); median "
        f"{show_cents(chosen.median_cents)}, mean {show_cents(chosen.mean_cents)} of the chosen "
        f"({chosen.n:,})",
    ]
    learnt = facts["forecast"]
    if learnt is not None:
        found.append(
            f"predicted: a random forest on {learnt['tags']} tags, cross-validated on "
            f"{learnt['postings']:,} postings, is off by a median of "
            f"{show_cents(learnt['median_error_cents'])} and a mean of "
            f"{show_cents(learnt['mean_error_cents'])}; to say the median of all every time is off "
            f"by a mean of {show_cents(learnt['baseline_error_cents'])}"
        )
    own = prices.get("freelance_code", {}).get(price_rule)
    if own is not None:
        found.append(_beside_the_published(whole, own, price_rule))
    return found


def _beside_the_published(whole: Spread, own: dict[str, Any], price_rule: str) -> str:
    product = _PUBLISHED_TASKS * _PUBLISHED_MEAN
    return (
        f"the published benchmark states a median of about {show_cents(_PUBLISHED_MEDIAN)} and a "
        f"mean of {show_cents(_PUBLISHED_MEAN)} for {_PUBLISHED_TASKS:,} tasks: "
        f"{_how_near(whole.trimmed_mean_cents)}. Prices here are {price_rule} of postings in all "
        f"currencies, none left out for its size: median {show_cents(own['median_cents'])}, mean "
        f"{show_cents(own['mean_cents'])}. Its figures do not add up ({_PUBLISHED_TASKS:,} tasks "
        f"of {show_cents(_PUBLISHED_MEAN)} are {show_cents(product)}, yet one model is said to "
        f"have earned {show_cents(_PUBLISHED_EARNED)}); here the total, "
        f"{show_cents(own['total_cents'])}, is the sum of the {own['n']:,} prices"
    )


def _how_near(mean_cents: int | None) -> str:
    """How the published mean compares with that of this file, which may be any file."""
    if mean_cents is None:
        return "this file has no USD fixed posting to set beside it"
    near = abs(mean_cents - _PUBLISHED_MEAN) <= _NEAR * _PUBLISHED_MEAN
    return (
        f"{'near to' if near else 'far from'} the highest of the band of this file's USD fixed "
        f"postings without those above the 95th percentile (mean {show_cents(mean_cents)})"
    )
