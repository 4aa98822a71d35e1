"""The versions of a dataset, and the manifest of one: what it holds and what it was made of."""

import json
from collections.abc import Mapping
from datetime import datetime
from itertools import pairwise
from typing import Any, Final

from tasks.builds import basis_in
from tasks.domain.errors import UsageError
from tasks.runs import find_version
from tasks.warehouse import Row, Session, Warehouse

_JOBS: Final = "upwork"
_CHANGES: Final = ("added", "removed", "changed", "repriced")


def list_versions(warehouse: Warehouse, dataset: str) -> dict[str, Any]:
    """All versions of a dataset, the newest build first.

    `changes` counts the tasks that were added, removed and changed since the version before it,
    and how many of the changed pay another price; None for the oldest. Raises UsageError for a
    name of which nothing was built.
    """
    if "@" in dataset:
        raise UsageError(
            f"{dataset!r} names one version; say {dataset.partition('@')[0]} for all of them, or "
            "add --manifest"
        )
    with warehouse.read("core") as session:
        find_version(session, dataset)
        rows = session.query("dataset_versions", dataset=dataset)
        changes = {
            row.pop("dataset_version"): row
            for row in session.query("version_changes", dataset=dataset)
        }
    listed = [_version(row) for row in rows]
    for newer, older in pairwise(listed):
        found = changes.get(newer["version"], dict.fromkeys(_CHANGES, 0))
        removed = older["instances"] - (newer["instances"] - found["added"])
        newer["changes"] = {name: (found | {"removed": removed})[name] for name in _CHANGES}
    return {"dataset": dataset, "versions": listed}


def _version(row: Row) -> dict[str, Any]:
    kept = ("candidates", "instances", "rejections", "price_cents", "price_rule", "code_version")
    return {
        "version": row["dataset_version"],
        "first_built_at": row["first_built_at"].isoformat(),
        "last_built_at": row["last_built_at"].isoformat(),
        **{name: row[name] for name in kept},
        "changes": None,
    }


def manifest(warehouse: Warehouse, reference: str) -> dict[str, Any]:
    """The manifest of `name`, `name@latest` or `name@digest-prefix`, as JSON can hold it.

    `prices` is variant → price rule → tasks with and without a price, and cents; `sources` says by
    which fetches the copies landed that the version's newest build read. `basis` is None where
    that build noted nothing; its documents are then those that had landed by its date.
    """
    with warehouse.read("core", "raw") as session:
        version = find_version(session, reference)
        rows = session.query("dataset_versions", dataset=version.dataset)
        row = next(r for r in rows if r["dataset_version"] == version.dataset_version)
        specification = json.loads(row["specification"])
        sources = _sources(session, specification, _end(session, row))
        prices = session.query("prices_by_variant", version=version.dataset_version)
        counts = session.query(
            "version_totals", version=version.dataset_version, rule=version.price_rule
        )
        reasons = session.query("rejections_by_reason", version=version.dataset_version)
    basis = basis_in(row)
    described = _version(row)
    del described["changes"]
    return {
        "dataset": version.dataset,
        **described,
        "by_variant": {one.pop("variant"): one for one in counts},
        "prices": _by_rule(prices),
        "rejections_by_reason": {one.pop("reason"): one for one in reasons},
        "sources": sources,
        "specification": specification,
        "basis": basis.model_dump(mode="json") if basis else None,
    }


def _end(session: Session, row: Row) -> int:
    if row["raw_end"] is not None:
        return int(row["raw_end"])
    found = session.query("raw_position_at", moment=row["last_built_at"])
    return int(found[0]["position"])


def _by_rule(rows: list[Row]) -> dict[str, dict[str, Row]]:
    found: dict[str, dict[str, Row]] = {}
    for row in rows:
        found.setdefault(row.pop("variant"), {})[row.pop("rule")] = row
    return found


def _sources(session: Session, specification: Mapping[str, Any], end: int) -> dict[str, Any]:
    """Source → the copies read, and the fetches that landed them."""
    sections: dict[str, Any] = {k: v for k, v in specification["sources"].items() if v is not None}
    repositories = list(sections.get("github", {}).get("repositories", ()))
    market = sections.get("kaggle", {}).get("dataset", "")
    if repositories:
        sections.setdefault(_JOBS, {})
    found = {}
    for source in sorted(sections):
        fetches = session.query(
            "fetches_used",
            source=source,
            end=end,
            repositories=repositories,
            market="/".join(market.split("/")[:2]),
            jobs=_jobs(session, repositories) if source == _JOBS else [],
        )
        if fetches or source != _JOBS:
            found[source] = {
                "documents": sum(one["documents"] for one in fetches),
                "fetches": [_plain(one) for one in fetches],
            }
    return found


def _jobs(session: Session, repositories: list[str]) -> list[str]:
    """Every name of a job that an issue of these repositories links."""
    rows = session.tuples(
        "SELECT DISTINCT unnest([job, ciphertext]) FROM core.staging.job_links "
        "WHERE list_contains($own, split_part(issue, '#', 1)) ORDER BY 1",
        {"own": repositories},
    )
    return [row[0] for row in rows if row[0] is not None]


def _plain(row: Row) -> Row:
    return {k: v.isoformat() if isinstance(v, datetime) else v for k, v in row.items()}
