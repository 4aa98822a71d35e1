"""What the leak linter found in a dataset version: stored by build, shown by `paydag lint`."""

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any

from tasks.domain.instances import TaskInstance
from tasks.domain.leaks import LEAKS, Finding
from tasks.runs import find_version
from tasks.warehouse import Row, Session, Warehouse


def store_findings(
    session: Session,
    dataset_version: str,
    found: Iterable[tuple[TaskInstance, Sequence[Finding]]],
) -> int:
    """Replace what is stored of a version by the findings in its instances; how many there are.

    Writes core.lint_findings inside the caller's transaction.
    """
    session.execute(
        "DELETE FROM core.lint_findings WHERE dataset_version = $version",
        {"version": dataset_version},
    )
    return session.insert(
        "core.lint_findings",
        [
            _row(dataset_version, instance, finding)
            for instance, findings in found
            for finding in findings
        ],
    )


def show_findings(warehouse: Warehouse, reference: str) -> dict[str, Any]:
    """The findings of `name`, `name@latest` or `name@digest-prefix`, with their totals.

    Leaks stand before warnings. `leaking` counts the instances with at least one leak; `codes`
    says what each code that was found means. Raises UsageError for an unknown version.
    """
    with warehouse.read("core") as session:
        version = find_version(session, reference)
        rows = session.query("lint_findings", version=version.dataset_version)
        checked = session.tuples(
            "SELECT count(*) FROM core.version_instances WHERE dataset_version = $version",
            {"version": version.dataset_version},
        )[0][0]
    severities = Counter(row["severity"] for row in rows)
    found = {row["code"] for row in rows}
    return {
        "dataset": version.dataset,
        "version": version.dataset_version,
        "instances": checked,
        "leaking": len({row["instance_id"] for row in rows if row["severity"] == "leak"}),
        "leaks": severities["leak"],
        "warnings": severities["warning"],
        "by_code": _by_code(rows),
        "codes": {code: meaning for code, meaning in LEAKS.items() if code in found},
        "findings": rows,
    }


def _by_code(rows: Sequence[Row]) -> dict[str, dict[str, int]]:
    counts = Counter((row["code"], row["severity"]) for row in rows)
    return {
        code: {"leak": counts[code, "leak"], "warning": counts[code, "warning"]}
        for code in LEAKS
        if counts[code, "leak"] or counts[code, "warning"]
    }


def _row(dataset_version: str, instance: TaskInstance, finding: Finding) -> Row:
    return {
        "dataset_version": dataset_version,
        "instance_id": instance.instance_id,
        "instance_digest": instance.instance_digest,
        **finding.model_dump(),
    }
