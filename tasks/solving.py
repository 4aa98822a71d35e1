"""Asking solvers: an order of solve, worked off wherever the solver can be asked."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from functools import cached_property, partial
from pathlib import Path
from typing import Any

from tasks.allowances import Allowance, within
from tasks.bench import Workbenches
from tasks.domain.instances import TaskInstance
from tasks.domain.redaction import Redactor
from tasks.domain.rollouts import Pending, Run
from tasks.domain.solver_options import SolverUse
from tasks.domain.threads import Remark
from tasks.machines import Base, Ended, MachineLost, Machines, Site, base_of
from tasks.replays import solver_options
from tasks.rollouts import Rollout, lost_rollout, roll_out
from tasks.settings import secret_values
from tasks.stages import MAX_TRIES
from tasks.strategies import Strategy, strategy_of
from tasks.warehouse import Row
from tasks.workplaces import TaskPlace


@dataclass(frozen=True)
class SolveOrder:
    """Rollouts to be made. `instances` is instance digest → instance, `remarks` instance digest →
    what the client is asked about, `prompts` name → text, as the flow's machine has them.

    The key of a model is not shipped: who works the order off has it in its own environment.
    """

    label: str
    run: Run
    items: tuple[Pending, ...]
    instances: Mapping[str, TaskInstance]
    remarks: Mapping[str, tuple[Remark, ...]]
    prompts: Mapping[str, str]
    use: SolverUse
    workers: int | None
    strategy: Strategy | None = field(default=None, repr=False, compare=False)
    """For this process alone: it may hold a key."""

    def __getstate__(self) -> dict[str, Any]:
        return self.__dict__ | {"strategy": None, "in_box": self.in_box}

    @cached_property
    def in_box(self) -> bool:
        """Whether the solver works in its task's container, and needs the repository there."""
        return self.strategy is not None and self.strategy.working is not None

    def bases(self) -> Sequence[Base]:
        if not self.in_box:
            return []
        return [base for i in self.items for base in base_of(self.instances[i.instance_digest])]

    def work(self, site: Site) -> list[Rollout]:
        """What came of each item; fewer where nobody waits any more, or one met a fault that all
        others would meet as well."""
        strategy = self.strategy or strategy_of(
            site.home, self.run, self.use, self.workers, self.prompts
        )
        redactor = Redactor(secret_values())
        made: list[Rollout] = []
        with Workbenches(site.home, site.mirror, site.is_ended) as benches:
            for item in self.items:
                if site.is_ended():
                    break
                made.append(self._roll_out(item, strategy, benches, redactor))
                if made[-1].hopeless is not None:
                    break
        return made

    def _roll_out(
        self, item: Pending, strategy: Strategy, benches: Workbenches, redactor: Redactor
    ) -> Rollout:
        instance = self.instances[item.instance_digest]
        return roll_out(
            self.run,
            item,
            instance,
            strategy,
            place=partial(_place, instance, benches, item.sandbox),
            redactor=redactor,
            cap_cents=self.use.cap_cents,
            remarks=self.remarks.get(item.instance_digest, ()),
        )

    def take_after(self, lost: int) -> "SolveOrder":
        """The same, as the take that follows so many that were lost."""
        items = (item.model_copy(update={"take": item.take + lost}) for item in self.items)
        return replace(self, items=tuple(items)) if lost else self


@dataclass(frozen=True)
class _Asked:
    """What came of an order, and whether a machine was lost with it."""

    made: list[Rollout]
    lost: bool = False

    @property
    def paid_cents(self) -> Decimal:
        return sum((one.paid_cents for one in self.made), Decimal(0))

    @property
    def hopeless(self) -> str | None:
        return next((one.hopeless for one in self.made if one.hopeless is not None), None)


def ask(
    where: Machines,
    order: SolveOrder,
    allowance: Allowance,
    ended: Ended,
    keep: Callable[[list[Row]], None],
) -> list[str]:
    """Have the order worked off as far as the allowance reaches; the faults that remain.

    `keep` is handed the rows of the order's rollouts, at once also those of takes that were lost
    with a machine. What a lost one has cost nobody knows, so that its whole cap counts as spent
    and the next one is given a cap of its own.
    """
    faults: list[str] = []
    for lost in range(MAX_TRIES):
        asked = within(allowance, partial(_asked, where, order.take_after(lost), ended))
        if asked is None:
            break
        keep([row for one in asked.made for row in one.rows])
        last = (one.rows[-1] for one in asked.made)
        faults = [f"{r['instance_id']}: {r['fault']}" for r in last if r["status"] == "fault"]
        if not asked.lost:
            break
    return faults


def _asked(where: Machines, order: SolveOrder, ended: Ended) -> _Asked:
    try:
        return _Asked(where.work(order, ended))
    except MachineLost as lost:
        cap = order.use.cap_cents
        made = [lost_rollout(order.run, item, str(lost), cap) for item in order.items]
        return _Asked(made, lost=True)


def reads_home(home: Path, run: Run) -> bool:
    """Whether the solver looks its answers up in a file of the home: it is asked where that is."""
    return bool(solver_options(home, run.solver, run.parameters))


def _place(instance: TaskInstance, benches: Workbenches, sandbox: str) -> TaskPlace:
    # A task that runs nothing is no reason to let a stranger work outside of containers.
    return TaskPlace(instance, benches.of("docker" if sandbox == "none" else sandbox))
