"""A backup is one consistent moment of a home at work, and is whole before anything is restored."""

import subprocess
import sys
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

from tasks.backups import make_backup
from tasks.domain.errors import SystemFault, UsageError
from tasks.home_files import home_files
from tasks.restoring import place_aside, restore_backup
from tasks.warehouse import Warehouse
from tests.stores.homes import NOW, lands, plant, rows_of
from tests.warehouse.homes import ROOT, fresh
from tests.warehouse.planted import GOOD

LATER = NOW + timedelta(days=1)


@pytest.fixture
def home(tmp_path: Path) -> Path:
    fresh(tmp_path / "one")
    plant(tmp_path / "one")
    lands(tmp_path / "one", ["a"])
    predictions = tmp_path / "one" / "predictions" / "x.jsonl"
    predictions.parent.mkdir()
    predictions.write_text("{}\n")
    return tmp_path / "one"


@pytest.mark.parametrize("name", ["backup", "backup.tar"])
def test_what_is_restored_is_what_the_home_was(home: Path, tmp_path: Path, name: str) -> None:
    make_backup(home, tmp_path / name, NOW)
    before, other = rows_of(home), tmp_path / "other"
    lands(home, ["later"], at=1)
    restore_backup(other, tmp_path / name, LATER, force=False)
    assert rows_of(other) == before
    assert set(home_files(other)) == set(home_files(home)) != set()
    assert sorted(p.name for p in other.iterdir()) == ["predictions", "prefect", "warehouse"]
    assert not list(tmp_path.glob(".*"))


@pytest.mark.parametrize("name", [".paydag", ".hidden/home"])
def test_a_home_with_a_dot_in_its_path_is_kept_whole(home: Path, tmp_path: Path, name: str) -> None:
    place = tmp_path / name
    place.parent.mkdir(exist_ok=True)
    home.rename(place)
    (place / "predictions" / ".half.part").touch()
    make_backup(place, tmp_path / "backup", NOW)
    restore_backup(tmp_path / "other", tmp_path / "backup", LATER, force=False)
    assert [file.path for file in home_files(tmp_path / "other")] == ["predictions/x.jsonl"]


_WRITING = """
import sys
from pathlib import Path
from tasks.warehouse import Warehouse
from tests.warehouse.planted import INSTANCE, ITEM
warehouse = Warehouse(Path(sys.argv[1]))
for number in range(100_000):
    name = f"n{number}"
    named = {"instance_id": name, "instance_digest": name}
    with warehouse.write("core", checkpoint=number % 3 == 0) as session:
        session.insert("core.task_instances", [INSTANCE | named])
    with warehouse.write("eval", checkpoint=number % 3 == 1) as session:
        session.insert("eval.run_items", [ITEM | named])
    print(number, flush=True)
"""


@pytest.mark.exhaustive
def test_no_row_lacks_what_it_names_while_another_process_writes(
    home: Path, tmp_path: Path
) -> None:
    writer = subprocess.Popen(
        [sys.executable, "-c", _WRITING, str(home)],
        cwd=ROOT,
        env={"PYTHONPATH": str(ROOT), "PATH": "/usr/bin:/bin"},
        stdout=subprocess.PIPE,
        text=True,
    )
    assert writer.stdout is not None
    counts = []
    try:
        for number in range(4):
            for _ in range(5):  # it goes on between the copies, and is not kept from it
                assert writer.stdout.readline()
            make_backup(home, tmp_path / f"backup{number}", NOW)
            with Warehouse(tmp_path / f"backup{number}").read("core", "eval") as session:
                lacking = session.tuples(
                    "SELECT instance_digest FROM eval.run_items "
                    "ANTI JOIN core.task_instances USING (instance_digest)"
                )
                counts.append(session.tuples("SELECT count(*) FROM eval.run_items")[0][0])
            assert lacking == []
    finally:
        writer.kill()
        writer.wait()
        writer.stdout.close()
    assert counts == sorted(set(counts))
    assert counts[0] > len(GOOD["eval.run_items"])


def _truncated(file: Path) -> None:
    file.write_bytes(file.read_bytes()[:-70_000])


def _flipped(file: Path) -> None:
    content = bytearray(file.read_bytes())
    content[len(content) // 2] ^= 1
    file.write_bytes(bytes(content))


def _of_text(file: Path) -> None:
    file.write_text("no backup\n")


@pytest.mark.exhaustive
@pytest.mark.parametrize(
    ("name", "part", "harm"),
    [
        ("backup.tar", "", _truncated),
        ("backup.tar", "", _of_text),
        ("backup", "warehouse/core.duckdb", _flipped),
        ("backup", "warehouse/eval.duckdb", Path.unlink),
        ("backup", "backup.json", _of_text),
    ],
)
def test_a_broken_backup_is_found_before_anything_is_touched(
    home: Path, tmp_path: Path, name: str, part: str, harm: Callable[[Path], None]
) -> None:
    make_backup(home, tmp_path / name, NOW)
    harm(tmp_path / name / part if part else tmp_path / name)
    lands(home, ["later"], at=1)
    before = rows_of(home)
    with pytest.raises(UsageError, match=r"is no whole backup: .*; nothing was restored"):
        restore_backup(home, tmp_path / name, LATER, force=True)
    assert rows_of(home) == before
    assert not place_aside(home, LATER).exists()
    assert not [path for path in home.iterdir() if path.name.startswith(".")]


@pytest.mark.exhaustive
def test_an_archive_that_reaches_out_of_the_home_is_refused(home: Path, tmp_path: Path) -> None:
    make_backup(home, tmp_path / "backup", NOW)
    listed = tmp_path / "backup" / "backup.json"
    listed.write_text(listed.read_text().replace("predictions/x.jsonl", "predictions/../../x"))
    with pytest.raises(UsageError, match="outside of a home"):
        restore_backup(tmp_path / "other", tmp_path / "backup", LATER, force=False)
    assert not (tmp_path / "other").exists()


@pytest.mark.exhaustive
def test_data_is_replaced_where_that_is_forced_and_kept_aside_even_then(
    home: Path, tmp_path: Path
) -> None:
    make_backup(home, tmp_path / "backup", NOW)
    restored = rows_of(home)
    lands(home, ["later"], at=1)
    replaced = rows_of(home)
    with pytest.raises(UsageError, match="holds data; choose another home with --home, or say"):
        restore_backup(home, tmp_path / "backup", LATER, force=False)
    assert rows_of(home) == replaced
    assert restore_backup(home, tmp_path / "backup", LATER, force=True)[1]
    assert rows_of(home) == restored
    assert rows_of(place_aside(home, LATER)) == replaced


@pytest.mark.exhaustive
def test_a_home_that_cannot_be_read_is_restored_where_that_is_forced(
    home: Path, tmp_path: Path
) -> None:
    make_backup(home, tmp_path / "backup", NOW)
    before = rows_of(home)
    Warehouse(home).path("core").write_bytes(b"broken" * 1000)
    with pytest.raises(UsageError, match="holds data"):
        restore_backup(home, tmp_path / "backup", LATER, force=False)
    restore_backup(home, tmp_path / "backup", LATER, force=True)
    assert rows_of(home) == before


def test_a_copy_that_fails_a_check_is_not_kept(home: Path, tmp_path: Path) -> None:
    with Warehouse(home).write("eval") as session:
        session.execute("DELETE FROM eval.rollouts")
    with pytest.raises(SystemFault, match="fails the warehouse check stage_rows_have_their_input"):
        make_backup(home, tmp_path / "backup", NOW)
    assert [path.name for path in tmp_path.iterdir()] == ["one"]


def test_what_is_there_is_not_written_over_and_what_is_not_there_is_named(
    home: Path, tmp_path: Path
) -> None:
    (tmp_path / "there").mkdir()
    with pytest.raises(UsageError, match="is there already; choose another name"):
        make_backup(home, tmp_path / "there", NOW)
    with pytest.raises(UsageError, match="holds no warehouse"):
        make_backup(tmp_path / "nowhere", tmp_path / "backup", NOW)
    with pytest.raises(
        UsageError, match=r"home\.tar\.gz: a backup is a folder or one file NAME\.tar"
    ):
        make_backup(home, tmp_path / "home.tar.gz", NOW)
    with pytest.raises(UsageError, match="there is no backup at"):
        restore_backup(tmp_path / "other", tmp_path / "backup", LATER, force=False)


@pytest.mark.exhaustive
def test_what_a_killed_backup_left_goes_with_the_next_one(home: Path, tmp_path: Path) -> None:
    ended = subprocess.Popen([sys.executable, "-c", ""])
    ended.wait()
    left = tmp_path / f".backup.part-{ended.pid}-x"
    left.mkdir()
    make_backup(home, tmp_path / "backup", NOW)
    assert not left.exists()


@pytest.mark.exhaustive
def test_a_newer_paydag_made_it(home: Path, tmp_path: Path) -> None:
    with Warehouse(home).write("raw") as session:
        session.insert(
            "raw.schema_migrations",
            [{"migration": "9000_future", "sha256": "x", "applied_at": NOW}],
        )
    with pytest.raises(UsageError, match="made by a newer paydag"):
        make_backup(home, tmp_path / "backup", NOW)
