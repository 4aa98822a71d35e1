"""Which jobs of the market place the landed issues link, read off raw: no build need have run."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any, Final

from tasks.domain.collecting import CollectRequest, Store
from tasks.domain.documents import Document
from tasks.domain.job_links import JobName, jobs_linked
from tasks.sources.github.parse import parse_documents
from tasks.sources.upwork.collection import linked_stream
from tasks.sources.upwork.state import LinkedState
from tasks.warehouse import Warehouse
from tasks.warehouse.snapshot import documents_with, end_of_raw

_ISSUES: Final = "github"
# Positions of raw at a time: some tens of megabytes of issues.
_WINDOW: Final = 2_000
_LONG: Final = ("comments", "timelineItems")


def with_linked_jobs(
    warehouse: Warehouse, store: Store, options: Mapping[str, Any], request: CollectRequest
) -> Mapping[str, Any]:
    """The options of a source that collects linked jobs, with those jobs; all others as they are.

    Issues are searched that landed since the last time; all of them for `full`, and the named ones
    where issues are named.
    """
    if not options.get("linked"):
        return options
    first = 0
    if not request.full and not request.issues:
        first = LinkedState.read(store.cursor(linked_stream(options["dataset"]))).read_to
    with warehouse.read("raw") as session:
        end = end_of_raw(session)
    found: dict[str, JobName] = {}
    for document in _issues(warehouse, options["repositories"], first, end):
        if not request.issues or _is_named(document.external_id, request.issues):
            for job in _jobs(document):
                found.setdefault(job.name, job)
    jobs = [(job.number, job.ciphertext) for job in found.values()]
    return {**options, "jobs": jobs, "read_to": end}


def _issues(
    warehouse: Warehouse, repositories: Sequence[str], first: int, end: int
) -> Iterator[Document]:
    """Issues that say anything of the market place, every copy of them."""
    for start in range(first, end, _WINDOW):
        with warehouse.read("raw") as session:
            yield from documents_with(
                session,
                _ISSUES,
                "github.issue",
                "upwork",
                repositories,
                (start, min(start + _WINDOW, end)),
            )


def _jobs(document: Document) -> list[JobName]:
    """Comments and events link no job: without them an issue is read in no time."""
    short = {key: value for key, value in document.payload.items() if key not in _LONG}
    market = parse_documents([replace(document, payload=short)], {})
    return [link.job for issue in market.issues for link in jobs_linked(issue.bodies)]


def _is_named(issue: str, wanted: Sequence[str]) -> bool:
    """`owner/name#N`, or N."""
    number = issue.rpartition("#")[2]
    return any(issue.lower() == one.lower() or one == number for one in wanted)
