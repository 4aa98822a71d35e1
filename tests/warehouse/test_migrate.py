"""Files are brought up to date forwards only, and views only when their text differs."""

from collections.abc import Callable
from pathlib import Path

import pytest

from tasks.domain.errors import SystemFault, UsageError
from tasks.warehouse import FILES, FileName, Row, Warehouse, ensure, migrate, run_checks
from tests.warehouse.homes import START, document, fresh, put
from tests.warehouse.planted import ISSUE, PULL

HERE = Path(migrate.__file__).parent


def contents(warehouse: Warehouse) -> dict[str, bytes]:
    return {name: warehouse.path(name).read_bytes() for name in FILES}


def applied(warehouse: Warehouse, name: FileName) -> list[Row]:
    with warehouse.read(name) as session:
        return session.rows(f"SELECT * FROM {name}.schema_migrations")


def test_a_file_that_is_up_to_date_is_not_touched(tmp_path: Path) -> None:
    warehouse = fresh(tmp_path)
    before = contents(warehouse)
    ensure(warehouse, START.replace(year=2030))
    assert contents(warehouse) == before


@pytest.mark.parametrize("name", FILES)
def test_every_migration_is_recorded_with_its_text_and_moment(
    tmp_path: Path, name: FileName
) -> None:
    rows = applied(fresh(tmp_path), name)
    texts = migrate.migrations(name)
    assert [row["migration"] for row in rows] == [stem for stem, _ in texts]
    assert {row["applied_at"] for row in rows} == {START}
    assert len({row["sha256"] for row in rows}) == len(texts) > 0


@pytest.mark.parametrize("name", FILES)
def test_a_new_migration_is_applied_to_an_old_file_and_keeps_its_rows(
    tmp_path: Path, name: FileName, monkeypatch: pytest.MonkeyPatch
) -> None:
    warehouse = fresh(tmp_path)
    before = applied(warehouse, name)
    known = migrate.migrations
    added = (
        "9999_more",
        "CREATE TABLE added_later (n INTEGER); INSERT INTO added_later VALUES (7)",
    )
    monkeypatch.setattr(
        migrate, "migrations", lambda which: (*known(which), *([added] if which == name else []))
    )
    ensure(warehouse, START)
    with warehouse.read(name) as session:
        assert session.tuples(f"SELECT n FROM {name}.added_later") == [(7,)]
    assert [row for row in applied(warehouse, name) if row["migration"] != "9999_more"] == before


def test_what_an_older_version_staged_is_kept_and_what_it_did_not_know_is_null(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    known = migrate.migrations
    warehouse = Warehouse(tmp_path)
    with monkeypatch.context() as older:
        older.setattr(
            migrate, "migrations", lambda which: known(which)[: 1 if which == "core" else None]
        )
        older.setattr(migrate, "views", tuple)  # today's views name what came later
        ensure(warehouse, START)
        with warehouse.write("core") as session:
            session.insert("core.staging.issues", [ISSUE])
            session.insert("core.staging.pulls", [PULL])
    ensure(warehouse, START)
    with warehouse.read("core") as session:
        (issue,) = session.rows("FROM staging.issues")
        (pull,) = session.rows("FROM staging.pulls")
    assert issue == ISSUE | dict.fromkeys(("author", "state_reason", "closed_at", "gone"))
    assert {key: pull[key] for key in PULL} == PULL
    assert {value for key, value in pull.items() if key not in PULL} == {None}
    assert {"closed_at", "closes", "body"} <= set(pull)


def test_a_migration_that_fails_leaves_the_file_as_it_was(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    warehouse = fresh(tmp_path)
    before = applied(warehouse, "raw")
    known = migrate.migrations
    broken = ("9999_broken", "CREATE TABLE half (n INTEGER); SELECT no_such_column FROM half")
    monkeypatch.setattr(migrate, "migrations", lambda which: (*known(which), broken))
    with pytest.raises(Exception, match="no_such_column"):
        ensure(warehouse, START)
    with warehouse.read("raw") as session:
        tables = session.tuples(
            "SELECT table_name FROM duckdb_tables() WHERE database_name = 'raw' ORDER BY 1"
        )
    assert tables == [("documents",), ("fetches",), ("lineage",), ("schema_migrations",)]
    assert applied(warehouse, "raw") == before


def test_an_edited_migration_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    warehouse = fresh(tmp_path)
    known = migrate.migrations
    more = ("9999_more", "CREATE TABLE added_later (n INTEGER)")
    monkeypatch.setattr(
        migrate,
        "migrations",
        lambda which: (*((stem, text + "-- edited") for stem, text in known(which)), more),
    )
    with pytest.raises(SystemFault, match="a released migration is never edited") as refused:
        ensure(warehouse, START)
    assert not refused.value.retryable


def test_an_edited_migration_is_refused_though_nothing_else_is_new(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    warehouse = fresh(tmp_path)
    known = migrate.migrations
    monkeypatch.setattr(
        migrate,
        "migrations",
        lambda which: tuple((stem, text + "-- edited") for stem, text in known(which)),
    )
    with pytest.raises(SystemFault, match="a released migration is never edited"):
        ensure(warehouse, START)


@pytest.mark.parametrize("name", FILES)
def test_a_file_of_a_newer_paydag_is_refused_in_a_sentence(tmp_path: Path, name: FileName) -> None:
    warehouse = fresh(tmp_path)
    newer = {"migration": "9000_future", "sha256": "x", "applied_at": START}
    with warehouse.write(name) as session:
        session.insert(f"{name}.schema_migrations", [newer])
    with pytest.raises(UsageError) as refused:
        ensure(warehouse, START)
    assert str(refused.value) == (
        f"{warehouse.path(name)} was made by a newer paydag (migration 9000_future); "
        "upgrade paydag, or choose another home with --home"
    )


@pytest.mark.parametrize("name", FILES)
@pytest.mark.parametrize("content", [b"hello\n" * 4000, b"SQLite format 3\0" + b"\0" * 9000, b"x"])
def test_a_file_that_is_no_database_is_named_in_a_sentence(
    tmp_path: Path, name: FileName, content: bytes
) -> None:
    warehouse = Warehouse(tmp_path, lock_wait_s=0.2)
    warehouse.folder.mkdir()
    warehouse.path(name).write_bytes(content)
    with pytest.raises(UsageError) as refused:
        ensure(warehouse, START)
    assert str(refused.value) == (
        f"{warehouse.path(name)} is not a DuckDB database; move it away, or choose another home "
        "with --home"
    )
    assert warehouse.path(name).read_bytes() == content


def view_oids(warehouse: Warehouse) -> list[tuple[str, int]]:
    """The views with the numbers DuckDB gave them; a view made again gets another."""
    with warehouse.read("core") as session:
        rows = session.tuples(
            "SELECT view_name, view_oid FROM duckdb_views() WHERE database_name = 'core' "
            "AND schema_name = 'marts' AND NOT internal ORDER BY 1"
        )
    return [(str(name), int(oid)) for name, oid in rows]


@pytest.fixture
def views_of(monkeypatch: pytest.MonkeyPatch) -> Callable[[tuple[tuple[str, str], ...]], None]:
    def replace(views: tuple[tuple[str, str], ...]) -> None:
        monkeypatch.setattr(migrate, "views", lambda: views)

    return replace


def test_views_are_applied_again_only_when_their_text_differs(
    tmp_path: Path, views_of: Callable[[tuple[tuple[str, str], ...]], None]
) -> None:
    warehouse = fresh(tmp_path)
    before = contents(warehouse)
    views_of((*migrate.views(), ("99_more", "CREATE VIEW marts.more AS SELECT 1 AS one")))
    ensure(warehouse, START)
    assert "more" in dict(view_oids(warehouse))
    with warehouse.read(*FILES) as session:
        assert session.tuples("SELECT one FROM marts.more") == [(1,)]
    between = contents(warehouse)
    ensure(warehouse, START)
    assert contents(warehouse) == between != before


def test_a_view_that_is_no_longer_written_is_gone(
    tmp_path: Path, views_of: Callable[[tuple[tuple[str, str], ...]], None]
) -> None:
    warehouse = fresh(tmp_path)
    views_of(migrate.views()[:1])
    ensure(warehouse, START)
    assert [name for name, _ in view_oids(warehouse)] == ["current_rollouts"]


def test_every_view_runs_on_an_empty_warehouse_and_is_named_after_its_file(tmp_path: Path) -> None:
    warehouse = fresh(tmp_path)
    names = [stem.partition("_")[2] for stem, _ in migrate.views()]
    assert [name for name, _ in view_oids(warehouse)] == sorted(names)
    with warehouse.read(*FILES) as session:
        assert [session.tuples(f"FROM marts.{name}") for name in names] == [[] for _ in names]


def test_every_check_runs_on_an_empty_warehouse_and_finds_nothing(tmp_path: Path) -> None:
    warehouse = fresh(tmp_path)
    with warehouse.read(*FILES) as session:
        for file in (HERE / "checks").glob("*.sql"):
            assert session.tuples(file.read_text(encoding="utf-8")) == []
        assert run_checks(session) == {}


def test_a_raw_file_of_the_first_version_keeps_its_fetches_and_takes_calls(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    known = migrate.migrations
    warehouse = Warehouse(tmp_path)
    with monkeypatch.context() as older:
        older.setattr(migrate, "migrations", lambda which: known(which)[:1])
        older.setattr(migrate, "views", tuple)  # today's views name what came later
        ensure(warehouse, START)
        put(warehouse, [document(0, "a")])
        with warehouse.read("raw") as session:
            before = session.rows("FROM raw.fetches")[0]
    ensure(warehouse, START)
    added = {
        "refresh_id": "r",
        "stream": "s",
        "repository": "ours/app",
        "variables": "{}",
        "duration_ms": 7,
        "error": "no",
        "seen": ["ours/app#7"],
        "done": True,
    }
    call = before | {"fetch_id": "call", **added}
    with warehouse.write("raw") as session:
        session.insert("raw.fetches", [call])
    with warehouse.read("raw") as session:
        rows = session.rows("FROM raw.fetches ORDER BY rowid")
    assert rows == [before | dict.fromkeys(added), call]
