"""The published postings: read whole, and the same however the file was rewritten."""

import csv
import io
import random
from collections import Counter
from collections.abc import Sequence
from functools import cache
from pathlib import Path

import pytest

from tasks.domain.documents import Document
from tasks.sources.kaggle import SOURCE
from tests.sources.postings import NOW, reasons, write, write_zip

FILE = "freelancer_job_postings.csv"
REAL = Path(__file__).resolve().parents[3] / "shared" / "data" / "freelancer" / FILE
OPTIONS = {"dataset": "isaacoresanya/freelancer", "file": FILE}
pytestmark = [
    pytest.mark.realdata,
    pytest.mark.skipif(not REAL.is_file(), reason=f"no published postings at {REAL}"),
]


def fetch(path: Path) -> list[Document]:
    return list(SOURCE.fetch(path, OPTIONS, NOW))


@cache
def text() -> str:
    return REAL.read_bytes().decode("utf-8")


@cache
def table() -> tuple[tuple[str, ...], ...]:
    """As the csv module reads it, nothing of the code under test."""
    return tuple(map(tuple, csv.reader(io.StringIO(text(), newline=""))))


@cache
def documents() -> tuple[Document, ...]:
    return tuple(fetch(REAL))


def rewritten(rows: Sequence[Sequence[str]], end: str) -> str:
    out = io.StringIO(newline="")
    csv.writer(out, lineterminator=end).writerows([table()[0], *rows])
    return out.getvalue()


def content(found: Sequence[Document]) -> dict[tuple[str, str], object]:
    return {(d.kind, d.external_id): d.payload for d in found}


def test_every_row_is_a_posting_with_its_cells_as_they_are() -> None:
    names, *rows = table()
    found = SOURCE.parse(documents())
    assert (len(found.postings), found.malformed) == (5525, ())
    assert Counter(p.rate_type for p in found.postings) == {"fixed": 4409, "hourly": 1116}
    assert Counter(p.currency for p in found.postings) == Counter(
        row[names.index("currency")] for row in rows
    )
    postings = [d.payload for d in documents() if d.kind == "kaggle.posting"]
    assert postings == [dict(zip(names, row, strict=True)) for row in rows]
    cents = sum(round(100 * float(row[names.index("max_price")])) for row in rows)
    assert sum(p.band_max_cents or 0 for p in found.postings) == cents
    assert all(p.tags and p.description for p in found.postings)


@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_shuffled_rows_other_line_ends_and_a_bom_change_no_document(
    tmp_path: Path, end: str
) -> None:
    rows = list(table()[1:])
    random.Random(7).shuffle(rows)
    shuffled = write(tmp_path / "shuffled.csv", "\ufeff" + rewritten(rows, end))
    assert content(fetch(shuffled)) == content(documents())


def test_a_zip_of_it_gives_the_same(tmp_path: Path) -> None:
    path = write_zip(tmp_path / "archive.zip", {FILE: REAL.read_bytes(), "readme.md": "x"})
    assert content(fetch(path)) == content(documents())


@pytest.mark.exhaustive
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_of_one_broken_row_all_others_are_the_same(tmp_path: Path, end: str) -> None:
    lines = rewritten(table()[1:], "\n").split("\n")
    at = next(n for n in range(2000, len(lines)) if lines[n].count('"') == 4)
    whole = lines[at]
    for broken in (whole.replace('"', "", 1), whole[: len(whole) // 2], whole + ",more"):
        lines[at] = broken
        found = SOURCE.parse(fetch(write(tmp_path / FILE, end.join(lines))))
        assert [row for row, _ in reasons(found)] == [at]
        key = whole.partition(",")[0]
        assert found.postings == tuple(
            p for p in SOURCE.parse(documents()).postings if p.key != key
        )


def test_of_any_row_without_its_last_quote_only_it_is_lost(tmp_path: Path) -> None:
    lines = rewritten(table()[1:], "\n").split("\n")
    quoted = [n for n in range(1, len(lines)) if lines[n].count('"') >= 2]
    for at in random.Random(3).sample(quoted, 40):
        head, _, tail = lines[at].rpartition('"')
        lines[at] = head + tail
    broken = SOURCE.parse(fetch(write(tmp_path / FILE, "\n".join(lines))))
    assert len(broken.postings) + len(broken.malformed) == 5525
    assert len(broken.malformed) == 40
