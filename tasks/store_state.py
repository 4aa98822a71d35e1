"""What a home knows of a store: the generation it wrote or attached last, and what that held."""

import fcntl
import json
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from pydantic import BaseModel, ValidationError

from tasks.stores import Address

Stamps = dict[str, list[tuple[str, int, int]]]


class StoreState(BaseModel, frozen=True, extra="forbid"):
    """`nonce` names the generation, `pending` one that is being written. `stamps` are those of the
    warehouse's files, `seen` of the files beside it, as they were then."""

    nonce: str | None = None
    pending: str | None = None
    stamps: Stamps = {}
    seen: dict[str, tuple[int, int, str]] = {}


def store_folder(home: Path) -> Path:
    return home / "store"


def read_state(home: Path, address: Address) -> StoreState:
    """An empty one where nothing is known; what cannot be read counts as that."""
    try:
        text = _file(home, address).read_text(encoding="utf-8")
        return StoreState.model_validate_json(text)
    except (FileNotFoundError, ValidationError, UnicodeDecodeError):
        return StoreState()


def write_state(home: Path, address: Address, state: StoreState) -> None:
    file = _file(home, address)
    file.parent.mkdir(parents=True, exist_ok=True)
    part = file.with_suffix(".part")
    part.write_text(json.dumps(state.model_dump(mode="json")), encoding="utf-8")
    os.replace(part, file)


def forget_stores(home: Path) -> None:
    """No store holds what this home now is."""
    for file in store_folder(home).glob("*.json"):
        file.unlink()


@contextmanager
def one_at_a_time(home: Path) -> Iterator[Path]:
    """Wait for other processes of this home that write or attach a store; yields a folder for what
    is on its way, which is empty then and gone afterwards."""
    folder = store_folder(home)
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        way = folder / "on-its-way"
        shutil.rmtree(way, ignore_errors=True)  # of a process that was killed
        way.mkdir()
        try:
            yield way
        finally:
            shutil.rmtree(way, ignore_errors=True)


def _file(home: Path, address: Address) -> Path:
    return store_folder(home) / f"{address.key}.json"
