"""Checking environments: an order of prepare, worked off wherever there is a sandbox."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from tasks.bench import Workbench, Workbenches
from tasks.choosing import Wanted
from tasks.domain.digests import canonical_json
from tasks.domain.errors import DataError, SystemFault
from tasks.domain.instances import TaskInstance
from tasks.domain.verdicts import EnvironmentCheck
from tasks.machines import Base, Site, base_of
from tasks.pruning import prune_after
from tasks.stages import now, with_retries
from tasks.variants import variant_named
from tasks.warehouse import Row

_NOT_CHECKED: Final = EnvironmentCheck(gradable=False)


@dataclass(frozen=True)
class PrepareOrder:
    """Environments to be checked. `lost` is how many machines were lost with them before;
    `instances` is instance digest → instance."""

    label: str
    wanted: tuple[Wanted, ...]
    instances: Mapping[str, TaskInstance]
    prune: bool
    lost: int = 0

    def bases(self) -> Sequence[Base]:
        coding = (self.instances[w.instance_digest] for w in self.wanted if w.runs_code)
        return [base for instance in coding for base in base_of(instance)]

    def work(self, site: Site) -> list[Row]:
        """A row of eval.environments each, done or fault; fewer where nobody waits any more."""
        rows = []
        with Workbenches(site.home, site.mirror, site.is_ended) as benches:
            for one in self.wanted:
                if site.is_ended():
                    break
                instance = self.instances[one.instance_digest]
                with prune_after(instance.environment, one.sandbox, prune=self.prune):
                    row = prepare_one(instance, one, benches.of(one.sandbox))
                rows.append(row | {"takes": row["takes"] + self.lost})
        return rows


def prepare_one(instance: TaskInstance, wanted: Wanted, bench: Workbench) -> Row:
    """One row of eval.environments, done or fault."""
    faults: list[SystemFault] = []
    environment = instance.environment.model_copy(update={"repeats": wanted.repeats})
    repeated = instance.model_copy(update={"environment": environment})

    def attempt(_: int) -> EnvironmentCheck:
        try:
            return variant_named(instance.variant).check(bench.ready(repeated), bench)
        except DataError as error:  # a reference that reaches out of its workspace
            return EnvironmentCheck(gradable=False, reason=str(error))

    check = with_retries(attempt, lambda _, fault: faults.append(fault))
    if check is None:
        return fault_row(wanted, len(faults), str(faults[-1]))
    return (
        _key(wanted, len(faults) + 1)
        | {"status": "done", "gradable": check.gradable, "reason": check.reason}
        | _stored(check)
    )


def fault_row(wanted: Wanted, takes: int, fault: str) -> Row:
    """The row of an environment that could not be checked in so many takes."""
    return _key(wanted, takes) | {"status": "fault", "reason": fault} | _stored(_NOT_CHECKED)


def _key(wanted: Wanted, takes: int) -> Row:
    return {
        "instance_digest": wanted.instance_digest,
        "recipe_digest": wanted.recipe_digest,
        "instance_id": wanted.instance_id,
        "sandbox": wanted.sandbox,
        "repeats": wanted.repeats,
        "takes": takes,
        "prepared_at": now(),
    }


def _stored(check: EnvironmentCheck) -> Row:
    evidence = check.model_dump(mode="json", include={"gold", "null"})
    return {
        "expectation": canonical_json(check.expectation.model_dump(mode="json")),
        "evidence": canonical_json(evidence),
        "image_digest": check.image,
    }
