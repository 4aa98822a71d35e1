"""Forward-only migrations, and views that are re-applied only when their text differs."""

from collections.abc import Sequence
from datetime import datetime
from functools import cache
from pathlib import Path

from tasks.domain.digests import sha256_hex
from tasks.domain.errors import SystemFault, UsageError
from tasks.warehouse.connect import FILES, FileName, Session, Warehouse
from tasks.warehouse.making import alone_in, is_stub, is_whole

_HERE = Path(__file__).parent
_LEDGER = """
CREATE TABLE IF NOT EXISTS {name}.schema_migrations (
    migration VARCHAR PRIMARY KEY, sha256 VARCHAR NOT NULL, applied_at TIMESTAMPTZ NOT NULL
)"""


@cache
def migrations(name: FileName) -> tuple[tuple[str, str], ...]:
    """(migration, text) of a file, in order."""
    files = sorted((_HERE / "migrations" / name).glob("*.sql"))
    return tuple((f.stem, f.read_text(encoding="utf-8")) for f in files)


@cache
def views() -> tuple[tuple[str, str], ...]:
    """(view file, text), in the order of their numbers: later ones may use earlier ones."""
    files = sorted((_HERE / "views").glob("*.sql"))
    return tuple((f.stem, f.read_text(encoding="utf-8")) for f in files)


def _views_digest() -> str:
    return sha256_hex("\n".join(text for _, text in views()))


def ensure(warehouse: Warehouse, now: datetime) -> None:
    """Bring the three files and the views up to date; a file that is up to date is only read.

    Raises UsageError for a file written by a newer version.
    """
    warehouse.folder.mkdir(parents=True, exist_ok=True)
    paths = [warehouse.path(name) for name in FILES]
    if all(is_whole(path) for path in paths):
        _bring_up_to_date(warehouse, now)
        return
    with alone_in(warehouse.folder):
        for path in paths:
            if path.exists() and is_stub(path):
                path.unlink()
        _bring_up_to_date(warehouse, now)


def _bring_up_to_date(warehouse: Warehouse, now: datetime) -> None:
    for name in FILES:
        if not is_current(warehouse, name):
            _migrate(warehouse, name, now)
    if _stored_views_digest(warehouse) != _views_digest():
        _apply_views(warehouse)


def is_current(warehouse: Warehouse, name: FileName) -> bool:
    """Whether a file has been through all migrations, with their present texts."""
    known = [(migration, sha256_hex(text)) for migration, text in migrations(name)]
    return applied_migrations(warehouse, name) == known


def applied_migrations(warehouse: Warehouse, name: FileName) -> list[tuple[str, str]]:
    """(migration, digest of its text) of a file, in order."""
    if not warehouse.path(name).exists():
        return []
    with warehouse.read(name) as session:
        if not _has_table(session, name, "schema_migrations"):
            return []
        rows = session.tuples(
            f"SELECT migration, sha256 FROM {name}.schema_migrations ORDER BY migration"  # noqa: S608
        )
    return [(row[0], row[1]) for row in rows]


def make_schema(session: Session, name: FileName, applied: Sequence[tuple[str, str]]) -> None:
    """Run those migrations in an empty file that is open for writing, and no others.

    The ledger of migrations stays empty. Raises SystemFault for one whose text was another.
    """
    known = dict(migrations(name))
    session.execute(_LEDGER.format(name=name))
    session.execute(f"USE {name}")
    for migration, digest in applied:
        if sha256_hex(known[migration]) != digest:
            raise SystemFault(
                f"migration {migration} of {name} differs from the one it was made with; a "
                "released migration is never edited",
                retryable=False,
            )
        session.execute(known[migration])


def check_known(name: FileName, applied: Sequence[tuple[str, str]], where: str) -> None:
    """Raise UsageError where a file of `where` has been through migrations unknown here."""
    known = {migration for migration, _ in migrations(name)}
    newer = sorted(migration for migration, _ in applied if migration not in known)
    if newer:
        raise UsageError(f"{where} is of a newer paydag (migration {newer[0]}); upgrade paydag")


def _has_table(session: Session, database: str, table: str) -> bool:
    found = session.tuples(
        "SELECT 1 FROM duckdb_tables() WHERE database_name = $d AND table_name = $t",
        {"d": database, "t": table},
    )
    return bool(found)


def _migrate(warehouse: Warehouse, name: FileName, now: datetime) -> None:
    known = dict(migrations(name))
    with warehouse.write(name) as session:
        session.execute(_LEDGER.format(name=name))
        rows = session.tuples(f"SELECT migration, sha256 FROM {name}.schema_migrations")  # noqa: S608
        done = dict(rows)
        newer = sorted(set(done) - set(known))
        if newer:
            raise UsageError(
                f"{warehouse.path(name)} was made by a newer paydag (migration {newer[0]}); "
                "upgrade paydag, or choose another home with --home"
            )
        session.execute(f"USE {name}")
        for migration, text in migrations(name):
            digest = sha256_hex(text)
            if migration in done:
                if done[migration] != digest:
                    raise SystemFault(
                        f"migration {migration} of {name} differs from the one applied to "
                        f"{warehouse.path(name)}; a released migration is never edited",
                        retryable=False,
                    )
                continue
            session.execute(text)
            session.insert(
                f"{name}.schema_migrations",
                [{"migration": migration, "sha256": digest, "applied_at": now}],
            )


def _stored_views_digest(warehouse: Warehouse) -> str | None:
    with warehouse.read("core") as session:
        if not _has_table(session, "core", "view_state"):
            return None
        rows = session.tuples("SELECT sha256 FROM core.view_state")
    return rows[0][0] if rows else None


def _apply_views(warehouse: Warehouse) -> None:
    with warehouse.write("core", also_read=("eval", "raw")) as session:
        session.execute("CREATE TABLE IF NOT EXISTS core.view_state (sha256 VARCHAR NOT NULL)")
        for row in session.rows(
            "SELECT view_name FROM duckdb_views() "
            "WHERE database_name = 'core' AND schema_name = 'marts' AND NOT internal"
        ):
            session.execute(f'DROP VIEW marts."{row["view_name"]}"')
        for _, text in views():
            session.execute(text)
        session.execute("DELETE FROM core.view_state")
        session.insert("core.view_state", [{"sha256": _views_digest()}])


def run_checks(session: Session, run_id: str | None = None) -> dict[str, int]:
    """Offending rows per check in checks/*.sql whose tables are attached; empty when all is well.

    A check's first line after the grain says which files it reads: `-- reads: core eval`. With a
    run id, checks of runs look at that run only: a stage of one run would else take the longer
    the more runs there are.
    """
    session.execute("SET VARIABLE checked_run = $run::VARCHAR", {"run": run_id})
    attached = {row[0] for row in session.tuples("SELECT database_name FROM duckdb_databases()")}
    offending = {}
    for file in sorted((_HERE / "checks").glob("*.sql")):
        text = file.read_text(encoding="utf-8")
        reads = text.splitlines()[1].removeprefix("-- reads:").split()
        if set(reads) <= attached:
            found = len(session.tuples(text))
            if found:
                offending[file.stem] = found
    return offending
