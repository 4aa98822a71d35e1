"""What a refresh lands: which source of which dataset, from files or collected.

No Prefect here: whatever the user got wrong is told before a server is started for it.
"""

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any, NamedTuple, cast

from tasks.asking import refuse_files
from tasks.domain.collecting import Collector, CollectRequest, Downloaded, Downloader
from tasks.domain.errors import UsageError
from tasks.settings import access_to, dataset_folders, kaggle_access
from tasks.sources import source_named
from tasks.sources.cells import storable
from tasks.specs import DatasetSpec, found_in


class Landing(NamedTuple):
    """One source of one dataset, and the files it is landed from; None: it is collected."""

    dataset: str
    source: str
    path: Path | None
    options: dict[str, Any]


def _bundled(spec: DatasetSpec, folder: Path, source: str) -> Path | None:
    github = spec.sources.github
    if source == "github" and github is not None and github.archive:
        return found_in(folder, dataset_folders(), github.archive)
    return None


def plan_landings(
    specs: Sequence[tuple[DatasetSpec, Path]], from_paths: Sequence[str], request: CollectRequest
) -> list[Landing]:
    """Everything that is to be landed. Whatever the user got wrong is found before any of it is.

    Where `from_paths` names files, nothing is collected besides.
    """
    plan = []
    for spec, folder in specs:
        given = paths_for(spec, from_paths)
        for source, options in spec.sections().items():
            path = given.get(source) or _bundled(spec, folder, source)
            if path is None and source == "swelancer":
                raise UsageError(
                    f"{spec.name} is made from published files: name them with "
                    f"`paydag refresh {spec.name} --from swelancer=PATH`"
                )
            if path is None and from_paths and collects(source):
                continue
            plan.append(Landing(spec.name, source, path, options | _beside(spec, source)))
    if not any(landing.path is None and collects(landing.source) for landing in plan):
        whole = any(landing.path is None for landing in plan)
        how = "is downloaded whole" if whole else "is landed from files"
        refuse_files(request, f"{', '.join(spec.name for spec, _ in specs)} {how}")
    return plan


def _beside(spec: DatasetSpec, source: str) -> dict[str, Any]:
    """What else a source has to know: jobs are linked by issues of the dataset's repositories."""
    github = spec.sources.github
    if source != "upwork":
        return {}
    return {"dataset": spec.name, "repositories": list(github.repositories) if github else []}


def check_access(plan: Sequence[Landing]) -> None:
    """Raise UsageError where something is to be collected or downloaded that the environment
    does not open."""
    for landing in plan:
        if landing.path is not None:
            continue
        if downloads(landing.source):
            cast("Downloader", source_named(landing.source)).check_download(kaggle_access())
        elif collects(landing.source) and left_out(landing.source) is None:
            collector = cast("Collector", source_named(landing.source))
            collector.check_access(access_to(landing.source))


def left_out(source: str) -> str | None:
    """Why a refresh goes on without a source; None where it is collected."""
    return cast("Collector", source_named(source)).left_out(access_to(source))


def collects(source: str) -> bool:
    """Whether a source can be collected over the network."""
    return hasattr(source_named(source), "open")


def downloads(source: str) -> bool:
    """Whether the files of a source can be downloaded."""
    return hasattr(source_named(source), "download")


async def downloaded(landing: Landing, home: Path) -> Downloaded:
    """The files of a landing that names none, in the home's cache. Raises as `Downloader` says."""
    source = cast("Downloader", source_named(landing.source))
    return await source.download(landing.options, kaggle_access(), home / "cache" / landing.source)


def split_from(value: str, names: Iterable[str]) -> tuple[str | None, Path]:
    """`SOURCE=PATH` or `PATH` → (source or None, path). Raises UsageError for a strange source."""
    if storable(value) != value:
        # Prefect and the log take parameters as UTF-8, whatever the file system takes.
        raise UsageError(f"--from {storable(value)}: its name is no text in UTF-8; rename it")
    source, equals, rest = value.partition("=")
    if not equals or "/" in source or Path(value).exists():
        return None, Path(value)
    known = sorted(names)
    if source not in known:
        raise UsageError(f"--from {value}: unknown source {source!r}; known: {', '.join(known)}")
    return source, Path(rest)


def paths_for(spec: DatasetSpec, given: Iterable[str]) -> dict[str, Path]:
    """Which path each source of the dataset is landed from, as `--from` says."""
    names = list(spec.sections())
    found: dict[str, Path] = {}
    for value in given:
        source, path = split_from(value, names)
        if source is None and len(names) > 1 and not _is_main(names):
            raise UsageError(f"--from {value}: {spec.name} has several sources; say SOURCE=PATH")
        found[source or names[0]] = path.expanduser().absolute()
    return found


def _is_main(names: Sequence[str]) -> bool:
    """Whether all but the first source only add evidence to it: a bare path is then the first's."""
    return list(names[1:]) == ["upwork"]
