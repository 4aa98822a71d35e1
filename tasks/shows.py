"""What `paydag show` prints: one instance, one ledger, the rejections of a dataset."""

import json
from typing import Any, Final

from tasks.domain.errors import UsageError, unknown
from tasks.runs import find_version
from tasks.warehouse import Row, Session, Warehouse


def show_instance(
    warehouse: Warehouse, reference: str, version: str | None = None
) -> dict[str, Any]:
    """The newest instance with this id (or digest prefix), or the one that `version` (`name`,
    `name@latest` or `name@digest-prefix`) has: its body, its versions and verdicts."""
    with warehouse.read("core", "eval") as session:
        digest = _instance_digest(session, reference, version)
        body = session.tuples(
            "SELECT body FROM core.task_instances WHERE instance_digest = $digest",
            {"digest": digest},
        )[0][0]
        versions = session.rows(
            "SELECT d.dataset, d.dataset_version FROM core.version_instances v "
            "JOIN core.dataset_versions d USING (dataset_version) "
            "WHERE v.instance_digest = $digest ORDER BY d.last_built_at DESC",
            {"digest": digest},
        )
        verdicts = session.rows(
            "SELECT r.run_id, r.solver, s.attempt, s.state, s.reason FROM marts.run_state s "
            "JOIN eval.runs r USING (run_id) WHERE s.instance_digest = $digest "
            "ORDER BY r.opened_at, s.attempt",
            {"digest": digest},
        )
    return {
        "instance_digest": digest,
        **json.loads(body),
        "versions": versions,
        "verdicts": verdicts,
    }


def _instance_digest(session: Session, reference: str, version: str | None) -> str:
    only = find_version(session, version).dataset_version if version is not None else None
    rows = session.rows(
        "SELECT t.instance_id, t.instance_digest, max(d.last_built_at) AS built "
        "FROM core.task_instances t JOIN core.version_instances v USING (instance_digest) "
        "JOIN core.dataset_versions d USING (dataset_version) "
        "WHERE $only IS NULL OR dataset_version = $only GROUP BY ALL ORDER BY built DESC",
        {"only": only},
    )
    for row in rows:
        if row["instance_id"] == reference:
            return str(row["instance_digest"])
    fitting = [
        row for row in rows if len(reference) > 5 and row["instance_digest"].startswith(reference)
    ]
    if len(fitting) == 1:
        return str(fitting[0]["instance_digest"])
    raise unknown("instance", reference, sorted({row["instance_id"] for row in rows}))


# Within a second a ledger is walked in this order, as marts.escalation says it.
_WALK: Final = ("title_at_creation", "title_rename", "upwork_job", "comment", "override")


def show_ledger(warehouse: Warehouse, reference: str, dataset: str | None = None) -> dict[str, Any]:
    """The bounty events of an issue: `owner/name#N`, its number alone, or an instance id.

    Where a dataset's overrides correct the ledger, theirs is shown: that of `dataset`, or of the
    first by name. Beside the events stand the observations and what the ladder comes to.
    """
    with warehouse.read("core") as session:
        issue = _issue_of(session, reference)
        corrected = _corrected(session, issue, dataset)
        chosen = {"issue": issue, "dataset": corrected}
        events = session.rows(
            "SELECT * FROM core.bounty_events WHERE issue = $issue "
            "AND dataset IS NOT DISTINCT FROM $dataset "
            "ORDER BY source, occurred_at NULLS FIRST, kind = 'paid', list_position($walk, "
            "source_kind), document_id, previous_cents NULLS FIRST, event_id",
            chosen | {"walk": list(_WALK)},
        )
        observations = session.rows(
            "SELECT * FROM core.bounty_observations WHERE issue = $issue "
            "AND dataset IS NOT DISTINCT FROM $dataset "
            "ORDER BY source, occurred_at NULLS FIRST, document_id, reading, observation_id",
            chosen,
        )
        escalation = session.rows(
            "SELECT * EXCLUDE (source, dataset, issue, ladder, first_posted_at) "
            "FROM marts.escalation WHERE issue = $issue "
            "AND dataset IS NOT DISTINCT FROM $dataset ORDER BY source LIMIT 1",
            chosen,
        )
    return {
        "issue": issue,
        "dataset": corrected,
        "events": [_plain(event) for event in events],
        "observations": [_plain(row) for row in observations],
        "escalation": escalation[0] if escalation else None,
    }


def _corrected(session: Session, issue: str, dataset: str | None) -> str | None:
    """The dataset whose corrections are shown; None for the ledger of the documents alone."""
    rows = session.tuples(
        "SELECT DISTINCT dataset FROM core.bounty_events WHERE issue = $issue "
        "AND dataset IS NOT NULL ORDER BY dataset",
        {"issue": issue},
    )
    named = [row[0] for row in rows]
    if dataset is not None:
        return dataset if dataset in named else None
    return named[0] if named else None


def _issue_of(session: Session, reference: str) -> str:
    issues = [
        row[0] for row in session.tuples("SELECT DISTINCT issue FROM core.bounty_events ORDER BY 1")
    ]
    if reference in issues:
        return reference
    instance = session.tuples(
        "SELECT issue FROM core.task_instances WHERE instance_id = $id", {"id": reference}
    )
    if instance and instance[0][0] in issues:
        return str(instance[0][0])
    numbered = [issue for issue in issues if issue.endswith(f"#{reference.removeprefix('#')}")]
    if len(numbered) == 1:
        return str(numbered[0])
    if numbered:
        raise UsageError(f"{reference!r} fits {', '.join(numbered)}; say owner/name#N")
    raise unknown("issue", reference, issues)


def show_rejections(warehouse: Warehouse, reference: str) -> dict[str, Any]:
    """The rejections of a dataset version: `name`, `name@latest` or `name@digest-prefix`."""
    with warehouse.read("core") as session:
        version = find_version(session, reference)
        rows = session.rows(
            "SELECT candidate_id, variant, reason, detail, origin, price_cents "
            "FROM core.rejections WHERE dataset_version = $version ORDER BY ALL",
            {"version": version.dataset_version},
        )
    return {
        "dataset": version.dataset,
        "version": version.dataset_version,
        "rejections": rows,
    }


def _plain(row: Row) -> Row:
    moment = row["occurred_at"]
    return row | {"occurred_at": moment.isoformat() if moment else None}
