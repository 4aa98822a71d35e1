"""Reading documents: a batch of them becomes finished rows. Raw is all that is opened."""

import gc
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from pydantic import BaseModel

from tasks.domain.bounties import BountyEvent
from tasks.domain.issues import IssueHistory, PullRequest
from tasks.domain.ledger import Ledger
from tasks.domain.money_words import MONEY_EXPRESSION
from tasks.domain.protocols import Malformed
from tasks.judging import (
    Judging,
    context_of,
    corrected_by,
    fixes_of,
    instance_row,
    ledger_of,
    outcome_row,
)
from tasks.linked import read_linked
from tasks.narrowing import narrowed
from tasks.sources.github.parse import comment_ids, parse_documents
from tasks.staging import (
    COMMENTS,
    EVENTS,
    bounty_row,
    comment_columns,
    event_columns,
    observation_row,
    pull_of,
    pull_row,
    rows_of_issue,
)
from tasks.vantage import view_of
from tasks.warehouse import Row, Warehouse
from tasks.warehouse.columns import Columns, matching, rows_as_columns, together
from tasks.warehouse.snapshot import (
    Copy,
    Name,
    Places,
    copies_there,
    copies_with,
    newest_copies,
)

ISSUE: Final = "github.issue"
PULL: Final = "github.pull"
EDITS: Final = "github.comment_edits"
GONE: Final = "github.gone"
# RE2 narrows comments to those in which money is spoken of; the domain reads only these.
_MONEY: Final = f"(?i){MONEY_EXPRESSION}"

Tables = dict[str, Columns]
EditsReader = Callable[[Sequence[str]], list[Copy]]


class Job(BaseModel, frozen=True, extra="forbid"):
    """What is read at once, as raw stood before position `end`.

    Either `documents` (pull requests, comment edits, departures), or `issues` with the staging
    rows of the pull requests that name them in `pulls`. `names` as in `parse_documents`, `rules`
    what documents are read by, `ciphertexts` as in `read_linked`. Without `stage`, issues are only
    judged anew.
    """

    home: Path
    source: str
    end: int
    names: dict[str, str] = {}
    rules: str = ""
    documents: tuple[Name, ...] = ()
    issues: tuple[str, ...] = ()
    pulls: tuple[dict[str, Any], ...] = ()
    ciphertexts: dict[str, str] | None = None
    stage: bool = True
    judging: Judging | None = None


@dataclass
class _Found:
    """What issues come to: rows of staging, ledgers, a dataset's own ones, and rows of core."""

    staged: dict[str, list[Row]] = field(default_factory=dict)
    ledgers: list[Ledger] = field(default_factory=list)
    corrected: list[Ledger] = field(default_factory=list)
    outcomes: list[Row] = field(default_factory=list)
    instances: list[Row] = field(default_factory=list)


def read(job: Job, edits: EditsReader | None = None, places: Places | None = None) -> Tables:
    """Table → finished rows of the job's documents.

    `edits` fetches the edits of comments, given their node ids, where raw is too slow at it.
    `places` remembers for the next job of the same home what this one asks raw for.
    """
    with _without_pauses():
        return _documents(job) if job.documents else _issues(job, edits, places or Places())


@contextmanager
def _without_pauses() -> Iterator[None]:
    """Parsed documents hold no cycles, and looking for some costs as much as the parsing."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def _documents(job: Job) -> Tables:
    with Warehouse(job.home).read("raw") as session:
        copies = newest_copies(session, job.source, job.documents, job.end)
    market = parse_documents([copy.document for copy in copies], job.names)
    edits = [_edits_row(copy) for copy in copies if copy.name[0] == EDITS]
    return _as_columns(
        {
            "core.staging.pulls": [pull_row(pull) for pull in market.pulls],
            "core.staging.comment_edits": edits,
            "core.staging.read_documents": _read_rows(job, copies, market.malformed),
        }
    )


def _edits_row(copy: Copy) -> Row:
    return {
        "node_id": copy.document.external_id,
        "fetched_at": copy.document.fetched_at,
        "content_sha256": copy.content_sha256,
        "payload": copy.text,
    }


def _read_rows(job: Job, copies: Iterable[Copy], malformed: Iterable[Malformed]) -> list[Row]:
    broken = {(m.file, m.document_id.removesuffix("/gone")): m.reason for m in malformed}
    return [
        {
            "source": job.source,
            "kind": copy.document.kind,
            "external_id": copy.document.external_id,
            "content_sha256": copy.content_sha256,
            "rules": job.rules,
            "malformed": broken.get(copy.name),
        }
        for copy in copies
    ]


def _issues(job: Job, edits: EditsReader | None, places: Places) -> Tables:
    copies, others = _copies_of_issues(job, edits, places)
    narrow = narrowed(
        [copy.document for copy in copies],
        edited={copy.document.external_id for copy in others if copy.name[0] == EDITS},
        # Which of two documents of one moment is the newer depends on all that is in them.
        whole={copy.document.external_id for copy in others if copy.name[0] == GONE},
    )
    market = parse_documents([*narrow.documents, *(copy.document for copy in others)], job.names)
    market_issues = [
        issue.model_copy(update={"quiet": narrow.quiet.get(issue.name, {})})
        for issue in market.issues
    ]
    comments = comment_columns(market_issues)
    pulls = {pull.name: pull for pull in (pull_of(row, job.names) for row in job.pulls)}
    found = _decide(job, with_spoken(market_issues, comments), pulls)
    tables: Tables = {}
    if job.stage:
        broken = [m for m in market.malformed if m.file == ISSUE]
        unread = {m.document_id for m in broken}
        tables[EVENTS] = event_columns(market_issues)
        tables[COMMENTS] = together([narrow.rows_without(unread), comments])
        tables |= _as_columns({f"core.staging.{name}": rows for name, rows in found.staged.items()})
        tables |= _as_columns({"core.staging.read_documents": _read_rows(job, copies, broken)})
        tables |= _ledger_tables(found.ledgers)
    if job.judging is not None:
        corrections = _ledger_tables(found.corrected)
        tables |= {f"corrected {name}": table for name, table in corrections.items()}
        tables |= _as_columns(
            {"core.task_instances": found.instances, "core.outcomes": found.outcomes}
        )
    return tables


def _copies_of_issues(
    job: Job, edits: EditsReader | None, places: Places
) -> tuple[list[Copy], list[Copy]]:
    """(the issues, what else belongs to them)."""
    names = [(ISSUE, name) for name in job.issues]
    with Warehouse(job.home).read("raw") as session:
        left = places.of(session, job.source, GONE, job.issues, job.end)
        gone = copies_there(session, job.source, left)
        if edits is None:
            issues, others = copies_with(
                session,
                job.source,
                names,
                EDITS,
                lambda found: places.of(session, job.source, EDITS, _comments(found), job.end),
                job.end,
            )
        else:
            issues, others = newest_copies(session, job.source, names, job.end), []
    if edits is not None:
        others = edits(_comments(issues))
    return issues, [*others, *gone]


def _comments(issues: Iterable[Copy]) -> list[str]:
    return [node_id for copy in issues for node_id in comment_ids(copy.document)]


def with_spoken(issues: Iterable[IssueHistory], comments: Columns) -> Iterator[IssueHistory]:
    """The issues, told which comments may speak of money; `comments` are their staging rows."""
    hits = iter(matching(comments, "body", _MONEY))
    for issue in issues:
        spoken = frozenset(
            comment.comment_id
            for comment in issue.comments
            for hit in [next(hits) for _ in comment.versions]
            if hit
        )
        yield issue.model_copy(update={"spoken": spoken})


def _decide(job: Job, issues: Iterable[IssueHistory], pulls: Mapping[str, PullRequest]) -> _Found:
    """The ledgers and fates of the issues, one after the other."""
    listed, found = list(issues), _Found()
    fixes = fixes_of(pulls, (issue.name for issue in listed))
    in_force: dict[str, tuple[BountyEvent, ...]] = {}
    linked = read_linked(job.home, listed, job.ciphertexts, job.end)
    view = context = None
    if job.judging is not None:
        view = view_of(job.judging, pulls, listed)
        context = context_of(job.home, job.judging, view.pulls, view.fixes, in_force)
    for issue in listed:
        # All of one issue together: the domain then meets texts again that it has just read.
        if job.stage:
            for table, rows in rows_of_issue(issue).items():
                found.staged.setdefault(table, []).extend(rows)
        ledger = ledger_of(job.source, issue, fixes.get(issue.name, ()), linked)
        found.ledgers.append(ledger)
        if job.judging is None or view is None or context is None:
            continue
        corrected = corrected_by(ledger, job.judging, job.source, issue)
        if corrected is not None:
            found.corrected.append(corrected)
        in_force[issue.name] = view.events(job.source, issue, corrected or ledger)
        for fate in view.fates(issue, context):
            found.outcomes.append(outcome_row(fate, job.judging, job.source, issue.repository))
            if fate.instance is not None:
                found.instances.append(instance_row(fate.instance))
    return found


def _ledger_tables(listed: Sequence[Ledger]) -> Tables:
    return _as_columns(
        {
            "core.bounty_events": [bounty_row(e) for each in listed for e in each.events],
            "core.bounty_observations": [
                observation_row(o) for each in listed for o in each.observations
            ],
        }
    )


def _as_columns(tables: Mapping[str, list[Row]]) -> Tables:
    return {name: rows_as_columns(name, rows) for name, rows in tables.items()}
