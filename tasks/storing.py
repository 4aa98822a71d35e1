"""Storing what a reader finished: one short transaction a job, so that a crash resumes."""

from collections.abc import Collection, Iterable, Sequence
from typing import Any, Literal

from tasks.judging import Judging
from tasks.reading import EDITS, ISSUE, PULL, Job, Tables
from tasks.staging import remove_issues, remove_ledgers, remove_pulls
from tasks.warehouse import Session
from tasks.warehouse.snapshot import Name, names_table

_LEDGERS = ("core.bounty_events", "core.bounty_observations")


def store_documents(session: Session, job: Job, tables: Tables) -> None:
    """Pull requests, comment edits and departures; the issues they concern count as unread."""
    with (
        session.registered("read_now", names_table(job.documents)),
        session.registered("new_pulls", tables["core.staging.pulls"]),
    ):
        found = session.query("issues_of_documents", source=job.source)
    forget(session, job.source, [(ISSUE, row["issue"]) for row in found])
    remove_pulls(session, (name for kind, name in job.documents if kind == PULL))
    edited = [name for kind, name in job.documents if kind == EDITS]
    with session.values("replaced_edits", "node_id", edited):
        session.execute(
            "DELETE FROM staging.comment_edits "
            "WHERE node_id IN (SELECT node_id FROM replaced_edits)"
        )
    forget(session, job.source, job.documents)
    _insert(session, tables, tables)


def store_issues(session: Session, job: Job, tables: Tables, staged: Collection[str]) -> None:
    """Issues in the place of their older rows, which those in `staged` have."""
    older = [name for name in job.issues if name in staged]
    if job.stage:
        if older:
            remove_issues(session, older)
            remove_ledgers(session, job.source, older, None)
        forget(session, job.source, [(ISSUE, name) for name in job.issues])
        drop_outcomes(session, job.source, job.issues, None)
    if job.judging is not None:
        _remove_judged(session, job, job.judging)
    corrections = {name: table for name in _LEDGERS if (table := tables.get(f"corrected {name}"))}
    _insert(session, tables, [name for name in tables if not name.startswith("corrected ")])
    _insert(session, corrections, corrections)


def _remove_judged(session: Session, job: Job, judging: Judging) -> None:
    remove_ledgers(session, job.source, job.issues, judging.spec.name)
    if not job.stage:
        drop_outcomes(session, job.source, job.issues, judging.spec.name)


def drop_outcomes(
    session: Session, source: str, candidates: Iterable[str], dataset: str | None
) -> None:
    """Take out the outcomes of one dataset, or of all: each makes its own when it is built."""
    with session.values("dropped", "candidate_id", candidates):
        session.execute(
            "DELETE FROM core.outcomes WHERE source = $source "
            "AND ($dataset IS NULL OR dataset = $dataset) "
            "AND candidate_id IN (SELECT candidate_id FROM dropped)",
            {"source": source, "dataset": dataset},
        )


def drop_source(session: Session, source: str, dataset: str) -> None:
    """Take out all outcomes that a source has in a dataset."""
    session.execute(
        "DELETE FROM core.outcomes WHERE source = $source AND dataset = $dataset",
        {"source": source, "dataset": dataset},
    )


def share_source(session: Session, source: str, dataset: str, inputs: str) -> bool:
    """Take over all outcomes that another dataset has of a source, where they rest on the same
    `inputs`; whether there was one."""
    rows = session.tuples(
        "SELECT min(dataset) FROM core.outcomes "
        "WHERE source = $source AND inputs = $inputs AND dataset <> $dataset",
        {"source": source, "inputs": inputs, "dataset": dataset},
    )
    if rows[0][0] is None:
        return False
    drop_source(session, source, dataset)
    session.execute(
        "INSERT INTO core.outcomes BY NAME SELECT * REPLACE ($dataset AS dataset) "
        "FROM core.outcomes WHERE source = $source AND inputs = $inputs AND dataset = $other",
        {"source": source, "inputs": inputs, "dataset": dataset, "other": rows[0][0]},
    )
    return True


def share_outcomes(
    session: Session, variants: Sequence[str], *, dataset: str, source: str, **about: Any
) -> None:
    """Take over the outcomes that other datasets have of the same issues, where they rest on the
    same. `about` and the tables that are needed are those of `unjudged_issues`."""
    own = {"dataset": dataset, "source": source, **about}
    session.run("make_shared", variants=list(variants), **own)
    session.execute(
        "DELETE FROM core.outcomes WHERE dataset = $dataset AND source = $source "
        "AND (candidate_id, variant) IN (SELECT (candidate_id, variant) FROM shared)",
        {"dataset": dataset, "source": source},
    )
    session.execute("INSERT INTO core.outcomes BY NAME SELECT * FROM shared")
    session.execute("DROP TABLE shared")


def forget(session: Session, source: str, names: Iterable[Name]) -> None:
    """Count these documents as unread."""
    with session.registered("forgotten", names_table(names)):
        session.execute(
            "DELETE FROM staging.read_documents WHERE source = $source "
            "AND (kind, external_id) IN (SELECT (kind, external_id) FROM forgotten)",
            {"source": source},
        )


def _insert(session: Session, tables: Tables, names: Iterable[str]) -> None:
    for name in names:
        keep: Literal["keep", "fail"] = "keep" if name == "core.task_instances" else "fail"
        if tables[name].num_rows:
            session.insert_arrow(name, tables[name], on_conflict=keep)
