"""What the leak linter found in a dataset version, as `paydag lint` shows it."""

from collections import Counter
from collections.abc import Sequence
from typing import Any

from tasks.domain.leaks import LEAKS
from tasks.runs import find_version
from tasks.warehouse import Row, Warehouse


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
