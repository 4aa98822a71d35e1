"""A thread that stores harvests in their order, each in a transaction of its own."""

import threading
import time
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass
from datetime import datetime
from queue import Empty, SimpleQueue
from typing import Final

from tasks.domain.collecting import Harvest
from tasks.warehouse.collected import Stored, append_harvest
from tasks.warehouse.connect import Transactions, Warehouse

# To open the file replays its log, which costs as much as storing a page. So what comes in quick
# succession shares an opening, and others get their turn after a second at the latest.
_OPEN_S: Final = 1.0
_IDLE_S: Final = 0.03
_TURN_S: Final = 0.05
# DuckDB keeps what it may of a file that is open; storing pages needs little of it.
_MEMORY: Final = "200MB"


@dataclass(slots=True)
class _Job:
    harvest: Harvest
    sequence: int
    stored_at: datetime
    landed: "Future[int]"


class HarvestWriter:
    """Starts with the first harvest; `close` waits until everything handed in is stored."""

    def __init__(self, warehouse: Warehouse, of: Stored, clock: Callable[[], datetime]) -> None:
        self._warehouse = warehouse
        self._of = of
        self._clock = clock
        self._sequence = 0
        self._left_over: list[_Job | None] = []
        self._jobs: SimpleQueue[_Job | None] = SimpleQueue()
        self._thread = threading.Thread(target=self._work, name="paydag-store", daemon=True)

    def close(self) -> None:
        if self._sequence:
            self._jobs.put(None)
            self._thread.join()
            self._warehouse.limit_memory(None)

    def store(self, harvest: Harvest) -> "Future[int]":
        """How many of the documents were new, once the harvest is committed."""
        if not self._sequence:
            self._warehouse.limit_memory(_MEMORY)
            self._thread.start()
        self._sequence += 1
        job = _Job(harvest, self._sequence, self._clock(), Future())
        self._jobs.put(job)
        return job.landed

    def _work(self) -> None:
        while (job := self._next()) is not None:
            try:
                with self._warehouse.writing("raw", checkpoint=False) as transactions:
                    self._several(transactions, job)
            except BaseException as error:  # noqa: BLE001 - told to whoever waits for it
                if not job.landed.done():
                    job.landed.set_exception(error)

    def _next(self) -> _Job | None:
        if not self._left_over:
            return self._jobs.get()
        time.sleep(_TURN_S)
        return self._left_over.pop()

    def _several(self, transactions: Transactions, job: _Job) -> None:
        """Store what comes while the file is open."""
        close_at = time.monotonic() + _OPEN_S
        while True:
            self._one(transactions, job)
            try:
                following = self._jobs.get(timeout=_IDLE_S)
            except Empty:
                return
            if following is None or time.monotonic() >= close_at:
                self._left_over.append(following)
                return
            job = following

    def _one(self, transactions: Transactions, job: _Job) -> None:
        if not job.landed.set_running_or_notify_cancel():
            return
        try:
            with transactions() as session:
                landed = append_harvest(session, job.harvest, self._of, job.sequence, job.stored_at)
        except BaseException as error:  # noqa: BLE001 - told to whoever waits for it
            job.landed.set_exception(error)
        else:
            job.landed.set_result(landed)
