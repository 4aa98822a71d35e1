"""Build: raw → staging → core, offline. The same documents give the same version."""

from collections import Counter
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from prefect import task
from prefect.cache_policies import NO_CACHE
from pydantic import BaseModel

from tasks import market as candidates_of
from tasks.domain.digests import canonical_json, digest
from tasks.domain.errors import UsageError
from tasks.domain.instances import TaskInstance
from tasks.domain.protocols import Market
from tasks.market import Candidates
from tasks.sources import source_named
from tasks.specs import DatasetSpec, canonical
from tasks.stages import check_warehouse, now, open_warehouse
from tasks.staging import replace_issues, replace_ledgers
from tasks.warehouse import Row, Session, Warehouse
from tasks.warehouse.documents import newest_documents


class VariantCount(BaseModel, frozen=True, extra="forbid"):
    instances: int
    price_cents: int


class OriginCount(BaseModel, frozen=True, extra="forbid"):
    """One file or repository: rows = instances + duplicates + rejections, dollars likewise."""

    rows: int
    instances: int
    duplicates: int
    rejections: int
    price_cents: int
    instance_cents: int


class BuildResult(BaseModel, frozen=True, extra="forbid"):
    """A built version. candidates = instances + rejections; prices are under the dataset's rule."""

    dataset: str
    version: str
    candidates: int
    instances: int
    rejections: int
    price_cents: int
    by_variant: dict[str, VariantCount]
    by_reason: dict[str, int]
    by_origin: dict[str, OriginCount]

    def as_json(self) -> dict[str, object]:
        return self.model_dump(mode="json", exclude={"by_origin"})


def code_version() -> str:
    try:
        return version("paydag")
    except PackageNotFoundError:
        return "unknown"


def version_digest(spec: DatasetSpec, instances: tuple[TaskInstance, ...]) -> str:
    """Names a set of instances under a specification."""
    return digest(
        {
            "specification": canonical(spec),
            "instances": sorted(i.instance_digest for i in instances),
        }
    )


def build_version(home: Path, spec: DatasetSpec, folder: Path | None = None) -> BuildResult:
    """Build the dataset from what has landed and store the version.

    `folder` is the dataset's own, with its overrides and hidden tests.
    """
    warehouse = open_warehouse(home)
    markets = _markets(warehouse, spec)
    found = _candidates(home, spec, markets, folder)
    result = _result(spec, found)
    with warehouse.write("core") as session:
        for market in markets.values():
            replace_issues(session, market.issues, market.pulls)
        issues = {issue.name for market in markets.values() for issue in market.issues}
        replace_ledgers(session, spec.name, issues, found.events, found.observations)
        _store(session, spec, found, result)
    check_warehouse(warehouse, ("core",))
    return result


def _markets(warehouse: Warehouse, spec: DatasetSpec) -> dict[str, Market]:
    """Source name → its documents, parsed and restricted to what the specification names."""
    markets = {}
    for name, section in spec.sections().items():
        documents = newest_documents(warehouse, name)
        if not documents:
            raise UsageError(
                f"nothing of {name} has landed; run `paydag refresh {spec.name}` first"
            )
        market = source_named(name).parse(documents)
        if section.get("repositories"):
            market = candidates_of.restrict(market, section["repositories"])
        markets[name] = market
    return markets


def _candidates(
    home: Path, spec: DatasetSpec, markets: dict[str, Market], folder: Path | None
) -> Candidates:
    parts = []
    for name, market in markets.items():
        if market.published:
            parts.append(candidates_of.from_published(spec, name, market))
        else:
            parts.append(candidates_of.from_issues(home, spec, name, market, folder))
    return candidates_of.join(parts)


def _result(spec: DatasetSpec, found: Candidates) -> BuildResult:
    prices = {i.instance_id: i.prices.get(spec.price_rule) or 0 for i in found.instances}
    by_variant = {
        variant: VariantCount(
            instances=sum(i.variant == variant for i in found.instances),
            price_cents=sum(prices[i.instance_id] for i in found.instances if i.variant == variant),
        )
        for variant in spec.variants
    }
    reasons = Counter(r.reason for r in found.rejections)
    return BuildResult(
        dataset=spec.name,
        version=version_digest(spec, found.instances),
        candidates=len(found.instances) + len(found.rejections),
        instances=len(found.instances),
        rejections=len(found.rejections),
        price_cents=sum(prices.values()),
        by_variant=by_variant,
        by_reason=dict(sorted(reasons.items())),
        by_origin=_by_origin(found, prices),
    )


def _by_origin(found: Candidates, prices: dict[str, int]) -> dict[str, OriginCount]:
    origins = sorted({*found.origins.values(), *(r.origin or "" for r in found.rejections)})
    counts = {}
    for origin in origins:
        own = [i for i, where in found.origins.items() if where == origin]
        refused = [r for r in found.rejections if (r.origin or "") == origin]
        duplicates = sum(r.reason == "duplicate_generation" for r in refused)
        instance_cents = sum(prices[i] for i in own)
        counts[origin] = OriginCount(
            rows=len(own) + len(refused),
            instances=len(own),
            duplicates=duplicates,
            rejections=len(refused) - duplicates,
            price_cents=instance_cents + sum(r.price_cents or 0 for r in refused),
            instance_cents=instance_cents,
        )
    return counts


def _store(session: Session, spec: DatasetSpec, found: Candidates, result: BuildResult) -> None:
    """Instances, the version and its rejections; a version that is there keeps its birthday."""
    session.insert(
        "core.task_instances", [_instance_row(i) for i in found.instances], on_conflict="keep"
    )
    moment = now()
    session.insert(
        "core.dataset_versions",
        [
            {
                "dataset_version": result.version,
                "dataset": spec.name,
                "specification": canonical_json(canonical(spec)),
                "price_rule": spec.price_rule,
                "candidates": result.candidates,
                "instances": result.instances,
                "rejections": result.rejections,
                "price_cents": result.price_cents,
                "code_version": code_version(),
                "first_built_at": moment,
                "last_built_at": moment,
            }
        ],
        on_conflict="keep",
    )
    # The same instances may come with other rejections: those are the newest build's.
    session.execute(
        "UPDATE core.dataset_versions SET last_built_at = $moment, candidates = $candidates, "
        "rejections = $rejections WHERE dataset_version = $version",
        {
            "moment": moment,
            "candidates": result.candidates,
            "rejections": result.rejections,
            "version": result.version,
        },
    )
    session.insert(
        "core.version_instances",
        [
            {
                "dataset_version": result.version,
                "instance_id": i.instance_id,
                "instance_digest": i.instance_digest,
            }
            for i in found.instances
        ],
        on_conflict="keep",
    )
    session.execute(
        "DELETE FROM core.rejections WHERE dataset_version = $version", {"version": result.version}
    )
    session.insert(
        "core.rejections",
        [{"dataset_version": result.version, **r.model_dump()} for r in found.rejections],
    )


def _instance_row(instance: TaskInstance) -> Row:
    return {
        "instance_digest": instance.instance_digest,
        "instance_id": instance.instance_id,
        "variant": instance.variant,
        "repository": instance.repository,
        "issue": instance.issue,
        "title": instance.title,
        "base": instance.base,
        "as_of": instance.as_of,
        "prices": instance.prices,
        "trusted": instance.environment.trusted,
        "body": canonical_json(instance.model_dump(mode="json", exclude_defaults=True)),
    }


@task(name="build", task_run_name="build {name}", cache_policy=NO_CACHE)
def build_task(
    home: str,
    name: str,  # noqa: ARG001
    spec: DatasetSpec,
    folder: str,
) -> BuildResult:
    """Build one dataset as one task run."""
    return build_version(Path(home), spec, Path(folder))
