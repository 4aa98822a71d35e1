"""A store never shows half a generation, writes what is new only, and keeps what may be read."""

import sys
from datetime import timedelta
from pathlib import Path

import pytest

from tasks.domain.errors import SystemFault, UsageError
from tasks.domain.store_manifest import Manifest
from tasks.shipping import check_store, place_at
from tasks.stores import Place, StoreTakenError
from tasks.warehouse import Warehouse, parquet_out
from tests.stores.homes import NOW, attached, lands, newest, plant, rows_of, shipped
from tests.warehouse.homes import fresh


@pytest.fixture
def url(tmp_path: Path) -> str:
    return (tmp_path / "store").as_uri()


@pytest.fixture
def home(tmp_path: Path) -> Path:
    fresh(tmp_path / "one")
    lands(tmp_path / "one", ["a", "b"])
    return tmp_path / "one"


def data_of(url: str) -> set[str]:
    place = place_at(url)
    found = place._files.find(place._path("tables"))
    return {path[path.index("/tables/") + 1 :] for path in found}


def test_only_new_rows_are_written_and_full_files_of_raw_are_not_read_again(
    home: Path, url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(parquet_out, "_ROWS_OF", {"raw.documents": 2})
    first = shipped(home, url)
    old = newest(url).files["raw"].table("raw.documents")
    assert shipped(home, url, 1).generation == first.generation
    lands(home, ["c"], at=1)
    read: list[tuple[str, int]] = []
    written = parquet_out.write_chunk

    def noting(session, table, first, beyond, folder):  # type: ignore[no-untyped-def]
        read.append((table.name, first))
        return written(session, table, first, beyond, folder)

    monkeypatch.setattr("tasks.shipping.write_chunk", noting)
    before = data_of(url)
    assert shipped(home, url, 2).files == 2
    new = newest(url).files["raw"].table("raw.documents")
    assert old is not None
    assert new is not None
    assert new.chunks[: len(old.chunks)] == old.chunks
    assert {table for table, _ in read} <= {"raw.documents", "raw.fetches", "raw.lineage"} | {
        "raw.schema_migrations"
    }
    assert [first for table, first in read if table == "raw.documents"] == [2]
    assert {key.split("/")[1] for key in data_of(url) - before} == {"raw.documents", "raw.fetches"}


@pytest.mark.parametrize("protocol", ["file", "memory"])
def test_a_writer_that_ends_before_its_manifest_leaves_the_generation_before_it(
    home: Path, tmp_path: Path, protocol: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = f"{protocol}://{tmp_path.as_posix()}/store"
    shipped(home, url)
    before = rows_of(home)
    lands(home, ["c"], at=1)

    def ending(place: Place, manifest: Manifest) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as dying:
        dying.setattr(Place, "create", ending)
        with pytest.raises(KeyboardInterrupt):
            shipped(home, url, 1)
    attached(tmp_path / "other", url)
    assert rows_of(tmp_path / "other") == before
    assert shipped(home, url, 2).generation == 2
    attached(tmp_path / "other", url)
    assert rows_of(tmp_path / "other") == rows_of(home) != before


@pytest.mark.exhaustive
def test_half_a_manifest_is_none_and_the_next_writer_goes_past_it(
    home: Path, tmp_path: Path, url: str
) -> None:
    shipped(home, url)
    before = rows_of(home)
    place = place_at(url)
    whole = place._files.cat_file(place._manifest_path(1))
    place._files.pipe_file(place._manifest_path(2), whole[: len(whole) // 2])
    attached(tmp_path / "other", url)
    assert rows_of(tmp_path / "other") == before
    lands(home, ["c"], at=1)
    assert shipped(home, url).generation == 3
    assert newest(url).generation == 3


@pytest.mark.exhaustive
def test_a_writer_that_ends_after_its_manifest_knows_it_for_its_own(
    home: Path, url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    shipped(home, url)
    lands(home, ["c"], at=1)
    created = Place.create

    def ending(place: Place, manifest: Manifest) -> None:
        created(place, manifest)
        raise KeyboardInterrupt

    with monkeypatch.context() as dying:
        dying.setattr(Place, "create", ending)
        with pytest.raises(KeyboardInterrupt):
            shipped(home, url, 1)
    assert newest(url).generation == 2
    assert shipped(home, url, 2).files == 0


@pytest.mark.exhaustive
def test_of_two_that_write_the_same_generation_the_second_is_told(
    home: Path, tmp_path: Path, url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    shipped(home, url)
    other = tmp_path / "other"
    attached(other, url)
    lands(home, ["c"], at=1)
    lands(other, ["d"], at=1)
    created = Place.create

    def overtaken(place: Place, manifest: Manifest) -> None:
        monkeypatch.setattr(Place, "create", created)
        shipped(home, url, 1)
        created(place, manifest)

    monkeypatch.setattr(Place, "create", overtaken)
    with pytest.raises(StoreTakenError, match="has written generation 2"):
        shipped(other, url, 1)
    attached(tmp_path / "third", url)
    assert rows_of(tmp_path / "third") == rows_of(home)
    with pytest.raises(UsageError, match="holds what another home wrote"):
        shipped(other, url, 2)


@pytest.mark.exhaustive
def test_old_generations_go_with_the_data_that_only_they_name(
    home: Path, tmp_path: Path, url: str
) -> None:
    place = place_at(url)
    for number in range(4):
        lands(home, [str(number)], at=number + 1)
        shipped(home, url, number)
    everything = data_of(url)
    assert place.prune(NOW + timedelta(hours=1), keep=2) == 0  # somebody may be reading them
    assert place.generations() == [1, 2, 3, 4]
    later = NOW + timedelta(days=400 * 365)  # the files are of this machine's today
    assert place.prune(later, keep=2) > 0
    assert place.generations() == [3, 4]
    third = place.manifest(3)
    assert third is not None
    named = {*third.data(), *newest(url).data()}
    assert data_of(url) == {key for key in named if key.startswith("tables/")} < everything
    attached(tmp_path / "other", url)
    assert rows_of(tmp_path / "other") == rows_of(home)


@pytest.mark.exhaustive
def test_nothing_is_pruned_while_a_manifest_that_stays_cannot_be_read(home: Path, url: str) -> None:
    for number in range(3):
        lands(home, [str(number)], at=number + 1)
        shipped(home, url, number)
    place = place_at(url)
    place._files.pipe_file(place._manifest_path(3), b"{")
    before = data_of(url)
    assert place.prune(NOW + timedelta(days=400 * 365), keep=1) == 0
    assert data_of(url) == before


def test_files_of_mirrors_that_change_meanwhile_are_a_fault_to_be_tried_again(
    home: Path, url: str
) -> None:
    from tasks.home_files import hold, home_files

    file = home / "mirrors" / "o__r.git" / "HEAD"
    file.parent.mkdir(parents=True)
    file.write_text("ref: refs/heads/main\n")
    (listed, changed) = next(iter(home_files(home).items()))
    file.unlink()
    with pytest.raises(SystemFault, match="changed while it was copied"):
        hold(home, listed, changed, home)


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (
            "s3://key:hunter2secret@bucket/folder",
            r"'s3://\[redacted\]@bucket/folder' has a password",
        ),
        ("relative/folder", "is no address of a store; write s3://BUCKET/FOLDER"),
        ("s3://", "is no address of a store"),
        ("s3://bucket/a?b=c", "is no address of a store"),
        ("nowhere://bucket/a", "is no address of a store"),
    ],
)
def test_an_address_that_is_none_is_told_without_its_secrets(
    tmp_path: Path, given: str, said: str
) -> None:
    with pytest.raises(UsageError, match=said) as refused:
        check_store(tmp_path / "home", given)
    assert "hunter2" not in str(refused.value)


def test_a_library_that_is_not_installed_is_named_with_the_command(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # fsspec keeps the class of a scheme once another test has had it loaded.
    loaded = sys.modules["fsspec.registry"]._registry
    monkeypatch.delitem(loaded, "s3", raising=False)
    monkeypatch.setitem(sys.modules, "s3fs", None)
    with pytest.raises(UsageError, match=r"pip install 'paydag\[s3\]'"):
        check_store(tmp_path / "home", "s3://bucket/folder")


def test_a_place_that_cannot_be_written_is_named(home: Path, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises((SystemFault, UsageError), match=r"the store file:///.*cannot be"):
        shipped(home, (tmp_path / "file" / "store").as_uri())
    plant(home)
    assert Warehouse(home).path("core").exists()
