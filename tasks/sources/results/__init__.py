"""Results of published runs: reports of the SWE-bench harness, and SWE-Lancer's results.csv."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any, ClassVar

from tasks.domain.documents import Document
from tasks.domain.errors import UsageError
from tasks.domain.protocols import Market, Source
from tasks.sources.results.files import read_documents
from tasks.sources.results.kinds import SOURCE_NAME
from tasks.sources.results.market import read_market


class Results:
    """The files of one run, verbatim: a file, or a folder as the harness leaves it."""

    name: ClassVar[str] = SOURCE_NAME

    def fetch(
        self,
        path: Path | None,
        options: Mapping[str, Any],
        fetched_at: datetime,
    ) -> Iterator[Document]:
        """One document a file. Raises UsageError where nothing among them is of a known form."""
        place = path if path is not None else options.get("path")
        if not place:
            raise UsageError("results have nothing to read: name their file or folder")
        return read_documents(Path(place), fetched_at)

    def parse(self, documents: Iterable[Document]) -> Market:
        return read_market(documents)


SOURCE: Source = Results()
