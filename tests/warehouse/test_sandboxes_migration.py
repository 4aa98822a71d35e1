"""What the first version graded is read as before, in the environment that its runs used."""

from pathlib import Path

import pytest

from tasks.domain.verdicts import Evidence
from tasks.trials import evidence_of
from tasks.warehouse import Warehouse, ensure, migrate
from tests.warehouse.homes import START
from tests.warehouse.planted import (
    ENVIRONMENT,
    EVIDENCE,
    INSTANCE,
    ITEM,
    LISTED,
    ROLLOUT,
    VERDICT,
    VERSION,
)

OLDER = {key: value for key, value in ENVIRONMENT.items() if key != "repeats"}
FIRST = {key: value for key, value in EVIDENCE.items() if key != "recipe_digest"}
COLLECTED = FIRST | {"exit_code": 0, "report": '{"a":"passed"}', "log": "1 test"}


@pytest.fixture
def migrated(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Warehouse:
    known = migrate.migrations
    warehouse = Warehouse(tmp_path)
    with monkeypatch.context() as older:
        older.setattr(
            migrate, "migrations", lambda which: known(which)[: 1 if which == "eval" else None]
        )
        older.setattr(migrate, "views", tuple)  # today's views name what came later
        ensure(warehouse, START)
        with warehouse.write("core") as session:
            session.insert("core.task_instances", [INSTANCE])
            session.insert("core.dataset_versions", [VERSION])
            session.insert("core.version_instances", [LISTED])
        with warehouse.write("eval") as session:
            newest = OLDER | {
                "recipe_digest": "newest",
                "prepared_at": START.replace(year=2026),
            }
            session.insert("eval.environments", [OLDER, newest])
            session.insert("eval.run_items", [ITEM])
            session.insert("eval.rollouts", [ROLLOUT])
            session.insert("eval.evidence", [COLLECTED])
            session.insert("eval.verdicts", [VERDICT])
    ensure(warehouse, START)
    return warehouse


def test_an_old_run_uses_the_newest_environment_and_keeps_its_verdict(migrated: Warehouse) -> None:
    with migrated.read("core", "eval") as session:
        assert session.tuples("FROM eval.run_environments") == [
            ("run", "d1", "newest", "process", "default", START.replace(year=2026))
        ]
        assert session.tuples("SELECT recipe_digest FROM eval.evidence") == [("newest",)]
        state = session.tuples("SELECT state, sandbox, evidence_status FROM marts.run_state")
    assert state == [("resolved", "process", "done")]


def test_old_evidence_is_read_with_the_defaults_of_what_it_did_not_know(
    migrated: Warehouse,
) -> None:
    with migrated.read("eval") as session:
        (row,) = session.rows("FROM eval.evidence")
        repeats = session.tuples("SELECT DISTINCT repeats FROM eval.environments")
    assert row["facts"] is None
    assert repeats == [(1,)]
    assert evidence_of(row) == Evidence(exit_code=0, report={"a": "passed"}, log="1 test")
