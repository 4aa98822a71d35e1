"""Homes, backups and stores of every version that was ever released become those of this one."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final

import pytest

from tasks.backups import make_backup
from tasks.restoring import restore_backup
from tasks.warehouse import FILES, FileName, Warehouse, ensure, migrate, run_checks
from tests.stores.homes import NOW, attached, lands, plant, rows_of, shipped

pytestmark = pytest.mark.exhaustive

ALL: Final = {name: migrate.migrations(name) for name in FILES}
State = Mapping[FileName, int]


def _states() -> Iterator[State]:
    """How many migrations each file has been through: all files step by step, then each at its
    first beside the present ones of the others."""
    most = {name: len(found) for name, found in ALL.items()}
    for count in range(1, max(most.values()) + 1):
        yield {name: min(count, most[name]) for name in FILES}
    for name in FILES:
        yield {**most, name: 1}


def _shown(state: State) -> str:
    return "-".join(f"{name}{count}" for name, count in state.items())


STATES: Final = {_shown(state): state for state in _states()}


@pytest.fixture
def old(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest) -> Path:
    """A home as a former version made it, with a row of everything that this version knew, a
    backup of it and a store, which that version wrote."""
    state, home = STATES[request.param], tmp_path / "old"
    with monkeypatch.context() as older:
        older.setattr(migrate, "migrations", lambda name: ALL[name][: state[name]])
        older.setattr(migrate, "views", tuple)  # today's views name what came later
        older.setattr("tasks.warehouse.copying.run_checks", lambda session: {})
        older.setattr("tasks.shipping.lineage_of", lambda warehouse: "old")
        ensure(Warehouse(home), NOW)
        plant(home)
        lands(home, ["a", "b"])
        make_backup(home, tmp_path / "backup", NOW)
        shipped(home, (tmp_path / "store").as_uri())
    return home


@pytest.mark.parametrize("old", STATES, indirect=True)
def test_a_home_a_backup_and_a_store_of_every_version_come_to_the_same(
    old: Path, tmp_path: Path
) -> None:
    before = rows_of(old)
    restore_backup(tmp_path / "restored", tmp_path / "backup", NOW, force=False)
    attached(tmp_path / "attached", (tmp_path / "store").as_uri())
    ensure(Warehouse(old), NOW)
    homes = [old, tmp_path / "restored", tmp_path / "attached"]
    found = [rows_of(home) for home in homes]
    for rows in found:  # a name that is made with the migration is each home's own
        if "raw.lineage" not in before:
            assert len(rows.pop("raw.lineage")) == 1
        rows.pop("raw.schema_migrations"), rows.pop("core.schema_migrations")
        rows.pop("eval.schema_migrations")
    assert found[0] == found[1] == found[2]
    kept = {table for table in before if table in found[0]}
    assert all(len(found[0][table]) >= len(before[table]) for table in kept)
    assert {"raw.documents", "core.task_instances", "eval.rollouts"} <= kept
    for home in homes:
        warehouse = Warehouse(home)
        assert all(migrate.is_current(warehouse, name) for name in FILES)
        with warehouse.read(*FILES) as session:
            assert run_checks(session) == {}
