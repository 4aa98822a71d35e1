"""Evidence of earlier versions gets the counts that grading would give it now."""

from pathlib import Path

import pytest

from tasks.domain.cases import cases_of
from tasks.trials import evidence_of
from tasks.warehouse import Row, Warehouse, ensure, migrate
from tests.warehouse.homes import START
from tests.warehouse.planted import EVIDENCE

OLD: list[Row] = [
    {"trial": 1},
    {"trial": 2, "report": "{}"},
    {"trial": 3, "report": '{"a":"passed","b":"failed","c":"skipped","d \\"e\\"":"error"}'},
    {"trial": 4, "report": '{"a":"passed","b":"skipped"}', "failure": "stopped: cpu"},
    {
        "trial": 5,
        "report": '{"a":"passed","x::test_0f":"passed","x::test_1e [b]":"failed",'
        '"my_test_0f":"passed"}',
        "facts": '{"sentinels":{"test_0f":"passed","test_1e":"failed"},"stale":true}',
    },
    {
        "trial": 6,
        "report": '{"x::test_0f":"passed"}',
        "facts": '{"sentinels":{"test_0f":"passed"}}',
    },
]


def test_reports_of_earlier_versions_are_counted_as_new_ones_are(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    known = migrate.migrations
    warehouse = Warehouse(tmp_path)
    with monkeypatch.context() as older:
        older.setattr(
            migrate,
            "migrations",
            lambda which: tuple(m for m in known(which) if m[0] != "0005_test_cases"),
        )
        older.setattr(migrate, "views", tuple)  # today's views name what came later
        ensure(warehouse, START)
        with warehouse.write("eval") as session:
            session.insert("eval.evidence", [EVIDENCE | row for row in OLD])
    ensure(warehouse, START)
    with warehouse.read("eval") as session:
        rows = session.rows("FROM eval.evidence ORDER BY trial")
    counted = [(row["cases_passed"], row["cases_total"]) for row in rows]
    assert counted == [cases_of(evidence_of(row)) or (None, None) for row in rows]
    assert counted == [(None, None), (0, 0), (1, 3), (1, 2), (2, 2), (0, 0)]
