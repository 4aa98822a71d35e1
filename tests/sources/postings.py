"""Invented postings, as files of every kind and as the documents that are made of them."""

import csv
import io
import zipfile
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from tasks.domain.documents import Document
from tasks.domain.protocols import Market
from tasks.sources.kaggle import SOURCE

NOW: Final = datetime(2025, 3, 1, tzinfo=UTC)
FILE: Final = "postings.csv"
OPTIONS: Final = {"dataset": "mill/odd-jobs", "file": FILE}
COLUMNS: Final = (
    *("projectId", "job_title", "job_description", "tags", "client_state"),
    *("min_price", "max_price", "currency", "rate_type"),
)


def row(key: str = "1", **cells: str) -> dict[str, str]:
    plain = {
        "projectId": key,
        "job_title": f"Sort the books of shelf {key}",
        "job_description": "By size, please.",
        "tags": "['excel', 'python']",
        "client_state": "NA",
        "min_price": "30.0",
        "max_price": "250.0",
        "currency": "USD",
        "rate_type": "fixed",
    }
    return plain | cells


def csv_text(rows: Sequence[Mapping[str, str]], end: str = "\n") -> str:
    out = io.StringIO(newline="")
    columns = list(rows[0]) if rows else COLUMNS
    writer = csv.DictWriter(out, columns, lineterminator=end)
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue()


def write(path: Path, text: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(text.encode("utf-8", "surrogateescape"))
    return path


def write_zip(path: Path, files: Mapping[str, str | bytes]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return path


def fetch(path: Path, moment: datetime = NOW, **options: Any) -> list[Document]:
    return list(SOURCE.fetch(path, OPTIONS | options, moment))


def fetch_text(folder: Path, text: str, **options: Any) -> list[Document]:
    return fetch(write(folder / FILE, text), **options)


def market(folder: Path, text: str, **options: Any) -> Market:
    return SOURCE.parse(fetch_text(folder, text, **options))


def reasons(found: Market) -> list[tuple[int | None, str]]:
    return [(one.row, one.reason) for one in found.malformed]


def keys(found: Market) -> list[str]:
    return [posting.key for posting in found.postings]
