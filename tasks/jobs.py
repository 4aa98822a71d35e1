"""Jobs of the market place in staging: beside the issues that link them, or as postings."""

from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Final

from tasks.domain.jobs import MARKET, MarketJob, posting_of
from tasks.domain.posting_prices import posting_prices
from tasks.domain.postings import Posting
from tasks.domain.protocols import Malformed
from tasks.inputs import rules_of_code
from tasks.reading import ISSUE
from tasks.sources.upwork.kinds import OF_JOBS, SOURCE_NAME
from tasks.sources.upwork.parse import parse_jobs
from tasks.storing import forget
from tasks.warehouse import Row, Session, Warehouse
from tasks.warehouse.snapshot import Copy, Name, end_of_raw, newest_copies, unread

# Jobs at a time: a few megabytes of documents.
_BATCH: Final = 4_000
_LINKING: Final = "github"


def read_jobs(warehouse: Warehouse, end: int) -> None:
    """Read every job's documents that changed below position `end` of raw.

    The issues that link one of them count as unread: their ledgers rest on it.
    """
    with warehouse.read("core", "raw") as session:
        changed = unread(session, SOURCE_NAME, end, rules_of_code())
    names = sorted({name for _, name in changed})
    for start in range(0, len(names), _BATCH):
        part = set(names[start : start + _BATCH])
        wanted = {(kind, name) for name in part for kind in OF_JOBS}
        wanted |= {(kind, name) for kind, name in changed if name in part}
        with warehouse.read("raw") as session:
            copies = newest_copies(session, SOURCE_NAME, sorted(wanted), end)
        jobs, malformed = parse_jobs(copy.document for copy in copies)
        with warehouse.write("core", checkpoint=False) as session:
            _store(session, sorted(part), jobs, copies, malformed)


def follow_jobs(warehouse: Warehouse) -> None:
    """The same for all that has landed; jobs that no issue links become postings."""
    with warehouse.read("raw") as session:
        end = end_of_raw(session)
    read_jobs(warehouse, end)
    with warehouse.read("core") as session:
        rows = session.query("unlinked_jobs")
        older = session.tuples(
            "SELECT 1 FROM staging.postings WHERE source = $source LIMIT 1", _SOURCE
        )
    if not rows and not older:
        return
    jobs = (MarketJob.model_validate_json(row["body"]) for row in rows)
    postings = [posting for job in jobs if (posting := posting_of(job)) is not None]
    with warehouse.write("core", checkpoint=False) as session:
        session.execute("DELETE FROM staging.postings WHERE source = $source", _SOURCE)
        session.insert("core.staging.postings", [posting_row(p, SOURCE_NAME) for p in postings])


def known_ciphertexts(session: Session) -> dict[str, str] | None:
    """Ciphertext → number of every job that has both; None where no job has ever landed."""
    rows = session.tuples("SELECT job, ciphertext FROM staging.jobs")
    return {ciphertext: job for job, ciphertext in rows if ciphertext} if rows else None


def posting_row(posting: Posting, source: str) -> Row:
    """A posting in the columns of staging.postings."""
    kept = {key: getattr(posting, key) for key in _POSTING}
    return kept | {
        "source": source,
        "tags": list(posting.tags),
        "band_mid_usd_cents": posting_prices(posting, _DOLLARS, None)["band_mid"],
    }


_SOURCE: Final = {"source": MARKET}
_POSTING: Final = (
    *("posting_id", "title", "description", "currency", "band_min_cents", "band_max_cents"),
    *("rate_type", "document_id", "market", "posted_at"),
)
_DOLLARS: Final = {"USD": Decimal(1)}


def _store(
    session: Session,
    names: Sequence[str],
    jobs: Sequence[MarketJob],
    copies: Sequence[Copy],
    malformed: Iterable[Malformed],
) -> None:
    read: list[Name] = [copy.name for copy in copies]
    with session.values("replaced_jobs", "job", names):
        before = session.tuples(
            "SELECT job, ciphertext FROM staging.jobs SEMI JOIN replaced_jobs USING (job)"
        )
        session.execute("DELETE FROM staging.jobs WHERE job IN (SELECT job FROM replaced_jobs)")
    session.insert("core.staging.jobs", [_job_row(job) for job in jobs])
    named = {name for row in before for name in row if name}
    named |= {name for job in jobs for name in job.job.names} | set(names)
    with session.values("named_jobs", "name", named):
        linking = session.query("issues_linking_jobs", source=_LINKING)
    forget(session, _LINKING, [(ISSUE, row["issue"]) for row in linking])
    forget(session, SOURCE_NAME, read)
    session.insert("core.staging.read_documents", _read_rows(copies, malformed))


def _job_row(job: MarketJob) -> Row:
    return {
        "job": job.job.name,
        "ciphertext": job.job.ciphertext,
        "status": job.status,
        "body": job.model_dump_json(),
    }


def _read_rows(copies: Iterable[Copy], malformed: Iterable[Malformed]) -> list[Row]:
    """What cannot be read names its kind, or the file that it was read from."""
    broken = {
        (m.file if m.file.startswith("upwork.") else "", m.document_id): m.reason for m in malformed
    }
    return [
        {
            "source": SOURCE_NAME,
            "kind": kind,
            "external_id": name,
            "content_sha256": copy.content_sha256,
            "rules": rules_of_code(),
            "malformed": broken.get(
                (kind if kind in OF_JOBS else "", name), broken.get((kind, name))
            ),
        }
        for copy in copies
        for kind, name in [copy.name]
    ]
