"""Documents to a market: the newest copy of each, read; pure."""

from collections.abc import Iterable
from typing import Any

from tasks.domain.documents import Document
from tasks.domain.errors import DataError
from tasks.domain.protocols import Malformed, Market
from tasks.domain.published import PublishedTask
from tasks.sources.cells import storable
from tasks.sources.newest import newest_of
from tasks.sources.swelancer.folders import read_folder
from tasks.sources.swelancer.kinds import ISSUE_FOLDER, MALFORMED, ROW, SOURCE_NAME
from tasks.sources.swelancer.rows import read_row


def read_market(documents: Iterable[Document]) -> Market:
    """Tasks and what cannot be read, sorted; order and duplicates of the input do not matter."""
    published: list[PublishedTask] = []
    malformed: list[Malformed] = []
    for document in newest_of(documents, SOURCE_NAME):
        try:
            read = _read(document)
        except DataError as error:
            read = _unreadable(document, str(error))
        if isinstance(read, PublishedTask):
            published.append(read)
        else:
            malformed.append(read)
    published.sort(key=lambda task: (task.file, task.task_id, task.document_id))
    malformed.sort(key=lambda entry: (entry.file, entry.row or 0, entry.document_id, entry.reason))
    return Market(published=tuple(published), malformed=tuple(malformed))


def _read(document: Document) -> PublishedTask | Malformed:
    if document.kind == ROW:
        file = _file_of_row(document)
        return read_row(_texts(document.payload), file, document.external_id)
    if document.kind == ISSUE_FOLDER:
        return read_folder(document.payload, document.external_id)
    if document.kind == MALFORMED:
        return _read_malformed(document)
    raise DataError(f"unknown kind {document.kind!r}")


def _texts(payload: dict[str, Any]) -> dict[str, str]:
    for column, cell in payload.items():
        if not isinstance(cell, str):
            raise DataError(f"{column}: not text")
    return payload


def _file_of_row(document: Document) -> str:
    """`lite.csv` of `lite.csv#14294~2`; file names and ids may hold a `#` themselves."""
    identifier = document.external_id
    at = identifier.rfind(f"#{document.payload.get('question_id')}")
    return identifier[:at] if at >= 0 else identifier.partition("#")[0]


def _read_malformed(document: Document) -> Malformed:
    payload = document.payload
    file, row, reason = payload.get("file"), payload.get("row"), payload.get("reason")
    if not isinstance(file, str) or not isinstance(row, int) or not isinstance(reason, str):
        raise DataError("a malformed record without file, row or reason")
    # Folders are landed as row 0 and have none.
    return _malformed(document.external_id, file, row or None, reason)


def _unreadable(document: Document, reason: str) -> Malformed:
    identifier = document.external_id
    if document.kind == ISSUE_FOLDER:
        file = identifier.rpartition("/")[0]
    else:
        file = _file_of_row(document)
    return _malformed(identifier, file, None, reason)


def _malformed(identifier: str, file: str, row: int | None, reason: str) -> Malformed:
    return Malformed(
        document_id=storable(identifier), file=storable(file), row=row, reason=storable(reason)
    )
