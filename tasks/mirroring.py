"""Mirrors of collected repositories: which fixes have landed, and fetching what they need.

No Prefect here; the task run around `refresh_mirror` is in `tasks.scrape`.
"""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from tasks import progress
from tasks.domain.collecting import Access
from tasks.domain.documents import Document
from tasks.domain.issues import PullRequest
from tasks.domain.links import fixed_issues
from tasks.repos import Fetched, Remote, fetch_mirror
from tasks.sources import source_named
from tasks.specs import DatasetSpec
from tasks.stages import open_warehouse
from tasks.warehouse import Warehouse
from tasks.warehouse.collected import ids_beginning, newest_payloads

SOURCE: Final = "github"
# A payload is some ten kilobytes; a repository has tens of thousands of them.
_PULLS_AT_ONCE: Final = 1_000
_SOME_TIME: Final = datetime(1970, 1, 1, tzinfo=UTC)


def mirrored_repositories(spec: DatasetSpec) -> tuple[str, ...]:
    """The repositories whose mirrors a refresh over the network fetches.

    None where no variant starts from code, and none that come with the dataset as a stream.
    """
    github = spec.sources.github
    if github is None or "ic_swe" not in spec.variants:
        return ()
    return tuple(name for name in github.repositories if name not in github.mirrors)


def refresh_mirror(home: Path, repository: str, access: Access) -> Fetched:
    """Fetch what the mirror lacks of the fixes that have landed; nothing is asked where it lacks
    none. Raises what `fetch_mirror` raises."""
    fixes = landed_fixes(open_warehouse(home), repository)
    return fetch_mirror(
        home,
        repository,
        fixes,
        Remote(access.git_url, access.git_token),
        report=lambda done, total: progress.report(f"mirror {repository}", done, total),
    )


def landed_fixes(warehouse: Warehouse, repository: str) -> list[PullRequest]:
    """The merged pull requests of a repository that name an issue of it which has landed too.

    Their bodies are kept, since they say which issues they fix; comments are not read.
    """
    issues = frozenset(ids_beginning(warehouse, SOURCE, "github.issue", f"{repository}#"))
    names = ids_beginning(warehouse, SOURCE, "github.pull", f"{repository}#")
    return [
        pull
        for some in _portions(names)
        for pull in _pulls(warehouse, some)
        if pull.merged_at is not None and pull.merge_commit and fixed_issues(pull) & issues
    ]


def _portions(names: Sequence[str]) -> Iterator[Sequence[str]]:
    for start in range(0, len(names), _PULLS_AT_ONCE):
        yield names[start : start + _PULLS_AT_ONCE]


def _pulls(warehouse: Warehouse, names: Sequence[str]) -> Sequence[PullRequest]:
    payloads = newest_payloads(warehouse, SOURCE, "github.pull", names)
    documents = [
        Document(
            source=SOURCE,
            kind="github.pull",
            external_id=name,
            fetched_at=_SOME_TIME,  # each is the only copy here
            payload=dict(payload),
        )
        for name, payload in payloads.items()
    ]
    return source_named(SOURCE).parse(documents).pulls
