"""Writing a home's warehouse to a store: every table as Parquet, then the manifest that says so."""

import uuid
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext, suppress
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Final

from pydantic import BaseModel

from tasks.domain.errors import PaydagError, UsageError
from tasks.domain.redaction import Redactor
from tasks.domain.store_manifest import (
    FORMAT,
    Chunk,
    HomeFile,
    Manifest,
    StoredFile,
    StoredTable,
    home_file_key,
    table_key,
)
from tasks.home_files import hold, home_files
from tasks.settings import secret_values
from tasks.stages import open_warehouse
from tasks.store_state import StoreState, one_at_a_time, read_state, write_state
from tasks.stores import Place, open_place, read_address
from tasks.versions import code_version
from tasks.warehouse import FileName, Session, Warehouse
from tasks.warehouse.copying import COPY_ORDER, copy_file, stamp_of
from tasks.warehouse.migrate import applied_migrations
from tasks.warehouse.parquet_out import Table, spans, tables_in, write_chunk

_UPLOADED_AT_ONCE: Final = 16
_READ: Final = "SELECT lineage FROM raw.lineage"


class Shipped(BaseModel, frozen=True, extra="forbid"):
    """What a writing came to: the generation, and how much of it was not there before."""

    generation: int
    files: int
    bytes: int


def place_at(url: str) -> Place:
    """The store at `url`. Raises UsageError for what is none."""
    return open_place(read_address(url), Redactor(secret_values()))


def lineage_of(warehouse: Warehouse) -> str:
    """The name that this warehouse shares with its copies only."""
    with warehouse.read("raw") as session:
        return str(session.tuples(_READ)[0][0])


def check_store(home: Path, url: str) -> None:
    """Raise UsageError where this home could not write there: before any work is done."""
    place = place_at(url)
    place.check()
    with one_at_a_time(home):
        state = read_state(home, place.address)
        _check_turn(place, place.head()[0], state, lineage_of(open_warehouse(home)))


def ship(home: Path, url: str, now: datetime) -> Shipped:
    """Write what the home holds as the next generation of the store at `url`.

    Nothing is written where nothing has changed. Raises UsageError where the store holds another
    warehouse, or work of another home that this one has not; SystemFault where it is out of reach.
    """
    place = place_at(url)
    warehouse = open_warehouse(home)
    with one_at_a_time(home) as way:
        (newest, number), state = place.head(), read_state(home, place.address)
        lineage = lineage_of(warehouse)
        _check_turn(place, newest, state, lineage)
        shipment = _Shipment(home, warehouse, place, way, newest, state)
        if shipment.is_there():
            return Shipped(generation=newest.generation if newest else 0, files=0, bytes=0)
        files = {name: shipment.stored(name) for name in COPY_ORDER}
        manifest = Manifest(
            format=FORMAT,
            generation=number,
            nonce=uuid.uuid4().hex,
            parent=newest.nonce if newest else None,
            lineage=lineage,
            code_version=code_version(),
            written_at=now,
            files=dict(files),
            home_files=shipment.beside(),
        )
        # Should the process end between the two, the next one knows this generation for its own.
        write_state(home, place.address, state.model_copy(update={"pending": manifest.nonce}))
        place.create(manifest)
        write_state(home, place.address, shipment.state_after(manifest))
        with suppress(PaydagError):  # what is too much does no harm, and goes the next time
            place.prune(now)
    return Shipped(generation=manifest.generation, files=shipment.sent, bytes=shipment.sent_bytes)


def _check_turn(place: Place, newest: Manifest | None, state: StoreState, lineage: str) -> None:
    if newest is None or newest.nonce in (state.nonce, state.pending):
        return
    where, at = place.address.url, newest.written_at.strftime("%Y-%m-%d %H:%M UTC")
    if newest.lineage != lineage:
        raise UsageError(f"{where} holds another warehouse; choose another address for this home")
    raise UsageError(
        f"{where} holds what another home wrote at {at}, and this one has not; attach it into a "
        "home of its own, or choose another address"
    )


@dataclass
class _Shipment:
    """One writing: what is on its way, and what was there before."""

    home: Path
    warehouse: Warehouse
    place: Place
    way: Path
    newest: Manifest | None
    state: StoreState
    sent: int = 0
    sent_bytes: int = 0
    _stamps: dict[str, list[tuple[str, int, int]]] = field(default_factory=dict)
    _there: dict[str, int] = field(init=False)
    _beside: dict[HomeFile, int] | None = None

    def __post_init__(self) -> None:
        self._there = self.newest.data() if self.newest else {}

    def is_there(self) -> bool:
        """Whether the newest generation is what the home holds."""
        if self.newest is None or not self._follows():
            return False
        same = all(self._is_unchanged(name) for name in COPY_ORDER)
        return same and set(self._files_beside()) == set(self.newest.home_files)

    def _follows(self) -> bool:
        """Whether the stamps are those of the newest generation."""
        return self.newest is not None and self.newest.nonce == self.state.nonce

    def _is_unchanged(self, name: FileName) -> bool:
        return self.state.stamps.get(name) == list(stamp_of(self.warehouse, name))

    def stored(self, name: FileName) -> StoredFile:
        """Write what the store lacks of a file of the warehouse; all of it, as it is stored."""
        before = self.newest.files[name] if self.newest else None
        if before is not None and self._follows() and self._is_unchanged(name):
            self._stamps[name] = self.state.stamps[name]
            return before
        migrations = tuple(applied_migrations(self.warehouse, name))
        known = before if before is not None and before.migrations == migrations else None
        tables = self._raw_tables(known) if name == "raw" else self._copied_tables(name, known)
        return StoredFile(migrations=migrations, tables=tables)

    def _raw_tables(self, known: StoredFile | None) -> tuple[StoredTable, ...]:
        """Raw is large and only grows: it is read where it lies, a chunk at a time."""

        def opened() -> AbstractContextManager[Session]:
            return self.warehouse.read("raw")

        with opened() as session:
            self._stamps["raw"] = list(stamp_of(self.warehouse, "raw"))
            found = tables_in(session, "raw")
        return tuple(self._table(opened, table, known) for table in found)

    def _copied_tables(self, name: FileName, known: StoredFile | None) -> tuple[StoredTable, ...]:
        """Others change while they are read: a copy does not."""
        copy = Warehouse(self.way / name)
        self._stamps[name] = list(copy_file(self.warehouse, name, copy.folder))
        with copy.read_alone(name) as session:
            found = tables_in(session, name)
            return tuple(self._table(lambda: nullcontext(session), t, known) for t in found)

    def _table(
        self,
        opened: Callable[[], AbstractContextManager[Session]],
        table: Table,
        known: StoredFile | None,
    ) -> StoredTable:
        before = known.table(table.name) if known else None
        chunks: list[Chunk] = []
        waiting: dict[str, Path] = {}
        for first, beyond, same in spans(table, before):
            if same is not None:
                chunks.append(same)
                continue
            with opened() as session:
                chunk, file = write_chunk(session, table, first, beyond, self.way)
            chunks.append(chunk)
            # Chunks may be equal, and one of them is enough.
            waiting[table_key(table.name, chunk.sha256)] = file
            if len(waiting) >= _UPLOADED_AT_ONCE:
                self._send(waiting)
        self._send(waiting)
        return StoredTable(
            name=table.name, columns=table.columns, end=table.end, chunks=tuple(chunks)
        )

    def _send(self, waiting: dict[str, Path]) -> None:
        lacking = {key: path for key, path in waiting.items() if key not in self._there}
        self.place.put(lacking)
        self._count({key: path.stat().st_size for key, path in lacking.items()})
        for path in waiting.values():
            path.unlink()
        waiting.clear()

    def beside(self) -> tuple[HomeFile, ...]:
        """Write what the store lacks of the files beside the warehouse; all of them."""
        found = self._files_beside()
        by_key = {home_file_key(file.sha256): (file, at) for file, at in found.items()}
        lacking = {key: one for key, one in by_key.items() if key not in self._there}
        held = {key: hold(self.home, *one, self.way) for key, one in lacking.items()}
        self.place.put(held)
        self._count({key: file.size for key, (file, _) in lacking.items()})
        return tuple(sorted(found, key=lambda file: file.path))

    def _files_beside(self) -> dict[HomeFile, int]:
        if self._beside is None:
            self._beside = home_files(self.home, self.state.seen)
        return self._beside

    def _count(self, sent: dict[str, int]) -> None:
        self.sent += len(sent)
        self.sent_bytes += sum(sent.values())
        self._there |= sent

    def state_after(self, manifest: Manifest) -> StoreState:
        return StoreState(
            nonce=manifest.nonce,
            stamps=self._stamps,
            seen={
                file.path: (file.size, changed, file.sha256)
                for file, changed in self._files_beside().items()
            },
        )
