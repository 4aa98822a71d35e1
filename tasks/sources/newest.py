"""Which copy of a document counts: the newest of its kind and id."""

from collections.abc import Iterable

from tasks.domain.documents import Document


def newest_of(documents: Iterable[Document], source: str) -> list[Document]:
    """The newest copy of each document of a source; order and duplicates do not matter."""
    newest: dict[tuple[str, str], Document] = {}
    for document in documents:
        if document.source != source:
            continue
        key = (document.kind, document.external_id)
        if key not in newest or _is_newer(document, newest[key]):
            newest[key] = document
    return list(newest.values())


def _is_newer(document: Document, other: Document) -> bool:
    """By (fetched_at, content_sha256); the digest of a payload is only worth its time in a tie."""
    if document.fetched_at != other.fetched_at:
        return document.fetched_at > other.fetched_at
    return document.content_sha256() > other.content_sha256()
