"""Causes where nothing can be tried: published files and postings, which are judged together.

A task of a published file rests on the rows and folders of its key, one of a posting on the
posting and its bids, and, since some of many are taken and prices learnt, on all others.
"""

import re
from collections import defaultdict
from collections.abc import Sequence
from typing import Final

from tasks.domain.causes import Cause
from tasks.domain.version_diffs import DiffRow, Explained
from tasks.explaining import Compared, Stand, key_causes, residual_of
from tasks.two_states import changed_documents
from tasks.warehouse import Row, Session

_SOURCES: Final = ("swelancer", "kaggle")
# Rejections that say nothing of the candidate by itself: the dataset takes others.
_SELECTIONS: Final = ("filtered", "not_sampled", "not_selected")
_KEY: Final = re.compile(r"([^#/]*?)(?:~\d+)?\Z")


class Changed:
    """The documents of these sources that differ between two positions of raw. Reads raw."""

    def __init__(self, session: Session, before: int, after: int) -> None:
        self._by_key: defaultdict[tuple[str, str], list[Cause]] = defaultdict(list)
        self.count: dict[str, int] = {}
        for source in _SOURCES:
            rows = changed_documents(session, source, before, after)
            self.count[source] = len(rows)
            for row in rows:
                name = row["external_id"]
                key = key_in(name) if source == "swelancer" else name
                self._by_key[source, key].append(_cause(source, row))

    def of(self, compared: Compared) -> list[Cause]:
        """The documents that a task itself rests on, and else how many others changed."""
        row = compared.row
        for source, key in (("kaggle", row.issue), ("swelancer", key_of(row))):
            if (source, key) in self._by_key:
                return self._by_key[source, key]
        market = row.issue.partition("#")[0]
        if row.fate == "removed" and row.reason is None and ("kaggle", market) in self._by_key:
            return self._by_key["kaggle", market]
        others = {source: count for source, count in self.count.items() if count}
        source = "kaggle" if row.variant == "freelance_code" else "swelancer"
        if source not in others:
            return []
        detail = f"{others[source]:,} other documents of {source}, all of which count together"
        return [Cause(what="documents", detail=detail, source=source)]


def with_selection(row: DiffRow) -> DiffRow:
    """The row, with the selection among its causes where that took the task or left it out."""
    if row.fate == "changed" or row.reason not in _SELECTIONS:
        return row
    cause = Cause(what="selection", detail=row.detail or row.reason, certain=True)
    return row.model_copy(update={"causes": (cause, *row.causes)})


def key_in(external_id: str) -> str:
    """The key of a published document: `FILE#KEY~2` and `FOLDER/KEY` → `KEY`."""
    found = _KEY.search(external_id)
    return found[1] if found else external_id


def key_of(row: DiffRow) -> str:
    """The task's key, out of its id: `owner__name-KEY-variant`."""
    repository = row.issue.partition("#")[0].replace("/", "__")
    return row.instance_id.removeprefix(f"{repository}-").removesuffix(f"-{row.variant}")


def _cause(source: str, row: Row) -> Cause:
    at = row["fetched_at"]
    return Cause(
        what="document",
        detail="not read" if at is None else "came" if row["is_new"] else "changed",
        source=source,
        kind=row["kind"],
        external_id=row["external_id"],
        fetched_at=at,
    )


def listed(compared: Compared, before: Stand, after: Stand, documents: Sequence[Cause]) -> DiffRow:
    """The row with everything that changed besides it; what is alone is certain."""
    causes = [*documents, *key_causes(before, after), *residual_of(before, after, compared)]
    if not causes:
        causes = [Cause(what="unknown", detail="nothing on record says why")]
    certain = len(causes) == 1 and causes[0].what != "unknown"
    found = tuple(cause.model_copy(update={"certain": certain}) for cause in causes)
    row = compared.row
    if row.fate != "changed":
        return row.model_copy(update={"causes": found})
    changes = tuple(Explained(change=change, causes=found) for change in compared.changes)
    return row.model_copy(update={"changes": changes})
