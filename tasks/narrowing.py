"""Issues without their quiet comments: those become rows of staging, and are nothing else."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import chain, compress
from typing import Any, Final

from tasks.domain.documents import Document
from tasks.domain.narrowing import EVIDENCE_EXPRESSION
from tasks.sources.github.plain import PlainComments, plain_comments
from tasks.staging import COMMENTS
from tasks.warehouse.columns import Columns, chosen, lists_as_columns, matching, without

_EVIDENCE: Final = f"(?i){EVIDENCE_EXPRESSION}"


@dataclass(frozen=True, slots=True)
class Narrowed:
    """`documents` are the issues without their quiet comments, of which `rows` are the rows of
    staging; `quiet` maps issue → those comments' ids → when they were posted."""

    documents: list[Document]
    rows: Columns
    quiet: dict[str, dict[int, datetime]]

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
        quiet[document.external_id] = {
            number: moment
            for number, moment, hit in zip(found.numbers, found.moments, own, strict=True)
            if not hit
        }
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
