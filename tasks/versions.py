"""A dataset version: the outcomes of the newest build, counted, named and listed by SQL."""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from importlib.metadata import PackageNotFoundError, version

from pydantic import BaseModel

from tasks.domain.digests import canonical_json, digest
from tasks.funnels import Funnel, funnel_of_fates
from tasks.specs import DatasetSpec, canonical
from tasks.warehouse import Row, Session


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
    funnel: Funnel
    stored: bool = True

    def as_json(self) -> dict[str, object]:
        return self.model_dump(mode="json", exclude={"by_origin"})


def code_version() -> str:
    try:
        return version("paydag")
    except PackageNotFoundError:
        return "unknown"


def version_digest(spec: DatasetSpec, instance_digests: Sequence[str]) -> str:
    """Names a set of instances under a specification."""
    return digest({"specification": canonical(spec), "instances": sorted(instance_digests)})


def make_fates(session: Session, spec: DatasetSpec, repositories: Sequence[str]) -> None:
    """What became of the dataset's candidates, before it takes its choice of them."""
    session.run(
        "make_fates",
        dataset=spec.name,
        sources=sorted(spec.sections()),
        repositories=list(repositories),
        price_rule=spec.price_rule,
    )


def counted(session: Session, spec: DatasetSpec) -> BuildResult:
    """What the fates come to; they are gone after it, and nothing is stored."""
    result = _result(session, spec).model_copy(update={"stored": False})
    session.execute("DROP TABLE fates")
    return result


def store_version(session: Session, spec: DatasetSpec, moment: datetime) -> BuildResult:
    """List what the fates come to. A version that is there keeps its birthday."""
    session.run("make_findings")
    result = _result(session, spec)
    if session.tuples(
        "SELECT 1 FROM core.dataset_versions WHERE dataset_version = $v", {"v": result.version}
    ):
        session.execute(
            # The same instances may come with other rejections: those are the newest build's.
            "UPDATE core.dataset_versions SET last_built_at = $moment, "
            "candidates = $candidates, rejections = $rejections WHERE dataset_version = $version",
            {
                "moment": moment,
                "candidates": result.candidates,
                "rejections": result.rejections,
                "version": result.version,
            },
        )
    else:
        session.insert("core.dataset_versions", [_version_row(spec, result, moment)])
        session.execute(
            "INSERT INTO core.version_instances "
            "SELECT $version, instance_id, instance_digest FROM fates "
            "WHERE instance_digest IS NOT NULL",
            {"version": result.version},
        )
    _list_again(session, "rejections", result.version)
    _list_again(session, "findings", result.version)
    session.execute("DROP TABLE fates")
    session.execute("DROP TABLE findings")
    return result


def _list_again(session: Session, what: str, dataset_version: str) -> None:
    """Replace a version's rejections or findings where they are others now."""
    if session.query(f"changed_{what}", version=dataset_version):
        table = {"rejections": "rejections", "findings": "lint_findings"}[what]
        session.execute(
            f"DELETE FROM core.{table} WHERE dataset_version = $version",  # noqa: S608
            {"version": dataset_version},
        )
        session.run(f"insert_{what}", version=dataset_version)


def _version_row(spec: DatasetSpec, result: BuildResult, moment: datetime) -> Row:
    return {
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


def _result(session: Session, spec: DatasetSpec) -> BuildResult:
    rows = session.query("fates_by_origin")
    digests = session.tuples("SELECT instance_digest FROM fates WHERE instance_digest IS NOT NULL")
    reasons: Counter[str] = Counter()
    for row in rows:
        if row["reason"] is not None:
            reasons[row["reason"]] += row["candidates"]
    own = [row for row in rows if row["reason"] is None]
    return BuildResult(
        dataset=spec.name,
        version=version_digest(spec, [row[0] for row in digests]),
        candidates=sum(row["candidates"] for row in rows),
        instances=len(digests),
        rejections=reasons.total(),
        price_cents=sum(row["price_cents"] for row in own),
        by_variant={variant: _of_variant(own, variant) for variant in spec.variants},
        by_reason=dict(sorted(reasons.items())),
        by_origin={
            origin: _of_origin([row for row in rows if row["origin"] == origin])
            for origin in sorted({row["origin"] for row in rows})
        },
        funnel=funnel_of_fates(session),
    )


def _of_variant(own: Sequence[Row], variant: str) -> VariantCount:
    rows = [row for row in own if row["variant"] == variant]
    return VariantCount(instances=_sum(rows, "candidates"), price_cents=_sum(rows, "price_cents"))


def _of_origin(rows: Sequence[Row]) -> OriginCount:
    own = [row for row in rows if row["reason"] is None]
    duplicates = [row for row in rows if row["reason"] == "duplicate_generation"]
    instances, repeated = _sum(own, "candidates"), _sum(duplicates, "candidates")
    return OriginCount(
        rows=_sum(rows, "candidates"),
        instances=instances,
        duplicates=repeated,
        rejections=_sum(rows, "candidates") - instances - repeated,
        price_cents=_sum(rows, "price_cents"),
        instance_cents=_sum(own, "price_cents"),
    )


def _sum(rows: Sequence[Row], key: str) -> int:
    return sum(row[key] for row in rows)
