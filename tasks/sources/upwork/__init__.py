"""Jobs of Upwork, through its official API: those that issues link, and those that searches find.

Nothing is read off web pages: Upwork's terms forbid it.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import AbstractAsyncContextManager
from datetime import datetime
from pathlib import Path
from typing import Any, ClassVar

from tasks.domain.collecting import Access, Collection, CollectRequest, Store
from tasks.domain.documents import Document
from tasks.domain.errors import UsageError
from tasks.domain.protocols import Market
from tasks.sources.upwork.files import read_files
from tasks.sources.upwork.kinds import SOURCE_NAME
from tasks.sources.upwork.parse import parse_documents
from tasks.sources.upwork.tokens import UNARMED, configured


class Upwork:
    """Collects jobs over the network, and lands saved answers."""

    name: ClassVar[str] = SOURCE_NAME

    def check_access(self, access: Access) -> None:
        if not configured(access.oauth):
            raise UsageError(UNARMED)

    def left_out(self, access: Access) -> str | None:
        """Evidence beside that of the issues: a dataset is whole without it."""
        return None if configured(access.oauth) else f"skipped: not configured ({UNARMED})"

    def open(
        self,
        options: Mapping[str, Any],
        access: Access,
        request: CollectRequest,
        store: Store,
        now: Callable[[], datetime],
    ) -> AbstractAsyncContextManager[Collection]:
        # The client is for those who collect: every reader of documents loads the rest.
        from tasks.sources.upwork.collection import open_collection

        return open_collection(options, access, request, store, now)

    def fetch(
        self,
        path: Path | None,
        options: Mapping[str, Any],  # noqa: ARG002 - whatever a file holds was asked for once
        fetched_at: datetime,
    ) -> Iterator[Document]:
        if path is None:
            raise UsageError("name saved answers of Upwork with --from upwork=PATH")
        yield from read_files(path, fetched_at)

    def parse(self, documents: Iterable[Document]) -> Market:
        return parse_documents(documents)


SOURCE = Upwork()
