"""What the warehouse of a home holds, table by table, for comparing before with after."""

import json
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from tasks.domain.grading import own_tests
from tasks.warehouse import Warehouse, run_checks

EVAL_TABLES: Final = (
    "environments",
    "run_environments",
    "runs",
    "run_items",
    "rollouts",
    "evidence",
    "verdicts",
    "payouts",
    "settlements",
    "metrics",
)
# What names a row; a name that occurs twice is a duplicate.
KEYS: Final = {
    "environments": "instance_digest, recipe_digest",
    "run_environments": "run_id, instance_digest",
    "runs": "run_id",
    "run_items": "run_id, instance_id, attempt",
    "rollouts": "run_id, instance_id, attempt, take",
    "evidence": "rollout_id, take, trial",
    "verdicts": "rollout_id, evidence_take, grader_version",
    "payouts": "verdict_id, price_rule",
    "settlements": "verdict_id, price_rule, terms",
    "metrics": "run_id, grader_version, price_rule, slice, metric",
}
# The current state of every item of a run, from question to dollars, without clock times.
_FINAL: Final = """
SELECT i.instance_id, i.attempt, i.position, i.instance_digest, i.variant,
       r.submission, r.status AS rollout_status, e.decision, e.exit_code, e.failure,
       e.report, e.facts, v.outcome, v.reason, v.detail, v.grader_version,
       p.price_rule, p.price_cents, p.payout_cents
FROM eval.run_items i
LEFT JOIN marts.current_rollouts r USING (run_id, instance_id, attempt)
LEFT JOIN marts.current_evidence e USING (rollout_id)
LEFT JOIN marts.current_verdicts v USING (rollout_id)
LEFT JOIN eval.payouts p USING (verdict_id)
WHERE i.run_id = $run ORDER BY i.position, p.price_rule
"""
# Where the report stands in a row of it; the other facts stand beside it.
_REPORT_AT: Final = 10

Rows = Counter[tuple[Any, ...]]


@dataclass(frozen=True)
class Tables:
    """Every eval table as a bag of rows, clock times included."""

    rows: dict[str, Rows]

    def added_since(self, before: "Tables") -> dict[str, int]:
        """Table → rows that are new; fails where an older row is gone or another."""
        for table, held in before.rows.items():
            assert held <= self.rows[table], f"rows of {table} are gone or changed"
        counts = {t: (self.rows[t] - before.rows[t]).total() for t in self.rows}
        return {table: count for table, count in counts.items() if count}


def read_tables(home: Path, *tables: str) -> Tables:
    """The named eval tables; all where none is named."""
    chosen = tables or EVAL_TABLES
    with Warehouse(home).read("eval") as session:
        return Tables({t: Counter(session.tuples(f"FROM eval.{t}")) for t in chosen})


def query(home: Path, sql: str, **parameters: Any) -> list[tuple[Any, ...]]:
    with Warehouse(home).read("core", "eval", "raw") as session:
        return session.tuples(sql, parameters)


def final_state(home: Path, run_id: str) -> list[tuple[Any, ...]]:
    """What a run came to, item by item, with its metrics at the end.

    Of the tests that were placed at grading only the number counts: their names are chance.
    """
    metrics = query(
        home,
        "SELECT grader_version, price_rule, slice, metric, value FROM eval.metrics "
        "WHERE run_id = $run ORDER BY ALL",
        run=run_id,
    )
    return [_without_chance(row) for row in query(home, _FINAL, run=run_id)] + metrics


def _without_chance(row: tuple[Any, ...]) -> tuple[Any, ...]:
    at = _REPORT_AT
    report, facts = (json.loads(text) if text else {} for text in row[at : at + 2])
    sentinels = facts.pop("sentinels", {})
    left = sorted(own_tests(report, sentinels).items())
    return (*row[:at], left, len(report), sorted(sentinels.values()), facts, *row[at + 2 :])


def assert_sound(home: Path) -> None:
    """No key occurs twice and the warehouse's own checks find nothing."""
    for table, key in KEYS.items():
        assert not query(home, f"SELECT {key} FROM eval.{table} GROUP BY ALL HAVING count(*) > 1")
    with Warehouse(home).read("core", "eval") as session:
        assert run_checks(session) == {}
