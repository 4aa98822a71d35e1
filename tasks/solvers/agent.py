"""A model with tools: it works in its task's container, and the loop around it runs outside."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar, Final, Literal, TypeVar

from tasks.domain.digests import digest
from tasks.domain.errors import SystemFault, UsageError
from tasks.domain.rollouts import DECLINED, NOTHING, Job, RolloutFault, Solution, Submission
from tasks.domain.solver_options import MODEL_OPTIONS, SolverOptions, Wants
from tasks.domain.workplaces import Workplace
from tasks.solvers.answers import UnreadableError, decision_of
from tasks.solvers.desktop import Taken, lay_out, taken
from tasks.solvers.engaging import AskClient, Client, Decline
from tasks.solvers.tools import (
    BOX_TOOLS,
    Submit,
    SubmitChoice,
    Tool,
    Toolbox,
    ToolError,
    read_arguments,
)

if TYPE_CHECKING:
    from pydantic_ai import ModelMessage, ModelResponse, ToolCallPart, ToolReturnPart

    from tasks.solvers.asking.desk import End
    from tasks.solvers.asking.metered import MeteredModel

MOST_TURNS: Final = 100
"""How many answers a rollout has where nobody says."""
REMINDERS: Final = 2
"""How often in a row a model is told that it has to call a tool."""
_REMINDER: Final = "agent_reminder"

Result = TypeVar("Result")


class ToolAgent:
    """Asks its model again and again, and does what it asks for. Reaching a limit, or an end that
    is no answer, hands in what there is."""

    name: ClassVar[str] = "agent"
    cost: ClassVar[Literal["cheap", "expensive"]] = "expensive"
    sees_reference: ClassVar[bool] = False

    def __init__(self, options: SolverOptions) -> None:
        from tasks.solvers.asking.desk import Desk  # takes seconds

        limits = options.choice.limits
        if limits.turns is None:  # a model may go on for ever
            limits = limits.model_copy(update={"turns": MOST_TURNS})
        choice = options.choice.model_copy(update={"limits": limits})
        self._options = options.model_copy(update={"choice": choice})
        self._desk = Desk(self._options)

    def parameters(self) -> Mapping[str, Any]:
        known: tuple[type[Tool], ...] = (*BOX_TOOLS, Submit, SubmitChoice, *self._besides())
        offered = [_described(tool) for tool in known]
        return self._options.parameters() | {"tools": digest(offered)}

    def _besides(self) -> tuple[type[Tool], ...]:
        """The tools of the engagement that this agent has."""
        choice = self._options.choice
        asking = (AskClient,) if choice.ask_client else ()
        return (*asking, Decline) if choice.may_decline else asking

    def work(self, job: Job, place: Workplace) -> Solution:
        client = Client(job.remarks)
        told = _Told(job, self._options.prompts[_REMINDER], client, self._besides())
        if not place.has_box:

            async def deciding(model: "MeteredModel") -> "End":
                return await _Talk(model, told, None, None, None).run()

            return self._desk.hold(job, deciding, lambda: client.questions)
        # Left last: removing the box ends what a hand still does in it.
        with ThreadPoolExecutor(1, "hands") as hands, place.open() as box:
            lay_out(job, place, box)

            async def working(model: "MeteredModel") -> "End":
                tools = Toolbox(box, model.left_s, place.user_tool)

                def collect() -> Taken:
                    return taken(job, place, box)

                return await _Talk(model, told, tools, collect, hands).run()

            return self._desk.hold(job, working, lambda: client.questions)


def _described(tool: type[Tool]) -> list[Any]:
    schema = tool.model_json_schema()
    schema.pop("title", None)
    words = " ".join(str(schema.pop("description", "")).split())
    return [tool.called, words, schema]


@dataclass(frozen=True)
class _Told:
    """What a conversation is about; `besides` are the tools that are offered beside the work's."""

    job: Job
    reminder: str
    client: Client
    besides: tuple[type[Tool], ...]


@dataclass
class _Talk:
    """One conversation. `tools`, `collect` and `hands` are None where there is no box: then the
    answer is the number of a proposal."""

    model: "MeteredModel"
    told: _Told
    tools: Toolbox | None
    collect: Callable[[], Taken] | None
    hands: ThreadPoolExecutor | None
    chosen: int | None = None
    declined: str | None = None

    async def run(self) -> "End":
        from pydantic_ai import ModelMessage, ModelRequest

        from tasks.solvers.asking.desk import End
        from tasks.solvers.asking.patience import RolloutEnded

        messages: list[ModelMessage] = [ModelRequest.user_text_prompt(self.told.job.prompt)]
        recorder = self.model.recorder
        recorder.note("tools", [tool.called for tool in self._offered()])
        try:
            reason = await self._talk(messages)
        except RolloutEnded as end:
            reason = end.finish_reason
        recorder.said(messages)
        if self.declined is not None:
            return End(NOTHING, DECLINED, self.declined)
        if self.collect is None:
            answer = NOTHING
            if self.chosen is not None:
                answer = Submission(selected_proposal_id=self.chosen)
            return End(answer, reason)
        found = await self._by_hand(self.collect)
        if found.problem is not None:
            recorder.note("problem", found.problem)
        if found.left_out:
            recorder.note("left_out", dict(found.left_out))
        return End(found.submission, reason)

    async def _talk(self, messages: "list[ModelMessage]") -> str:
        """Ask until the model submits; why it ended."""
        from pydantic_ai import ModelRequest, ToolCallPart, ToolDefinition
        from pydantic_ai.direct import model_request
        from pydantic_ai.models import ModelRequestParameters

        described = [_described(tool) for tool in self._offered()]
        parameters = ModelRequestParameters(
            function_tools=[
                ToolDefinition(name=name, description=words, parameters_json_schema=schema)
                for name, words, schema in described
            ]
        )
        reminders = 0
        while True:
            answer = await model_request(self.model, messages, model_request_parameters=parameters)
            messages.append(answer)
            if answer.finish_reason == "content_filter":
                return "refusal"
            calls = [part for part in answer.parts if isinstance(part, ToolCallPart)]
            if calls:
                reminders = 0
                parts, submitted = await self._called(calls)
                messages.append(ModelRequest(parts=parts))
                if submitted:
                    return "stop"
            elif self._decided(answer):
                return "stop"
            elif reminders == REMINDERS:
                return "length" if answer.finish_reason == "length" else "malformed"
            else:
                reminders += 1
                messages.append(ModelRequest.user_text_prompt(self.told.reminder))

    def _offered(self) -> tuple[type[Tool], ...]:
        if self.tools is None:
            return (*self.told.besides, SubmitChoice)
        return (*self.tools.offered, *self.told.besides, Submit)

    async def _called(self, calls: "Sequence[ToolCallPart]") -> "tuple[list[ToolReturnPart], bool]":
        """What the tools answer, and whether the work is submitted. Nothing is done after that, or
        beyond the limit of calls."""
        from pydantic_ai import ToolReturnPart

        most = self.model.limits.tool_calls
        before = self.model.spent.tool_calls - len(calls)
        parts, submitted = [], False
        for number, call in enumerate(calls, start=before + 1):
            if submitted:
                said = "not done: the work is submitted"
            elif call.tool_name == Submit.called:
                said, submitted = self._submit(call)
            elif most is not None and number > most:
                said = "not done: the limit of tool calls is reached"
            elif self._is_besides(call):
                said = self._engaged(call)
                submitted = self.declined is not None
            elif self.tools is None:
                said = f"error: there is no tool {call.tool_name}; there is submit"
            else:
                said = await self._used(self.tools, call)
            parts.append(
                ToolReturnPart(
                    tool_name=call.tool_name, content=said, tool_call_id=call.tool_call_id
                )
            )
        return parts, submitted

    def _is_besides(self, call: "ToolCallPart") -> bool:
        return any(tool.called == call.tool_name for tool in self.told.besides)

    def _engaged(self, call: "ToolCallPart") -> str:
        """The answer to a question, or the end where the offer is turned down."""
        kind = AskClient if call.tool_name == AskClient.called else Decline
        try:
            asked = read_arguments(kind, call.args)
        except ToolError as error:
            return f"error: {error}"
        if isinstance(asked, AskClient):
            return self.told.client.ask(asked.question)
        assert isinstance(asked, Decline)
        self.declined = asked.reason
        return "declined"

    async def _used(self, tools: Toolbox, call: "ToolCallPart") -> str:
        return await self._by_hand(lambda: tools.use(call.tool_name, call.args))

    def _submit(self, call: "ToolCallPart") -> tuple[str, bool]:
        try:
            asked = read_arguments(SubmitChoice if self.tools is None else Submit, call.args)
            if isinstance(asked, SubmitChoice):
                self.chosen = self._choice(asked.selected_proposal_id)
        except ToolError as error:
            return f"error: {error}", False
        return "submitted", True

    def _choice(self, number: int) -> int:
        shown = self.told.job.shown
        if number not in shown:
            known = ", ".join(map(str, sorted(shown)))
            raise ToolError(f"there is no proposal {number}; there are {known}")
        return shown[number]

    def _decided(self, answer: "ModelResponse") -> bool:
        """Whether a choice between proposals was made in words instead of by the tool."""
        from pydantic_ai import TextPart

        if self.tools is not None:
            return False
        text = "".join(part.content for part in answer.parts if isinstance(part, TextPart))
        try:
            self.chosen = decision_of(text, self.told.job.shown)
        except UnreadableError:
            return False
        return True

    async def _by_hand(self, do: Callable[[], Result]) -> Result:
        """Done in the one thread that touches the box: others are asked in this one meanwhile."""
        try:
            return await asyncio.get_running_loop().run_in_executor(self.hands, do)
        except SystemFault as fault:
            raise RolloutFault(str(fault), retryable=fault.retryable) from fault


def _agent(options: Mapping[str, Any]) -> ToolAgent:
    made = options.get("options")
    if not isinstance(made, SolverOptions):
        raise UsageError("the agent solver needs --model PROVIDER:NAME")
    return ToolAgent(made)


SOLVERS = {"agent": _agent}
WANTS = {
    "agent": Wants(
        takes=MODEL_OPTIONS,
        needs=("model",),
        prompts=(_REMINDER,),
        prompt="agent_{variant}",
        additions={"ask_client": "agent_ask_client", "may_decline": "agent_decline"},
        in_box=True,
    )
}
