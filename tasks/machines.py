"""The seam between a stage and what works off its rollouts.

A stage reads the warehouse, makes orders of values (instances in), has each worked off, and stores
what comes back (submissions or evidence out). Whoever works an order off sees neither warehouse nor
Prefect: it may be this process, or a machine of a cluster.
"""

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Final, NamedTuple, Protocol, TypeVar

from tasks.domain.errors import SystemFault
from tasks.domain.instances import TaskInstance
from tasks.repos import mirror_path
from tasks.stages import MAX_TRIES

_PAUSE_S: Final = 0.2

Result = TypeVar("Result")
ResultOut = TypeVar("ResultOut", covariant=True)
Ended = Callable[[], bool]


class MachineLost(SystemFault):
    """A machine went away with an order: what was on its way there has to be done again."""


class NoMachineLeft(SystemFault):
    """Nobody is there who could work an order off; nothing of it was begun."""

    def __init__(self, message: str) -> None:
        super().__init__(message, retryable=False)


class Base(NamedTuple):
    """A commit whose files an order needs; `repository` is `owner/name`."""

    repository: str
    commit: str


@dataclass(frozen=True)
class Site:
    """Where an order is worked off. `mirror` is the folder in which a repository lies; `is_ended`
    tells whether nobody waits for the order any more."""

    home: Path
    mirror: Callable[[str], Path]
    is_ended: Ended


class Order(Protocol[ResultOut]):
    """Work on some instances, as a value: it can be pickled, and so can its result.

    `label` names it for people, by ids alone: it stands in logs and on dashboards.
    """

    @property
    def label(self) -> str: ...

    def bases(self) -> Sequence[Base]:
        """The commits whose files it needs."""
        ...

    def work(self, site: Site) -> ResultOut: ...


class Machines(Protocol):
    """What works off orders. `side_by_side` is how many of them it wants on their way at a time;
    None where that is the stage's to say."""

    @property
    def side_by_side(self) -> int | None: ...

    def work(self, order: Order[Result], is_ended: Ended) -> Result:
        """What comes of the order. Raises what the order raises, MachineLost, NoMachineLeft, and
        RolloutStopped where it `is_ended` meanwhile."""
        ...


class Here:
    """This process, in the thread that asks."""

    side_by_side: int | None = None

    def __init__(self, home: Path) -> None:
        self._home = home

    def work(self, order: Order[Result], is_ended: Ended) -> Result:
        return order.work(Site(self._home, partial(mirror_path, self._home), is_ended))


_chosen: ContextVar[Machines | None] = ContextVar("paydag_machines", default=None)


@contextmanager
def working_on(machines: Machines) -> Iterator[None]:
    """Have what is started in the block worked off there."""
    token = _chosen.set(machines)
    try:
        yield
    finally:
        _chosen.reset(token)


def chosen() -> Machines | None:
    """What the flow has chosen; None where it works here."""
    return _chosen.get()


def machines(home: Path) -> Machines:
    return chosen() or Here(home)


def at_a_time(workers: int | None, usual: int) -> int:
    """How many orders are on their way: as many as were asked for, else as the machines want, else
    the stage's usual."""
    where = chosen()
    return workers or (where.side_by_side if where is not None else None) or usual


def one_ahead(tests: int, sandboxed: Sequence[object]) -> int:
    """How many orders are on their way for so many tests at a time: one more where boxes are made
    here (see turnstile.py). Machines of a cluster see to that themselves."""
    return tests + 1 if sandboxed and chosen() is None else tests


def worked_off(
    where: Machines,
    order: Callable[[int], Order[Result]],
    on_lost: Callable[[int, MachineLost], None],
    is_ended: Ended,
) -> Result | None:
    """What comes of `order(try)`, which is given to another machine where one is lost.

    `on_lost` hears of every loss. None where that happened as often as a stage tries.
    """
    for number in range(MAX_TRIES):
        try:
            return where.work(order(number), is_ended)
        except MachineLost as lost:
            on_lost(number, lost)
            time.sleep(_PAUSE_S)
    return None


def base_of(instance: TaskInstance) -> list[Base]:
    """What a sandbox of the instance needs of its repository; nothing where nothing is tested."""
    if instance.base is None or instance.environment.kind != "tests":
        return []
    return [Base(instance.repository, instance.base)]
