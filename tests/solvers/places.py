"""The sample's tasks as places to work in, with scripted models beside them."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, Final

from pydantic import SecretStr

from tasks.bench import Workbench
from tasks.domain.instances import Environment, TaskInstance
from tasks.domain.limits import RolloutLimits
from tasks.domain.rollouts import Job, Solution
from tasks.domain.solver_options import ModelDoor, SolverChoice, SolverOptions
from tasks.domain.workplaces import WorkingSolver
from tasks.prompts import load_prompts, prompt_of
from tasks.solvers import solver_named, wants_of
from tasks.variants.freelance_code import VARIANT
from tasks.workplaces import TaskPlace
from tests.chat_completions import Asked, Say
from tests.model_server import ModelServer
from tests.sample_home import SampleHome
from tests.variants.freelance_code.offers import Context, posting

KEY: Final = "sk-0123456789abcdef"
Calls = Sequence[tuple[str, Mapping[str, Any] | str]]


def scripted(*turns: Calls | str) -> Callable[[Asked], Say]:
    """A model that calls these tools, or says this, turn by turn; the last turn again and again."""

    def react(asked: Asked) -> Say:
        turn = turns[min(len(turns), sum(m["role"] == "assistant" for m in asked.messages) + 1) - 1]
        return Say(turn) if isinstance(turn, str) else Say(None, calls=turn)

    return react


def asked_job(instance: TaskInstance, wording: str) -> Job:
    text, shown = prompt_of(instance, 0, wording, None, None)
    return Job(offer=instance.offer(), seed=0, attempt=1, prompt=text, shown=shown)


def program_task(image: str) -> TaskInstance:
    """A task for which a program is written."""
    environment = Environment(kind="programs", image=image)
    (built,) = VARIANT.from_postings([posting(1)], Context(environment=environment))
    assert isinstance(built, TaskInstance)
    return built


@contextmanager
def place_of(sample: SampleHome, instance: TaskInstance) -> Iterator[TaskPlace]:
    bench = Workbench(sample.home, "docker")
    try:
        yield TaskPlace(instance, bench)
    finally:
        bench.close()


def worked(
    solver: str,
    sample: SampleHome,
    instance: TaskInstance,
    server: ModelServer | None = None,
    *,
    limits: RolloutLimits = RolloutLimits(),  # noqa: B008 - frozen
    **choice: Any,
) -> Solution:
    """What the solver makes of one of the sample's tasks."""
    given = {"model": "openai:gpt-4o"} if server is not None else {}
    wants = wants_of(solver)
    prompts = load_prompts(wants.files([instance.variant]))
    options = SolverOptions(
        choice=SolverChoice(**{**given, "limits": limits, **choice}),
        door=ModelDoor(
            key=SecretStr(KEY),
            base_url=None if server is None else server.url,
            secrets=(SecretStr(KEY),),
        ),
        prompts=prompts,
    )
    made = solver_named(solver, {"options": options})
    assert isinstance(made, WorkingSolver)
    wording = prompts[(wants.prompt or "").format(variant=instance.variant)]
    with place_of(sample, instance) as place:
        return made.work(asked_job(instance, wording), place)
