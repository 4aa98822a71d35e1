"""Postings published as a table in a Kaggle dataset."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any, ClassVar

from pydantic import ValidationError

from tasks.domain.collecting import DownloadAccess, Downloaded
from tasks.domain.columns import PostingsFile
from tasks.domain.documents import Document
from tasks.domain.errors import UsageError
from tasks.domain.protocols import Market, Source
from tasks.sources.kaggle.downloads import check_credentials, download
from tasks.sources.kaggle.files import open_tables
from tasks.sources.kaggle.kinds import SOURCE_NAME
from tasks.sources.kaggle.landing import documents_of
from tasks.sources.kaggle.market import read_market
from tasks.sources.kaggle.tables import read_bids, read_postings


class Kaggle:
    """One table of postings: a CSV, or a folder or zip that holds it."""

    name: ClassVar[str] = SOURCE_NAME

    def fetch(
        self, path: Path | None, options: Mapping[str, Any], fetched_at: datetime
    ) -> Iterator[Document]:
        """Documents of kind `kaggle.posting`, `.malformed`, `.bids`, and one `kaggle.listing`.

        Raises UsageError where nothing can be read, before the first document.
        """
        if path is None:
            raise UsageError("kaggle has nothing to read: name the CSV, zip or folder")
        spec = _spec(options)
        bids = None
        with open_tables(path, spec) as tables:
            with tables.postings() as lines:
                postings = read_postings(lines, spec)
            if spec.bids is not None:
                with tables.bids() as lines:
                    bids = read_bids(lines, spec.bids, postings)
        yield from documents_of(postings, bids, spec, fetched_at)

    def check_download(self, access: DownloadAccess) -> None:
        check_credentials(access)

    async def download(
        self, options: Mapping[str, Any], access: DownloadAccess, cache: Path
    ) -> Downloaded:
        """The zip of the version that `options` name, in the cache; see `Downloader`."""
        return await download(_spec(options), access, cache)

    def parse(self, documents: Iterable[Document]) -> Market:
        return read_market(documents)


def _spec(options: Mapping[str, Any]) -> PostingsFile:
    try:
        return PostingsFile.model_validate(dict(options))
    except ValidationError as error:
        first = error.errors()[0]
        key = ".".join(map(str, first["loc"]))
        raise UsageError(f"sources.kaggle: {key}: {first['msg']}") from error


SOURCE: Source = Kaggle()
