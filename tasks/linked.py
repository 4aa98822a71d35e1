"""The jobs of the market place that issues link, read off raw."""

from collections.abc import Iterable, Mapping
from pathlib import Path

from tasks.domain.documents import Document
from tasks.domain.issues import IssueHistory
from tasks.domain.job_links import jobs_linked
from tasks.domain.jobs import MarketJob
from tasks.sources.upwork.kinds import OF_JOBS, SOURCE_NAME
from tasks.sources.upwork.parse import parse_jobs
from tasks.warehouse import Warehouse
from tasks.warehouse.snapshot import newest_copies


def read_linked(
    home: Path, issues: Iterable[IssueHistory], ciphertexts: Mapping[str, str] | None, end: int
) -> dict[str, MarketJob]:
    """The jobs that these issues link, as raw has them below position `end`, by each name.

    `ciphertexts` maps to the number of a job; None where no job has ever landed.
    """
    if ciphertexts is None:
        return {}
    named = {name for i in issues for link in jobs_linked(i.bodies) for name in link.job.names}
    named |= {ciphertexts[name] for name in named if name in ciphertexts}
    if not named:
        return {}
    with Warehouse(home).read("raw") as session:
        wanted = [(kind, name) for name in sorted(named) for kind in OF_JOBS]
        copies = newest_copies(session, SOURCE_NAME, wanted, end)
    return jobs_by_name(copy.document for copy in copies)


def jobs_by_name(documents: Iterable[Document]) -> dict[str, MarketJob]:
    """The jobs that these documents describe, by each of their names."""
    jobs, _ = parse_jobs(documents)
    found: dict[str, MarketJob] = {}
    # What could not be read under one name may have been read under the other.
    for job in sorted(jobs, key=lambda job: job.gone is not None):
        for name in job.job.names:
            found.setdefault(name, job)
    return found
