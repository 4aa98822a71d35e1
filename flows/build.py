"""The build flow: raw → staging → core, a dataset version."""

from pathlib import Path
from typing import Final

from prefect import get_run_logger
from prefect.artifacts import acreate_markdown_artifact, acreate_table_artifact

from flows.comparisons import artifact_key, as_markdown, headline
from flows.declaring import checked_flow
from flows.naming import given, marked, named
from flows.parameters import AtLeastOne
from flows.publishing import tell_changed
from tasks.build import BuildResult, build_task
from tasks.diffs import diff_last_build
from tasks.domain.digests import short
from tasks.domain.money import show_cents
from tasks.settings import dataset_folders, flow_home
from tasks.specs import limited, load_spec
from tasks.stages import open_warehouse

# A build does not wait for more causes than a person reads.
_MOST_EXPLAINED: Final = 100


@checked_flow("build", named("build", given("dataset"), marked("dry_run")))
async def build(
    dataset: str,
    home: str | None = None,
    limit: AtLeastOne | None = None,
    *,
    dry_run: bool = False,
) -> BuildResult:
    """Build a dataset version from what has landed.

    Args:
        dataset: name of the specification (folder of datasets/).
        home: absolute path of the warehouse's home; PAYDAG_HOME where left out.
        limit: at most so many postings become tasks; the specification's own where left out.
        dry_run: read and judge what has landed, and store no version.
    """
    where = flow_home(home)
    spec, folder = load_spec(dataset, dataset_folders())
    if limit is not None:
        spec = limited(spec, limit)
    result = build_task(str(where), spec.name, spec, str(folder), dry_run)
    get_run_logger().info(
        "%s@%s: %d candidates = %d instances + %d rejections, %s",
        result.dataset,
        short(result.version),
        result.candidates,
        result.instances,
        result.rejections,
        show_cents(result.price_cents),
    )
    if dry_run:
        return result
    await acreate_table_artifact(
        [
            {"variant": name, "instances": count.instances, "price": show_cents(count.price_cents)}
            for name, count in result.by_variant.items()
        ],
        key="dataset-version",
        description=f"{result.dataset}@{short(result.version)}",
    )
    await _tell_changes(where, result)
    return result


async def _tell_changes(home: Path, result: BuildResult) -> None:
    """The diff against the version before, as an artifact and an event. The version is stored
    whatever comes of it, so that what goes wrong here is told and no reason to fail."""
    dataset = result.dataset
    try:
        diff = diff_last_build(open_warehouse(home), dataset, most=_MOST_EXPLAINED)
    except Exception as error:  # noqa: BLE001 - of whatever kind
        get_run_logger().warning("the diff of %s could not be made: %s", dataset, error)
        return
    tell_changed(home, result, diff)
    if diff is None:
        return
    get_run_logger().info(headline(diff))
    await acreate_markdown_artifact(
        as_markdown(diff), key=artifact_key(dataset), description=f"What changed in {dataset}"
    )
