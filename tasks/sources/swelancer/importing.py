"""Files to documents. What cannot be read becomes a document too, with its reason."""

import json
import math
import zipfile
import zlib
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from lzma import LZMAError
from pathlib import Path
from typing import Any, NoReturn

from tasks.domain.documents import Document
from tasks.domain.errors import DataError, UsageError
from tasks.sources.cells import require_storable
from tasks.sources.records import Record
from tasks.sources.swelancer.folders import read_folder
from tasks.sources.swelancer.kinds import ISSUE_FOLDER, MALFORMED, ROW, SOURCE_NAME
from tasks.sources.swelancer.members import Member, open_members
from tasks.sources.swelancer.places import ISSUE_DATA, Place, find_places, text_of
from tasks.sources.swelancer.records import read_records
from tasks.sources.swelancer.rows import read_row

_KEYS = {
    "commit_id.txt": "commit_id",
    "git_tag.txt": "git_tag",
    "revert_command.txt": "revert_command",
    "bug_reintroduce.patch": "bug_reintroduce_patch",
    "test.py": "test",
}
# Recordings and pictures may lie beside the published files; no text among them is that long.
_MOST_TEXT_BYTES = 1 << 24


def read_documents(path: Path, fetched_at: datetime) -> Iterator[Document]:
    """Every row and folder under `path`. Raises UsageError where none can be read."""
    try:
        with open_members(path) as members:
            places = find_places(members)
            if not places:
                raise UsageError(
                    f"{path} holds no SWE-Lancer file: expected issue folders with {ISSUE_DATA} "
                    "or a CSV with the columns question_id, variant, price"
                )
            yield from _once_readable(path, _read_places(places, fetched_at))
    except (zipfile.BadZipFile, zlib.error, LZMAError, EOFError) as error:
        raise UsageError(f"{path} is damaged ({error}): download it again") from error
    except OSError as error:
        raise UsageError(f"{path} cannot be read ({error}): check its permissions") from error


def _once_readable(path: Path, documents: Iterable[Document]) -> Iterator[Document]:
    """The same documents, held back until one is readable: until then the file is the mistake."""
    held: list[Document] = []
    readable = False
    for document in documents:
        readable = readable or document.kind != MALFORMED
        held.append(document)
        if readable:
            yield from held
            held.clear()
    if not readable:
        raise UsageError(f"{path} holds no readable SWE-Lancer task: {_first_reason(held)}")


def _first_reason(held: list[Document]) -> str:
    if not held:
        return "its files have a header and no rows; download them again"
    first = held[0].payload
    return f"{first['file']}, record {first['row']}: {first['reason']}"


def _read_places(places: list[Place], fetched_at: datetime) -> Iterator[Document]:
    for place in places:
        if place.header:
            yield from _csv_documents(place, fetched_at)
        else:
            yield _folder_document(place, fetched_at)


def _csv_documents(place: Place, fetched_at: datetime) -> Iterator[Document]:
    used: set[str] = set()
    with text_of(place.members[0]) as lines:
        for record in read_records(lines):
            yield _row_document(place, record, used, fetched_at)


def _row_document(place: Place, record: Record, used: set[str], fetched_at: datetime) -> Document:
    try:
        if record.fault is not None:
            raise DataError(record.fault)
        payload = dict(zip(place.header, record.cells, strict=True))
        identifier = _unused(f"{place.name}#{payload['question_id']}", used)
        read_row(payload, place.name, identifier)
    except DataError as error:
        return _malformed(place.name, record.number, str(error), record.text, fetched_at)
    used.add(identifier)
    return Document(SOURCE_NAME, ROW, identifier, fetched_at, payload)


def _unused(identifier: str, used: set[str]) -> str:
    """A question asked twice in one file keeps both rows: the second is `…~2`."""
    candidate, count = identifier, 1
    while candidate in used:
        count += 1
        candidate = f"{identifier}~{count}"
    return candidate


def _folder_document(place: Place, fetched_at: datetime) -> Document:
    files = {member.parts[-1]: member for member in place.members}
    raw = _read(files.pop(ISSUE_DATA))
    try:
        payload = {"issue_data": _read_issue_data(raw), **_read_texts(files)}
        read_folder(payload, place.name)
    except DataError as error:
        text = raw.decode("utf-8", "surrogateescape")
        return _malformed(place.name, 0, str(error), text, fetched_at)
    return Document(SOURCE_NAME, ISSUE_FOLDER, place.name, fetched_at, payload)


def _read_texts(files: Mapping[str, Member]) -> dict[str, str]:
    """Published files under their key, other text files under their name."""
    texts = {
        name: text
        for name, member in files.items()
        if name not in _KEYS and (text := _other_text(member)) is not None
    }
    return texts | {
        key: _published_text(files[name], name) for name, key in _KEYS.items() if name in files
    }


def _other_text(member: Member) -> str | None:
    if member.size > _MOST_TEXT_BYTES:
        return None
    try:
        text = _read(member).decode("utf-8")
    except UnicodeDecodeError:
        return None
    return None if "\x00" in text else text


def _published_text(member: Member, name: str) -> str:
    try:
        return _read(member).decode("utf-8")
    except UnicodeDecodeError as error:
        raise DataError(f"{name}: not UTF-8") from error


def _read_issue_data(raw: bytes) -> Any:
    try:
        data = json.loads(
            raw.decode("utf-8-sig"), parse_constant=_refuse_constant, parse_float=_finite
        )
    except (ValueError, RecursionError) as error:
        raise DataError(f"issue_data: not JSON ({error})") from error
    require_storable(data, "issue_data")
    return data


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is no number")


def _finite(text: str) -> float:
    """An infinite number would have no canonical JSON, hence no digest."""
    value = float(text)
    if not math.isfinite(value):
        raise ValueError(f"{text[:40]} is too large")
    return value


def _read(member: Member) -> bytes:
    with member.open() as stream:
        return stream.read()


def _malformed(file: str, row: int, reason: str, text: str, fetched_at: datetime) -> Document:
    payload = {"file": file, "row": row, "reason": reason, "text": text}
    return Document(SOURCE_NAME, MALFORMED, f"{file}@{row}", fetched_at, payload)
