"""Saved answers: an archive of documents, or JSON files that hold what the API answered."""

import json
from collections.abc import Iterator, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from tasks.domain.documents import Document
from tasks.domain.errors import UsageError
from tasks.sources.cells import storable
from tasks.sources.github.archive import read_archive
from tasks.sources.upwork.kinds import CONTENTS, FOUND, JOB, MALFORMED, SOURCE_NAME

_ARCHIVES: Final = (".jsonl", ".gz")
_MOST_BYTES: Final = 500_000_000
_MOST_KEPT: Final = 2_000


def read_files(path: Path, fetched_at: datetime) -> Iterator[Document]:
    """The documents of a file or of a folder's .jsonl, .jsonl.gz and .json files.

    What is no job in a JSON file comes as a document of kind `upwork.malformed`, with file, place
    and reason. Raises UsageError where nothing can be read, or a line of an archive is no document.
    """
    for file in _files(path):
        if file.suffix in _ARCHIVES:
            yield from read_archive(file, SOURCE_NAME)
        else:
            yield from _read_answer(file, fetched_at)


def _files(path: Path) -> list[Path]:
    if not path.exists():
        raise UsageError(f"{path} does not exist; name saved answers of Upwork, a file or a folder")
    if path.is_file():
        return [path]
    found = [f for pattern in ("*.jsonl", "*.jsonl.gz", "*.json") for f in path.glob(pattern)]
    if not found:
        raise UsageError(f"{path} holds no .json, .jsonl or .jsonl.gz file")
    return sorted(found)


def _read_answer(file: Path, fetched_at: datetime) -> Iterator[Document]:
    name = storable(file.name)

    def malformed(place: int, reason: str, what: Any) -> Document:
        text = what if isinstance(what, str) else json.dumps(what)
        payload = {"file": name, "row": place, "reason": reason, "text": text[:_MOST_KEPT]}
        return Document(SOURCE_NAME, MALFORMED, f"{name}#{place}", fetched_at, payload)

    try:
        if file.stat().st_size > _MOST_BYTES:
            raise UsageError(f"{file} is larger than 500 MB; split it")
        answer = json.loads(file.read_text(encoding="utf-8-sig"))
    except OSError as error:
        raise UsageError(f"{file} cannot be read: {error.strerror}") from error
    except (ValueError, RecursionError) as error:
        yield malformed(0, f"no JSON: {error}", "")
        return
    for place, node in enumerate(_nodes(answer), start=1):
        kind, why = _kind_of(node)
        if kind is None:
            yield malformed(place, why, node)
        else:
            yield Document(SOURCE_NAME, kind, node["id"], fetched_at, node)


def _nodes(answer: Any) -> Iterator[Any]:
    """The nodes of whatever the API answers: lists, connections, fields of `data`, one node.

    A field that is null has no node; what only tells of errors is handed on as it is.
    """
    if isinstance(answer, list):
        for one in answer:
            yield from _nodes(one)
    elif not isinstance(answer, Mapping) or "id" in answer:
        yield answer
    elif isinstance(answer.get("edges"), list):
        for edge in answer["edges"]:
            yield from _nodes(edge.get("node") if isinstance(edge, Mapping) else edge)
    elif isinstance(answer.get("data"), Mapping):
        for field in answer["data"].values():
            if field is not None:
                yield from _nodes(field)
    elif "errors" not in answer and answer and all(_is_answer(v) for v in answer.values()):
        for field in answer.values():
            yield from _nodes(field)
    else:
        yield answer


def _is_answer(value: Any) -> bool:
    return isinstance(value, list) or (
        isinstance(value, Mapping) and bool({"id", "edges"} & set(value))
    )


def _kind_of(node: Any) -> tuple[str | None, str]:
    """(the kind of document, why it is none). The three types of the API differ in their fields."""
    if not isinstance(node, dict):
        return None, f"expected a job, not {type(node).__name__}"
    if "errors" in node and "id" not in node:
        return None, "an answer that holds errors and no job"
    if not isinstance(node.get("id"), str) or not node["id"].strip():
        return None, "a job without an id"
    if {"contractTerms", "content", "workFlowState"} & set(node):
        return JOB, ""
    if {"amount", "hourlyBudgetType", "hourlyBudgetMin", "skills", "createdDateTime"} & set(node):
        return FOUND, ""
    if {"ciphertext", "publishedDateTime"} & set(node):
        return CONTENTS, ""
    return None, "no field of a job besides its id"
