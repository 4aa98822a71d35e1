"""Which files hold results, as documents."""

import json
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from tasks.domain.digests import digest
from tasks.domain.documents import Document
from tasks.domain.errors import UsageError
from tasks.sources.results.kinds import (
    INSTANCE_REPORT,
    PATCH,
    PREDICTIONS,
    RUN_REPORT,
    SOURCE_NAME,
    TABLE,
)

FORMS: Final = (
    "known are a run's report of the SWE-bench harness (resolved_ids, unresolved_ids, …), its "
    "folder of report.json files, results.json beside the predictions, and a SWE-Lancer run's "
    "results.csv (question_id, attempt_id, correct, …)"
)
# What the older reports of the harness call the ids that were resolved.
_LISTS: Final = ("resolved_ids", "resolved")
# Logs of whole test runs lie beside the reports; no report is that long.
_MOST_BYTES: Final = 1 << 28
_ID_DIGITS: Final = 16


def read_documents(path: Path, fetched_at: datetime) -> Iterator[Document]:
    """The files under `path` that hold results, under the digest of them all."""
    found = _files(path)
    kinds = {name: kind for name, text in found.items() if (kind := _kind(name, text)) is not None}
    # What was handed in says nothing of what became of it.
    if not set(kinds.values()) & {RUN_REPORT, INSTANCE_REPORT, TABLE}:
        if PREDICTIONS in kinds.values():
            raise UsageError(
                f"{path} holds answers and no results; `paydag evaluate DATASET --solver replay "
                "--predictions FILE` grades them"
            )
        raise UsageError(f"{path} holds no results of a known form; {FORMS}")
    together = digest(sorted((name, found[name]) for name in kinds))[:_ID_DIGITS]
    for name, kind in sorted(kinds.items()):
        payload = {"file": name, "text": found[name]}
        yield Document(SOURCE_NAME, kind, f"{together}/{name}", fetched_at, payload)


def _files(path: Path) -> dict[str, str]:
    """Name below `path` → text, of all files that could be results."""
    if not path.exists():
        raise UsageError(f"{path} is not there; name a file or folder of results")
    try:
        if path.is_file():
            return {path.name: _text(path)}
        return {
            file.relative_to(path).as_posix(): _text(file)
            for file in sorted(path.rglob("*"))
            if file.is_file() and _could_be(file)
        }
    except OSError as error:
        raise UsageError(f"{path} cannot be read ({error}): check its permissions") from error


def _could_be(file: Path) -> bool:
    return file.suffix in (".csv", ".json", ".jsonl") or file.name == "patch.diff"


def _text(file: Path) -> str:
    if file.stat().st_size > _MOST_BYTES:
        raise UsageError(f"{file} is larger than any file of results; name the results alone")
    try:
        return file.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise UsageError(f"{file} is no UTF-8 text, so that it holds no results") from error


def _kind(name: str, text: str) -> str | None:
    if name.endswith(".csv"):
        return TABLE
    if name.endswith("patch.diff"):
        return PATCH
    if name.endswith(".jsonl"):
        first = next((line for line in text.split("\n") if line.strip()), "")
        return PREDICTIONS if _is_answer(_json(first)) else None
    return _kind_of_json(_json(text))


def _kind_of_json(data: Any) -> str | None:
    if isinstance(data, dict) and any(isinstance(data.get(key), list) for key in _LISTS):
        return RUN_REPORT
    parts = list(data.values()) if isinstance(data, dict) else data
    if not isinstance(parts, list) or not parts:
        return None
    if all(isinstance(part, dict) and "resolved" in part for part in parts):
        return INSTANCE_REPORT if isinstance(data, dict) else None
    return PREDICTIONS if all(map(_is_answer, parts)) else None


def _is_answer(data: Any) -> bool:
    return isinstance(data, dict) and "model_patch" in data


def _json(text: str) -> Any:
    try:
        return json.loads(text)
    except (json.JSONDecodeError, RecursionError):
        return None
