"""A model that writes tasks: it answers through a tool, and may mend what cannot be used."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final

from pydantic import BaseModel

from tasks.domain.authored import FORMS, UnusableError, described, forms_digest, read_answer
from tasks.domain.digests import digest
from tasks.domain.limits import Spent
from tasks.domain.rollouts import NOTHING
from tasks.domain.solver_options import SolverOptions
from tasks.domain.wording import fill

if TYPE_CHECKING:
    from pydantic_ai import ModelMessage, ModelResponse, ToolCallPart
    from pydantic_ai.models import ModelRequestParameters

    from tasks.solvers.asking.desk import End
    from tasks.solvers.asking.metered import MeteredModel

REPAIRS: Final = 2
"""How often a model is told that its answer cannot be used."""
REPAIR: Final = "repair"
_MENDED: Final = ("malformed", "too_few_cases", "degenerate")


class Written(BaseModel, frozen=True, extra="forbid"):
    """What came of a question: the last `answer` verbatim, by the tool that was `called`, and the
    `problem` with it, None where a task can be made of it. `finish_reason` as in
    rollouts.Solution."""

    called: str | None
    answer: str | None
    problem: str | None
    finish_reason: str | None
    spent: Spent
    price_snapshot: str | None


class Author:
    """Raises UsageError where the model cannot be asked, or money is counted without a price."""

    def __init__(self, options: SolverOptions) -> None:
        from tasks.solvers.asking.desk import Desk  # takes seconds

        self._options = options
        self._desk = Desk(options)

    def parameters(self) -> Mapping[str, Any]:
        """What decides the answers, as JSON."""
        return self._options.parameters() | {"forms": forms_digest()}

    def identity(self) -> str:
        """Digest of `parameters`: names this way of asking."""
        return digest(dict(self.parameters()))

    def write(self, prompt: str, cap_cents: Decimal | None) -> Written:
        """Ask for one task. Raises RolloutFault for an outage, with what was spent until then."""
        model = self._desk.metered_for(1, cap_cents)
        talk = _Talk(model, prompt, self._options.prompts[REPAIR])
        found = self._desk.hold_with(model, talk.run)
        problem = talk.problem
        if talk.answer is None:
            problem = f"no answer came: {found.finish_reason}"
        return Written(
            called=talk.called,
            answer=talk.answer,
            problem=problem,
            finish_reason=found.finish_reason,
            spent=found.spent or Spent(),
            price_snapshot=found.price_snapshot,
        )


@dataclass
class _Talk:
    """One posting put to a model; the answer as it stands is kept, whatever ends the talk."""

    model: "MeteredModel"
    prompt: str
    repair: str
    called: str | None = None
    answer: str | None = None
    problem: str | None = None

    async def run(self, _: "MeteredModel") -> "End":
        from pydantic_ai import ModelMessage, ModelRequest
        from pydantic_ai.direct import model_request

        from tasks.solvers.asking.desk import End

        messages: list[ModelMessage] = [ModelRequest.user_text_prompt(self.prompt)]
        repairs, parameters = REPAIRS, _parameters()
        while True:
            found = await model_request(self.model, messages, model_request_parameters=parameters)
            self._take(found)
            if found.finish_reason == "content_filter":
                self.problem = "the model refuses to answer"
                return End(NOTHING, "refusal")
            if found.finish_reason == "length":
                self.problem = f"the answer was cut off at its length; {self.problem or ''}"
                return End(NOTHING, "length")
            if self.problem is None or not self.mendable:
                return End(NOTHING, "stop")
            if not repairs:
                return End(NOTHING, "malformed")
            repairs -= 1
            said = fill(self.repair, REPAIR, {"problem": self.problem})
            messages += [found, _replied(found, said)]

    mendable: bool = True

    def _take(self, found: "ModelResponse") -> None:
        """Keep the answer, and what is wrong with it."""
        call = _call(found)
        self.called = call.tool_name if call is not None else None
        self.answer = call.args_as_json_str() if call is not None else found.text or ""
        self.problem, self.mendable = None, True
        try:
            read_answer(self.called, self.answer)
        except UnusableError as error:
            self.problem, self.mendable = str(error), error.reason in _MENDED


def _call(found: "ModelResponse") -> "ToolCallPart | None":
    """The first call of a tool that answers; the first of any where there is no such."""
    calls = found.tool_calls
    known = [call for call in calls if call.tool_name in {form.called for form in FORMS}]
    return next(iter([*known, *calls]), None)


def _parameters() -> "ModelRequestParameters":
    from pydantic_ai.models import ModelRequestParameters
    from pydantic_ai.tools import ToolDefinition

    tools = [
        ToolDefinition(
            name=name, description=words, parameters_json_schema=schema, kind="output", strict=False
        )
        for name, words, schema in map(described, FORMS)
    ]
    return ModelRequestParameters(output_mode="tool", output_tools=tools, allow_text_output=False)


def _replied(found: "ModelResponse", said: str) -> "ModelMessage":
    """The problem as the result of every call: an endpoint wants each of them answered."""
    from pydantic_ai import ModelRequest, ToolReturnPart

    if not found.tool_calls:
        return ModelRequest.user_text_prompt(said)
    return ModelRequest(
        parts=[
            ToolReturnPart(tool_name=call.tool_name, content=said, tool_call_id=call.tool_call_id)
            for call in found.tool_calls
        ]
    )
