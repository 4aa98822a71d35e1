"""Orders on their way to a worker of Dask, and what a worker does with them.

A scheduler, its dashboard and the logs of workers see a parcel's label, which is made of ids, and
its bytes. No parcel holds a secret, and nothing that is raised in it gets out but as bytes.
"""

import hashlib
import pickle
import sys
from asyncio import to_thread
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any, Final, Literal, NamedTuple

from tasks.domain.errors import SystemFault
from tasks.machines import Base, Order, Site
from tasks.repos import mirror_path
from tasks.repos.slices import cut, holds, paste
from tasks.settings import Settings
from tasks.solvers.provider import stop_asking
from tasks.versions import code_version

_CODE: Final = Path(__file__).parent
_being_worked_on: Final[dict[str, str]] = {}
_abandoned: Final[set[str]] = set()


@dataclass(frozen=True)
class Parcel:
    """`packed` is an order, `meant_for` the worker process that is to work it off and nobody else,
    `sender` the flow that waits. `home` is the sender's where that is on the worker's machine, too.
    `supplied` says that the sender has no more to give of the commits that are wanted."""

    key: str
    label: str
    sender: str
    meant_for: str
    home: Path | None
    supplied: bool
    packed: bytes = field(repr=False)

    def __repr__(self) -> str:
        """What Dask would print, if it printed one."""
        return f"<{self.label}>"


class Reply(NamedTuple):
    """`came` is the order's result, the exception it raised, or the commits that it lacks;
    `strange` is a worker process that the parcel was not meant for."""

    kind: Literal["done", "raised", "lacking", "strange"]
    came: Any = None


class Facts(NamedTuple):
    """What a worker is. `identity` tells its process from the next one at that address."""

    identity: str
    threads: int
    python: str
    paydag: str

    def differences(self, other: "Facts") -> str:
        """`Python 3.12 instead of 3.11`, and so on; empty where both do the same."""
        pairs = (("Python", self.python, other.python), ("paydag", self.paydag, other.paydag))
        return " and ".join(f"{what} {a} instead of {b}" for what, a, b in pairs if a != b)


def facts(identity: str = "", threads: int = 0) -> Facts:
    """Of this process. paydag is its version and the beginning of its code's digest."""
    python = f"{sys.version_info.major}.{sys.version_info.minor}"
    return Facts(identity, threads, python, f"{code_version()} (code {_code_digest()})")


@cache
def _code_digest() -> str:
    found = hashlib.sha256()
    for file in sorted(p for p in _CODE.rglob("*") if p.suffix in (".py", ".sql")):
        found.update(str(file.relative_to(_CODE)).encode() + b"\0" + file.read_bytes() + b"\0")
    return found.hexdigest()[:8]


def tell_facts(dask_worker: Any) -> Facts:
    """Run on a worker: what it is."""
    return facts(dask_worker.id, dask_worker.state.nthreads)


def work_on(parcel: Parcel) -> bytes:
    """Run on a worker: a pickled Reply. Raises nothing: Dask would log what it was called with."""
    from distributed import get_worker

    worker = get_worker()
    if worker.id != parcel.meant_for:
        return pickle.dumps(Reply("strange", worker.id))
    return _packed(_reply(parcel, Path(worker.local_directory)))


def _reply(parcel: Parcel, scratch: Path) -> Reply:
    _being_worked_on[parcel.key] = parcel.sender
    try:
        order: Order[Any] = pickle.loads(parcel.packed)  # noqa: S301 - from the flow, as its code is
        home = parcel.home or Settings().paydag_home or scratch / "paydag"
        home.mkdir(parents=True, exist_ok=True)
        mirror = _places(home, scratch, order.bases())
        missing = [b for b in order.bases() if not holds(mirror(b.repository), b.commit)]
        if missing and not parcel.supplied:
            return Reply("lacking", missing)
        site = Site(home, mirror, lambda: parcel.key in _abandoned)
        return Reply("done", order.work(site))
    except BaseException as error:  # noqa: BLE001 - it is raised where somebody waits for it
        return Reply("raised", error)
    finally:
        del _being_worked_on[parcel.key]
        _abandoned.discard(parcel.key)


def _places(home: Path, scratch: Path, bases: Collection[Base]) -> Callable[[str], Path]:
    """Where a repository lies: in the home, where its mirror has all that is wanted, else among
    the commits that were sent here."""

    def place(repository: str) -> Path:
        own = mirror_path(home, repository)
        commits = (base.commit for base in bases if base.repository == repository)
        return own if all(holds(own, c) for c in commits) else _sent_here(scratch, repository)

    return place


def _sent_here(scratch: Path, repository: str) -> Path:
    return mirror_path(scratch / "paydag-commits", repository)


async def take_commit(repository: str, pack: bytes, dask_worker: Any) -> None:
    """Run on a worker: keep a commit for the orders that need it, as long as the worker lives."""
    await to_thread(paste, _sent_here(Path(dask_worker.local_directory), repository), pack)


def abandon(key: str) -> None:
    """Run on a worker: nobody waits for the parcel any more, so its order ends after the rollout at
    hand; at once where that asks a model, unless another flow's rollouts ask beside it."""
    if key in _being_worked_on:
        _abandoned.add(key)
        if len(set(_being_worked_on.values())) == 1:
            stop_asking()


def _packed(reply: Reply) -> bytes:
    try:
        packed = pickle.dumps(reply)
        if reply.kind == "raised":  # some exceptions can be packed and not unpacked
            pickle.loads(packed)  # noqa: S301 - our own
    except Exception:  # noqa: BLE001 - whatever it is that cannot be sent
        what = f"{type(reply.came).__name__}: {reply.came}"
        return pickle.dumps(Reply("raised", SystemFault(what, retryable=False)))
    return packed


def opened(packed: bytes) -> Reply:
    """The reply that a worker sent."""
    reply: Reply = pickle.loads(packed)  # noqa: S301 - from a worker, which runs our code
    return reply


def missing_packs(bases: Sequence[Base], home: Path) -> list[tuple[str, bytes]]:
    """(repository, pack) of those commits that the home's mirrors have."""
    packs = ((b.repository, cut(mirror_path(home, b.repository), b.commit)) for b in bases)
    return [(repository, pack) for repository, pack in packs if pack is not None]
