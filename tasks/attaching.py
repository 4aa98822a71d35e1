"""Making a home of what a store holds."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from pathlib import Path
from typing import Final

from pydantic import BaseModel

from tasks.domain.errors import SystemFault, UsageError
from tasks.domain.store_manifest import (
    Chunk,
    HomeFile,
    Manifest,
    StoredTable,
    home_file_key,
    table_key,
)
from tasks.home_files import FOLDERS, finish_mirrors, home_files, home_to_be, put_in_place
from tasks.shipping import lineage_of, place_at
from tasks.stages import open_warehouse
from tasks.store_state import StoreState, one_at_a_time, read_state, write_state
from tasks.stores import Address, Place
from tasks.warehouse import FILES, FileName, Warehouse, ensure
from tasks.warehouse.copying import COPY_ORDER, failed_checks, stamp_of
from tasks.warehouse.migrate import check_known, is_current
from tasks.warehouse.parquet_in import check_rows, make_file

_TRIES: Final = 3
_FOLDERS: Final = tuple(f"{folder}/" for folder in FOLDERS)
_HOLDS_WORK: Final = (
    ("raw", "SELECT 1 FROM raw.documents LIMIT 1"),
    ("core", "SELECT 1 FROM core.dataset_versions LIMIT 1"),
    ("eval", "SELECT 1 FROM eval.runs LIMIT 1"),
)


class Attached(BaseModel, frozen=True, extra="forbid"):
    """What was attached: the generation, when it was written, and how many rows and files beside
    the warehouse it has. `fresh` is false where the home held this generation already."""

    generation: int
    written_at: datetime
    rows: int
    files: int
    fresh: bool


def attach_store(home: Path, url: str, now: datetime) -> Attached:
    """Make `home` what the newest generation of the store at `url` is.

    Raises UsageError where the home holds other data, or work that the store has not, and where a
    newer paydag wrote the store; SystemFault where the store cannot be read or is damaged. The home
    is then what it was.
    """
    place = place_at(url)
    place.check()
    for _ in range(_TRIES):
        manifest, _number = place.head()
        if manifest is None:
            raise UsageError(
                f"{place.address.url} holds no warehouse; write one there with --store"
            )
        try:
            with home_to_be(home):
                return _attach(home, place, manifest, now)
        except FileNotFoundError:  # it was pruned meanwhile: there is a newer one
            continue
    raise SystemFault(f"the store {place.address.url} lacks files of its newest generation")


def holds_work(warehouse: Warehouse) -> bool:
    """Whether there are documents, versions or runs."""
    for name, question in _HOLDS_WORK:
        if warehouse.path(name).exists():  # type: ignore[arg-type]
            with warehouse.read(name) as session:  # type: ignore[arg-type]
                if session.tuples(question):
                    return True
    return False


def _attach(home: Path, place: Place, manifest: Manifest, now: datetime) -> Attached:
    for name, file in manifest.files.items():
        check_known(name, file.migrations, place.address.url)  # type: ignore[arg-type]
    with one_at_a_time(home) as way:
        fresh = _check_home(home, place.address, manifest)
        if fresh:
            made = way / "home"
            unchanged = _make_warehouse(made, place, manifest, way, now)
            _get_files(made, place, manifest.home_files)
            put_in_place(made, home, way / "before")
            write_state(home, place.address, _state(home, manifest, unchanged))
    return Attached(
        generation=manifest.generation,
        written_at=manifest.written_at,
        rows=sum(c.rows for f in manifest.files.values() for t in f.tables for c in t.chunks),
        files=len(manifest.home_files),
        fresh=fresh,
    )


def _check_home(home: Path, address: Address, manifest: Manifest) -> bool:
    """Whether the home has to be made anew. Raises UsageError where that would lose anything."""
    warehouse = Warehouse(home)
    if not holds_work(warehouse):
        return True
    if lineage_of(open_warehouse(home)) != manifest.lineage:
        raise UsageError(
            f"{home} holds another warehouse than {address.url}; choose another home with --home"
        )
    state = read_state(home, address)
    stamps = {name: list(stamp_of(warehouse, name)) for name in FILES}
    if state.nonce is None or stamps != state.stamps:
        raise UsageError(
            f"{home} holds work that {address.url} may not have; choose another home with --home, "
            "or write this one to another address with --store"
        )
    return state.nonce != manifest.nonce


def _make_warehouse(
    made: Path, place: Place, manifest: Manifest, way: Path, now: datetime
) -> list[FileName]:
    """Make the files, checked and up to date; those that did not have to be migrated."""
    warehouse = Warehouse(made)
    warehouse.folder.mkdir(parents=True)

    def fetch(table: StoredTable, chunks: Sequence[Chunk]) -> Iterator[Path]:
        for chunk in chunks:
            target = way / "chunk.parquet"
            place.get(table_key(table.name, chunk.sha256), chunk.sha256, target)
            yield target

    for name in COPY_ORDER:
        make_file(warehouse, name, manifest.files[name], fetch)
        with warehouse.read(name) as session:
            check_rows(session, manifest.files[name])
    unchanged = [name for name in FILES if is_current(warehouse, name)]
    ensure(warehouse, now)
    failed = failed_checks(warehouse)
    if failed:
        raise SystemFault(
            f"what {place.address.url} holds fails the check {next(iter(failed))}; please report "
            "this",
            retryable=False,
        )
    return unchanged


def _get_files(made: Path, place: Place, files: Sequence[HomeFile]) -> None:
    for file in files:
        target = made / file.path
        if not file.path.startswith(_FOLDERS) or ".." in target.parts:
            raise SystemFault(f"the store {place.address.url} names a file outside of a home")
        target.parent.mkdir(parents=True, exist_ok=True)
        place.get(home_file_key(file.sha256), file.sha256, target)
    finish_mirrors(made)


def _state(home: Path, manifest: Manifest, unchanged: Sequence[FileName]) -> StoreState:
    """What was migrated differs from what is stored, and is written the next time."""
    warehouse = Warehouse(home)
    seen = {f.path: (f.size, at, f.sha256) for f, at in home_files(home).items()}
    stamps = {name: list(stamp_of(warehouse, name)) for name in unchanged}
    return StoreState(nonce=manifest.nonce, stamps=stamps, seen=seen)
