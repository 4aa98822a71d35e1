"""Questions to ask a solver."""

from collections.abc import Mapping, Sequence
from typing import Any

from tasks.domain.instances import Offer, Proposal, Reference
from tasks.domain.protocols import Solver
from tasks.domain.rollouts import Job
from tasks.domain.workplaces import WorkingSolver
from tasks.solvers import solver_named
from tests.domain.builders import proposal


def job(
    proposals: Sequence[Proposal],
    *,
    seed: int = 0,
    name: str = "ours__app-7-swe_manager",
    attempt: int = 1,
    reference: Reference | None = None,
    variant: str = "swe_manager",
) -> Job:
    offer = Offer(
        instance_id=name,
        variant=variant,
        repository="ours/app",
        title="Boats leak",
        statement="Water comes in.",
        proposals=tuple(proposals),
    )
    return Job(offer=offer, seed=seed, attempt=attempt, reference=reference)


def of_ids(*ids: int) -> list[Proposal]:
    return [proposal(number) for number in ids]


def plain_solver(name: str, options: Mapping[str, Any]) -> Solver:
    """A solver that needs no place to work in."""
    made = solver_named(name, options)
    assert not isinstance(made, WorkingSolver)
    return made
