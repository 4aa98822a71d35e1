"""Postings of a market: staged, and judged together, since which become tasks depends on all."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, Final

from tasks.domain.authored import AUTHORED, Authored, best_of
from tasks.domain.digests import canonical_json, digest
from tasks.domain.exchange import Rates
from tasks.domain.facts import facts_of_posting
from tasks.domain.instances import Environment, Rejection, TaskInstance
from tasks.domain.near_duplicates import representatives
from tasks.domain.posting_prices import posting_prices
from tasks.domain.postings import Posting
from tasks.domain.protocols import Malformed, Market
from tasks.domain.spreads import spread
from tasks.judging import Fate, Judging, instance_row, outcome_row
from tasks.learning.prices import Forecast, forecast
from tasks.published import unreadable
from tasks.sources import source_named
from tasks.specs import DatasetSpec, canonical
from tasks.storing import drop_source
from tasks.variants import posting_variants
from tasks.warehouse import Row, Session, Warehouse
from tasks.warehouse.documents import newest_documents

# What the forest is grown on.
_LEARNT: Final = "band_mid"
# The market's name ends where the id of a posting, or of a row that is none, begins.
_MARKET: Final = re.compile("[#@]")


@dataclass(frozen=True)
class Context:
    """A PostingContext."""

    rates: Mapping[str, Decimal]
    predicted: Mapping[str, int]
    limit: int | None
    seed: int
    price_rule: str
    environment: Environment
    authored: Mapping[str, Authored] | None = None


@dataclass(frozen=True)
class Judged:
    """What the postings of a file come to."""

    fates: tuple[tuple[Fate, str], ...]
    postings: tuple[Posting, ...]
    facts: dict[str, Any] = field(default_factory=dict)


def follow_postings(
    warehouse: Warehouse, source: str, judging: Judging, rates: Rates
) -> dict[str, Any] | None:
    """Stage and judge all postings of the dataset anew where any document or input changed.

    What the dataset's card says of them; None where nothing had to be done.
    """
    spec = judging.spec
    with warehouse.read("core", "raw") as session:
        copies = session.query("newest_digests", source=source)
        rows = [list(row.values()) for row in copies]
        if spec.freelance_code.authored:
            written = session.query("newest_digests", source=AUTHORED)
            rows += [list(row.values()) for row in written]
        own = [judging.inputs.general, canonical(spec), rates.model_dump(mode="json")]
        inputs = digest([*own, rows])
        stored = session.tuples(
            "SELECT DISTINCT inputs FROM core.outcomes "
            "WHERE dataset = $dataset AND source = $source",
            {"dataset": spec.name, "source": source},
        )
    if stored == [(inputs,)]:
        return None
    authored = authored_of(warehouse, spec)
    found = judged(spec, market_of(warehouse, source, spec), rates, authored)
    outcomes = [outcome_row(fate, judging, source, place, inputs) for fate, place in found.fates]
    instances = [instance_row(fate.instance) for fate, _ in found.fates if fate.instance]
    with warehouse.write("core", checkpoint=False) as session:
        drop_source(session, source, spec.name)
        _stage(session, source, found.postings, rates)
        session.insert("core.task_instances", instances, on_conflict="keep")
        session.insert("core.outcomes", outcomes)
    return found.facts


def market_of(warehouse: Warehouse, source: str, spec: DatasetSpec) -> Market:
    """The market that the specification names; raw may hold others' documents as well."""
    kaggle = spec.sources.kaggle
    documents = newest_documents(warehouse, source)
    return source_named(source).parse(
        d for d in documents if kaggle is None or _MARKET.split(d.external_id)[0] == kaggle.market
    )


def authored_of(warehouse: Warehouse, spec: DatasetSpec) -> dict[str, Authored] | None:
    """Posting id → what the model that the specification names has written, the best of all where
    it names none; None where its tasks are made by families."""
    wanted = spec.freelance_code.authored
    if not wanted:
        return None
    listed: dict[str, list[Authored]] = {}
    for one in source_named(AUTHORED).parse(newest_documents(warehouse, AUTHORED)).authored:
        if wanted in (True, one.model):
            listed.setdefault(one.posting_id, []).append(one)
    best = {posting: best_of(several) for posting, several in listed.items()}
    return {posting: one for posting, one in best.items() if one is not None}


def context_of(
    spec: DatasetSpec,
    rates: Rates,
    predicted: Mapping[str, int],
    authored: Mapping[str, Authored] | None,
) -> Context:
    """What the specification's variants may ask."""
    section = spec.freelance_code
    return Context(
        rates=rates.usd_per_unit,
        predicted=predicted,
        limit=section.limit,
        seed=section.seed,
        price_rule=spec.price_rule,
        environment=Environment(kind="programs", **spec.environment.model_dump()),
        authored=authored,
    )


def judged(
    spec: DatasetSpec,
    market: Market,
    rates: Rates,
    authored: Mapping[str, Authored] | None = None,
) -> Judged:
    """Every posting of every variant that is made of postings, and every row that is none."""
    postings = sorted(market.postings, key=lambda posting: posting.posting_id)
    learnt = forecast_of(postings, rates.usd_per_unit)
    context = context_of(spec, rates, learnt.predicted if learnt is not None else {}, authored)
    fates = [(unreadable(row), row.file) for row in market.malformed]
    named = {posting.posting_id: posting for posting in postings}
    for variant in posting_variants(spec.variants):
        outcomes = variant.from_postings(postings, context)
        fates += [_fate(outcome, variant.name, named) for outcome in outcomes]
    facts = _facts(postings, market.malformed, fates, rates, learnt)
    return Judged(fates=tuple(fates), postings=tuple(postings), facts=facts)


def _fate(
    outcome: TaskInstance | Rejection, variant: str, postings: Mapping[str, Posting]
) -> tuple[Fate, str]:
    if isinstance(outcome, Rejection):
        fate = Fate(candidate=outcome.candidate_id, variant=variant, outcome=outcome)
        return fate, outcome.origin or ""
    facts = facts_of_posting(postings[outcome.issue])
    fate = Fate(candidate=outcome.issue, variant=variant, outcome=outcome, facts=facts)
    return fate, outcome.repository


def forecast_of(postings: Sequence[Posting], rates: Mapping[str, Decimal]) -> Forecast | None:
    """From fixed prices, each text once: a posting must not be predicted from its own copy."""
    fixed = [posting for posting in postings if posting.rate_type == "fixed"]
    stands_for = representatives(fixed)
    own = [posting for posting in fixed if stands_for[posting.posting_id] == posting.posting_id]
    prices = {p.posting_id: posting_prices(p, rates, None)[_LEARNT] for p in own}
    return forecast(
        {posting.posting_id: posting.tags for posting in own},
        {name: cents for name, cents in prices.items() if cents is not None},
    )


def _facts(
    postings: Sequence[Posting],
    malformed: Sequence[Malformed],
    fates: Iterable[tuple[Fate, str]],
    rates: Rates,
    learnt: Forecast | None,
) -> dict[str, Any]:
    """What only the build knows: the file as it is, and how prices were come by."""
    chosen = {f.outcome.issue: f.outcome for f, _ in fates if isinstance(f.outcome, TaskInstance)}
    dollars = [p for p in postings if p.rate_type == "fixed" and p.currency == "USD"]
    families: dict[str, int] = {}
    for instance in chosen.values():
        if instance.reference.coding is not None:
            name = instance.reference.coding.family
            families[name] = families.get(name, 0) + 1
    highest = [(p.posting_id, p.band_max_cents) for p in dollars if p.band_max_cents]
    return {
        "postings": len(postings),
        "malformed": len(malformed),
        "fixed": sum(posting.rate_type == "fixed" for posting in postings),
        "hourly": sum(posting.rate_type == "hourly" for posting in postings),
        "bids": sum(len(posting.bids) or (posting.bid_count or 0) for posting in postings),
        "usd_fixed_band_max": spread(cents for _, cents in highest).model_dump(),
        "usd_chosen_band_max": spread(c for name, c in highest if name in chosen).model_dump(),
        "families": dict(sorted(families.items())),
        "rates": {"date": rates.date.isoformat(), "source": rates.source},
        "forecast": None if learnt is None else learnt.model_dump(exclude={"predicted"}),
    }


def _stage(session: Session, source: str, postings: Sequence[Posting], rates: Rates) -> None:
    """Replace what is staged of these markets."""
    markets = sorted({posting.market for posting in postings})
    with session.values("replaced_markets", "market", markets):
        for table in ("bids", "postings"):
            session.execute(
                f"DELETE FROM staging.{table} WHERE split_part(posting_id, '#', 1) "  # noqa: S608
                "IN (SELECT market FROM replaced_markets)"
            )
    session.insert("core.staging.postings", [_posting_row(p, source, rates) for p in postings])
    session.insert(
        "core.staging.bids",
        [
            {"posting_id": posting.posting_id, **bid.model_dump()}
            for posting in postings
            for bid in posting.bids
        ],
    )


def _posting_row(posting: Posting, source: str, rates: Rates) -> Row:
    prices = posting_prices(posting, rates.usd_per_unit, None)
    return {
        **posting.model_dump(exclude={"key", "bids"}),
        "posting_id": posting.posting_id,
        "source": source,
        "tags": list(posting.tags),
        "band_mid_usd_cents": prices["band_mid"],
    }


def store_facts(session: Session, version: str, facts: Mapping[str, Any]) -> None:
    """Note what the card of a dataset version says."""
    session.execute(
        "INSERT OR REPLACE INTO core.dataset_facts VALUES ($version, $facts)",
        {"version": version, "facts": canonical_json(dict(facts))},
    )
