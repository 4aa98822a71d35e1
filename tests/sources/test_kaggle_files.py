"""Where the table may lie, and what a zip from elsewhere must not do."""

import io
import stat
import struct
import zipfile
from pathlib import Path

import pytest

from tasks.domain.errors import UsageError
from tasks.sources.kaggle import archives, files
from tests.sources.postings import FILE, csv_text, fetch, row, write, write_zip

TEXT = csv_text([row("1"), row("2")])


def refused(path: Path) -> str:
    with pytest.raises(UsageError) as found:
        fetch(path)
    message = str(found.value)
    assert "\n" not in message
    return message.replace(f"{path}", "PATH")


def test_a_csv_a_folder_and_zips_give_the_same_documents(tmp_path: Path) -> None:
    documents = fetch(write(tmp_path / "one" / FILE, TEXT))
    assert len(documents) == 3
    assert fetch(write(tmp_path / "renamed.txt", TEXT)) == documents
    assert fetch(tmp_path / "one") == documents
    assert fetch(write_zip(tmp_path / "a.zip", {FILE: TEXT})) == documents
    assert fetch(write_zip(tmp_path / "b", {f"deep/er/{FILE}": TEXT})) == documents
    more = {FILE: TEXT, "other.csv": "a\n1\n", "notes.txt": "x", "pictures/": ""}
    assert fetch(write_zip(tmp_path / "c.zip", more)) == documents


def test_a_table_that_is_the_only_one_may_be_called_otherwise(tmp_path: Path) -> None:
    path = write_zip(tmp_path / "a.zip", {"Jobs.CSV": TEXT, "__MACOSX/._Jobs.CSV": "x"})
    assert [d.payload.get("file") for d in fetch(path)] == [None, None, FILE]
    assert len(fetch(write(tmp_path / "folder" / "jobs.csv", TEXT).parent)) == 3


def test_several_tables_need_the_configured_name(tmp_path: Path) -> None:
    path = write_zip(tmp_path / "a.zip", {"b.csv": TEXT, "a.csv": TEXT})
    assert refused(path) == (
        "PATH does not hold postings.csv: its CSV files are b.csv, a.csv; say the right one in "
        "dataset.yaml, under sources.kaggle"
    )
    path = write_zip(tmp_path / "b.zip", {f"x/{FILE}": TEXT, f"y/{FILE}": TEXT})
    assert refused(path) == (
        "PATH holds postings.csv several times (x/postings.csv, y/postings.csv): name one file"
    )
    (tmp_path / "empty").mkdir()
    assert "PATH does not hold postings.csv: it holds no CSV file" in refused(tmp_path / "empty")
    with zipfile.ZipFile(tmp_path / "none.zip", "w"):
        pass
    assert "it holds no CSV file" in refused(tmp_path / "none.zip")


def test_bids_need_both_files(tmp_path: Path) -> None:
    columns = {"key": "k", "bid_id": "b", "amount": "a"}
    bids = {"file": "bids.csv", "columns": columns}
    with pytest.raises(UsageError, match="is one file, but mill/odd-jobs also has bids"):
        fetch(write(tmp_path / FILE, TEXT), bids=bids)
    with pytest.raises(UsageError, match="does not hold bids"):
        fetch(tmp_path, bids=bids)


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("../evil.csv", "PATH holds '../evil.csv', which leads out of it"),
        ("a/../../evil.csv", "PATH holds 'a/../../evil.csv', which leads out of it"),
        ("..\\evil.csv", r"PATH holds '..\\evil.csv', which leads out of it"),
        ("/etc/evil.csv", "PATH holds the absolute name '/etc/evil.csv'"),
        ("C:\\evil.csv", r"PATH holds the absolute name 'C:\\evil.csv'"),
        ("\\\\host\\evil.csv", r"PATH holds the absolute name '\\\\host\\evil.csv'"),
    ],
)
def test_names_that_lead_elsewhere_are_refused(tmp_path: Path, name: str, said: str) -> None:
    assert refused(write_zip(tmp_path / "a.zip", {FILE: TEXT, name: "x"})).startswith(said)
    assert [file.name for file in tmp_path.iterdir()] == ["a.zip"]


def test_a_zip_that_declares_too_much_is_refused(tmp_path: Path) -> None:
    path = write_zip(tmp_path / "bomb.zip", {FILE: TEXT})
    raw = path.read_bytes()
    at = raw.index(b"PK\x01\x02") + 24
    path.write_bytes(raw[:at] + struct.pack("<I", 2**31) + raw[at + 4 :])
    assert "declares 2,147,483,648 bytes unpacked, above the limit" in refused(path)


def test_a_zip_that_unpacks_to_too_much_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(files, "MOST_BYTES", 200_000)
    bomb = csv_text([row(str(n), job_description="0" * 1000) for n in range(300)])
    path = write_zip(tmp_path / "bomb.zip", {FILE: bomb})
    assert path.stat().st_size < 10_000
    assert refused(path).startswith("PATH: postings.csv holds more than 200,000 bytes")
    assert "holds more than" in refused(write(tmp_path / FILE, bomb))


def test_a_zip_that_declares_too_little_is_damaged(tmp_path: Path) -> None:
    path = write_zip(tmp_path / "liar.zip", {FILE: TEXT})
    raw = bytearray(path.read_bytes())
    for mark, offset in ((b"PK\x01\x02", 24), (b"PK\x03\x04", 22)):
        at = raw.index(mark) + offset
        raw[at : at + 4] = struct.pack("<I", 50)
    path.write_bytes(raw)
    assert refused(path).startswith("PATH is damaged (Bad CRC-32")


def test_an_encrypted_zip_is_refused(tmp_path: Path) -> None:
    path = write_zip(tmp_path / "a.zip", {FILE: TEXT})
    raw = bytearray(path.read_bytes())
    raw[raw.index(b"PK\x01\x02") + 8] |= 1
    raw[raw.index(b"PK\x03\x04") + 6] |= 1
    path.write_bytes(raw)
    assert refused(path) == "PATH is encrypted (postings.csv): unpack it and name the folder"


def test_an_unknown_way_of_packing_is_refused(tmp_path: Path) -> None:
    path = write_zip(tmp_path / "a.zip", {FILE: TEXT})
    raw = bytearray(path.read_bytes())
    raw[raw.index(b"PK\x01\x02") + 10] = 99
    raw[raw.index(b"PK\x03\x04") + 8] = 99
    path.write_bytes(raw)
    assert refused(path).startswith("PATH: cannot unpack postings.csv (That compression method")


@pytest.mark.parametrize("kept", [3, 30, -1, -30])
def test_a_truncated_zip_is_refused(tmp_path: Path, kept: int) -> None:
    path = write_zip(tmp_path / "a.zip", {FILE: TEXT})
    path.write_bytes(path.read_bytes()[:kept])
    assert refused(path).startswith("PATH is no readable zip (")
    if kept > 4:
        assert refused(path.rename(tmp_path / "unnamed")).startswith("PATH is no readable zip (")


def test_a_damaged_table_lands_nothing(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        archive.writestr(FILE, TEXT)
    raw = (tmp_path / "a.zip").read_bytes()
    (tmp_path / "a.zip").write_bytes(raw.replace(b"shelf 2", b"shelf 3", 1))
    assert refused(tmp_path / "a.zip").startswith("PATH is damaged (Bad CRC-32")
    with pytest.raises(UsageError, match="is damaged"):
        archives.check_contents(tmp_path / "a.zip")


def test_a_link_in_a_zip_leads_nowhere(tmp_path: Path) -> None:
    secret = write(tmp_path / "secret.csv", TEXT)
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        info = zipfile.ZipInfo(FILE)
        info.external_attr = (stat.S_IFLNK | 0o777) << 16
        archive.writestr(info, str(secret))
    (tmp_path / "a.zip").write_bytes(out.getvalue())
    assert "has no column" in refused(tmp_path / "a.zip")


def test_what_is_not_there_is_told(tmp_path: Path) -> None:
    assert refused(tmp_path / "no.csv") == (
        "PATH does not exist: name the CSV, zip or folder of mill/odd-jobs"
    )
