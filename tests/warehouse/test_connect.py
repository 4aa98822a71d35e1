"""Short reads and writes on files that other processes open, too."""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tasks.domain.errors import SystemFault
from tasks.warehouse import Warehouse
from tests.warehouse.homes import ROOT, START, copies, document, fresh, put

HOLD = """
import sys
from pathlib import Path
from tasks.warehouse import Warehouse
with Warehouse(Path(sys.argv[1])).write("raw"):
    print("held", flush=True)
    sys.stdin.read()
"""


@contextmanager
def held_by_another_process(home: Path) -> Iterator[subprocess.Popen[str]]:
    """Another process in the middle of a write on raw."""
    command = [sys.executable, "-c", HOLD, str(home)]
    with subprocess.Popen(
        command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        try:
            assert process.stdout.readline() == "held\n"
            yield process
        finally:
            process.kill()


def test_waiting_for_another_process_ends_and_names_it(tmp_path: Path) -> None:
    fresh(tmp_path)
    impatient = Warehouse(tmp_path, lock_wait_s=0.2)
    with held_by_another_process(tmp_path) as holder:
        with pytest.raises(SystemFault) as refused, impatient.read("raw"):
            pass
        message = str(refused.value)
        assert message.startswith(f"{impatient.path('raw')} is locked by process {holder.pid} (")
        assert message.endswith("stop it, and run the command again")
        assert refused.value.retryable


def test_a_write_waits_for_the_other_process_and_then_goes_through(tmp_path: Path) -> None:
    warehouse = fresh(tmp_path)
    with held_by_another_process(tmp_path) as holder:
        assert holder.stdin is not None
        holder.stdin.close()
        put(warehouse, [document(1, "a")])
    assert len(copies(warehouse)) == 1


def test_the_other_files_are_free_while_one_is_written(tmp_path: Path) -> None:
    impatient = Warehouse(fresh(tmp_path).folder.parent, lock_wait_s=0.2)
    with held_by_another_process(tmp_path), impatient.write("core") as session:
        session.execute("CREATE TABLE core.mine (n INTEGER)")
    with impatient.read("core") as session:
        assert session.tuples("SELECT * FROM core.mine") == []


def test_a_write_that_fails_leaves_nothing_behind(tmp_path: Path) -> None:
    warehouse = fresh(tmp_path)
    row = {"fetch_id": "f", "source": "s", "calls": 0, "documents_read": 0, "documents_landed": 0}
    row |= {"status": "done", "started_at": START, "finished_at": START}

    def interrupted() -> None:
        with warehouse.write("raw") as session:
            session.insert("raw.fetches", [row])
            assert session.tuples("SELECT count(*) FROM raw.fetches") == [(1,)]
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        interrupted()
    with warehouse.write("raw") as session:
        assert session.tuples("SELECT count(*) FROM raw.fetches") == [(0,)]


def test_a_read_cannot_write(tmp_path: Path) -> None:
    warehouse = fresh(tmp_path)
    with pytest.raises(Exception, match="read-only"), warehouse.read("raw") as session:
        session.execute("DELETE FROM raw.documents")


def test_a_row_with_a_strange_key_is_refused_before_anything_is_stored(tmp_path: Path) -> None:
    warehouse = fresh(tmp_path)
    with (
        pytest.raises(KeyError, match="no column prize"),
        warehouse.write("core") as session,
    ):
        session.insert("core.version_instances", [{"instance_id": "i", "prize": 1}])


def test_rows_come_back_as_they_went_in(tmp_path: Path) -> None:
    warehouse = fresh(tmp_path)
    row = {
        "instance_digest": "d",
        "instance_id": "i",
        "variant": "v",
        "repository": "r",
        "issue": "r#1",
        "title": "t \u2013 \U0001f6a3",
        "base": None,
        "as_of": START,
        "prices": {"final": 25000, "initial": None},
        "trusted": True,
        "body": "{}",
    }
    with warehouse.write("core") as session:
        assert session.insert("core.task_instances", [row]) == 1
        assert session.insert("core.task_instances", []) == 0
    with warehouse.read("core") as session:
        assert session.rows("SELECT * FROM core.task_instances") == [row]


def test_a_key_that_is_there_is_kept_or_refused_as_asked(tmp_path: Path) -> None:
    warehouse = fresh(tmp_path)
    first = {"dataset_version": "v", "instance_id": "i", "instance_digest": "old"}
    again = first | {"instance_digest": "new"}
    other = first | {"instance_id": "j"}
    with warehouse.write("core") as session:
        session.insert("core.version_instances", [first])
        session.insert("core.version_instances", [again, other], on_conflict="keep")
    with (
        pytest.raises(Exception, match="Duplicate key"),
        warehouse.write("core") as session,
    ):
        session.insert("core.version_instances", [again])
    with warehouse.read("core") as session:
        assert session.rows("FROM core.version_instances ORDER BY instance_id") == [first, other]


@pytest.mark.parametrize("table", ["raw.documents; DROP", "documents", "a.b.c.d", "Raw.X", ""])
def test_a_table_is_a_name_and_not_a_piece_of_sql(tmp_path: Path, table: str) -> None:
    warehouse = fresh(tmp_path)
    with pytest.raises(ValueError, match="not a table name"), warehouse.write("raw") as session:
        session.insert(table, [{"a": 1}])


def test_raw_is_kept_in_groups_small_enough_to_be_written_again(tmp_path: Path) -> None:
    """A checkpoint writes the last group anew: with DuckDB's own size, all that raw holds."""
    warehouse = fresh(tmp_path)
    put(warehouse, [document(at, "a", name=f"ours/app#{at}") for at in range(5_000)])
    with warehouse.read("raw") as session:
        groups = session.tuples(
            "SELECT max(start + count) FROM pragma_storage_info('raw.documents') "
            "GROUP BY row_group_id"
        )
    assert sum(rows for (rows,) in groups) == 5_000
    assert max(rows for (rows,) in groups) <= 2_048
