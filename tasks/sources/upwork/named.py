"""Reading jobs by their names, a page at a time; what fails a page is asked for in smaller ones."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from tasks.domain.collecting import Call
from tasks.domain.documents import Document
from tasks.domain.job_links import JobName
from tasks.sources.failures import Unanswered
from tasks.sources.upwork.client import Answer, Client
from tasks.sources.upwork.kinds import CONTENTS, GONE, JOB, SOURCE_NAME
from tasks.sources.upwork.parse import parse_jobs
from tasks.sources.upwork.queries import CONTENTS as CONTENTS_QUERY
from tasks.sources.upwork.queries import postings
from tasks.sources.upwork.replies import Error, error_line, why_missing

PAGE: Final = 20
_WORDS: Final = {"not_found": "not found", "private": "shown to others only"}


class Reader:
    """`calls` grows by every request that was answered; `unread` maps the names of jobs that Upwork
    gives no reason for to what it said."""

    def __init__(self, client: Client, now: Callable[[], datetime], calls: list[Call]) -> None:
        self._client, self._now, self._calls = client, now, calls
        self._missing: Counter[str] = Counter()
        self.unread: dict[str, str] = {}

    def notes(self) -> list[str]:
        said = []
        if self._missing:
            kinds = sorted(self._missing.items())
            why = ", ".join(f"{count} {_WORDS[kind]}" for kind, count in kinds)
            said.append(f"{self._missing.total()} linked jobs cannot be read: {why}")
        if self.unread:
            name, why = next(iter(self.unread.items()))
            said.append(
                f"{len(self.unread)} linked jobs failed and are asked for next time; the first, "
                f"{name}: {why}"
            )
        return said

    async def read(self, page: Sequence[JobName]) -> tuple[list[Document], set[str]]:
        """(documents of these jobs, the numbers of those that are still open)."""
        nodes: dict[str, Mapping[str, Any]] = {}
        missing: dict[str, tuple[str, Error | None]] = {}
        before = len(self.unread)
        await self._postings(list(page), nodes, missing)
        if len(page) > 1 and len(self.unread) - before == len(page):
            why = self.unread[page[0].name]
            raise Unanswered(f"Upwork reads none of the jobs that it is asked for: {why}")
        moment = self._now()
        found = [_document(JOB, node, moment) for node in nodes.values()]
        contents = [_document(CONTENTS, n, moment) for n in await self._contents([*nodes])]
        gone = [
            Document(SOURCE_NAME, GONE, name, moment, _departure(name, reason, error))
            for name, (reason, error) in missing.items()
        ]
        self._missing.update(reason for reason, _ in missing.values())
        jobs, _ = parse_jobs(found)
        return [*found, *contents, *gone], {job.job.name for job in jobs if job.is_open}

    async def _postings(
        self,
        jobs: list[JobName],
        nodes: dict[str, Mapping[str, Any]],
        missing: dict[str, tuple[str, Error | None]],
    ) -> None:
        """Fill `nodes` by id, and `missing` by the name that was asked for."""
        variables = {f"id{place}": job.name for place, job in enumerate(jobs)}
        answer = await self._client.ask("jobs", postings(len(jobs)), variables)
        self._calls += answer.calls
        unclear = []
        for place, job in enumerate(jobs):
            node = answer.data.get(f"job{place}")
            if isinstance(node, dict) and isinstance(node.get("id"), str) and node["id"]:
                nodes[node["id"]] = node
                continue
            error = answer.error_at(f"job{place}")
            # Where the whole answer failed, one job's error says nothing about the others.
            reason = why_missing(error) if len(jobs) == 1 or _tells(error, answer) else None
            if reason is None:
                unclear.append(job)
            else:
                missing[job.name] = (reason, error)
        if unclear and len(jobs) == 1:
            self.unread[unclear[0].name] = _told(answer)
            return
        half = len(unclear) // 2 or 1
        for part in (unclear[:half], unclear[half:]):
            if part:
                await self._postings(part, nodes, missing)

    async def _contents(self, ids: list[str]) -> list[Mapping[str, Any]]:
        """What there is; a job whose contents alone cannot be read keeps what its posting says."""
        if not ids:
            return []
        answer = await self._client.ask("contents", CONTENTS_QUERY, {"ids": ids})
        self._calls += answer.calls
        listed = answer.data.get("marketplaceJobPostingsContents")
        found: list[Mapping[str, Any]] = [
            n for n in listed or () if isinstance(n, dict) and n.get("id") in ids
        ]
        if listed is not None or len(ids) == 1:
            return found
        half = len(ids) // 2
        return [*await self._contents(ids[:half]), *await self._contents(ids[half:])]


def _tells(error: Error | None, answer: Answer) -> bool:
    """Whether an answer of several jobs says what is wrong with this one."""
    if error is None:
        return bool(answer.data)
    path = error.get("path")
    return isinstance(path, list) and bool(path)


def _told(answer: Answer) -> str:
    return error_line(answer.errors[0]) if answer.errors else "no reason given"


def _document(kind: str, node: Mapping[str, Any], moment: datetime) -> Document:
    return Document(SOURCE_NAME, kind, node["id"], moment, dict(node))


def _departure(name: str, reason: str, error: Error | None) -> dict[str, Any]:
    return {"id": name, "reason": reason, "error": error_line(error) if error else None}
