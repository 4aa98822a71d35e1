"""Questions put to a scripted model through the product's own way to it."""

from decimal import Decimal
from pathlib import Path
from typing import Any

from pydantic import SecretStr

from tasks.domain.limits import RolloutLimits
from tasks.domain.rollouts import Job, Solution
from tasks.domain.solver_options import ModelDoor, SolverChoice, SolverOptions, SolverUse
from tests.model_server import ModelServer
from tests.solvers.jobs import job, of_ids, plain_solver

KEY = "sk-0123456789abcdef"
RIGHT = '{"selected_proposal_id": 2}'


def options(
    server: ModelServer,
    *,
    limits: RolloutLimits = RolloutLimits(),  # noqa: B008 - frozen
    cap_cents: Decimal | None = None,
    cache: Path | None = None,
    workers: int = 8,
    **choice: Any,
) -> SolverOptions:
    return SolverOptions(
        choice=SolverChoice(**{"model": "openai:gpt-4o", "limits": limits, **choice}),
        use=SolverUse(cap_cents=cap_cents, cache=cache is not None),
        door=ModelDoor(
            key=SecretStr(KEY),
            base_url=server.url,
            secrets=(SecretStr(KEY),),
            cache=None if cache is None else str(cache),
            workers=workers,
        ),
        prompts={"repair": "No: $problem", "swe_manager": "Choose."},
    )


def question(number: int = 0, *, attempt: int = 1, cap_cents: Decimal | None = None) -> Job:
    asked = job(of_ids(11, 12), attempt=attempt)
    given = {"prompt": f"Choose {number}.", "shown": {1: 11, 2: 12}, "cap_cents": cap_cents}
    return asked.model_copy(update=given)


def ask(server: ModelServer, job: Job | None = None, **given: Any) -> Solution:
    made = plain_solver("model", {"options": options(server, **given)})
    return made.solve(job or question())
