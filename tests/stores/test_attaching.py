"""What is attached is what was written: every row, in its type and its place; and nothing is lost
in the home it is attached to."""

from pathlib import Path
from typing import Any

import pytest

from tasks import stages
from tasks.build import build_version
from tasks.domain.errors import SystemFault, UsageError
from tasks.domain.store_manifest import FORMAT, Manifest, manifest_text
from tasks.home_files import home_files
from tasks.warehouse import Warehouse, ensure, migrate, parquet_out, run_checks
from tests.sample_home import SampleHome
from tests.stores.homes import NOW, attached, lands, newest, plant, rows_of, shipped
from tests.warehouse.homes import fresh


@pytest.fixture
def url(tmp_path: Path) -> str:
    return (tmp_path / "store").as_uri()


@pytest.fixture
def home(tmp_path: Path) -> Path:
    fresh(tmp_path / "one")
    plant(tmp_path / "one")
    lands(tmp_path / "one", ["a", "b"])
    return tmp_path / "one"


def test_an_attached_home_builds_the_same_version_from_the_same_rows(
    own_sample: SampleHome, tmp_path: Path, url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(parquet_out, "_ROWS", 7)
    monkeypatch.setattr(parquet_out, "_ROWS_OF", {"raw.documents": 5})
    shipped(own_sample.home, url)
    other = tmp_path / "other"
    attached(other, url)
    before = rows_of(own_sample.home)
    assert rows_of(other) == before
    assert len(before["raw.documents"]) > 5
    assert set(home_files(other)) == set(home_files(own_sample.home)) != set()
    built = build_version(other, own_sample.spec)
    assert built.version == own_sample.result.version


_EXACT = {
    "HUGEINT": "170141183460469231731687303715884105727",
    "UHUGEINT": "340282366920938463463374607431768211455",
    "HUGEINT[]": "[170141183460469231731687303715884105727, NULL, -1]",
    'STRUCT("HUGEINT" HUGEINT, b VARCHAR[])': "{'HUGEINT': 5, 'b': ['HUGEINT, ''x''', NULL]}",
    "MAP(VARCHAR, HUGEINT)": "MAP {'a b=c': 1}",
    "DECIMAL(38,5)": "'123456789012345678901234567890123.12345'",
    "JSON": """'{"a":  1.0, "a": [null]}'""",
    "TIMESTAMPTZ": "'2024-02-29 23:59:59.999999+05:30'",
    "TIMESTAMP": "'0044-03-15 (BC) 10:00:00.000001'",
    "TIMESTAMP_NS": "'2024-01-01 00:00:00.123456789'",
    "TIMESTAMP_S": "'2024-01-01 00:00:00'",
    "DATE": "'infinity'",
    "TIME": "'12:00:00.123456'",
    "TIMETZ": "'12:00:00.123456+05:30'",
    "INTERVAL": "'14 months 3 days 4.123456 seconds'",
    "BIT": "'010110'",
    "BIGNUM": "'-12345678901234567890123456789012345678901234567890'",
    "UUID": "'4576ddea-ecc2-4dca-a5de-18bf7d6aa43b'",
    "BLOB": r"'\x00\xFF''a'::BLOB",
    "DOUBLE": "'-inf'",
    "FLOAT": "1.1",
    "UBIGINT": "18446744073709551615",
    "BOOLEAN": "true",
    "VARCHAR": "chr(0) || 'ä' || chr(10)",
    "INTEGER[2]": "[1, 2]",
    "ENUM('a', 'HUGEINT')": "'HUGEINT'",
}


def test_values_of_every_type_come_back_as_they_were(
    tmp_path: Path, url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    known = migrate.migrations
    columns = ", ".join(f"c{i} {kind}" for i, kind in enumerate(_EXACT))
    added = ("9999_types", f"CREATE TABLE types ({columns})")
    monkeypatch.setattr(
        migrate, "migrations", lambda name: (*known(name), *([added] if name == "eval" else []))
    )
    home, other = tmp_path / "one", tmp_path / "other"
    ensure(Warehouse(home), NOW)
    with Warehouse(home).write("eval") as session:
        session.execute(f"INSERT INTO eval.types VALUES ({', '.join(_EXACT.values())})")
        session.execute("INSERT INTO eval.types (c0) VALUES (NULL)")
    shipped(home, url)
    attached(other, url)

    def texts(of: Path) -> list[tuple[Any, ...]]:
        casts = ", ".join(f"c{i}::VARCHAR, typeof(c{i})" for i in range(len(_EXACT)))
        with Warehouse(of).read("eval") as session:
            return session.tuples(f"SELECT {casts} FROM eval.types ORDER BY rowid")

    assert texts(other) == texts(home)
    assert len(texts(home)) == 2


@pytest.mark.exhaustive
def test_attaching_again_brings_what_is_new_and_only_that_home_may_go_on(
    home: Path, tmp_path: Path, url: str
) -> None:
    other = tmp_path / "other"
    shipped(home, url)
    assert attached(other, url).fresh
    assert not attached(other, url).fresh
    lands(other, ["c"], at=1)
    assert shipped(other, url).generation == 2
    with pytest.raises(UsageError, match="holds what another home wrote at 2025-01-31 00:00 UTC"):
        shipped(home, url)
    assert attached(home, url).generation == 2
    assert rows_of(home) == rows_of(other)
    lands(home, ["d"], at=2)
    assert shipped(home, url).generation == 3


@pytest.mark.exhaustive
@pytest.mark.parametrize("kept", ["another warehouse", "work"])
def test_a_home_whose_data_the_store_has_not_is_left_alone(
    home: Path, tmp_path: Path, url: str, kept: str
) -> None:
    other = tmp_path / "other"
    shipped(home, url)
    if kept == "work":
        attached(other, url)
    else:
        ensure(Warehouse(other), NOW)
    lands(other, ["mine"], at=1)
    before = rows_of(other)
    with pytest.raises(UsageError, match=f"{other} holds {kept}.*choose another home"):
        attached(other, url)
    assert rows_of(other) == before


@pytest.mark.exhaustive
def test_another_warehouse_is_not_written_over(home: Path, tmp_path: Path, url: str) -> None:
    shipped(home, url)
    other = tmp_path / "other"
    ensure(Warehouse(other), NOW)
    with pytest.raises(UsageError, match="holds another warehouse; choose another address"):
        shipped(other, url)


def _rewritten(url: str, manifest: Manifest) -> None:
    file = Path(url.removeprefix("file://")) / "manifests" / f"{manifest.generation:08d}.json"
    file.write_text(manifest_text(manifest))


@pytest.mark.exhaustive
def test_what_a_newer_paydag_wrote_is_refused_in_a_sentence(
    home: Path, tmp_path: Path, url: str
) -> None:
    shipped(home, url)
    manifest, other = newest(url), tmp_path / "other"
    raw = manifest.files["raw"]
    later = raw.model_copy(update={"migrations": (*raw.migrations, ("9000_future", "x"))})
    _rewritten(url, manifest.model_copy(update={"files": {**manifest.files, "raw": later}}))
    with pytest.raises(UsageError, match=r"of a newer paydag \(migration 9000_future\); upgrade"):
        attached(other, url)
    _rewritten(url, manifest.model_copy(update={"format": FORMAT + 1}))
    with pytest.raises(UsageError, match="written by a newer paydag"):
        attached(other, url)
    assert not (other / "warehouse" / "raw.duckdb").exists()


@pytest.mark.exhaustive
def test_damaged_data_is_found_before_the_home_is_touched(
    home: Path, tmp_path: Path, url: str
) -> None:
    shipped(home, url)
    (file,) = (tmp_path / "store" / "tables" / "raw.documents").iterdir()
    content = bytearray(file.read_bytes())
    content[len(content) // 2] ^= 1
    file.write_bytes(bytes(content))
    with pytest.raises(SystemFault, match="is damaged"):
        attached(tmp_path / "other", url)
    assert not (tmp_path / "other" / "warehouse" / "raw.duckdb").exists()


def test_an_empty_store_is_no_warehouse(tmp_path: Path, url: str) -> None:
    with pytest.raises(UsageError, match="holds no warehouse; write one there with --store"):
        attached(tmp_path / "other", url)
    assert not (tmp_path / "other").exists()


@pytest.mark.exhaustive
def test_what_is_attached_passes_every_check_and_is_up_to_date(
    home: Path, tmp_path: Path, url: str
) -> None:
    shipped(home, url)
    attached(tmp_path / "other", url)
    warehouse = stages.open_warehouse(tmp_path / "other")
    with warehouse.read("core", "eval", "raw") as session:
        assert run_checks(session) == {}
        assert session.tuples("SELECT count(*) FROM marts.run_state") == [(1,)]
    assert shipped(tmp_path / "other", url, minutes=5).files == 0
    assert newest(url).written_at == NOW
