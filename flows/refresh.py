"""The scrape flow: documents of the named datasets' sources, landed in raw."""

from collections import Counter, defaultdict
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Annotated

from prefect import get_run_logger
from prefect.artifacts import acreate_table_artifact
from pydantic import Field

from flows.declaring import checked_flow
from flows.naming import given, marked, named
from flows.publishing import tell_landed
from tasks import progress
from tasks.archive import archive_folder, export_archive
from tasks.asking import collect_request
from tasks.collecting import collect
from tasks.domain.collecting import CollectRequest
from tasks.domain.errors import PaydagError
from tasks.fanout import run_once
from tasks.landings import (
    Landing,
    collects,
    downloaded,
    downloads,
    left_out,
    plan_landings,
)
from tasks.mirroring import mirrored_repositories
from tasks.repos import stoppable
from tasks.scrape import (
    ScrapeResult,
    fetch_mirror_of,
    mirror_from_stream,
    scrape_source,
)
from tasks.settings import dataset_folders, flow_home
from tasks.specs import DatasetSpec, found_in, load_spec


@checked_flow("refresh", named("refresh", given("datasets"), marked("full")))
async def refresh(
    datasets: list[str],
    from_paths: list[str] | None = None,
    home: str | None = None,
    since: datetime | None = None,
    until: datetime | None = None,
    limit: Annotated[int | None, Field(gt=0)] = None,
    issues: list[str] | None = None,
    full: bool = False,
    wait: bool = True,
    archive: str | None = None,
) -> list[ScrapeResult]:
    """Land what the sources of these datasets hold.

    Args:
        datasets: names of specifications (folders of datasets/).
        from_paths: `PATH` or `SOURCE=PATH`, to land files instead of collecting.
        home: absolute path of the warehouse's home; PAYDAG_HOME where left out.
        since: only what changed from this time on; UTC where it names no zone.
        until: only what changed up to this time.
        limit: stop after so many issues.
        issues: only these issues, `N` or `owner/name#N`.
        full: collect everything again, not only what changed.
        wait: wait where the rate limit is exhausted; false stops there.
        archive: absolute path of a folder that also gets the landed documents, for `from_paths`.
    """
    where = flow_home(home)
    request = collect_request(
        since=since, until=until, limit=limit, issues=issues, full=full, wait=wait
    )
    specs = [load_spec(name, dataset_folders()) for name in datasets]
    plan = plan_landings(specs, from_paths or [], request)
    folder = archive_folder(archive, [spec for spec, _ in specs]) if archive else None
    results: list[ScrapeResult] = []
    try:
        for landing in plan:
            results.append(await _land(where, landing, request))
        for spec, place in specs:
            _mirrors(where, spec, place)
        await _fetch_mirrors(where, _collected(specs, plan))
    except BaseException:
        # What came before a fault or an interrupt is in the warehouse, so it is shared as well.
        if folder is not None:
            _save_what_landed(where, specs, folder)
        raise
    if folder is not None:
        results = [_archived(where, result, plan[i], folder) for i, result in enumerate(results)]
    await _publish(results)
    _tell_landed(where, plan, results)
    return results


@checked_flow("import", named("import", given("source"), given("path")))
async def import_files(source: str, path: str, home: str | None = None) -> list[ScrapeResult]:
    """Land published files of a source that need no specification.

    Args:
        source: the source's name, such as swelancer.
        path: the folder, zip or file that holds them.
        home: absolute path of the warehouse's home; PAYDAG_HOME where left out.
    """
    where = flow_home(home)
    result = scrape_source(str(where), None, source, path, {})
    await _publish([result])
    tell_landed(where, source, {source: result.landed}, dataset=False)
    return [result]


def _tell_landed(home: Path, plan: Sequence[Landing], results: Sequence[ScrapeResult]) -> None:
    """An event for every dataset that has new documents; by source."""
    by_dataset: dict[str, Counter[str]] = defaultdict(Counter)
    for landing, result in zip(plan, results, strict=True):
        by_dataset[landing.dataset][landing.source] += result.landed
    for dataset, landed in by_dataset.items():
        tell_landed(home, dataset, landed)


async def _land(home: Path, landing: Landing, request: CollectRequest) -> ScrapeResult:
    dataset, source, path, options = landing
    if path is None and collects(source):
        why = left_out(source)
        if why is not None:
            return ScrapeResult(source=source, read=0, landed=0, unchanged=0, note=why)
        return await collect(home, dataset, source, options, request)
    if path is None and downloads(source):
        return await _land_download(home, landing)
    return scrape_source(str(home), dataset, source, str(path) if path else None, options)


async def _land_download(home: Path, landing: Landing) -> ScrapeResult:
    progress.report(f"refresh {landing.dataset}", 0, None, "asking for the newest version")
    found = await downloaded(landing, home)
    get_run_logger().info(
        "%s: version %d %s", landing.source, found.version, "is new" if found.fresh else "was there"
    )
    result = scrape_source(
        str(home), landing.dataset, landing.source, str(found.path), landing.options
    )
    return result.model_copy(update={"calls": found.calls})


def _archived(home: Path, result: ScrapeResult, landing: Landing, folder: Path) -> ScrapeResult:
    """Save what the archive lacks of the dataset's repositories, and say where."""
    if landing.source != "github":
        return result
    file = export_archive(home, landing.dataset, landing.options["repositories"], folder)
    return result.model_copy(update={"archive": str(file) if file else None})


def _save_what_landed(home: Path, specs: Sequence[tuple[DatasetSpec, Path]], folder: Path) -> None:
    """The same where the refresh has failed: that failure is the one to be told."""
    for spec, _ in specs:
        github = spec.sources.github
        try:
            if github is not None:
                export_archive(home, spec.name, github.repositories, folder)
        except Exception as error:  # noqa: BLE001 - must not hide what ended the refresh
            get_run_logger().warning("the archive of %s was not written: %s", spec.name, error)


def _mirrors(home: Path, spec: DatasetSpec, folder: Path) -> None:
    if spec.sources.github is not None:
        for repository, stream in spec.sources.github.mirrors.items():
            file = found_in(folder, dataset_folders(), stream)
            mirror_from_stream(str(home), repository, str(file))


def _collected(
    specs: Sequence[tuple[DatasetSpec, Path]], plan: Sequence[Landing]
) -> list[DatasetSpec]:
    """The datasets whose repositories were collected; what came from files stays offline."""
    names = {one.dataset for one in plan if one.source == "github" and one.path is None}
    return [spec for spec, _ in specs if spec.name in names]


async def _fetch_mirrors(home: Path, specs: Sequence[DatasetSpec]) -> None:
    """Fetch every mirror; one that cannot be fetched leaves the others theirs, and is told last."""
    failures = []
    for repository in dict.fromkeys(name for s in specs for name in mirrored_repositories(s)):
        try:
            with stoppable():
                found = await run_once(fetch_mirror_of, home=str(home), repository=repository)
        except PaydagError as failure:
            failures.append(failure)
            continue
        logger = get_run_logger()
        logger.info("mirror %s: %d fixes, %d new", repository, found.fixes, found.fetched)
        if found.missing:
            logger.warning(
                "%s no longer has %d of the commits that fixed its issues, %s among them",
                repository,
                len(found.missing),
                found.missing[0],
            )
    if failures:
        raise failures[0]


async def _publish(results: list[ScrapeResult]) -> None:
    logger = get_run_logger()
    for result in results:
        logger.info(
            "%s: %d read, %d landed, %d unchanged, %d malformed, %d calls, %d points",
            result.source,
            result.read,
            result.landed,
            result.unchanged,
            len(result.malformed),
            result.calls,
            result.points,
        )
        if result.note:
            logger.warning("%s: %s", result.source, result.note)
    rows = [r.model_dump(exclude={"malformed"}) | {"malformed": len(r.malformed)} for r in results]
    await acreate_table_artifact(rows, key="landed", description="Documents by source")
