"""Issues, their history and their pull requests on GitHub."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import AbstractAsyncContextManager
from datetime import datetime
from pathlib import Path
from typing import Any, ClassVar

from tasks.domain.collecting import Access, Collection, CollectRequest, Store
from tasks.domain.documents import Document
from tasks.domain.errors import UsageError
from tasks.domain.protocols import Market
from tasks.sources.github.archive import read_archive
from tasks.sources.github.parse import parse_documents


class Github:
    """Collects repositories over the network, and lands archives of what was collected."""

    name: ClassVar[str] = "github"

    def check_access(self, access: Access) -> None:
        from tasks.sources.github.collection import check_access

        check_access(access)

    def left_out(self, access: Access) -> str | None:  # noqa: ARG002 - no dataset without it
        return None

    def open(
        self,
        options: Mapping[str, Any],
        access: Access,
        request: CollectRequest,
        store: Store,
        now: Callable[[], datetime],
    ) -> AbstractAsyncContextManager[Collection]:
        # The client is for those who collect: every reader of documents loads the rest.
        from tasks.sources.github.collection import open_collection

        return open_collection(options, access, request, store, now)

    def fetch(
        self,
        path: Path | None,
        options: Mapping[str, Any],
        fetched_at: datetime,  # noqa: ARG002 - an archive says itself when it was fetched
    ) -> Iterator[Document]:
        if path is None:
            raise UsageError("name an archive of GitHub documents with --from github=PATH")
        repositories = options.get("repositories")
        for document in read_archive(path, self.name):
            repository = document.external_id.partition("#")[0]
            if not repositories or "/" not in repository or repository in repositories:
                yield document

    def parse(self, documents: Iterable[Document]) -> Market:
        return parse_documents(documents)


SOURCE = Github()
