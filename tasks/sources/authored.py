"""Tasks that models wrote from postings: documents that `paydag refresh --author` lands."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any, ClassVar, Final

from pydantic import BaseModel, ValidationError

from tasks.domain.authored import AUTHORED, Authored
from tasks.domain.documents import Document
from tasks.domain.errors import UsageError
from tasks.domain.protocols import Malformed, Market, Source
from tasks.sources.cells import storable
from tasks.sources.newest import newest_of

PROGRAM: Final = "authored.program"
"""An answer, whatever it holds."""
FAULT: Final = "authored.fault"
"""A question that was never answered: what it has cost, and why."""


class _Posting(BaseModel, frozen=True, extra="ignore"):
    id: str
    told_sha256: str


class _Payload(BaseModel, frozen=True, extra="ignore"):
    posting: _Posting
    model: str
    request: str
    called: str | None
    answer: str | None
    problem: str | None


class AuthoredTasks:
    """What models wrote. They are asked elsewhere; nothing is read from files."""

    name: ClassVar[str] = AUTHORED

    def fetch(
        self,
        path: Path | None,  # noqa: ARG002
        options: Mapping[str, Any],  # noqa: ARG002
        fetched_at: datetime,  # noqa: ARG002
    ) -> Iterator[Document]:
        raise UsageError(
            "tasks are written by a model, not read: `paydag refresh NAME --author PROVIDER:NAME`"
        )

    def parse(self, documents: Iterable[Document]) -> Market:
        """Sorted by posting and model; one for each model that was asked about a posting."""
        found: list[Authored] = []
        malformed: list[Malformed] = []
        for document in newest_of(documents, AUTHORED):
            if document.kind == FAULT:
                continue
            try:
                found.append(_read(document))
            except (ValidationError, ValueError):
                malformed.append(
                    Malformed(
                        document_id=storable(document.external_id),
                        file=AUTHORED,
                        row=None,
                        reason=f"{storable(document.kind)}: not as `paydag refresh` lands it",
                    )
                )
        found.sort(key=lambda one: (one.posting_id, one.model))
        malformed.sort(key=lambda one: one.document_id)
        return Market(authored=tuple(found), malformed=tuple(malformed))


def document_id(posting_id: str, model: str) -> str:
    """The external id: what another model writes stands beside it, and does not replace it."""
    return f"{posting_id}@{model}"


def _read(document: Document) -> Authored:
    if document.kind != PROGRAM:
        raise ValueError("another kind")
    payload = _Payload.model_validate(document.payload)
    if document.external_id != document_id(payload.posting.id, payload.model):
        raise ValueError("another posting or model")
    return Authored(
        document_id=document.external_id,
        posting_id=payload.posting.id,
        told_sha256=payload.posting.told_sha256,
        written_at=document.fetched_at,
        **payload.model_dump(exclude={"posting"}),
    )


SOURCE: Source = AuthoredTasks()
