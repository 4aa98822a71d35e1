"""Machines of Dask: orders go to the workers of a scheduler, and their results come back.

Dask would silently do again what was lost with a worker, which may have asked a model and cost
money. So each order is pinned to one worker process: when that goes away, the stage hears of it,
writes a fault take and decides. Dask's part is the transport, the scheduler the place to meet.
"""

import logging
import pickle
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, TypeVar
from uuid import uuid4

from tasks.domain.errors import SystemFault, UsageError
from tasks.domain.rollouts import RolloutStopped
from tasks.machines import Ended, MachineLost, NoMachineLeft, Order
from tasks.own_workers import own_workers
from tasks.parcels import (
    Facts,
    Parcel,
    Reply,
    abandon,
    facts,
    missing_packs,
    opened,
    take_commit,
    tell_facts,
    work_on,
)

WAIT_S: Final = 30.0
"""So long a stage waits for a worker where there is none: clusters take time to grow."""
_CONNECT_S: Final = 10.0
_GLANCE_S: Final = 0.25
_SILENCE_S: Final = 10.0
# An order more than a worker has threads waits there already, so that none idles in between.
_AHEAD: Final = 1
_NOISY: Final = ("distributed", "distributed.client", "tornado", "tornado.application")

Result = TypeVar("Result")


@dataclass(eq=False)
class _Worker:
    address: str
    facts: Facts
    busy: int = 0
    gone: bool = False

    @property
    def room(self) -> int:
        return self.facts.threads + _AHEAD - self.busy


class Cluster:
    """The workers of one scheduler. `home` is the flow's, `shared` where workers use it, too."""

    def __init__(self, client: Any, home: Path, *, shared: bool) -> None:
        self._client, self._home, self._shared = client, home, shared
        self._sender = uuid4().hex
        self._where = str(client.scheduler.address)
        self._workers: dict[str, _Worker] = {}
        self._unfit: dict[str, str] = {}
        self._empty: UsageError | NoMachineLeft | None = None
        self._changed = threading.Condition()
        self._closed = threading.Event()
        self._look()
        if self._unfit:
            raise UsageError(next(iter(self._unfit.values())))
        self._watcher = threading.Thread(target=self._watch, name="workers", daemon=True)
        self._watcher.start()

    @property
    def side_by_side(self) -> int | None:
        with self._changed:
            return sum(w.facts.threads + _AHEAD for w in self._workers.values()) or None

    def work(self, order: Order[Result], is_ended: Ended) -> Result:
        packed = pickle.dumps(order)
        with self._seat(is_ended) as worker:
            reply = self._sent(worker, order.label, packed, is_ended, supplied=False)
            if reply.kind == "lacking":
                for repository, pack in missing_packs(reply.came, self._home):
                    self._run(worker, take_commit, repository=repository, pack=pack)
                reply = self._sent(worker, order.label, packed, is_ended, supplied=True)
        if reply.kind == "raised":
            raise reply.came
        result: Result = reply.came
        return result

    def close(self) -> None:
        self._closed.set()
        self._watcher.join(_SILENCE_S)

    @contextmanager
    def _seat(self, is_ended: Ended) -> Iterator[_Worker]:
        """A worker that has room, the least busy one; waits for it."""
        worker = self._taken(is_ended)
        try:
            yield worker
        finally:
            with self._changed:
                worker.busy -= 1
                self._changed.notify_all()

    def _taken(self, is_ended: Ended) -> _Worker:
        deadline = time.monotonic() + WAIT_S
        with self._changed:
            while True:
                if is_ended():
                    raise RolloutStopped("the stage has ended")
                if self._empty is not None:
                    raise self._empty
                if free := [w for w in self._workers.values() if w.room > 0]:
                    chosen = max(free, key=lambda w: w.room)
                    chosen.busy += 1
                    return chosen
                if self._workers:
                    deadline = time.monotonic() + WAIT_S
                elif time.monotonic() > deadline:
                    self._empty = self._nobody()
                self._changed.wait(_GLANCE_S)

    def _nobody(self) -> UsageError | NoMachineLeft:
        for unfit in self._unfit.values():
            return UsageError(unfit)
        return NoMachineLeft(
            f"the Dask scheduler at {self._where} has no worker; start one with `dask worker "
            f"{self._where}`, and the same command goes on"
        )

    def _sent(
        self, worker: _Worker, label: str, packed: bytes, is_ended: Ended, *, supplied: bool
    ) -> Reply:
        key = f"{label.replace(' ', '-')}-{uuid4().hex}"
        home = self._home if self._shared else None
        meant_for = worker.facts.identity
        parcel = Parcel(key, label, self._sender, meant_for, home, supplied, packed)
        lost = MachineLost(f"the worker {worker.address} went away in the middle of it")
        done = threading.Event()
        try:
            future = self._client.submit(
                work_on, parcel, key=key, workers=[worker.address], pure=False
            )
        except Exception as error:  # the client may have been cut off from its scheduler
            raise lost from error
        future.add_done_callback(lambda _: done.set())
        try:
            while not done.wait(_GLANCE_S):
                if is_ended():
                    with suppress(Exception):
                        self._run(worker, abandon, key=key)
                    raise RolloutStopped("the stage has ended")
                if worker.gone:
                    raise lost
            reply = self._fetched(future, worker)
        except BaseException:
            with suppress(Exception):
                future.cancel()
            raise
        if reply is None or reply.kind == "strange":
            raise lost
        return reply

    def _fetched(self, future: Any, worker: _Worker) -> Reply | None:
        """What a finished future holds; None where it went away with its worker."""
        from distributed import KilledWorker

        patience = 5.0
        while not worker.gone:
            try:
                return opened(future.result(timeout=patience))
            except TimeoutError:
                patience *= 2
            except (KilledWorker, OSError):
                return None
            except Exception as error:
                if future.cancelled():
                    return None
                what = f"{type(error).__name__}: {error}"
                raise SystemFault(f"the worker {worker.address} cannot read it: {what}") from error
        return None

    def _run(self, worker: _Worker, function: Any, **given: Any) -> Any:
        return self._client.run(function, workers=[worker.address], **given)[worker.address]

    def _watch(self) -> None:
        heard = time.monotonic()
        while not self._closed.wait(_GLANCE_S):
            try:
                self._look()
                heard = time.monotonic()
            except Exception:  # noqa: BLE001 - a scheduler that is gone says so in many ways
                if time.monotonic() - heard > _SILENCE_S:
                    self._lose(set(self._workers))

    def _look(self) -> None:
        """Take over who has come, and who has gone."""
        found = self._client.sync(self._client.scheduler.identity, n_workers=-1)["workers"]
        self._lose(set(self._workers) - set(found))
        self._unfit = {address: why for address, why in self._unfit.items() if address in found}
        for address in set(found) - set(self._workers) - set(self._unfit):
            self._meet(address)

    def _lose(self, addresses: set[str]) -> None:
        with self._changed:
            for address in addresses:
                self._workers.pop(address).gone = True
            self._changed.notify_all()

    def _meet(self, address: str) -> None:
        said = self._client.run(tell_facts, workers=[address], on_error="return").get(address)
        if said is None or isinstance(said, OSError):
            return  # gone again
        if isinstance(said, Facts):
            different = said.differences(facts())
            if not different:
                with self._changed:
                    self._workers[address] = _Worker(address, said)
                    self._changed.notify_all()
                return
        else:
            different = f"no such paydag ({type(said).__name__}: {said})"
        self._unfit[address] = (
            f"the Dask worker {address} has {different}; install there what runs here, so that "
            "rollouts come out the same"
        )


@contextmanager
def opened_cluster(home: Path, address: str | None, workers: int) -> Iterator[Cluster]:
    """The workers of the scheduler at `address`; where there is none, so many processes of this
    machine. Raises UsageError where Dask is not installed or a worker does not fit, and
    SystemFault where no scheduler answers."""
    try:
        from distributed import Client, LocalCluster
    except ImportError as error:
        raise UsageError(
            "--runner dask needs the extra `dask`; install it with `pip install 'paydag[dask]'`"
        ) from error
    for name in _NOISY:
        logging.getLogger(name).setLevel(logging.CRITICAL)
    if address is None:
        scheduler = LocalCluster(  # type: ignore[no-untyped-call]
            n_workers=0, dashboard_address=None, silence_logs=logging.CRITICAL
        )
        with scheduler as own, own_workers(own.scheduler_address, workers):
            yield from _connected(Client, own.scheduler_address, home, shared=True)
        return
    yield from _connected(Client, address, home, shared=False)


def _connected(client: Any, where: Any, home: Path, *, shared: bool) -> Iterator[Cluster]:
    try:
        connected = client(where, timeout=_CONNECT_S, set_as_default=False)
    except (OSError, TimeoutError) as error:
        raise SystemFault(
            f"no Dask scheduler answers at {where}; start one with `dask scheduler`, or leave "
            "--dask out for workers on this machine"
        ) from error
    with connected:
        cluster = Cluster(connected, home, shared=shared)
        try:
            yield cluster
        finally:
            cluster.close()
