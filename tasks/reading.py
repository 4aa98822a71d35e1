"""Reading documents: a batch of them becomes finished rows. Raw is all that is opened."""

import gc
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

from pydantic import BaseModel

from tasks.domain.instances import TaskInstance
from tasks.domain.issues import IssueHistory, PullRequest
from tasks.domain.ledger import Ledger
from tasks.domain.money_words import MONEY_EXPRESSION
from tasks.domain.protocols import Malformed, Market
from tasks.judging import (
    Judging,
    context_of,
    corrected,
    fixes_of,
    instance_row,
    judge,
    ledger_of,
    outcome_row,
)
from tasks.sources.github.parse import comment_ids, parse_documents
from tasks.staging import (
    COMMENTS,
    bounty_row,
    columns_of_issues,
    observation_row,
    pull_of,
    pull_row,
)
from tasks.warehouse import Row, Warehouse
from tasks.warehouse.columns import Columns, matching, rows_as_columns
from tasks.warehouse.snapshot import Copy, Name, newest_copies

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
    what documents are read by. Without `stage`, issues are only judged anew.
    """

    home: Path
    source: str
    end: int
    names: dict[str, str] = {}
    rules: str = ""
    documents: tuple[Name, ...] = ()
    issues: tuple[str, ...] = ()
    pulls: tuple[dict[str, Any], ...] = ()
    stage: bool = True
    judging: Judging | None = None


def read(job: Job, edits: EditsReader | None = None) -> Tables:
    """Table → finished rows of the job's documents.

    `edits` fetches the edits of comments, given their node ids, where raw is too slow at it.
    """
    with _without_pauses():
        return _documents(job) if job.documents else _issues(job, edits)


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


def _issues(job: Job, edits: EditsReader | None) -> Tables:
    copies, others = _copies_of_issues(job, edits)
    market = parse_documents([copy.document for copy in (*copies, *others)], job.names)
    staged = columns_of_issues(market.issues)
    pulls = {pull.name: pull for pull in (pull_of(row, job.names) for row in job.pulls)}
    fixes = fixes_of(pulls, (issue.name for issue in market.issues))
    ledgers = {
        issue.name: ledger_of(job.source, issue, fixes.get(issue.name, ()))
        for issue in narrowed(market.issues, staged[COMMENTS])
    }
    tables: Tables = {}
    if job.stage:
        tables |= staged
        broken = [m for m in market.malformed if m.file == ISSUE]
        tables |= _as_columns({"core.staging.read_documents": _read_rows(job, copies, broken)})
        tables |= _ledger_tables(ledgers.values())
    if job.judging is not None:
        tables |= _judged(job, job.judging, market, pulls, ledgers)
    return tables


def _copies_of_issues(job: Job, edits: EditsReader | None) -> tuple[list[Copy], list[Copy]]:
    """(the issues, what else belongs to them)."""
    with Warehouse(job.home).read("raw") as session:
        issues = newest_copies(session, job.source, ((ISSUE, name) for name in job.issues), job.end)
        others = newest_copies(session, job.source, ((GONE, name) for name in job.issues), job.end)
        comments = [node_id for copy in issues for node_id in comment_ids(copy.document)]
        if edits is None:
            wanted = ((EDITS, node_id) for node_id in comments)
            others += newest_copies(session, job.source, wanted, job.end)
    if edits is not None:
        others += edits(comments)
    return issues, others


def narrowed(issues: Iterable[IssueHistory], comments: Columns) -> Iterator[IssueHistory]:
    """The issues with the comments that may speak of money; `comments` are their staging rows."""
    spoken = iter(matching(comments, "body", _MONEY))
    for issue in issues:
        kept = [
            comment
            for comment in issue.comments
            if any([next(spoken) for _ in comment.versions])  # noqa: C419 - takes every version's
        ]
        yield issue.model_copy(update={"comments": tuple(kept)})


def _judged(
    job: Job,
    judging: Judging,
    market: Market,
    pulls: Mapping[str, PullRequest],
    ledgers: Mapping[str, Ledger],
) -> Tables:
    own = {}
    for issue in market.issues:
        ledger = corrected(ledgers[issue.name], judging, job.source, issue)
        if ledger is not None:
            own[issue.name] = ledger
    context = context_of(job.home, judging, pulls, {**ledgers, **own})
    fates = [(issue, fate) for issue in market.issues for fate in judge(issue, judging, context)]
    instances = [f.linted for _, f in fates if f.linted is not None]
    outcomes = []
    for issue, fate in fates:
        reason = None if isinstance(fate.outcome, TaskInstance) else fate.outcome.reason
        inputs = judging.inputs.of(fate.candidate, fate.variant, reason, issue.repository)
        row = outcome_row(fate, judging.spec, job.source, issue.repository, inputs)
        outcomes.append(row)
    tables = _as_columns({"core.task_instances": [instance_row(i) for i in instances]})
    tables |= _as_columns({"core.outcomes": outcomes})
    corrections = _ledger_tables(own.values())
    return tables | {f"corrected {name}": table for name, table in corrections.items()}


def _ledger_tables(ledgers: Iterable[Ledger]) -> Tables:
    listed = list(ledgers)
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
