"""Scrape: documents of a source, landed in raw as they are."""

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from prefect import task
from prefect.cache_policies import NO_CACHE
from pydantic import BaseModel, Field

from tasks import progress
from tasks.domain.documents import Document
from tasks.mirroring import refresh_mirror
from tasks.repos import Fetched, import_stream
from tasks.settings import github_access
from tasks.sources import source_named
from tasks.stages import now, open_warehouse
from tasks.warehouse.documents import land


class MalformedRow(BaseModel, frozen=True, extra="forbid"):
    file: str
    row: int | None
    reason: str


class ScrapeResult(BaseModel, frozen=True, extra="forbid"):
    """read = landed + unchanged; malformed rows land as they are and count in both.

    What follows is filled where a source was collected over the network: requests sent, points
    charged, whether everything that was asked for came (`note` says in one sentence why not), and
    documents found deleted or moved away. `archive` is the file that this refresh added to an
    archive.
    """

    source: str
    read: int
    landed: int
    unchanged: int
    malformed: list[MalformedRow] = Field(default_factory=list)
    calls: int = 0
    points: int = 0
    complete: bool = True
    note: str | None = None
    gone: int = 0
    archive: str | None = None


@task(name="scrape", task_run_name="scrape {source}", cache_policy=NO_CACHE)
def scrape_source(
    home: str, dataset: str | None, source: str, path: str | None, options: dict[str, Any]
) -> ScrapeResult:
    """Fetch the documents of a source (from `path`, or as `options` says) and land them."""
    return land_source(
        Path(home), dataset, source, Path(path) if path is not None else None, options
    )


def land_source(
    home: Path, dataset: str | None, source: str, path: Path | None, options: Mapping[str, Any]
) -> ScrapeResult:
    """The same without Prefect."""
    warehouse = open_warehouse(home)
    started = now()
    malformed: list[MalformedRow] = []
    documents = source_named(source).fetch(path, options, started)
    landed = land(
        warehouse,
        _watched(documents, source, malformed),
        source=source,
        dataset=dataset,
        query=str(path) if path else "",
        started_at=started,
        finished_at=now(),
    )
    return ScrapeResult(
        source=source,
        read=landed.read,
        landed=landed.landed,
        unchanged=landed.unchanged,
        malformed=malformed,
    )


def _watched(
    documents: Iterable[Document], source: str, malformed: list[MalformedRow]
) -> Iterator[Document]:
    """Passes documents on, notes the malformed ones, and says how many have gone by."""
    for count, document in enumerate(documents, start=1):
        if document.kind.endswith(".malformed"):
            payload = document.payload
            malformed.append(
                MalformedRow(file=payload["file"], row=payload["row"], reason=payload["reason"])
            )
        if count % 100 == 0:
            progress.report(f"scrape {source}", count, count)
        yield document


@task(name="mirror", task_run_name="mirror {repository}", cache_policy=NO_CACHE)
def mirror_from_stream(home: str, repository: str, stream: str) -> bool:
    """Make the mirror of a bundled repository; True where it was made anew."""
    return import_stream(Path(home), repository, Path(stream))


@task(name="mirror", task_run_name="mirror {repository}", cache_policy=NO_CACHE)
def fetch_mirror_of(home: str, repository: str) -> Fetched:
    """Fetch what the fixes that have landed need; the access is no parameter, which is stored."""
    return refresh_mirror(Path(home), repository, github_access())
