"""A model that is asked once: no tools, no looks at the repository."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, ClassVar, Final, Literal

from tasks.domain.errors import UsageError
from tasks.domain.rollouts import DECLINED, NOTHING, Job, Solution
from tasks.domain.solver_options import MODEL_OPTIONS, SolverOptions, Wants
from tasks.domain.wording import fill
from tasks.solvers.answers import UnreadableError, declined_in, questions_in, submission_of
from tasks.solvers.engaging import Client

if TYPE_CHECKING:
    from tasks.solvers.asking.desk import End
    from tasks.solvers.asking.metered import MeteredModel

REPAIRS: Final = 2
"""How often a model is told that its answer cannot be used."""
ROUNDS: Final = 2
"""How often a model may ask the client, several questions at once."""
_REPAIR: Final = "repair"
_ADDITIONS: Final = {"ask_client": "ask_client", "may_decline": "decline"}


class OneShot:
    """Puts the prompt to a model and reads its answer; what cannot be read is asked for again, at
    most twice, with what is wrong with it. Where it may ask the client, it does so at most twice
    before it answers."""

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
        client = Client(job.remarks)

        async def conversation(model: "MeteredModel") -> "End":
            return await _Conversation(model, job, self._options, client).run()

        return self._desk.hold(job, conversation, lambda: client.questions)


class _Conversation:
    """One task put to a model."""

    def __init__(
        self, model: "MeteredModel", job: Job, options: SolverOptions, client: Client
    ) -> None:
        self._model = model
        self._job = job
        self._choice = options.choice
        self._prompts = options.prompts
        self._client = client
        self._repairs, self._rounds = REPAIRS, ROUNDS if options.choice.ask_client else 0

    async def run(self) -> "End":
        from pydantic_ai import ModelMessage, ModelRequest, TextPart
        from pydantic_ai.direct import model_request

        from tasks.solvers.asking.desk import End

        messages: list[ModelMessage] = [ModelRequest.user_text_prompt(self._job.prompt)]
        while True:
            answer = await model_request(self._model, messages)
            text = "".join(part.content for part in answer.parts if isinstance(part, TextPart))
            if answer.finish_reason == "content_filter":
                return End(NOTHING, "refusal")
            if answer.finish_reason == "length":
                return End(NOTHING, "length")
            declined = declined_in(text) if self._choice.may_decline else None
            if declined is not None:
                return End(NOTHING, DECLINED, declined)
            try:
                said = self._replies(text)
                if said is None:
                    return End(submission_of(text, self._job), "stop")
            except UnreadableError as error:
                if not self._repairs:
                    return End(NOTHING, "malformed")
                self._repairs -= 1
                said = fill(self._prompts[_REPAIR], _REPAIR, {"problem": str(error)})
            messages += [answer, ModelRequest.user_text_prompt(said)]

    def _replies(self, text: str) -> str | None:
        """What the client says to the questions of an answer; None where it asks none.

        Raises UnreadableError where no more are answered.
        """
        questions = questions_in(text) if self._choice.ask_client else []
        if not questions:
            return None
        if not self._rounds:
            raise UnreadableError("it asks the client once more, and nothing more is answered")
        self._rounds -= 1
        replies = [f"{question}\n\n{self._client.ask(question)}" for question in questions]
        return "\n\n".join(replies)


def _model(options: Mapping[str, Any]) -> OneShot:
    made = options.get("options")
    if not isinstance(made, SolverOptions):
        raise UsageError("the model solver needs --model PROVIDER:NAME")
    return OneShot(made)


SOLVERS = {"model": _model}
WANTS = {
    "model": Wants(
        takes=MODEL_OPTIONS,
        needs=("model",),
        prompts=(_REPAIR,),
        prompt="{variant}",
        additions=_ADDITIONS,
    )
}
