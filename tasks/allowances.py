"""What a solve stage may still start: a run's budget, and a stop where going on is hopeless."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from decimal import Decimal
from pathlib import Path
from typing import Final, Protocol, TypeVar

from tasks.domain.errors import UsageError
from tasks.domain.rollouts import RolloutStopped
from tasks.domain.solver_options import SolverUse
from tasks.solvers.provider import stop_asking

_GLANCE_S: Final = 0.1
_open: Final[dict[tuple[Path, str], "Allowance"]] = {}
_opening: Final = threading.Lock()


class Allowance:
    """Counts what the rollouts of one run may cost. All threads of a stage share it.

    `spent_cents` is what all takes of the run have cost until now. A rollout's cap is set aside
    before it starts, and what it did not use is given back when it ends: the budget is never
    exceeded, whatever runs side by side. `what` is the word for what costs, in the singular.
    """

    def __init__(self, use: SolverUse, spent_cents: Decimal, what: str = "rollout") -> None:
        self.cap_cents = use.cap_cents
        self._budget = use.budget_cents
        self._spent = spent_cents
        self._what = what
        self._held = Decimal(0)
        self._stopped: str | None = None
        self.left_out = 0
        self.on_their_way = 0
        self._changed = threading.Condition()

    def start(self) -> bool:
        """Set a rollout's cap aside; False where it must not start.

        Waits while rollouts on their way may still give back what it takes.
        """
        with self._changed:
            while self._stopped is None and not self._fits():
                if not self._held:
                    break
                self._changed.wait()
            if self._stopped is not None or not self._fits():
                self.left_out += 1
                return False
            self._held += self.cap_cents or 0
            self.on_their_way += 1
            return True

    def end(self, paid_cents: Decimal) -> None:
        """A rollout that was started has ended, and has cost so much in all its takes."""
        with self._changed:
            self._held -= self.cap_cents or 0
            self.on_their_way -= 1
            self._spent += paid_cents
            self._changed.notify_all()

    def stop(self, why: str) -> None:
        """Start no other rollout."""
        with self._changed:
            self._stopped = self._stopped or why
            self._changed.notify_all()

    def note(self) -> str | None:
        """Why rollouts were not started and how to go on; None where all were."""
        with self._changed:
            if not self.left_out:
                return None
            one, many = f"1 {self._what} was", f"{self.left_out} {self._what}s were"
            left = one if self.left_out == 1 else many
            if self._stopped is not None:
                return f"{left} not started, because of this: {self._stopped}"
            return (
                f"the budget of ${(self._budget or 0) / 100:.2f} does not reach further: "
                f"${self._spent / 100:.2f} are spent and a {self._what} may cost "
                f"${(self.cap_cents or 0) / 100:.2f}; {left} not started, and the same command "
                "with a larger --budget goes on"
            )

    def _fits(self) -> bool:
        if self._budget is None:
            return True
        return self._spent + self._held + (self.cap_cents or 0) <= self._budget


@contextmanager
def allowing(home: Path, run_id: str, allowance: Allowance) -> Iterator[Allowance]:
    """Let the task runs of this process find the allowance of the run, for the block's length.

    However the block ends, nothing is started after it: task runs that come too late find the
    stopped allowance.
    """
    with _opening:
        _open[home, run_id] = allowance
    try:
        yield allowance
    finally:
        allowance.stop("the stage has ended")


def allowance_of(home: Path, run_id: str) -> Allowance:
    """The allowance of a run that is being solved; one without a budget where there is none."""
    with _opening:
        return _open.get((home, run_id)) or Allowance(SolverUse(), Decimal(0))


class Paid(Protocol):
    """What was asked for and paid; `hopeless` is a fault that all others would meet as well."""

    @property
    def paid_cents(self) -> Decimal: ...

    @property
    def hopeless(self) -> str | None: ...


Asked = TypeVar("Asked", bound=Paid)


def within(allowance: Allowance, ask: Callable[[], Asked]) -> Asked | None:
    """What came of it; None where the allowance does not let it start, or a stop ended it."""
    if not allowance.start():
        return None
    paid = Decimal(0)
    try:
        found = ask()
        paid = found.paid_cents
        if found.hopeless is not None:
            allowance.stop(found.hopeless)
        return found
    except RolloutStopped:
        return None
    except UsageError as error:
        allowance.stop(str(error))
        raise
    finally:
        allowance.end(paid)


def end_asking(allowance: Allowance) -> None:
    """Start nothing more, and end what those on their way ask or are only about to ask, without
    waiting for it: whoever interrupts a command must not wait for answers that nobody wants."""
    allowance.stop("the stage has ended")

    def end() -> None:
        while allowance.on_their_way:
            stop_asking()
            time.sleep(_GLANCE_S)

    threading.Thread(target=end, daemon=True).start()
