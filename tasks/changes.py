"""Keeping staging, ledgers and outcomes abreast of raw: only what changed documents can change."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from typing import Any, Final

from tasks import progress
from tasks.domain.errors import SystemFault
from tasks.inputs import RETRIED, reading_rules
from tasks.jobs import known_ciphertexts, read_jobs
from tasks.judging import Judging
from tasks.readers import Readers
from tasks.reading import ISSUE, PULL, Job, Tables, read
from tasks.sources.github.parse import other_names
from tasks.storing import drop_outcomes, share_outcomes, store_documents, store_issues
from tasks.variants import issue_variants
from tasks.warehouse import Row, Session, Warehouse
from tasks.warehouse.columns import texts_as_table
from tasks.warehouse.snapshot import (
    Name,
    end_of_raw,
    in_order,
    newest_copies,
    newest_names,
    stored_edits,
    unread,
)

# Issues a job: some thirty megabytes of documents, and a second's work.
BATCH: Final = 1_000
# Small documents are so many more.
_SMALL: Final = 4
# To start processes takes as long as to read some batches.
_WORTH_IT: Final = 4
# Names of repositories are found while reading; reading again finds no others.
_ROUNDS: Final = 3

Run = Callable[[Iterable[Job]], Iterator[tuple[Job, Tables]]]


@dataclass(frozen=True)
class Plan:
    """What is kept abreast. `workers` read beside this process where there is much to read."""

    warehouse: Warehouse
    source: str
    repositories: Sequence[str]
    judging: Judging
    workers: int = 2
    batch: int = BATCH


@dataclass(frozen=True)
class _Round:
    """Raw as it stands before `end`, and what it is read by."""

    end: int
    names: dict[str, str]

    @property
    def rules(self) -> str:
        return reading_rules(self.names)


class _Crew:
    """Who reads: processes of their own from the first time that there is much, which stay until
    the stack is left; this one before."""

    def __init__(self, plan: Plan, stack: ExitStack) -> None:
        self._plan = plan
        self._stack = stack
        self._readers: Readers | None = None

    def running(self, jobs: int) -> Run:
        """Runs so many jobs."""
        if self._readers is None and self._plan.workers > 1 and jobs >= _WORTH_IT:
            self._readers = self._stack.enter_context(Readers(self._plan.workers))
        if self._readers is not None:
            return self._readers.map
        edits = _edits(self._plan)
        return lambda listed: ((job, read(job, edits)) for job in listed)


def follow(plan: Plan) -> None:
    """Read every document that changed, and judge every issue whose outcome is not valid."""
    with ExitStack() as stack:
        _follow(plan, _Crew(plan, stack))


def _follow(plan: Plan, crew: _Crew) -> None:
    for _ in range(_ROUNDS):
        with plan.warehouse.read("core", "raw") as session:
            end = end_of_raw(session)
            this = _Round(end, _names(session, plan, end))
            changed = unread(session, plan.source, this.end, this.rules)
        read_jobs(plan.warehouse, end)
        small = [name for name in changed if name[0] != ISSUE]
        if small:
            _read_small(plan, crew, this, small)
        _read_issues(plan, crew, this)
        with plan.warehouse.read("core", "raw") as session:
            if _names(session, plan, end) == this.names:
                break
    else:
        raise SystemFault("the names of repositories do not settle", retryable=False)
    _drop_stale(plan)
    _judge_others(plan, crew, this)


def _names(session: Session, plan: Plan, end: int) -> dict[str, str]:
    """What renamed repositories are called in their own addresses → their name here."""
    rows = session.query("names_in_addresses")
    newest = [n for kind in (ISSUE, PULL) for n in newest_names(session, plan.source, kind, end)]
    copies = newest_copies(session, plan.source, newest, end)
    found = other_names(copy.document for copy in copies)
    return dict(sorted({**{row["called"]: row["repository"] for row in rows}, **found}.items()))


def _read_small(plan: Plan, crew: _Crew, this: _Round, names: Sequence[Name]) -> None:
    jobs = [
        Job(
            home=plan.warehouse.folder.parent,
            source=plan.source,
            end=this.end,
            names=this.names,
            rules=this.rules,
            documents=part,
        )
        for part in _parts(names, _SMALL * plan.batch)
    ]
    for job, tables in crew.running(len(jobs))(jobs):
        with plan.warehouse.write("core", checkpoint=False) as session:
            store_documents(session, job, tables)


def _read_issues(plan: Plan, crew: _Crew, this: _Round) -> None:
    with plan.warehouse.read("core", "raw") as session:
        changed = unread(session, plan.source, this.end, this.rules)
    own = set(plan.repositories)
    names = [name for kind, name in changed if kind == ISSUE and name.partition("#")[0] in own]
    if names:
        _handle(plan, crew, this, names, stage=True)


def _judge_others(plan: Plan, crew: _Crew, this: _Round) -> None:
    """Issues that did not change, where what else their outcomes rest on did."""
    with plan.warehouse.read("core") as session:
        wanted = _unjudged(session, plan)
    if not wanted:
        return
    with plan.warehouse.write("core", checkpoint=False) as session, _inputs(session, plan):
        share_outcomes(session, issue_variants(plan.judging.spec.variants), **_about(plan))
    with plan.warehouse.read("core", "raw") as session:
        listed = [(ISSUE, name) for name in _unjudged(session, plan)]
        names = [name for _, name in in_order(session, plan.source, listed, this.end)]
    if names:
        _handle(plan, crew, this, names, stage=False)


def _unjudged(session: Session, plan: Plan) -> list[str]:
    variants = issue_variants(plan.judging.spec.variants)
    with _inputs(session, plan):
        rows = session.query("unjudged_issues", **_about(plan), variants=len(variants))
    return [row["issue"] for row in rows]


def _about(plan: Plan) -> dict[str, Any]:
    return {
        "dataset": plan.judging.spec.name,
        "source": plan.source,
        "retried": RETRIED,
        "general": plan.judging.inputs.general,
        "repositories": list(plan.repositories),
    }


@contextmanager
def _inputs(session: Session, plan: Plan) -> Iterator[None]:
    inputs = plan.judging.inputs
    own: list[Row] = []
    for key, found in inputs.own.items():
        candidate, _, variant = key.rpartition(" ")
        lacking = inputs.lacking(found, candidate.partition("#")[0])
        row = {"candidate_id": candidate, "variant": variant, "inputs": found, "lacking": lacking}
        own.append(row)
    mirrors: list[Row] = [
        {"origin": name, "lacking": inputs.lacking(inputs.general, name)}
        for name in plan.repositories
    ]
    columns = ("candidate_id", "variant", "inputs", "lacking")
    with (
        session.registered("own_inputs", texts_as_table(columns, own)),
        session.registered("mirror_inputs", texts_as_table(("origin", "lacking"), mirrors)),
    ):
        yield


def _handle(plan: Plan, crew: _Crew, this: _Round, names: Sequence[str], *, stage: bool) -> None:
    """Read these issues, batch by batch, and store each."""
    with plan.warehouse.read("core") as session, session.values("wanted_issues", "issue", names):
        pulls, ciphertexts = _pulls(session), known_ciphertexts(session)
        staged = {
            row[0]
            for row in session.tuples(
                "SELECT issue FROM staging.issues SEMI JOIN wanted_issues USING (issue)"
            )
        }
    parts = list(_parts(names, plan.batch))
    jobs = (
        Job(
            home=plan.warehouse.folder.parent,
            source=plan.source,
            end=this.end,
            names=this.names,
            rules=this.rules,
            issues=part,
            pulls=_distinct(pulls, part),
            ciphertexts=ciphertexts,
            stage=stage,
            judging=plan.judging,
        )
        for part in parts
    )
    done = 0
    progress.report("build", done, len(names), "issues")
    for job, tables in crew.running(len(parts))(jobs):
        with plan.warehouse.write("core", checkpoint=False) as session:
            store_issues(session, job, tables, staged)
        done += len(job.issues)
        progress.report("build", done, len(names), "issues")


def _pulls(session: Session) -> dict[str, list[dict[str, Any]]]:
    """issue → the staging rows of the pull requests that name it as fixed."""
    found: dict[str, list[dict[str, Any]]] = {}
    for row in session.query("pulls_naming"):
        found.setdefault(row.pop("named_issue"), []).append(row)
    return found


def _distinct(
    pulls: dict[str, list[dict[str, Any]]], issues: Iterable[str]
) -> tuple[dict[str, Any], ...]:
    found = {row["pull"]: row for issue in issues for row in pulls.get(issue, ())}
    return tuple(found[name] for name in sorted(found))


def _drop_stale(plan: Plan) -> None:
    """Outcomes of what is no candidate any more: another repository, variant or no issue."""
    with plan.warehouse.read("core") as session:
        stale = session.query(
            "stale_outcomes",
            dataset=plan.judging.spec.name,
            source=plan.source,
            repositories=list(plan.repositories),
            variants=issue_variants(plan.judging.spec.variants),
        )
    if stale:
        candidates = sorted({row["candidate_id"] for row in stale})
        with plan.warehouse.write("core", checkpoint=False) as session:
            drop_outcomes(session, plan.source, candidates, plan.judging.spec.name)


def _edits(plan: Plan) -> Callable[[Sequence[str]], Any]:
    def fetch(comments: Sequence[str]) -> Any:
        with plan.warehouse.read("core") as session:
            return stored_edits(session, plan.source, comments)

    return fetch


def _parts(names: Sequence[Any], size: int) -> Iterator[tuple[Any, ...]]:
    return (tuple(names[start : start + size]) for start in range(0, len(names), size))
