"""Refreshing postings as a user has it: from files and from Kaggle, and what goes wrong."""

import gzip
import io
import zipfile
from collections.abc import Sequence
from pathlib import Path
from typing import Final

import pytest

from tests.flows.command import Paydag, clean_environment
from tests.flows.tables import query
from tests.flows.test_bad_input import assert_one_sentence
from tests.kaggle_server import KEY, SIGNATURE, TOKEN, KaggleServer, Reply, refusal
from tests.sources.postings import FILE, csv_text, row, write

pytestmark = pytest.mark.prefect

KINDS: Final = "SELECT kind, count(*) FROM raw.documents GROUP BY kind ORDER BY kind"
_SPECIFICATION: Final = f"""
name: jobs
sources:
  kaggle:
    dataset: mill/odd-jobs
    file: {FILE}
variants: [freelance_code]
price_rule: band_mid
"""
ROWS: Final = [row(str(number)) for number in range(5)]


@pytest.fixture
def folder(tmp_path: Path) -> dict[str, str]:
    """The specification; what leads to it, and a user's home with nothing in it."""
    write(tmp_path / "datasets" / "jobs" / "dataset.yaml", _SPECIFICATION)
    (tmp_path / "user").mkdir()
    return {"PAYDAG_DATASETS": str(tmp_path / "datasets"), "HOME": str(tmp_path / "user")}


@pytest.fixture
def plain_paydag(tmp_path: Path) -> Paydag:
    """The command line where no flow is to run; a server would be started in its home."""
    return Paydag(clean_environment(), tmp_path)


def packed(rows: Sequence[dict[str, str]]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(FILE, csv_text(rows))
    return out.getvalue()


def leading_to(server: KaggleServer) -> dict[str, str]:
    return {"KAGGLE_API_TOKEN": TOKEN, "KAGGLE_API_URL": server.url}


@pytest.mark.exhaustive
def test_files_land_with_their_malformed_rows_named(
    paydag: Paydag, folder: dict[str, str], tmp_path: Path
) -> None:
    home = tmp_path / "home"
    broken = row("5", rate_type="daily")
    path = write(tmp_path / "jobs.csv", csv_text([*ROWS, broken, row("6", client_state="\udce9")]))
    finished = paydag("refresh", "jobs", "--from", f"kaggle={path}", "--json", home=home, **folder)
    reason = "rate_type: 'daily' is unknown; known: fixed, hourly"
    no_text = "client_state: holds bytes or a surrogate that are no text"
    assert finished.code == 0
    assert finished.err == (
        "paydag: 2 malformed, kept as they are and left out by build; the first: "
        f"{FILE} row 6: {reason}\n"
    )
    assert finished.answer == {
        "source": "kaggle",
        "read": 8,
        "landed": 8,
        "unchanged": 0,
        "gone": 0,
        "calls": 0,
        "points": 0,
        "malformed": [
            {"file": FILE, "row": 6, "reason": reason},
            {"file": FILE, "row": 7, "reason": no_text},
        ],
        "complete": True,
        "notes": [],
        "archives": [],
    }
    turned = write(tmp_path / "again.csv", csv_text([*ROWS[::-1], row("5", rate_type="fixed")]))
    again = paydag.json("refresh", "jobs", "--from", turned, home=home, **folder)
    assert (again["read"], again["landed"]) == (7, 2)
    assert query(home, KINDS) == [
        ("kaggle.listing", 2),
        ("kaggle.malformed", 2),
        ("kaggle.posting", 6),
    ]


@pytest.mark.exhaustive
def test_a_version_is_downloaded_once_and_a_newer_one_lands_what_changed(
    paydag: Paydag, folder: dict[str, str], tmp_path: Path
) -> None:
    home = tmp_path / "home"
    with KaggleServer({1: packed(ROWS)}) as server:
        there = folder | leading_to(server)
        first = paydag.json("refresh", "jobs", home=home, **there)
        again = paydag.json("refresh", "jobs", home=home, **there)
        server.versions[2] = packed([*ROWS[:3], row("4", job_title="Changed"), row("9")])
        newer = paydag.json("refresh", "jobs", home=home, **there)
        calls = server.calls
    told = [(found["read"], found["landed"], found["calls"]) for found in (first, again, newer)]
    assert told == [(6, 6, 3), (6, 0, 1), (6, 3, 3)]
    assert calls.count("DownloadDataset") == 2
    assert query(home, KINDS) == [("kaggle.listing", 2), ("kaggle.posting", 7)]
    assert list((tmp_path / "user").rglob("*")) == []
    for file in home.rglob("*"):
        content = file.read_bytes() if file.is_file() else b""
        assert all(secret.encode() not in content for secret in (TOKEN, SIGNATURE))


def test_without_credentials_one_sentence_says_what_to_do(
    plain_paydag: Paydag, folder: dict[str, str], tmp_path: Path
) -> None:
    home = tmp_path / "home"
    finished = plain_paydag("refresh", "freelancer", home=home, HOME=folder["HOME"])
    assert_one_sentence(finished, 2, "downloading from Kaggle needs a token: make one at https://")
    half = plain_paydag("refresh", "freelancer", home=home, KAGGLE_KEY=KEY)
    assert_one_sentence(half, 2, "KAGGLE_KEY is set, but KAGGLE_USERNAME is not")
    nowhere = {"KAGGLE_API_TOKEN": TOKEN, "KAGGLE_API_URL": "localhost"}
    finished = plain_paydag("refresh", "freelancer", home=home, **nowhere)
    assert_one_sentence(finished, 2, "KAGGLE_API_URL is no address")
    assert not home.exists()
    assert list((tmp_path / "user").iterdir()) == []


@pytest.mark.parametrize("option", ["--since=2025-01-01", "--limit=3", "--issue=7", "--no-wait"])
def test_options_of_collecting_make_no_sense_for_a_whole_file(
    plain_paydag: Paydag, tmp_path: Path, option: str
) -> None:
    finished = plain_paydag("refresh", "freelancer", option, home=tmp_path / "home")
    said = "is for collecting over the network, but freelancer is downloaded whole"
    assert_one_sentence(finished, 2, f"{option.partition('=')[0]} {said}")


@pytest.mark.exhaustive
@pytest.mark.parametrize(
    ("fault", "code", "said"),
    [
        (refusal(401), 2, "Kaggle (127.0.0.1) does not accept KAGGLE_API_TOKEN: make a new token"),
        (refusal(429, **{"Retry-After": "99"}), 1, "answers too many requests: run the same"),
    ],
)
def test_what_kaggle_refuses_is_told_in_one_sentence(
    paydag: Paydag,
    folder: dict[str, str],
    tmp_path: Path,
    fault: Reply,
    code: int,
    said: str,
) -> None:
    with KaggleServer({1: packed(ROWS)}) as server:
        server.faults["GetDataset"] = [fault]
        home = tmp_path / "home"
        finished = paydag("refresh", "jobs", home=home, **folder, **leading_to(server))
    assert_one_sentence(finished, code, said)
    assert TOKEN not in finished.err
    assert not (home / "warehouse" / "raw.duckdb").exists()


def test_a_file_that_holds_no_table_lands_nothing(
    paydag: Paydag, folder: dict[str, str], tmp_path: Path
) -> None:
    home = tmp_path / "home"
    path = write(tmp_path / "jobs.csv", "a,b\n1,2\n")
    finished = paydag("refresh", "jobs", "--from", f"kaggle={path}", home=home, **folder)
    assert_one_sentence(finished, 2, f"{FILE} has no column projectId, job_title, ")
    assert query(home, KINDS) == []


def test_a_path_that_is_no_utf_8_is_refused_in_words_that_can_be_printed(
    paydag: Paydag, folder: dict[str, str], tmp_path: Path
) -> None:
    finished = paydag("refresh", "jobs", "--from", "kaggle=a\udcff.csv", home=tmp_path, **folder)
    said = "--from kaggle=a\\udcff.csv: its name is no text in UTF-8; rename it"
    assert_one_sentence(finished, 2, said)


def test_a_file_that_is_no_utf_8_is_refused_in_words_that_can_be_printed(
    paydag: Paydag, folder: dict[str, str], tmp_path: Path
) -> None:
    home = tmp_path / "home"
    path = tmp_path / "jobs.csv"
    for content in (
        "projectId,job_title\n1,2\n".encode("utf-16"),
        "projectId,clé\n1,2\n".encode("latin-1"),
        gzip.compress(b"projectId,job_title\n1,2\n"),
        b"\0\0\0",
    ):
        path.write_bytes(content)
        finished = paydag("refresh", "jobs", "--from", f"kaggle={path}", home=home, **folder)
        assert_one_sentence(finished, 2, f"{FILE}: its first line is no text in UTF-8")
