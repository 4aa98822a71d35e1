"""What all stages share: their names, the clock at the edge, and how a failed stage ends."""

import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Final, TypeVar

from pydantic import BaseModel

from tasks.domain.errors import SystemFault, unknown
from tasks.settings import make_home
from tasks.warehouse import FILES, FileName, Warehouse, ensure, run_checks

STAGES: Final = ("prepare", "solve", "grade", "score", "report")
MAX_TRIES: Final = 3
_FIRST_PAUSE_S: Final = 0.2

Result = TypeVar("Result")
_ensured: set[Path] = set()


class StageFailedError(SystemFault):
    """Faults that outlived their retries; everything else of the stage is done and stored."""


class StageOutcome(BaseModel, frozen=True, extra="forbid"):
    """What one flow run of a stage did: rows written, faults that remain, and why it stopped
    before everything was done, where nothing failed.

    `tried` were pending, of `total` in all.
    """

    stage: str
    written: int
    tried: int
    total: int
    faults: int
    first_fault: str | None = None
    note: str | None = None

    def raise_for_faults(self) -> None:
        if self.faults:
            pending = f" pending ({self.total} in all)" if self.tried < self.total else ""
            more = f"; {self.note}" if self.note else ""
            raise StageFailedError(
                f"{self.stage}: {self.faults} of {self.tried}{pending} ended in a fault; the "
                f"first: {self.first_fault}{more}"
            )


def check_stage(stage: str) -> str:
    """`stage`, or a UsageError that lists the known ones."""
    if stage not in STAGES:
        raise unknown("stage", stage, list(STAGES))
    return stage


def now() -> datetime:
    """The clock, read at the edge only; everything below takes time as an argument."""
    return datetime.now(UTC)


def open_warehouse(home: Path) -> Warehouse:
    """The warehouse of a home, brought up to date once a process."""
    warehouse = Warehouse(home)
    make_home(home)
    if home not in _ensured or not all(warehouse.path(name).exists() for name in FILES):
        ensure(warehouse, now())
        _ensured.add(home)
    return warehouse


def with_retries(
    attempt: Callable[[int], Result], on_fault: Callable[[int, SystemFault], None]
) -> Result | None:
    """Call `attempt(try)` until it brings no SystemFault, at most three times.

    `on_fault` hears of every fault. None where the last try failed too, or trying again cannot
    help.
    """
    for number in range(MAX_TRIES):
        try:
            return attempt(number)
        except SystemFault as fault:
            on_fault(number, fault)
            if not fault.retryable:
                return None
            if number + 1 < MAX_TRIES:
                time.sleep(_FIRST_PAUSE_S * 2**number)
    return None


def summarise(
    stage: str,
    written: int,
    faults: Sequence[str] = (),
    *,
    tried: int | None = None,
    total: int | None = None,
) -> StageOutcome:
    """Where nothing else is said, as many were pending as were written, and no more there are."""
    pending = written if tried is None else tried
    return StageOutcome(
        stage=stage,
        written=written,
        tried=pending,
        total=pending if total is None else total,
        faults=len(faults),
        first_fault=faults[0] if faults else None,
    )


def check_warehouse(
    warehouse: Warehouse, files: Sequence[FileName], run_id: str | None = None
) -> None:
    """Raise SystemFault where a check of the warehouse finds offending rows, of runs in this one
    only where one is named."""
    with warehouse.read(*files) as session:
        offending = run_checks(session, run_id)
    if offending:
        first = next(iter(offending))
        raise SystemFault(
            f"the warehouse check {first} finds {offending[first]} offending rows in "
            f"{warehouse.folder}; please report this with the file",
            retryable=False,
        )
