"""The build flow: raw → staging → core, a dataset version."""

from prefect import flow, get_run_logger
from prefect.artifacts import acreate_table_artifact

from tasks.build import BuildResult, build_task
from tasks.domain.digests import short
from tasks.domain.money import show_cents
from tasks.settings import dataset_folders, flow_home
from tasks.specs import limited, load_spec


@flow(name="build", flow_run_name="build {dataset}")
async def build(
    dataset: str, home: str | None = None, limit: int | None = None, *, dry_run: bool = False
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
    return result
