"""A model that is asked once: no tools, no looks at the repository."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, ClassVar, Final, Literal

from tasks.domain.errors import UsageError
from tasks.domain.rollouts import NOTHING, Job, Solution, Submission
from tasks.domain.solver_options import MODEL_OPTIONS, SolverOptions, Wants
from tasks.domain.wording import fill
from tasks.solvers.answers import UnreadableError, submission_of

if TYPE_CHECKING:
    from tasks.solvers.asking.metered import MeteredModel

REPAIRS: Final = 2
"""How often a model is told that its answer cannot be used."""
_REPAIR: Final = "repair"


class OneShot:
    """Puts the prompt to a model and reads its answer; what cannot be read is asked for again, at
    most twice, with what is wrong with it."""

    name: ClassVar[str] = "model"
    cost: ClassVar[Literal["cheap", "expensive"]] = "expensive"
    sees_reference: ClassVar[bool] = False

    def __init__(self, options: SolverOptions) -> None:
        from tasks.solvers.asking.desk import Desk  # takes seconds

        self._options = options
        self._desk = Desk(options)

    def parameters(self) -> Mapping[str, Any]:
        return self._options.parameters()

    def solve(self, job: Job) -> Solution:
        wording = self._options.prompts[_REPAIR]

        async def conversation(model: "MeteredModel") -> tuple[Submission, str]:
            return await _converse(model, job, wording)

        return self._desk.hold(job, conversation)


async def _converse(model: "MeteredModel", job: Job, repair: str) -> tuple[Submission, str]:
    from pydantic_ai import ModelMessage, ModelRequest, TextPart
    from pydantic_ai.direct import model_request

    messages: list[ModelMessage] = [ModelRequest.user_text_prompt(job.prompt)]
    for _ in range(1 + REPAIRS):
        answer = await model_request(model, messages)
        text = "".join(part.content for part in answer.parts if isinstance(part, TextPart))
        if answer.finish_reason == "content_filter":
            return NOTHING, "refusal"
        if answer.finish_reason == "length":
            return NOTHING, "length"
        try:
            return submission_of(text, job), "stop"
        except UnreadableError as error:
            said = fill(repair, _REPAIR, {"problem": str(error)})
        messages += [answer, ModelRequest.user_text_prompt(said)]
    return NOTHING, "malformed"


def _model(options: Mapping[str, Any]) -> OneShot:
    made = options.get("options")
    if not isinstance(made, SolverOptions):
        raise UsageError("the model solver needs --model PROVIDER:NAME")
    return OneShot(made)


SOLVERS = {"model": _model}
WANTS = {
    "model": Wants(takes=MODEL_OPTIONS, needs=("model",), prompts=("repair",), prompt="{variant}")
}
