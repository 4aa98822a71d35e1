"""Raw as it stood at one moment: nothing of it is ever moved, so a position says what was there."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Final

import pyarrow as pa

from tasks.domain.documents import Document
from tasks.warehouse.connect import Row, Session
from tasks.warehouse.encoding import payload_of

Name = tuple[str, str]  # kind, external id
_COPY: Final = ("kind", "external_id", "fetched_at", "content_sha256", "payload")


@dataclass(frozen=True, slots=True)
class Copy:
    """A stored copy of a document, as it is and as it is written."""

    document: Document
    content_sha256: str
    text: str

    @property
    def name(self) -> Name:
        return self.document.kind, self.document.external_id


def end_of_raw(session: Session) -> int:
    """The position that the next document will have."""
    found = session.tuples("SELECT coalesce(max(rowid), -1) + 1 FROM raw.documents")
    return int(found[0][0])


def unread(session: Session, source: str, end: int, rules: str) -> list[Name]:
    """Documents that changed since they were read by these rules, or never were, as they lie.

    Needs raw and core.
    """
    rows = session.query("unread_documents", source=source, end=end, rules=rules)
    return [(row["kind"], row["external_id"]) for row in rows]


def newest_copies(session: Session, source: str, wanted: Iterable[Name], end: int) -> list[Copy]:
    """The newest copies below position `end`, of those that are there, as they lie."""
    return [copy for _, copy in _at(session, source, _positions(session, source, wanted, end))]


class Places:
    """Where the newest documents of some kinds lie: raw is asked once for all that is read as it
    stood at one moment. No other home may come in between."""

    def __init__(self) -> None:
        self._held: dict[tuple[str, str, int], dict[str, int]] = {}

    def of(
        self, session: Session, source: str, kind: str, names: Iterable[str], end: int
    ) -> list[int]:
        """The positions below `end` of those that are there, in order."""
        if (source, kind, end) not in self._held:
            rows = session.query("places_of_kind", source=source, kind=kind, end=end)
            self._held[source, kind, end] = {row["external_id"]: row["position"] for row in rows}
        held = self._held[source, kind, end]
        return sorted(held[name] for name in {*names} & held.keys())


def copies_there(session: Session, source: str, positions: Sequence[int]) -> list[Copy]:
    """The copies at these positions, which are in order."""
    return [copy for _, copy in _at(session, source, positions)]


def copies_with(
    session: Session,
    source: str,
    wanted: Iterable[Name],
    kind: str,
    more: Callable[[list[Copy]], Sequence[int]],
    end: int,
) -> tuple[list[Copy], list[Copy]]:
    """(the newest copies of `wanted`, those of a kind at the positions that `more` asks for then).

    What belongs together has landed together: most of the second lie between the first.
    """
    positions = _positions(session, source, wanted, end)
    found = dict(_at(session, source, positions, beside=kind))
    first = [found[position] for position in positions]
    others = more(first)
    found |= dict(_at(session, source, [p for p in others if p not in found]))
    return first, [found[position] for position in others]


def _positions(session: Session, source: str, wanted: Iterable[Name], end: int) -> list[int]:
    return [row["position"] for row in _places(session, source, wanted, end)]


def _at(
    session: Session, source: str, positions: Sequence[int], beside: str = ""
) -> list[tuple[int, Copy]]:
    """(position, copy) of the documents there, and of those of the kind `beside` in between."""
    if not positions:
        return []
    table = pa.table({"position": pa.array(positions, pa.int64())})
    first, last = min(positions), max(positions)
    with session.registered("wanted_places", table):
        found = session.arrow("copies_at", first=first, last=last, beside=beside)
    return list(zip(found["position"].to_pylist(), _copies(source, found), strict=True))


def documents_with(
    session: Session,
    source: str,
    kind: str,
    word: str,
    repositories: Sequence[str],
    within: tuple[int, int],
) -> list[Document]:
    """Copies at the positions from `within[0]` to before `within[1]`, of documents of these
    repositories in which a word stands; letter case does not count."""
    rows = session.query(
        "documents_with_word",
        source=source,
        kind=kind,
        word=word.lower(),
        repositories=list(repositories),
        first=within[0],
        beyond=within[1],
    )
    return [
        Document(source, kind, row["external_id"], row["fetched_at"], payload_of(row["payload"]))
        for row in rows
    ]


def in_order(session: Session, source: str, wanted: Iterable[Name], end: int) -> list[Name]:
    """These documents as their newest copies lie, so that what is read together lies together."""
    return [(row["kind"], row["external_id"]) for row in _places(session, source, wanted, end)]


def _places(session: Session, source: str, wanted: Iterable[Name], end: int) -> list[Row]:
    with session.registered("wanted_documents", names_table(wanted)):
        return session.query("newest_places", source=source, end=end)


def names_table(names: Iterable[Name]) -> pa.Table:
    """Names as a table with the columns kind and external_id."""
    kinds, ids = zip(*listed, strict=True) if (listed := list(names)) else ((), ())
    return pa.table(
        {"kind": pa.array(kinds, pa.string()), "external_id": pa.array(ids, pa.string())}
    )


def stored_edits(session: Session, source: str, comments: Sequence[str]) -> list[Copy]:
    """The same of the edits of these comments, from staging. Needs core."""
    with session.values("wanted_comments", "node_id", comments):
        found = session.arrow("edits_of_comments")
    return _copies(source, found)


def newest_names(session: Session, source: str, kind: str, end: int) -> list[Name]:
    """For each repository its document of a kind that was fetched last."""
    rows = session.query("newest_of_kind", source=source, kind=kind, end=end)
    return [(row["kind"], row["external_id"]) for row in rows]


def _copies(source: str, found: pa.Table) -> list[Copy]:
    columns = (found[name].to_pylist() for name in _COPY)
    return [
        Copy(Document(source, kind, name, fetched_at, payload_of(text)), content_sha256, text)
        for kind, name, fetched_at, content_sha256, text in zip(*columns, strict=True)
    ]
