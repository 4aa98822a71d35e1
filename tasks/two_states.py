"""The documents of issues as raw held them at two positions, side by side."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from tasks.domain.candidates import named_fixes
from tasks.domain.documents import Document
from tasks.domain.job_links import jobs_linked
from tasks.jobs import known_ciphertexts
from tasks.reading import EDITS, GONE, ISSUE, PULL
from tasks.replaying import SOURCE
from tasks.sources.github.parse import comment_ids, other_names, parse_documents
from tasks.sources.upwork.kinds import OF_JOBS
from tasks.sources.upwork.kinds import SOURCE_NAME as JOBS
from tasks.staging import pull_row
from tasks.warehouse import Row, Session
from tasks.warehouse.columns import rows_as_columns
from tasks.warehouse.snapshot import Name, names_table, newest_copies

_OWN: Final = (ISSUE, GONE)


@dataclass(frozen=True)
class TwoCopies:
    """A document as the older and as the newer version read it; None where there was none."""

    before: Document | None
    after: Document | None

    @property
    def differ(self) -> bool:
        one, other = self.before, self.after
        if one is None or other is None:
            return one is not other
        return one.payload != other.payload

    @property
    def newer(self) -> Document:
        found = self.after or self.before
        if found is None:
            raise ValueError("a document without any copy")
        return found


@dataclass(frozen=True)
class TwoStates:
    """Every document that an issue may rest on, in the order of kind and name."""

    issue: str
    documents: Mapping[Name, TwoCopies]
    names: Mapping[str, str]

    def differing(self) -> list[TwoCopies]:
        return [pair for pair in self.documents.values() if pair.differ]

    def state(self, stayed: frozenset[Name] | None = None) -> list[Document]:
        """The newer documents, but for those in `stayed` as they were (None: all of them)."""
        chosen = (
            pair.before if stayed is None or name in stayed else pair.after
            for name, pair in self.documents.items()
        )
        return [document for document in chosen if document is not None]


class Reader:
    """Reads issues at two positions of raw. Sessions need raw and core."""

    def __init__(self, session: Session, before: int, after: int) -> None:
        self._ends = (before, after)
        rows = session.query("names_in_addresses")
        self._names = {row["called"]: row["repository"] for row in rows}
        self._ciphertexts = known_ciphertexts(session)
        self._changed = {
            source: [
                (row["kind"], row["external_id"])
                for row in changed_documents(session, source, before, after)
            ]
            for source in (SOURCE, JOBS)
        }
        self._pulls = [name for name in self._changed[SOURCE] if name[0] == PULL]
        self.touched = self._touched(session)
        """The issues of which a document may differ between the two positions."""

    def _touched(self, session: Session) -> frozenset[str]:
        changed = self._changed[SOURCE]
        pairs = self._pair(session, SOURCE, self._pulls)
        sides = ([p.before for p in pairs.values()], [p.after for p in pairs.values()])
        rows = [
            pull_row(pull)
            for side in sides
            for pull in parse_documents([d for d in side if d is not None], self._names).pulls
        ]
        with (
            session.registered("read_now", names_table(changed)),
            session.registered("new_pulls", rows_as_columns("core.staging.pulls", rows)),
        ):
            found = {row["issue"] for row in session.query("issues_of_documents", source=SOURCE)}
        with session.values("named_jobs", "name", {name for _, name in self._changed[JOBS]}):
            linking = session.query("issues_linking_jobs", source=SOURCE)
        own = {name for kind, name in changed if kind in _OWN}
        return frozenset(own | found | {row["issue"] for row in linking})

    def read(self, session: Session, issues: Sequence[str]) -> dict[str, TwoStates]:
        """Issue → its documents. Pull requests are those that name the issue in either state."""
        own = self._pair(session, SOURCE, [(kind, name) for name in issues for kind in _OWN])
        pulls = self._pair(session, SOURCE, [*self._pulls, *_naming(session, issues)])
        names = dict(sorted({**self._names, **other_names(_all([own, pulls]))}.items()))
        comments = {c for d in _all([own]) if d.kind == ISSUE for c in comment_ids(d)}
        edits = self._pair(session, SOURCE, [(EDITS, node) for node in sorted(comments)])
        jobs = self._pair(session, JOBS, self._jobs(_all([own]), names))
        concerned = _concerned(pulls, names, issues)
        found = {}
        for issue in issues:
            mine = {name: pair for name, pair in own.items() if name[1] == issue}
            said = {node for d in _all([mine]) if d.kind == ISSUE for node in comment_ids(d)}
            linked = set(self._jobs(_all([mine]), names))
            mine |= {name: pair for name, pair in edits.items() if name[1] in said}
            mine |= {(PULL, pull): pulls[PULL, pull] for pull in concerned[issue]}
            mine |= {name: pair for name, pair in jobs.items() if name in linked}
            found[issue] = TwoStates(issue, dict(sorted(mine.items())), names)
        return found

    def _pair(self, session: Session, source: str, wanted: Sequence[Name]) -> dict[Name, TwoCopies]:
        if not wanted:
            return {}
        sides = [
            {copy.name: copy.document for copy in newest_copies(session, source, wanted, end)}
            for end in self._ends
        ]
        names = sorted({*sides[0], *sides[1]})
        return {name: TwoCopies(sides[0].get(name), sides[1].get(name)) for name in names}

    def _jobs(self, documents: Iterable[Document], names: Mapping[str, str]) -> list[Name]:
        if self._ciphertexts is None:
            return []
        found = {
            name
            for document in documents
            for issue in parse_documents([document], names).issues
            for link in jobs_linked(issue.bodies)
            for name in link.job.names
        }
        found |= {self._ciphertexts[name] for name in found if name in self._ciphertexts}
        return [(kind, name) for name in sorted(found) for kind in OF_JOBS]


def changed_documents(session: Session, source: str, before: int, after: int) -> list[Row]:
    """kind, external_id, fetched_at (None where it is not there any more) of every document that
    is not the same at two positions of raw. Needs raw."""
    return session.query("documents_between", source=source, first=before, second=after)


def _naming(session: Session, issues: Sequence[str]) -> list[Name]:
    with session.values("wanted_issues", "issue", issues):
        rows = session.query("pulls_naming")
    return [(PULL, name) for name in sorted({row["pull"] for row in rows})]


def _concerned(
    pulls: Mapping[Name, TwoCopies], names: Mapping[str, str], issues: Sequence[str]
) -> dict[str, list[str]]:
    """Issue → the pull requests that fix it, or take such a one back, in either state."""
    found: dict[str, set[str]] = {issue: set() for issue in issues}
    for side in ("before", "after"):
        documents = [d for pair in pulls.values() if (d := getattr(pair, side)) is not None]
        parsed = parse_documents(documents, names).pulls
        for issue, named in named_fixes(parsed, issues).items():
            if issue in found:
                found[issue].update(named)
    return {issue: sorted(named) for issue, named in found.items()}


def _all(maps: Iterable[Mapping[Name, TwoCopies]]) -> list[Document]:
    return [
        document
        for documents in maps
        for pair in documents.values()
        for document in (pair.before, pair.after)
        if document is not None
    ]
