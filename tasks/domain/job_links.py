"""Which jobs of the market place a text links: in the job automation's block, and by address.

A job has two names. Its number (15 to 25 digits) and its ciphertext: `~01` and 16 hex digits that
say nothing, or, since 2024, `~02` and the number. Shapes, from the conventions of Expensify/App:
`upwork.com/jobs/~01…` with or without words before the tilde, `/ab/applicants/NUMBER/job-details`,
a block that has the address in one line and the number in the next.
"""

import html
import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from datetime import datetime
from typing import Final

from pydantic import BaseModel

from tasks.domain.automation import read_automation
from tasks.domain.issues import TextVersion

_ADDRESS: Final = re.compile(
    r"(?<![\w.@-])(?:https?://)?+(?:[a-z0-9-]++\.)*?upwork\.com/(?P<path>[^\s<>\"'()\[\]|`\\]++)",
    re.IGNORECASE,
)
_URL: Final = re.compile(r"https?://[^\s<>\"'()\[\]|`\\]++", re.IGNORECASE)
# Pages of people, of firms and of what follows a job: none of them is a job.
_NO_JOB: Final = re.compile(
    r"(?:(?:ab|nx)/)?+(?:freelancers?|fl|agenc(?:y|ies)|ag|companies|o/(?:profiles|companies)|profiles?|services"
    r"|contracts?|offers?|workroom|messages)(?![\w-])",
    re.IGNORECASE,
)
_CIPHERTEXT: Final = re.compile(
    r"(?:~|%7E)(?P<kind>0[12])(?P<rest>[0-9a-f]++)(?!\w)", re.IGNORECASE
)
_NUMBER: Final = re.compile(
    r"(?:\A|/)(?:jobs?|applicants|jobdetails|details|apply)/(?P<number>\d{15,25}+)(?!\w)",
    re.IGNORECASE,
)
_DIGITS: Final = re.compile(r"\d{15,25}")
_TRACE: Final = ("upwork", "~0", "%7e0")


class JobName(BaseModel, frozen=True, extra="forbid"):
    """A job's names as far as a text gives them; one of them at least."""

    number: str | None = None
    ciphertext: str | None = None

    @property
    def name(self) -> str:
        """The number where it is known."""
        return self.number or self.ciphertext or ""

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(name for name in (self.number, self.ciphertext) if name)

    @property
    def url(self) -> str:
        return job_url(self.number, self.ciphertext)


class JobLink(BaseModel, frozen=True, extra="forbid"):
    """A job that an issue links, since the first of its texts that does."""

    job: JobName
    since: datetime


def job_url(number: str | None, ciphertext: str | None) -> str:
    """The job's page."""
    return f"https://www.upwork.com/jobs/{ciphertext or f'~02{number}'}"


def read_name(text: str) -> JobName | None:
    """`~01…`, `~02…` or a number as a name; None for anything else."""
    token = text.strip()
    if _DIGITS.fullmatch(token):
        return JobName(number=token)
    found = _CIPHERTEXT.fullmatch(token)
    return _named(found) if found else None


def jobs_named(text: str) -> tuple[JobName, ...]:
    """The jobs that a text links, in order, each once."""
    lowered = text.lower()
    if not any(trace in lowered for trace in _TRACE):
        return ()
    plain = html.unescape(text)
    addressed = list(_in_addresses(plain))
    strange = _elsewhere(plain) - {name for job in addressed for name in job.names}
    return _joined([*_in_block(text, strange), *addressed])


def jobs_linked(versions: Sequence[TextVersion]) -> tuple[JobLink, ...]:
    """The jobs that any version of a body links."""
    since: dict[str, datetime] = {}
    found: list[JobName] = []
    for version in sorted(versions, key=lambda v: v.since):
        for job in jobs_named(version.text):
            found.append(job)
            for name in job.names:
                since.setdefault(name, version.since)
    return tuple(
        JobLink(job=job, since=min(since[name] for name in job.names)) for job in _joined(found)
    )


def _in_block(text: str, strange: Collection[str]) -> Iterator[JobName]:
    """The automation gives the address first and the number next: one job.

    Lines of people that follow the block count to it, so what only another page names is no job.
    """
    block = read_automation(text)
    names = [read_name(token) for token in block.job_ids] if block is not None else []
    before: JobName | None = None
    for job in (name for name in names if name is not None and not {*name.names} & {*strange}):
        if before is not None and before.number is None and job.ciphertext is None:
            yield JobName(number=job.number, ciphertext=before.ciphertext)
            before = None
            continue
        if before is not None:
            yield before
        before = job
    if before is not None:
        yield before


def _in_addresses(text: str) -> Iterator[JobName]:
    for address in _ADDRESS.finditer(text):
        job = _job_at(address["path"])
        if job is not None:
            yield job


def _job_at(path: str) -> JobName | None:
    if _NO_JOB.match(path):
        return None
    found = _CIPHERTEXT.search(path)
    if found is not None:
        return _named(found)
    number = _NUMBER.search(path)
    return JobName(number=number["number"]) if number is not None else None


def _elsewhere(text: str) -> set[str]:
    """What looks like a job's name in addresses of other pages."""
    found: set[str] = set()
    for address in _URL.finditer(text):
        own = _ADDRESS.match(address[0])
        if own is not None and _job_at(own["path"]) is not None:
            continue
        for token in _CIPHERTEXT.finditer(address[0]):
            job = _named(token)
            found.update(job.names if job else ())
        found.update(_DIGITS.findall(address[0]))
    return found


def _named(found: re.Match[str]) -> JobName | None:
    kind, rest = found["kind"], found["rest"].lower()
    ciphertext = f"~{kind}{rest}"
    if kind == "02":
        return JobName(number=rest, ciphertext=ciphertext) if _DIGITS.fullmatch(rest) else None
    return JobName(ciphertext=ciphertext) if len(rest) == 16 else None


def _joined(jobs: Iterable[JobName]) -> tuple[JobName, ...]:
    """One name a job, whichever of its names the texts give."""
    listed = list(jobs)
    numbers = {j.ciphertext: j.number for j in listed if j.ciphertext and j.number}
    ciphertexts: dict[str, str] = {}
    for ciphertext, number in numbers.items():
        ciphertexts.setdefault(number, ciphertext)
    found: dict[str, JobName] = {}
    for job in listed:
        known = job.number or numbers.get(job.ciphertext or "")
        other = ciphertexts.get(known, job.ciphertext) if known else job.ciphertext
        full = JobName(number=known, ciphertext=other)
        found.setdefault(full.name, full)
    return tuple(found.values())
