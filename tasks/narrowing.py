"""Issues without their quiet comments: those become rows of staging, and are nothing else."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cached_property
from itertools import chain, compress
from typing import Any, Final

from tasks.domain.documents import Document
from tasks.domain.narrowing import EVIDENCE_EXPRESSION
from tasks.sources.github.fields import time
from tasks.sources.github.plain import PlainComments, is_dated, plain_comments
from tasks.staging import COMMENTS
from tasks.warehouse.columns import (
    BadDateError,
    Columns,
    chosen,
    lists_as_columns,
    matching,
    without,
)

_EVIDENCE: Final = f"(?i){EVIDENCE_EXPRESSION}"


class Quiet(Mapping[int, datetime]):
    """The quiet comments of an issue: their numbers, and when they were posted. Few ask."""

    def __init__(self, found: PlainComments, heard: Sequence[bool]) -> None:
        self._found = found
        self._heard = heard

    @cached_property
    def _known(self) -> dict[int, datetime]:
        told = zip(self._found.numbers, self._found.moments, self._heard, strict=True)
        return {number: time(moment) for number, moment, heard in told if not heard}

    def __getitem__(self, number: int) -> datetime:
        return self._known[number]

    def __iter__(self) -> Iterator[int]:
        return iter(self._known)

    def __len__(self) -> int:
        return len(self._known)


@dataclass(frozen=True, slots=True)
class Narrowed:
    """`documents` are the issues without their quiet comments, of which `rows` are the rows of
    staging; `quiet` maps issue → those comments' ids → when they were posted."""

    documents: list[Document]
    rows: Columns
    quiet: dict[str, Quiet]

    def rows_without(self, issues: Collection[str]) -> Columns:
        """The rows, but for those of these issues."""
        return without(self.rows, "issue", issues) if issues else self.rows


def narrowed(
    issues: Sequence[Document], edited: Collection[str], whole: Collection[str]
) -> Narrowed:
    """The documents of `issues` without the comments that are certainly no evidence.

    `edited` are the node ids of comments with a history of edits, which are kept; `whole` the
    issues to leave as they are.
    """
    plain = [
        None if document.external_id in whole else plain_comments(document.payload, edited)
        for document in issues
    ]
    try:
        rows = _rows(zip(issues, plain, strict=True))
    except BadDateError:
        plain = [found if found is not None and is_dated(found) else None for found in plain]
        rows = _rows(zip(issues, plain, strict=True))
    hits = matching(rows, "body", _EVIDENCE)
    documents, quiet, start = [], {}, 0
    for document, found in zip(issues, plain, strict=True):
        if found is None:
            documents.append(document)
            continue
        own = hits[start : start + len(found.numbers)]
        start += len(own)
        kept = [*compress(found.nodes, own), *found.others]
        payload = document.payload | {"comments": {"nodes": kept}}
        documents.append(replace(document, payload=payload))
        quiet[document.external_id] = Quiet(found, own)
    return Narrowed(documents, chosen(rows, [not hit for hit in hits]), quiet)


def _rows(listed: Iterable[tuple[Document, PlainComments | None]]) -> Columns:
    own = [(document.external_id, found) for document, found in listed if found is not None]

    def column(name: str) -> list[Any]:
        return list(chain.from_iterable(getattr(found, name) for _, found in own))

    moments = column("moments")
    return lists_as_columns(
        COMMENTS,
        {
            "issue": [name for name, found in own for _ in found.nodes],
            "comment_id": column("numbers"),
            "version_since": moments,
            "author": column("authors"),
            "association": column("associations"),
            "created_at": moments,
            "url": column("urls"),
            "body": column("bodies"),
            "node_id": column("node_ids"),
            "minimized": column("minimized"),
        },
    )
