"""Gathering evidence: an order of grade, worked off wherever there is a sandbox."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

from tasks.bench import Workbenches
from tasks.domain.instances import TaskInstance
from tasks.machines import Base, Ended, MachineLost, Machines, Site, base_of, worked_off
from tasks.pruning import prune_after
from tasks.stages import now
from tasks.trials import collect_one, cost_of
from tasks.warehouse import Row


class Gathered(NamedTuple):
    """Rows of eval.evidence, a list a rollout and in the order of the rollouts; fewer of them where
    nobody waits any more, or where something `broke` that is no fault of the machine."""

    evidence: list[list[Row]]
    broke: Exception | None = None


@dataclass(frozen=True)
class GradeOrder:
    """Rollouts whose submissions are to be graded: rows of `pending_evidence`. `instances` is
    instance digest → instance."""

    label: str
    run_id: str
    items: tuple[Row, ...]
    instances: Mapping[str, TaskInstance]
    prune: bool

    def bases(self) -> Sequence[Base]:
        tested = (item for item in self.items if cost_of(item) == "sandboxed")
        return [base for i in tested for base in base_of(self.instances[i["instance_digest"]])]

    def work(self, site: Site) -> Gathered:
        evidence: list[list[Row]] = []
        with Workbenches(site.home, site.mirror, site.is_ended) as benches:
            for item in self.items:
                if site.is_ended():
                    break
                rows: list[Row] = []
                instance = self.instances[item["instance_digest"]]
                try:
                    with prune_after(instance.environment, item["sandbox"], prune=self.prune):
                        bench = benches.of(item["sandbox"])
                        collect_one(self.run_id, item, instance, bench, rows)
                except Exception as error:  # noqa: BLE001 - raised where the rest is stored
                    return Gathered([*evidence, rows] if rows else evidence, error)
                evidence.append(rows)
        return Gathered(evidence)

    def take_after(self, lost: int) -> "GradeOrder":
        """The same, as the take that follows so many that were lost."""
        items = tuple(item | {"take": item["take"] + lost} for item in self.items)
        return replace(self, items=items)


def gather(where: Machines, order: GradeOrder, evidence: list[list[Row]], ended: Ended) -> None:
    """Append the evidence of the order's rollouts, a list each, takes that were lost with a machine
    included. Raises what broke, after what had been gathered before it."""
    lost: list[list[Row]] = [[] for _ in order.items]

    def on_lost(number: int, fault: MachineLost) -> None:
        for rows, item in zip(lost, order.items, strict=True):
            rows.append(_lost_row(order.run_id, item, item["take"] + number, str(fault)))

    found = Gathered([])
    try:
        found = worked_off(where, order.take_after, on_lost, ended) or found
    finally:
        # What no machine came back with is known by the takes that were lost.
        gathered = [*found.evidence, *([] for _ in order.items[len(found.evidence) :])]
        together = (early + late for early, late in zip(lost, gathered, strict=True))
        evidence += [rows for rows in together if rows]
    if found.broke is not None:
        raise found.broke


def _lost_row(run_id: str, item: Row, take: int, fault: str) -> Row:
    return {
        "rollout_id": item["rollout_id"],
        "take": take,
        "trial": 1,
        "run_id": run_id,
        "recipe_digest": item["recipe_digest"],
        "started_at": now(),
        "finished_at": now(),
        "status": "fault",
        "fault": fault,
    }
