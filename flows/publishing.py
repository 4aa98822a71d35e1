"""What flows leave beside their results for people and for automations: artifacts and events."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from prefect.artifacts import acreate_link_artifact, acreate_table_artifact
from prefect.events import emit_event

from flows.comparisons import headline
from tasks.build import BuildResult
from tasks.domain.digests import short
from tasks.domain.money import show_cents
from tasks.domain.rollouts import Run
from tasks.domain.version_diffs import VersionDiff
from tasks.queries import RunSummary
from tasks.report import page_address

LANDED: Final = "paydag.documents.landed"
CHANGED: Final = "paydag.dataset.changed"


async def publish_result(summary: RunSummary) -> None:
    """A run's counts and dollars by variant, as a table artifact `result-<run>`."""
    rows = [
        {"variant": name, **_in_dollars(counts.model_dump())}
        for name, counts in [*summary.by_variant.items(), ("in all", summary.total)]
    ]
    await acreate_table_artifact(
        rows,
        key=f"result-{short(summary.run.run_id)}",
        description=f"{summary.run.solver} on {summary.run.dataset}, {summary.price_rule} prices",
    )


def _in_dollars(counts: Mapping[str, Any]) -> dict[str, Any]:
    """`earned_cents: 25050` → `earned: $250.50`; counts as they are."""
    return {
        name.removesuffix("_cents"): show_cents(value) if name.endswith("_cents") else value
        for name, value in counts.items()
    }


async def publish_report(home: Path, run: Run, price_rule: str, terms: str) -> None:
    """A link to the run's page, as the artifact `report-<run>`."""
    await acreate_link_artifact(
        link=page_address(home, run, price_rule, terms),
        link_text=f"{run.solver} on {run.dataset}@{short(run.dataset_version)}",
        key=f"report-{short(run.run_id)}",
        description=f"Report of run {short(run.run_id)}, {price_rule} prices",
    )


def tell_landed(home: Path, name: str, landed: Mapping[str, int], *, dataset: bool = True) -> None:
    """The event `documents landed`, of a dataset (or of a source that needs none), where any did.

    `landed` counts new documents by source.
    """
    if not any(landed.values()):
        return
    what = "dataset" if dataset else "source"
    payload = {what: name, "home": str(home), "landed": sum(landed.values()), "by": dict(landed)}
    emit_event(LANDED, resource=_resource(what, name), payload=payload)


def tell_changed(home: Path, result: BuildResult, diff: VersionDiff | None) -> None:
    """The event `dataset changed`, with the diff's summary; nothing where a build changed nothing.

    Without a diff the version is the dataset's first.
    """
    if diff is not None and diff.is_empty:
        return
    payload: dict[str, Any] = {
        "dataset": result.dataset,
        "version": result.version,
        "reference": f"{result.dataset}@{short(result.version)}",
        "home": str(home),
        "instances": result.instances,
        "price": show_cents(result.price_cents),
    }
    if diff is None:
        summary = f"the first version: {result.instances} instances, {payload['price']}"
        payload |= {"before": None, "summary": summary, "changes": {}}
    else:
        payload |= {
            "before": diff.before.version,
            "summary": headline(diff),
            "changes": diff.counts(),
        }
    emit_event(CHANGED, resource=_resource("dataset", result.dataset), payload=payload)


def _resource(what: str, name: str) -> dict[str, str]:
    return {"prefect.resource.id": f"paydag.{what}.{name}", "prefect.resource.name": name}
