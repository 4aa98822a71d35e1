"""Archives hold what landed, once and whole, and build the same version elsewhere."""

import gzip
import json
import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest

from tasks.archive import archive_folder, export_archive
from tasks.domain.documents import Document
from tasks.domain.errors import SystemFault, UsageError
from tasks.scrape import land_source
from tasks.specs.reader import parse_spec
from tasks.warehouse import Warehouse, archived
from tests.sample_home import REPOSITORY, ROOT, SampleHome, build_sample
from tests.specs.texts import TEXT
from tests.warehouse.homes import START, document, fresh, put

OURS = ["ours/app"]
NAME = re.compile(r"d-[0-9a-f]{8}-([0-9]{10})-([0-9]{10})\.jsonl\.gz")


def files(folder: Path) -> dict[str, bytes]:
    return {file.name: file.read_bytes() for file in folder.iterdir()}


def ids(file: Path | None) -> list[str]:
    """The external ids in a file, in order."""
    assert file is not None
    with gzip.open(file, "rt", encoding="utf-8") as lines:
        return [json.loads(line)["external_id"] for line in lines]


def span(file: Path | None) -> tuple[int, int]:
    assert file is not None
    match = NAME.fullmatch(file.name)
    assert match is not None
    return int(match[1]), int(match[2])


def named(*names: str) -> list[Document]:
    return [document(n, f"text {n}", name=name) for n, name in enumerate(names)]


def edits(name: str) -> Document:
    return Document("github", "github.comment_edits", name, START, {"id": name})


def collected(warehouse: Warehouse, repository: str, documents: Iterable[Document]) -> None:
    """Land documents as one call that was made for a repository."""
    rows = [
        {
            "source": d.source,
            "kind": d.kind,
            "external_id": d.external_id,
            "fetched_at": d.fetched_at,
            "content_sha256": d.content_sha256(),
            "payload": d.payload_text(),
            "fetch_id": f"call for {repository}",
        }
        for d in documents
    ]
    call = {
        "fetch_id": f"call for {repository}",
        "source": "github",
        "dataset": "another",
        "repository": repository,
        "calls": 1,
        "documents_read": len(rows),
        "documents_landed": len(rows),
        "status": "ok",
        "started_at": START,
        "finished_at": START,
    }
    with warehouse.write("raw") as session:
        session.insert("raw.documents", rows)
        session.insert("raw.fetches", [call])


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "archive"
    made.mkdir()
    return made


def test_an_archive_builds_the_same_version_in_an_empty_home(
    built_sample: SampleHome, folder: Path, tmp_path: Path
) -> None:
    assert export_archive(built_sample.home, "sample", [REPOSITORY], folder) is not None
    assert build_sample(tmp_path / "elsewhere", folder).result == built_sample.result


def test_payloads_are_verbatim_and_hold_every_copy(folder: Path, tmp_path: Path) -> None:
    copies = [document(n, body) for n, body in enumerate(["a \ud800\u2028", "b", "a \ud800\u2028"])]
    put(fresh(tmp_path / "home"), copies)
    export_archive(tmp_path / "home", "d", OURS, folder)
    result = land_source(tmp_path / "other", "d", "github", folder, {"repositories": OURS})
    assert (result.read, result.landed) == (3, 3)
    with Warehouse(tmp_path / "other").read("raw") as session:
        rows = session.tuples("SELECT fetched_at, payload FROM raw.documents ORDER BY rowid")
    assert rows == [(d.fetched_at, d.payload_text()) for d in copies]


def test_the_next_export_goes_on_where_the_last_one_ended(folder: Path, tmp_path: Path) -> None:
    warehouse = fresh(tmp_path / "home")
    assert export_archive(tmp_path / "home", "d", OURS, folder) is None
    put(warehouse, named("ours/app#1", "ours/app#2"))
    first = export_archive(tmp_path / "home", "d", OURS, folder)
    assert (ids(first), span(first)) == (["ours/app#1", "ours/app#2"], (0, 1))
    assert export_archive(tmp_path / "home", "d", OURS, folder) is None
    put(warehouse, named("theirs/app#9", "ours/app#3"), at=1)
    second = export_archive(tmp_path / "home", "d", OURS, folder)
    assert (ids(second), span(second)) == (["ours/app#3"], (3, 3))
    assert len(files(folder)) == 2


def test_an_archive_that_is_lost_is_written_again_with_the_same_bytes(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(fresh(tmp_path / "home"), named(*(f"ours/app#{n}" for n in range(1, 8))))
    export_archive(tmp_path / "home", "d", OURS, folder)
    before = files(folder)
    for name in before:
        (folder / name).unlink()
    monkeypatch.setattr(archived, "WINDOW", 2)  # read in other portions, the same comes out
    export_archive(tmp_path / "home", "d", OURS, folder)
    assert files(folder) == before


def test_comment_edits_go_with_the_repository_they_were_fetched_for(
    folder: Path, tmp_path: Path
) -> None:
    warehouse = fresh(tmp_path / "home")
    collected(warehouse, "Ours/App", [edits("IC_ours")])
    collected(warehouse, "theirs/app", [edits("IC_theirs"), *named("theirs/app#1")])
    put(warehouse, [edits("IC_landed"), *named("ours/app#1")])  # for the dataset d
    assert ids(export_archive(tmp_path / "home", "d", OURS, folder)) == [
        "IC_ours",
        "IC_landed",
        "ours/app#1",
    ]


def test_another_dataset_of_the_repository_gets_the_edits_that_came_with_it(
    folder: Path, tmp_path: Path
) -> None:
    put(fresh(tmp_path / "home"), [edits("IC_landed"), *named("ours/app#1")])
    file = export_archive(tmp_path / "home", "other", OURS, folder)
    assert ids(file) == ["IC_landed", "ours/app#1"]


def test_edits_of_a_landing_that_was_killed_are_not_lost(folder: Path, tmp_path: Path) -> None:
    warehouse = fresh(tmp_path / "home")
    put(warehouse, [edits("IC_1")])
    with warehouse.write("raw") as session:  # its row is written last
        session.execute("DELETE FROM raw.fetches")
    assert ids(export_archive(tmp_path / "home", "d", OURS, folder)) == ["IC_1"]


def test_a_repository_added_later_brings_what_landed_before(folder: Path, tmp_path: Path) -> None:
    put(fresh(tmp_path / "home"), named("ours/web#1", "ours/app#1"))
    assert ids(export_archive(tmp_path / "home", "d", OURS, folder)) == ["ours/app#1"]
    wider = export_archive(tmp_path / "home", "d", [*OURS, "ours/web"], folder)
    assert ids(wider) == ["ours/web#1", "ours/app#1"]


def test_two_homes_share_a_folder_and_lose_nothing(folder: Path, tmp_path: Path) -> None:
    shared = named("ours/app#1", "ours/app#2")
    for home, own in (("a", "ours/app#3"), ("b", "ours/app#4")):
        warehouse = fresh(tmp_path / home)
        put(warehouse, shared, at=1 if home == "a" else 2)
        put(warehouse, named(own), at=3)
        export_archive(tmp_path / home, "d", OURS, folder)
    found = {name for file in folder.iterdir() for name in ids(file)}
    assert (len(files(folder)), found) == (2, {f"ours/app#{n}" for n in (1, 2, 3, 4)})


_KILLED = """
import os, signal, sys
from pathlib import Path
from tasks import archive

whole = archive._line
left = [3]

def line(row):
    left[0] -= 1
    if not left[0]:
        os.kill(os.getpid(), signal.SIGKILL)
    return whole(row)

archive._line = line
archive.export_archive(Path(sys.argv[1]), "d", ["ours/app"], Path(sys.argv[2]))
"""


def test_a_killed_export_leaves_no_archive_and_the_next_one_writes_it(
    folder: Path, tmp_path: Path
) -> None:
    names = [f"ours/app#{n}" for n in range(1, 6)]
    put(fresh(tmp_path / "home"), named(*names))
    killed = subprocess.run(
        [sys.executable, "-c", _KILLED, str(tmp_path / "home"), str(folder)],
        env={"PATH": os.defpath, "PYTHONPATH": str(ROOT)},
        check=False,
    )
    assert killed.returncode == -signal.SIGKILL
    assert [name.rpartition(".")[2] for name in files(folder)] == ["partial"]
    assert ids(export_archive(tmp_path / "home", "d", OURS, folder)) == names
    assert [NAME.fullmatch(name) is not None for name in files(folder)] == [True]


def test_a_disk_that_is_full_is_a_fault_and_leaves_nothing(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(fresh(tmp_path / "home"), named("ours/app#1"))

    def full(descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(SystemFault, match="cannot be written: No space left on device"):
        export_archive(tmp_path / "home", "d", OURS, folder)
    assert files(folder) == {}


def test_what_lands_while_it_reads_is_left_for_the_next_time(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(archived, "WINDOW", 1)
    warehouse = fresh(tmp_path)
    put(warehouse, named("ours/app#1", "ours/app#2"))
    reading = archived.documents_from(warehouse, "github", "d", OURS, 0)
    first: Any = next(reading)
    put(warehouse, [document(9, "late", name="ours/app#3")], at=60)
    rest = [row["external_id"] for row in reading]
    assert (first["external_id"], rest) == ("ours/app#1", ["ours/app#2"])


def test_a_folder_that_cannot_be_one_is_refused_before_anything_is_collected(
    tmp_path: Path,
) -> None:
    spec = parse_spec(TEXT, Path("dataset.yaml"))
    files_only = parse_spec(
        "name: boats\nsources: {swelancer: {}}\nvariants: [ic_swe]\n", Path("dataset.yaml")
    )
    (tmp_path / "file").write_text("")
    assert archive_folder(str(tmp_path / "a" / "b"), [files_only, spec]).is_dir()
    for path, specs, said in (
        (str(tmp_path / "file"), [spec], "cannot be a folder: File exists"),
        (str(tmp_path / "file" / "below"), [spec], "cannot be a folder: Not a directory"),
        ("relative", [spec], "must be an absolute path, not 'relative'"),
        (str(tmp_path), [files_only], "GitHub repositories, and boats has none"),
    ):
        with pytest.raises(UsageError) as refused:
            archive_folder(path, specs)
        assert said in str(refused.value)
