"""An issue judged once more from documents of one's choice, as the build judges it. Stores nothing.

A build is a pure function of documents, specification, corrections, mirrors and code. What made a
task what it is can therefore be found out: judge it with one of these as it was.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from tasks.domain.documents import Document
from tasks.domain.errors import UsageError
from tasks.domain.instances import Rejection, TaskInstance
from tasks.domain.issues import IssueHistory, PullRequest
from tasks.domain.ledger import Ledger
from tasks.domain.overrides import Override
from tasks.inputs import Inputs
from tasks.judging import Judging, context_of, corrected_by, fixes_of, judge, ledger_of
from tasks.linked import jobs_by_name
from tasks.sources.github.parse import parse_documents
from tasks.sources.upwork.kinds import SOURCE_NAME as JOBS
from tasks.specs import DatasetSpec

SOURCE: Final = "github"


@dataclass(frozen=True)
class Terms:
    """What an issue is judged by besides its documents. `folders` are the dataset's and those of
    what it extends, its own first."""

    spec: DatasetSpec
    folders: tuple[Path, ...]
    overrides: Mapping[str, tuple[Override, ...]]

    @property
    def repositories(self) -> tuple[str, ...]:
        github = self.spec.sources.github
        return github.repositories if github is not None else ()


@dataclass(frozen=True)
class Replayed:
    """What came of an issue; `issue` is None where no document of it can be read.

    `unreadable` says why a document cannot be read or corrected. `ledger` is the corrected one.
    """

    issue: IssueHistory | None = None
    ledger: Ledger = field(default_factory=Ledger)
    fixes: tuple[PullRequest, ...] = ()
    outcomes: Mapping[str, TaskInstance | Rejection] | None = None
    unreadable: str | None = None


def replay(
    home: Path,
    name: str,
    documents: Collection[Document],
    names: Mapping[str, str],
    terms: Terms,
) -> Replayed:
    """The issue called `name` under these terms, as if raw held nothing but these documents.

    `names` as in `parse_documents`. Git mirrors are as they are now.
    """
    market = parse_documents([d for d in documents if d.source == SOURCE], names)
    if not market.issues or name.partition("#")[0] not in terms.repositories:
        return Replayed(unreadable=market.malformed[0].reason if market.malformed else None)
    issue = market.issues[0]
    pulls = {pull.name: pull for pull in market.pulls}
    fixes = fixes_of(pulls, [name])
    jobs = jobs_by_name(d for d in documents if d.source == JOBS)
    judging = Judging(
        spec=terms.spec,
        folders=terms.folders,
        overrides=dict(terms.overrides),
        inputs=Inputs(general=""),
    )
    ledger = ledger_of(SOURCE, issue, fixes.get(name, ()), jobs)
    try:
        ledger = corrected_by(ledger, judging, SOURCE, issue) or ledger
    except UsageError as error:  # the event that a correction drops is not there
        return Replayed(issue=issue, ledger=ledger, unreadable=str(error))
    context = context_of(home, judging, pulls, fixes, {name: ledger.events})
    fates = judge(issue, judging, context)
    return Replayed(
        issue=issue,
        ledger=ledger,
        fixes=tuple(fixes.get(name, ())),
        outcomes={fate.variant: fate.outcome for fate in fates},
    )
