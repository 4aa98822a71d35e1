"""The formats that hold instances whole give them back as they were, digest for digest."""

import json
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from tasks.domain.errors import DataError, UsageError
from tasks.domain.exporting import MANIFEST, Entry, ReadableFormat
from tasks.exports import format_named, formats, read_export
from tasks.exports.jsonl import FILE as LINES
from tasks.exports.parquet import FILE, SCHEMA
from tests.exports.entries import CANARY, FACTS, entries
from tests.sample_home import SampleHome

WHOLE = ("jsonl", "parquet")


def whole(name: str) -> ReadableFormat:
    found = format_named(name)
    assert isinstance(found, ReadableFormat)
    return found


def written(name: str, folder: Path, given: list[Entry]) -> Path:
    folder.mkdir()
    whole(name).write(FACTS, iter(given), folder)
    return folder


@pytest.fixture(scope="module", params=WHOLE)
def folder(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("whole") / str(request.param)
    return written(str(request.param), place, entries())


def test_instances_of_every_kind_come_back_the_same(folder: Path) -> None:
    given = [entry.instance for entry in entries()]
    read = list(whole(folder.name).read(folder))
    assert read == given
    assert [one.instance_digest for one in read] == [one.instance_digest for one in given]


def test_the_sample_comes_back_the_same(tmp_path: Path, built_sample: SampleHome) -> None:
    given = [Entry(one, one.prices["final"]) for one in built_sample.instances.values()]
    for name in WHOLE:
        place = written(name, tmp_path / name, given)
        assert list(whole(name).read(place)) == [entry.instance for entry in given]


def test_the_same_entries_give_the_same_bytes(folder: Path, tmp_path: Path) -> None:
    again = written(folder.name, tmp_path / "again", entries())
    names = [file.relative_to(folder) for file in folder.rglob("*") if file.is_file()]
    assert names
    assert [(again / n).read_bytes() for n in names] == [(folder / n).read_bytes() for n in names]


def test_only_these_formats_promise_to_give_instances_back() -> None:
    assert [n for n, f in formats().items() if isinstance(f, ReadableFormat)] == list(WHOLE)
    assert list(formats()) == ["inspect", "jsonl", "parquet", "swebench", "swelancer"]


def test_a_line_has_no_line_end_within_and_says_digest_and_price(tmp_path: Path) -> None:
    place = written("jsonl", tmp_path / "jsonl", entries())
    text = (place / LINES).read_text(encoding="utf-8")
    assert text.isascii()
    lines = [json.loads(line) for line in text.splitlines()]  # as careless readers split
    assert [line["instance_digest"] for line in lines] == [
        entry.instance.instance_digest for entry in entries()
    ]
    assert [line["price_cents"] for line in lines] == [25_000, None, 14_000, 25_000]


def test_the_file_has_plain_types_that_every_table_library_knows(tmp_path: Path) -> None:
    file = written("parquet", tmp_path / "parquet", entries()) / FILE
    assert pq.read_schema(file).remove_metadata() == SCHEMA
    kinds = {field.name: str(field.type) for field in SCHEMA}
    assert (kinds["price_cents"], kinds["as_of"]) == ("int64", "timestamp[us, tz=UTC]")
    assert not any("map" in kind or "dictionary" in kind for kind in kinds.values())
    assert pq.read_schema(file).metadata[b"paydag.canary"].decode() == CANARY
    table = pq.read_table(file).to_pylist()
    assert [row["exact"] is not None for row in table] == [False, False, False, True]
    assert table[1]["canary"] == "its own canary"
    assert table[0]["prices"] == [
        {"rule": "final", "cents": 25_000},
        {"rule": "initial", "cents": None},
    ]


def test_what_was_changed_by_hand_is_noticed(tmp_path: Path) -> None:
    place = written("jsonl", tmp_path / "jsonl", entries())
    file = place / LINES
    file.write_text(file.read_text().replace('"key":"8"', '"key":"88"'))
    with pytest.raises(DataError, match=r"instances\.jsonl:2: ours__app-8-ic_swe is not what"):
        list(whole("jsonl").read(place))
    file.write_text("{}\n")
    with pytest.raises(DataError, match=r"instances\.jsonl:1 holds no instance"):
        list(whole("jsonl").read(place))
    broken = tmp_path / "parquet" / FILE
    broken.parent.mkdir(parents=True)
    broken.write_bytes(b"PAR1")
    with pytest.raises(DataError, match="holds no instances"):
        list(whole("parquet").read(tmp_path / "parquet"))


@pytest.mark.parametrize(
    ("manifest", "message"),
    [
        (None, "holds no export: its export.json cannot be read"),
        ("[]", "holds no export"),
        ('{"format": "word"}', "unknown format 'word'; known: inspect, jsonl"),
        ('{"format": "swebench"}', "holds no whole instances; export as jsonl or parquet for that"),
    ],
)
def test_a_folder_that_is_no_whole_export_says_so(
    tmp_path: Path, manifest: str | None, message: str
) -> None:
    if manifest is not None:
        (tmp_path / MANIFEST).write_text(manifest)
    with pytest.raises(UsageError, match=message):
        read_export(tmp_path)
