"""Bring your own agent: a command line that works in its task's container."""

import asyncio
import json
import time
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any, ClassVar, Final, Literal

from tasks.domain.boxes import ExecResult, ModelAccess
from tasks.domain.errors import UsageError
from tasks.domain.rollouts import DECLINED, Job, Solution
from tasks.domain.solver_options import SolverOptions, Wants
from tasks.domain.workplaces import Workplace
from tasks.solvers.asking import loop
from tasks.solvers.desktop import ENVIRONMENT, Taken, lay_out, taken
from tasks.solvers.provider import OPENAI_URL, split_model

DEADLINE_S: Final = 1800.0
"""How long a command may take where nobody says."""
_MODEL_ADDRESS: Final = "http://127.0.0.1:8087"
# Clients want some key; the real one never comes into a box.
_NO_KEY: Final = "kept-outside-of-the-box"


class Command:
    """Runs the line with a shell in the container, the statement on its standard input; what is
    there when it ends, or its deadline is over, is handed in, whatever its exit code."""

    name: ClassVar[str] = "command"
    cost: ClassVar[Literal["cheap", "expensive"]] = "expensive"
    sees_reference: ClassVar[bool] = False

    def __init__(self, options: SolverOptions) -> None:
        _check(options)
        self._options = options
        self._line = options.choice.command or ""
        self._network = options.choice.network
        self._deadline_s = options.choice.limits.deadline_s or DEADLINE_S
        self._access = _access(options) if self._network != "none" else None

    def parameters(self) -> Mapping[str, Any]:
        return self._options.parameters() | {"deadline_s": self._deadline_s}

    def work(self, job: Job, place: Workplace) -> Solution:
        with (
            # Left last: removing the box ends a command that nobody waits for any more.
            ThreadPoolExecutor(1, "command") as hand,
            place.open(network=self._network, access=self._access) as box,
        ):
            environment = self._environment(lay_out(job, place, box))

            def run() -> ExecResult:
                line, given = ["/bin/sh", "-c", self._line], job.prompt.encode()
                return box.run(line, self._deadline_s, stdin=given, env=environment)

            began = time.monotonic()
            done = loop.run(_by(hand, run))
            worked_s = time.monotonic() - began
            found = taken(job, place, box, may_decline=self._options.choice.may_decline)
        reason = _reason(done) if found.declined is None else DECLINED
        return Solution(
            submission=found.submission,
            finish_reason=reason,
            transcript=self._transcript(job, done, found, reason),
            declined=found.declined,
            worked_s=worked_s,
        )

    def _environment(self, statement: str) -> dict[str, str]:
        given = {**ENVIRONMENT, "PAYDAG_TASK": statement}
        if self._access is None:
            return given
        return given | {
            "OPENAI_BASE_URL": _MODEL_ADDRESS,
            "OPENAI_API_KEY": _NO_KEY,
            "PAYDAG_MODEL": self._access.model or "",
        }

    def _transcript(self, job: Job, done: ExecResult, found: Taken, reason: str) -> str:
        """Of the shape that conversations with models have: the statement, and the output."""
        told = {
            "model": f"command: {self._line}",
            "prompts": self._options.parameters()["prompts"],
            "finish_reason": reason,
            "messages": [
                _message("request", "user-prompt", job.prompt),
                _message("response", "text", done.output),
            ],
            "requests": [],
            "failures": [],
            "notes": {
                "exit_code": done.exit_code,
                "killed": done.killed,
                "problem": found.problem,
                "left_out": dict(found.left_out),
            },
        }
        return json.dumps(told, ensure_ascii=False, sort_keys=True)


async def _by(hand: ThreadPoolExecutor, run: Callable[[], ExecResult]) -> ExecResult:
    return await asyncio.get_running_loop().run_in_executor(hand, run)


def _message(kind: str, part: str, text: str) -> dict[str, Any]:
    return {"kind": kind, "parts": [{"part_kind": part, "content": text}]}


def _reason(done: ExecResult) -> str:
    if done.timed_out:
        return "deadline"
    if done.killed is not None:
        return done.killed
    return "failed" if done.exit_code else "stop"


def _check(options: SolverOptions) -> None:
    """Raise UsageError for options that a command cannot be held to, or that lack another one."""
    choice, limits = options.choice, options.choice.limits
    if not (choice.command or "").strip():
        raise UsageError("--command is empty; write the line that works on a task")
    if choice.network == "none" and choice.model is not None:
        raise UsageError("a command reaches its --model with --network model-only; add it")
    if choice.network != "none" and choice.model is None:
        raise UsageError("--network model-only needs --model PROVIDER:NAME, the one to be reached")
    if limits.tool_calls is not None or limits.tokens is not None:
        raise UsageError("nobody counts a command's tool calls and tokens; limit its --deadline")
    if limits.turns is not None and choice.network == "none":
        raise UsageError("--turns counts requests to a model, and --network none lets out none")


def _access(options: SolverOptions) -> ModelAccess:
    provider, name = split_model(options.choice.model or "")
    url = options.door.base_url
    if url is None:
        if not provider.startswith("openai"):
            raise UsageError(
                f"a command asks its model as OpenAI's are asked, and --model {provider}:... has "
                "another way; give the --base-url of a compatible endpoint"
            )
        if options.door.key is None:
            raise UsageError("the provider openai has no key; set OPENAI_API_KEY")
        url = OPENAI_URL
    access = ModelAccess(base_url=url, key=options.door.key, model=name)
    turns = options.choice.limits.turns
    return access if turns is None else access.model_copy(update={"most_requests": turns})


def _command(options: Mapping[str, Any]) -> Command:
    made = options.get("options")
    if not isinstance(made, SolverOptions):
        raise UsageError("the command solver needs --command LINE")
    return Command(made)


SOLVERS = {"command": _command}
WANTS = {
    "command": Wants(
        takes=("command", "network", "model", "base_url", "limits", "tell_price", "may_decline"),
        needs=("command",),
        prompt="command_{variant}",
        additions={"may_decline": "command_decline"},
        in_box=True,
    )
}
