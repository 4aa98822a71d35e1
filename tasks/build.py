"""Build: raw → staging → core, offline. The same documents give the same version."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from prefect import task
from prefect.cache_policies import NO_CACHE

from tasks.builds import basis_of, newest_version, note_build
from tasks.changes import BATCH, Plan, follow
from tasks.domain.authored import AUTHORED
from tasks.domain.errors import UsageError, unknown
from tasks.domain.exchange import Rates
from tasks.domain.instances import instance_id
from tasks.domain.overrides import Override
from tasks.inputs import inputs_of
from tasks.jobs import follow_jobs
from tasks.judging import Judging
from tasks.matches import follow_matches
from tasks.one_builder import building
from tasks.overlays import FOLDER, Overlays
from tasks.postings import follow_postings, store_facts
from tasks.published import follow_published
from tasks.selection import Place, cutoff_of, select
from tasks.settings import dataset_folders
from tasks.specs import OVERRIDES, DatasetSpec, bases_of, line_of_override, load_overrides
from tasks.specs.rates import RATES, load_rates
from tasks.stages import check_warehouse, now, open_warehouse
from tasks.versions import (
    BuildResult,
    code_version,
    counted,
    make_fates,
    store_version,
    version_digest,
)
from tasks.warehouse import Warehouse
from tasks.warehouse.snapshot import end_of_raw

__all__ = ["BuildResult", "build_task", "build_version", "code_version", "version_digest"]

_ISSUES: Final = "github"
_POSTINGS: Final = "kaggle"
_JOBS: Final = "upwork"
# The variant that hidden tests are for.
_TESTED: Final = "ic_swe"
# DuckDB keeps what it may of a file that is open; storing batches needs little of it.
_MEMORY: Final = "1500MB"
_WORKERS: Final = 2


def build_version(
    home: Path,
    spec: DatasetSpec,
    folder: Path | None = None,
    *,
    workers: int = _WORKERS,
    batch: int = BATCH,
    dry_run: bool = False,
) -> BuildResult:
    """Bring everything abreast of what has landed, and store the dataset's version.

    `folder` is the dataset's, for its overrides and hidden tests, beside those of the datasets
    that it extends. With `dry_run`, no version is stored. So many `workers` read so many
    issues a `batch` where there is much to read; the result is the same whatever they are. A
    build that was interrupted goes on where it stopped. Two builds in one home take turns.
    """
    warehouse = open_warehouse(home)
    _check_landed(warehouse, spec)
    with building(home):
        return _built(warehouse, home, spec, folder, (workers, batch), dry_run=dry_run)


def _built(
    warehouse: Warehouse,
    home: Path,
    spec: DatasetSpec,
    folder: Path | None,
    pace: tuple[int, int],
    *,
    dry_run: bool,
) -> BuildResult:
    roots = dataset_folders()
    folders = bases_of(folder, roots) if folder is not None else ()
    repositories = spec.sources.github.repositories if spec.sources.github is not None else ()
    overrides = _overrides(warehouse, folders, repositories)
    place = Place(home, folder, roots)
    cutoff_of(spec, place)  # an unknown model is told before anything is read
    if folders:
        _check_overlays(warehouse, folders[0], repositories)
    inputs = inputs_of(home, spec, repositories, overrides, Overlays(*folders))
    judging = Judging(spec=spec, folders=folders, overrides=overrides, inputs=inputs)
    rates = _rates(folders) if _POSTINGS in spec.sections() else None
    with warehouse.read("raw") as session:
        basis = basis_of(session, judging, rates)
    facts = None
    with _little_memory(warehouse):
        for source in spec.sections():
            if source == _ISSUES:
                follow(Plan(warehouse, source, repositories, judging, *pace))
            elif source == _POSTINGS and rates is not None:
                facts = follow_postings(warehouse, source, judging, rates)
            elif source != _JOBS:
                follow_published(warehouse, source, judging)
        follow_jobs(warehouse)
        with warehouse.write("core", also_read=("raw",)) as session:
            previous, moment = newest_version(session, spec.name), now()
            make_fates(session, spec, repositories)
            select(session, spec, place)
            result = counted(session, spec) if dry_run else store_version(session, spec, moment)
            if not dry_run:
                basis = basis.model_copy(update={"raw_end": end_of_raw(session)})
                note_build(
                    session, basis, result.version, spec.name, previous, code_version(), moment
                )
            if facts is not None:  # known only to the build that judges, be it a dry one
                store_facts(session, result.version, facts)
        if not dry_run:
            follow_matches(warehouse)
        check_warehouse(warehouse, ("core",))
    return result


def _rates(folders: Sequence[Path]) -> Rates:
    """The exchange rates of the dataset in these folders, or the bundled ones."""
    roots = dataset_folders()
    own = [folder for folder in folders if (folder / RATES).is_file()]
    return load_rates((*own, *folders, *roots)[0], roots)


def _overrides(
    warehouse: Warehouse, folders: Sequence[Path], repositories: Sequence[str]
) -> dict[str, tuple[Override, ...]]:
    """issue → its corrections: the dataset's own, or else those of what it extends. Only its own
    have to be of issues that it has."""
    found: dict[str, tuple[Override, ...]] = {}
    for folder in reversed(folders):
        found |= load_overrides(folder)
    if folders and (own := load_overrides(folders[0])):
        _check_overrides(warehouse, folders[0], list(own), repositories)
    return {issue: e for issue, e in found.items() if issue.partition("#")[0] in repositories}


def _check_landed(warehouse: Warehouse, spec: DatasetSpec) -> None:
    with warehouse.read("raw") as session:
        sections = list(spec.sections())
        for source in sections:
            if source == _JOBS and len(sections) > 1:
                continue  # evidence beside the others': there need be none
            if not session.query("any_document", source=source):
                raise UsageError(
                    f"nothing of {source} has landed; run `paydag refresh {spec.name}` first"
                )
        if spec.freelance_code.authored and not session.query("any_document", source=AUTHORED):
            raise UsageError(
                f"the tasks of {spec.name} are written by a model, and none has landed; run "
                f"`paydag refresh {spec.name} --author {_author(spec)}` first"
            )


def _author(spec: DatasetSpec) -> str:
    named = spec.freelance_code.authored
    return named if isinstance(named, str) else "PROVIDER:NAME"


def _check_overrides(
    warehouse: Warehouse, folder: Path, corrected: Sequence[str], repositories: Sequence[str]
) -> None:
    """A correction of an issue that is not there corrects nothing, and its author must know."""
    known = _landed(warehouse, repositories)
    for issue in corrected:
        if issue in known:
            continue
        repository = issue.partition("#")[0]
        if repository in repositories:
            own = sorted((n for n in known if n.startswith(f"{repository}#")), key=_by_number)
            error = unknown("issue", issue, own)
        else:
            error = unknown("repository", repository, sorted(repositories))
        line = line_of_override(folder, issue)
        raise UsageError(f"{folder / OVERRIDES}:{line}: issue: {error}")


def _check_overlays(warehouse: Warehouse, folder: Path, repositories: Sequence[str]) -> None:
    """Hidden tests of an issue that is not there test nothing, and their author must know."""
    names = Overlays(folder).names()
    if not names:
        return
    known = [i.partition("#") for i in sorted(_landed(warehouse, repositories), key=_by_number)]
    instances = [instance_id(repository, key, _TESTED) for repository, _, key in known]
    for name in names:
        if name not in instances:
            error = unknown("instance", name, instances)
            raise UsageError(f"{folder / FOLDER / name}: {error}")


def _landed(warehouse: Warehouse, repositories: Sequence[str]) -> set[str]:
    """The issues of these repositories."""
    with warehouse.read("raw") as session:
        landed = [str(row["issue"]) for row in session.query("landed_issues", source=_ISSUES)]
    return {name for name in landed if name.partition("#")[0] in repositories}


def _by_number(issue: str) -> int:
    return int(issue.rpartition("#")[2])


@contextmanager
def _little_memory(warehouse: Warehouse) -> Iterator[None]:
    warehouse.limit_memory(_MEMORY)
    try:
        yield
    finally:
        warehouse.limit_memory(None)


@task(name="build", task_run_name="build {name}", cache_policy=NO_CACHE)
def build_task(
    home: str,
    name: str,  # noqa: ARG001 - names the task run
    spec: DatasetSpec,
    folder: str | None = None,
    dry_run: bool = False,
) -> BuildResult:
    """Build one dataset as one task run."""
    place = Path(folder) if folder is not None else None
    return build_version(Path(home), spec, place, dry_run=dry_run)
