"""From documents to what became of each task, whatever order they come in."""

from collections.abc import Iterable, Mapping, Sequence

from tasks.domain.documents import Document
from tasks.domain.errors import DataError
from tasks.domain.protocols import Malformed, Market
from tasks.domain.results import ReportedRun
from tasks.sources.newest import newest_of
from tasks.sources.results.kinds import SOURCE_NAME, TABLE
from tasks.sources.results.swebench import read_reports
from tasks.sources.results.swelancer import read_table


def read_market(documents: Iterable[Document]) -> Market:
    """A run for the files that were imported together; those of one that cannot be read are
    malformed together."""
    groups: dict[str, list[Document]] = {}
    for document in newest_of(documents, SOURCE_NAME):
        groups.setdefault(document.external_id.partition("/")[0], []).append(document)
    runs: list[ReportedRun] = []
    malformed: list[Malformed] = []
    for results_id, files in sorted(groups.items()):
        try:
            runs.append(_read(results_id, sorted(files, key=lambda one: one.external_id)))
        except DataError as error:
            malformed += [
                Malformed(
                    document_id=one.external_id,
                    file=str(one.payload.get("file", one.external_id)),
                    row=None,
                    reason=str(error),
                )
                for one in files
            ]
    return Market(results=tuple(runs), malformed=tuple(malformed))


def _read(results_id: str, files: Sequence[Document]) -> ReportedRun:
    texts: dict[str, dict[str, str]] = {}
    for one in files:
        name, text = one.payload.get("file"), one.payload.get("text")
        if not isinstance(name, str) or not isinstance(text, str):
            raise DataError(f"{one.external_id}: no file and text")
        texts.setdefault(one.kind, {})[name] = text
    tables: Mapping[str, str] = texts.pop(TABLE, {})
    if tables and not texts:
        if len(tables) > 1:
            raise DataError(f"several tables of results ({', '.join(tables)}); import one of them")
        ((name, text),) = tables.items()
        return read_table(results_id, name, text)
    if tables:
        raise DataError(f"{next(iter(tables))} lies beside other results; import one or the other")
    return read_reports(results_id, texts)
